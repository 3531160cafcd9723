"""Optimizers that later lessons import. Built in lesson 3.1.3, where every line is explained.

    optimizer = Muon(matrices, lr=0.01)
    optimizer.step()    # after loss.backward(); gradients are cleared by the model's zero_grad
"""

import math

import torch


def newton_schulz(g, steps=5, coefficients=(3.4445, -4.7750, 2.0315), dtype=torch.bfloat16):
    """Return nearly U V^T for the matrix g = U S V^T, computed in the given precision. Built in 3.1.3."""
    a, b, c = coefficients
    x = g.to(dtype).T if g.shape[0] > g.shape[1] else g.to(dtype)
    x = x / x.norm().clamp(min=1e-7)  # now every singular value is at most 1
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.T if g.shape[0] > g.shape[1] else x).to(g.dtype)


class Optimizer:
    """Steps w <- w - lr * direction. A subclass says what the direction is. Built in 3.1.3."""

    def __init__(self, params, lr):
        self.params, self.lr, self.t = list(params), lr, 0
        self.memory = [{} for _ in self.params]

    @torch.no_grad()
    def step(self):
        self.t += 1
        for w, memory in zip(self.params, self.memory):
            w -= self.lr * self.direction(w, w.grad, memory)


class Adam(Optimizer):
    """Running means of gradients and of their squares, the bias of their start corrected. Built in 3.1.3."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, decay=0.0, decoupled=False, correct=True):
        super().__init__(params, lr)
        self.betas, self.eps, self.decay, self.decoupled, self.correct = betas, eps, decay, decoupled, correct

    def direction(self, w, g, memory):
        if not self.decoupled:
            g = g + self.decay * w
        beta1, beta2 = self.betas
        m = memory["m"] = beta1 * memory.get("m", 0) + (1 - beta1) * g
        v = memory["v"] = beta2 * memory.get("v", 0) + (1 - beta2) * g**2
        if self.correct:
            m, v = m / (1 - beta1**self.t), v / (1 - beta2**self.t)
        return m / (v.sqrt() + self.eps) + (self.decay * w if self.decoupled else 0)


class AdamW(Adam):
    """Adam with weight decay beside the gradient and not in it. Built in 3.1.3."""

    def __init__(self, params, lr, decay=0.1):
        super().__init__(params, lr, decay=decay, decoupled=True)


class Muon(AdamW):
    """AdamW, but a matrix moves along U V^T of its momentum U S V^T. Built in 3.1.3."""

    def __init__(self, params, lr, decay=0.1, momentum=0.95, dtype=torch.float32):
        super().__init__(params, lr, decay)
        self.momentum, self.dtype = momentum, dtype

    def direction(self, w, g, memory):
        if w.ndim != 2:
            return super().direction(w, g, memory)
        mu = self.momentum
        m = memory["m"] = mu * memory.get("m", 0) + (1 - mu) * g
        ahead = (1 - mu) * g + mu * m
        return 0.2 * math.sqrt(max(w.shape)) * newton_schulz(ahead, dtype=self.dtype) + self.decay * w
