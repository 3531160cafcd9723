"""The decoder-only Transformer that later lessons import. Built in lesson 3.2.7, where every line is explained.

    model = GPT(Options(vocab=88))
    scores = model(ids)                                # (batch, time) -> (batch, time, vocab)
    ids = generate(model, ids, 40, sampler(0.7, p=0.9))
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from book.transformer import causal_mask, rotate


class Options(NamedTuple):
    """What a GPT is made of; the defaults are those of a small modern one. Built in 3.2.7."""

    vocab: int
    dim: int = 128
    depth: int = 4
    heads: int = 4
    kv_heads: int = 4              # fewer than heads: each key and value serves several queries
    hidden: int = 512
    rotary: float | None = 10_000  # base of rotary positions; None for a learned vector a place
    context: int = 1024            # how many places have such a vector
    layer_norm: bool = False       # LayerNorm, else RMSNorm
    mlp: str = "relu2"             # or "gelu", "swiglu"
    bias: bool = False
    qk_norm: bool = True           # queries and keys normalized
    tied: bool = False             # the head reuses the token vectors
    zero: bool = True              # blocks begin by adding nothing; so does a head of its own
    eps: float = 1e-5


class RMSNorm(nn.Module):
    """Divide by the root of the mean square, then scale. (..., dim) -> the same shape. Built in 3.2.7."""

    def __init__(self, dim, eps=1e-5, bias=False):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(dim)), eps

    def forward(self, x):
        return x * (x.square().mean(dim=-1, keepdim=True) + self.eps).rsqrt() * self.weight


class Attention(nn.Module):
    """Causal attention with grouped heads and a cache. (batch, time, dim) -> the same shape. Built in 3.2.7."""

    def __init__(self, options):
        super().__init__()
        self.width, self.rotary, self.qk_norm = options.dim // options.heads, options.rotary, options.qk_norm
        sizes = [n * self.width for n in (options.heads, options.kv_heads, options.kv_heads)]
        self.query, self.key, self.value = (nn.Linear(options.dim, size, options.bias) for size in sizes)
        self.out = nn.Linear(options.dim, options.dim, options.bias)

    def forward(self, x, cache=None):
        q, k, v = (layer(x).unflatten(-1, (-1, self.width)).transpose(1, 2)
                   for layer in (self.query, self.key, self.value))       # (batch, heads, time, width)
        past = cache["k"].shape[2] if cache else 0
        if self.qk_norm:
            q, k = F.rms_norm(q, (self.width,)), F.rms_norm(k, (self.width,))
        if self.rotary is not None:
            q, k = rotate(q, past, self.rotary), rotate(k, past, self.rotary)
        if past:
            k, v = torch.cat([cache["k"], k], dim=2), torch.cat([cache["v"], v], dim=2)
        if cache is not None:
            cache.update(k=k, v=v)
        mask = causal_mask(q.shape[2], k.shape[2], x.device) if past else None
        means = F.scaled_dot_product_attention(q, k, v, mask, is_causal=not past, enable_gqa=True)
        return self.out(means.transpose(1, 2).flatten(2))


class MLP(nn.Module):
    """Two layers on each token, or three where one is a gate. (batch, time, dim) -> the same shape. Built in 3.2.7."""

    def __init__(self, options):
        super().__init__()
        self.kind = options.mlp
        self.up = nn.Linear(options.dim, options.hidden, options.bias)
        self.gate = nn.Linear(options.dim, options.hidden, options.bias) if self.kind == "swiglu" else None
        self.down = nn.Linear(options.hidden, options.dim, options.bias)

    def forward(self, x):
        up = self.up(x)
        if self.kind == "swiglu":
            return self.down(F.silu(self.gate(x)) * up)
        return self.down(F.relu(up).square() if self.kind == "relu2" else F.gelu(up, approximate="tanh"))


class Block(nn.Module):
    """Attention, then an MLP, each on the normalized sum so far and added to it. Built in 3.2.7."""

    def __init__(self, options):
        super().__init__()
        norm = nn.LayerNorm if options.layer_norm else RMSNorm
        self.norm1, self.attention = norm(options.dim, options.eps, bias=options.bias), Attention(options)
        self.norm2, self.mlp = norm(options.dim, options.eps, bias=options.bias), MLP(options)

    def forward(self, x, cache=None):
        x = x + self.attention(self.norm1(x), cache)
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """Score the next token at every place: (batch, time) -> (batch, time, vocab). Built in 3.2.7.

    cache: a list with one dictionary a block; then ids hold only what is new
    """

    def __init__(self, options):
        super().__init__()
        self.embed = nn.Embedding(options.vocab, options.dim)
        self.places = None if options.rotary else nn.Embedding(options.context, options.dim)
        self.blocks = nn.ModuleList(Block(options) for _ in range(options.depth))
        norm = nn.LayerNorm if options.layer_norm else RMSNorm
        self.norm = norm(options.dim, options.eps, bias=options.bias)
        self.head = nn.Linear(options.dim, options.vocab, bias=False)
        if options.zero:
            for layer in [self.head] + [half for block in self.blocks
                                        for half in (block.attention.out, block.mlp.down)]:
                nn.init.zeros_(layer.weight)
        if options.tied:
            self.head.weight = self.embed.weight

    def forward(self, ids, cache=None):
        x = self.embed(ids)                                               # (batch, time, dim)
        if self.places is not None:
            past = cache[0]["k"].shape[2] if cache and cache[0] else 0
            x = x + self.places(torch.arange(past, past + ids.shape[1], device=ids.device))
        for i, block in enumerate(self.blocks):
            x = block(x, None if cache is None else cache[i])
        return self.head(self.norm(x))


def renamed(state, names):
    """Return the weights under our names. names: {a part of their names: ours}. Built in 3.2.7."""
    ours = {}
    for key, weight in state.items():
        for old, new in names.items():
            key = key.replace(old, new)
        ours[key] = weight
    return ours


def from_llama(state):
    """Return the weights of a Llama of transformers under the names of our GPT. Built in 3.2.7."""
    ours = renamed(state, {"model.embed_tokens": "embed", "model.layers": "blocks", "model.norm": "norm",
                           "lm_head": "head", "self_attn": "attention", "_proj": "", "attention.q.": "attention.query.",
                           "attention.k.": "attention.key.", "attention.v.": "attention.value.",
                           "attention.o.": "attention.out.", "input_layernorm": "norm1",
                           "post_attention_layernorm": "norm2"})
    return {"head.weight": ours["embed.weight"], **ours}                  # a tied head is not stored


@torch.no_grad()
def generate(model, ids, count, draw=lambda scores: scores.argmax(dim=-1, keepdim=True), cached=True):
    """Continue rows of tokens by `count` more. (batch, time) -> (batch, time + count). Built in 3.2.7.

    draw: a function of the scores at the last place, (batch, vocab) -> (batch, 1); without it the best token
    """
    cache = [{} for _ in model.blocks] if cached else None
    new = ids
    for _ in range(count):
        new = draw(model(new if cached else ids, cache)[:, -1])
        ids = torch.cat([ids, new], dim=1)
    return ids


def top_k(scores, k):
    """Strike out all but the k best. (..., vocab) -> the same shape. Built in 3.2.7."""
    return scores.masked_fill(scores < scores.topk(k).values[..., -1:], -math.inf)


def top_p(scores, p):
    """Keep the fewest tokens that together have the chance p, and strike out the others. Built in 3.2.7."""
    ordered, order = scores.sort(dim=-1, descending=True)
    chances = ordered.softmax(dim=-1)
    struck = chances.cumsum(dim=-1) - chances >= p                        # those before it suffice
    return scores.masked_fill(struck.scatter(-1, order, struck), -math.inf)


def sampler(temperature=1.0, k=None, p=None):
    """Return a function that draws one token a row from scores, (batch, vocab) -> (batch, 1). Built in 3.2.7."""
    def draw(scores):
        if temperature == 0:
            return scores.argmax(dim=-1, keepdim=True)
        scores = scores / temperature
        scores = scores if k is None else top_k(scores, k)
        scores = scores if p is None else top_p(scores, p)
        return torch.multinomial(scores.softmax(dim=-1), 1)
    return draw
