"""BERT, which later lessons import. Built in lesson 3.2.6, where every line is explained.

    bert = Bert(30522, dim=384, depth=6, heads=12, hidden=1536, context=512)
    bert.load_state_dict(from_transformers(load_file(minilm() / "model.safetensors")))
    hidden = bert(ids, segments)                       # (batch, time) -> (batch, time, dim)
    scores = Classifier(bert, num_classes=2)(ids)      # (batch, num_classes)
"""

import torch
import torch.nn.functional as F
from torch import nn

from book.transformer import Block, padding_mask

PAD, CLS, SEP, MASK, WORDS = range(5)  # the marks of our own vocabulary; from WORDS on, tokens of text


def hide(ids, vocab, share=0.15):
    """Return (inputs, chosen): tokens as the network sees them, and which of them it is asked for. Built in 3.2.6.

    ids: (batch, time) whole numbers below `vocab`, marks below WORDS;   chosen: (batch, time) boolean
    Of the chosen, 80 % become MASK, 10 % a token drawn at random, and 10 % stay. Marks are never chosen.
    """
    chosen = (torch.rand(ids.shape) < share) & (ids >= WORDS)
    fate = torch.rand(ids.shape)
    inputs = ids.masked_fill(chosen & (fate < 0.8), MASK)
    strangers = torch.randint(WORDS, vocab, ids.shape)
    return torch.where(chosen & (fate >= 0.9), strangers, inputs), chosen


class Bert(nn.Module):
    """Read a text in both directions: (batch, time) -> (batch, time, dim). Built in 3.2.6.

    segments: (batch, time), 0 for the first of two texts and 1 for the second; 0 everywhere if not given
    """

    def __init__(self, vocab, dim=128, depth=2, heads=4, hidden=512, context=64, dropout=0.0):
        super().__init__()
        self.tokens, self.places, self.segments = (nn.Embedding(n, dim) for n in (vocab, context, 2))
        self.norm, self.drop = nn.LayerNorm(dim), nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(dim, heads, hidden, dropout, pre_norm=False) for _ in range(depth))
        for part in self.modules():
            if isinstance(part, (nn.Embedding, nn.Linear)):
                nn.init.normal_(part.weight, std=0.02)
            if isinstance(part, nn.Linear):
                nn.init.zeros_(part.bias)
            if isinstance(part, nn.LayerNorm):
                part.eps = 1e-12

    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        places = self.places(torch.arange(ids.shape[1], device=ids.device))
        x = self.drop(self.norm(self.tokens(ids) + places + self.segments(segments)))
        mask = padding_mask(ids, PAD)
        for block in self.blocks:
            x = block(x, mask)
        return x


class MaskedLM(nn.Module):
    """Score every token of the vocabulary at every place: (batch, time) -> (batch, time, vocab). Built in 3.2.6."""

    def __init__(self, bert):
        super().__init__()
        vocab, dim = bert.tokens.weight.shape
        self.bert, self.dense, self.norm = bert, nn.Linear(dim, dim), nn.LayerNorm(dim, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocab))

    def scores(self, x):
        return self.norm(F.gelu(self.dense(x))) @ self.bert.tokens.weight.T + self.bias

    def forward(self, ids, segments=None):
        return self.scores(self.bert(ids, segments))


def from_transformers(state):
    """Return the weights of a BertModel or BertForMaskedLM of transformers under our names. Built in 3.2.6.

    state: {name: tensor};   what we have no place for is left out: the pooler, the second name of tied weights
    """
    names = {"embeddings.word_embeddings": "tokens", "embeddings.position_embeddings": "places",
             "embeddings.token_type_embeddings": "segments", "embeddings.LayerNorm": "norm",
             "encoder.layer": "blocks", "attention.self": "attention", "attention.output.dense": "attention.out",
             "attention.output.LayerNorm": "norm1", "intermediate.dense": "mlp.0", "output.dense": "mlp.2",
             "output.LayerNorm": "norm2", "cls.predictions.": "", "transform.": "", "LayerNorm": "norm"}
    ours = {}
    for key, weight in state.items():
        for old, new in names.items():
            key = key.replace(old, new)
        if not key.startswith(("decoder", "pooler", "embeddings.position_ids")):
            ours[key] = weight
    return ours


def mean_vector(x, ids):
    """Return the mean of the vectors of what is not padding: (batch, time, dim) -> (batch, dim). Built in 3.2.6."""
    real = (ids != PAD)[..., None]
    return (x * real).sum(dim=1) / real.sum(dim=1)


class Classifier(nn.Module):
    """Score classes from the mean vector of a text: (batch, time) -> (batch, num_classes). Built in 3.2.6."""

    def __init__(self, bert, num_classes=2, dropout=0.1):
        super().__init__()
        self.bert, self.drop = bert, nn.Dropout(dropout)
        self.out = nn.Linear(bert.tokens.embedding_dim, num_classes)

    def forward(self, ids, segments=None):
        return self.out(self.drop(mean_vector(self.bert(ids, segments), ids)))
