"""The parts of a Transformer that later lessons import. Built in lesson 3.2.4, where every line is explained.

Masks are boolean and True where a query may look, as in F.scaled_dot_product_attention; nn.MultiheadAttention means
the opposite by True. Their shapes are broadcast to (batch, heads, queries, keys), and masks are joined by `&`.
"""

import torch
from torch import nn


def attend(q, k, v, mask=None):
    """Return (means, weights): the weighted mean of the values for each query. Built in 3.2.4.

    q: (..., queries, width);   k: (..., keys, width);   v: (..., keys, features)
    mask: broadcast to (..., queries, keys), True where a query may look; each row needs at least one True
    """
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5          # (..., queries, keys)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


def padding_mask(ids, pad=0):
    """Return a mask that hides padded places: (batch, keys) -> (batch, 1, 1, keys). Built in 3.2.4."""
    return (ids != pad)[:, None, None, :]


def causal_mask(queries, keys=None, device=None):
    """Return a mask that hides the future: (queries, keys). Built in 3.2.4.

    keys: more than `queries` where the queries are the last places of a longer row, as with a cache
    """
    keys = queries if keys is None else keys
    return torch.ones(queries, keys, dtype=torch.bool, device=device).tril(keys - queries)


def angles(places, pairs, base=10_000):
    """Return the angle by which each pair of features has turned at each place: (places, pairs).

    Built in 3.2.4. Computed in double precision, because large places times small speeds lose digits.
    """
    speeds = base ** (-torch.arange(pairs, dtype=torch.float64) / pairs)
    return places[:, None].to(torch.float64).cpu() * speeds


def sinusoids(length, dim, base=10_000):
    """Return the fixed position vectors of the first Transformer: (length, dim). Built in 3.2.4."""
    turned = angles(torch.arange(length), dim // 2, base)
    return torch.stack([turned.sin(), turned.cos()], dim=-1).flatten(1).float()


def rotate(x, start=0, base=10_000):
    """Turn each pair (i, i + width / 2) of features by the angle of its place. Built in 3.2.4.

    x: (..., time, width), whose first place has the number `start`
    """
    first, second = x.chunk(2, dim=-1)
    turned = angles(torch.arange(start, start + x.shape[-2]), x.shape[-1] // 2, base)
    cos, sin = turned.cos().to(x), turned.sin().to(x)              # (time, width / 2)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


class Attention(nn.Module):
    """Multi-head attention. (batch, queries, dim) -> the same shape. Built in 3.2.4.

    rotary: the base of rotary positions, such as 10_000, or None for none
    source: where keys and values come from, (batch, keys, dim); the queries' own row if not given
    mask:   broadcast to (batch, heads, queries, keys), True where a query may look
    cache:  a dictionary that keeps the keys and values of earlier calls, so that x holds only what is new
    The weights of the last call stay in the attribute `weights`, (batch, heads, queries, keys).
    """

    def __init__(self, dim, heads, rotary=None):
        super().__init__()
        self.heads, self.rotary = heads, rotary
        self.query, self.key, self.value, self.out = (nn.Linear(dim, dim) for _ in range(4))

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)   # (batch, heads, time, dim / heads)

    def forward(self, x, source=None, mask=None, cache=None):
        source = x if source is None else source
        q = self.split(self.query(x))
        k, v = self.split(self.key(source)), self.split(self.value(source))
        if self.rotary is not None:
            past = cache["k"].shape[2] if cache else 0
            q, k = rotate(q, past, self.rotary), rotate(k, past, self.rotary)
        if cache:
            k, v = torch.cat([cache["k"], k], dim=2), torch.cat([cache["v"], v], dim=2)
        if cache is not None:
            cache.update(k=k, v=v)
        means, weights = attend(q, k, v, mask)
        self.weights = weights.detach()
        return self.out(means.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """Attention between tokens, then an MLP on each token, each added to what came in. Built in 3.2.4.

    dropout:  share of what each half adds that is set to zero in training
    pre_norm: normalize what each half reads (True), or the sum after it (False, as in the first Transformer and BERT)
    """

    def __init__(self, dim, heads, hidden, dropout=0.0, pre_norm=True, rotary=None):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(dim), Attention(dim, heads, rotary)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim))
        self.drop, self.pre_norm = nn.Dropout(dropout), pre_norm

    def add(self, x, norm, half):
        return x + self.drop(half(norm(x))) if self.pre_norm else norm(x + self.drop(half(x)))

    def forward(self, x, mask=None, cache=None):
        x = self.add(x, self.norm1, lambda x: self.attention(x, mask=mask, cache=cache))
        return self.add(x, self.norm2, self.mlp)


class DecoderBlock(Block):
    """A block that reads a source, by cross-attention between its two halves. Built in 3.2.4.

    x: (batch, time, dim);   source: (batch, keys, dim), what an encoder put out;   both masks as in Attention
    """

    def __init__(self, dim, heads, hidden, **options):
        super().__init__(dim, heads, hidden, **options)
        self.norm3, self.cross = nn.LayerNorm(dim), Attention(dim, heads)

    def forward(self, x, source, mask=None, source_mask=None, cache=None):
        x = self.add(x, self.norm1, lambda x: self.attention(x, mask=mask, cache=cache))
        x = self.add(x, self.norm3, lambda x: self.cross(x, source, mask=source_mask))
        return self.add(x, self.norm2, self.mlp)
