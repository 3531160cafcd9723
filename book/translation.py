"""The translator that later lessons import. Built in lesson 3.2.5, where every line is explained."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from book.text import Tokenizer, count_pieces, train_bpe
from book.transformer import Block, DecoderBlock, causal_mask, padding_mask

MARKS = ("<pad>", "<end>", "<fr>", "<zh>", "<memory>")


def vocabulary(texts, size):
    """A tokenizer for all three languages. Built in 3.2.5. texts: dictionaries with a text for each language"""
    return Tokenizer(train_bpe(count_pieces([t for text in texts for t in text.values()]), size), MARKS)


def target_row(tokenizer, text, language):
    """A translation as the decoder sees it: the language, the text, the end. Built in 3.2.5."""
    mark = tokenizer.special
    return [mark[f"<{language}>"], *tokenizer.encode(text), mark["<end>"]]


def fill(rows, pad):
    """Rows of different length as one tensor (batch, time), filled up with `pad`. Built in 3.2.5."""
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=pad)


class Translator(nn.Module):
    """Encoder and decoder: (batch, source time), (batch, time) -> scores (batch, time, size). Built in 3.2.5.

    size: of the vocabulary, which source and target share;   pad: the number of the filling
    """

    def __init__(self, size, pad, dim, heads=4, layers=2, dropout=0.0):
        super().__init__()
        self.pad, self.scale, self.embed = pad, dim**0.5, nn.Embedding(size, dim)
        nn.init.normal_(self.embed.weight, std=1 / self.scale)
        options = {"dropout": dropout, "rotary": 10_000}
        shape = dim, heads, 4 * dim
        self.encoder = nn.ModuleList(Block(*shape, **options) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderBlock(*shape, **options) for _ in range(layers))
        self.norm1, self.norm2, self.drop = nn.LayerNorm(dim), nn.LayerNorm(dim), nn.Dropout(dropout)

    def encode(self, source):
        """Read: (batch, source time) -> vectors (batch, source time, dim) and their mask."""
        x, mask = self.drop(self.embed(source) * self.scale), padding_mask(source, self.pad)
        for block in self.encoder:
            x = block(x, mask)
        return self.norm1(x), mask

    def decode(self, target, source, mask):
        """Write: what was written so far and what was read -> scores of each next token."""
        x = self.drop(self.embed(target) * self.scale)
        for block in self.decoder:
            x = block(x, source, causal_mask(target.shape[1]), mask)
        return self.norm2(x) @ self.embed.weight.T

    def forward(self, source, target):
        return self.decode(target, *self.encode(source))


def batches(pairs, size):
    """Yield all pairs in random batches of rows of about the same length. Built in 3.2.5."""
    order = torch.randperm(len(pairs)).tolist()
    chunks = [sorted(order[i : i + 20 * size], key=lambda j: len(pairs[j][0]) + len(pairs[j][1]))
              for i in range(0, len(order), 20 * size)]
    parts = [chunk[i : i + size] for chunk in chunks for i in range(0, len(chunk), size)]
    for i in torch.randperm(len(parts)).tolist():
        yield [pairs[j] for j in parts[i]]


def forced_loss(model, source, target, smoothing=0.0):
    """Mean loss of each next token, given all the right ones before it. Built in 3.2.5."""
    scores = model(source, target[:, :-1])                              # (batch, time - 1, size)
    return F.cross_entropy(scores.flatten(0, 1), target[:, 1:].flatten(),
                           ignore_index=model.pad, label_smoothing=smoothing)


def train(model, pairs, epochs, rate, size, smoothing=0.0):
    """Train on (source, target) rows; return the loss of every step. Built in 3.2.5."""
    steps, losses = epochs * math.ceil(len(pairs) / size), []
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps + 1, pct_start=0.1)
    for epoch in range(epochs):  # noqa: B007
        for batch in batches(pairs, size):
            source, target = (fill(rows, model.pad) for rows in zip(*batch))
            loss = forced_loss(model, source, target, smoothing)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
    return losses


@torch.no_grad()
def greedy(model, sources, begin, end, steps=50, size=128):
    """Write the likeliest token, again and again. Returns rows without the marks. Built in 3.2.5.

    sources: rows of any length;   begin: the first token of all rows, the language
    """
    written, order = [None] * len(sources), sorted(range(len(sources)), key=lambda i: len(sources[i]))
    for rows in torch.tensor(order).split(size):
        source, mask = model.encode(fill([sources[i] for i in rows.tolist()], model.pad))
        ids = torch.full((len(rows), 1), begin)
        for step in range(steps):
            ids = torch.cat([ids, model.decode(ids, source, mask)[:, -1:].argmax(-1)], dim=1)
            done = (ids[:, -1] == end) | (step == steps - 1)
            for i, row in zip(rows[done].tolist(), ids[done, 1:].tolist()):
                written[i] = [token for token in row if token != end]
            rows, ids, source, mask = rows[~done], ids[~done], source[~done], mask[~done]
            if len(rows) == 0:
                break
    return written


def translate(model, tokenizer, sources, language):
    """Rows of source tokens -> texts in a language, by greedy search. Built in 3.2.5."""
    model.eval()
    begin, end = tokenizer.special[f"<{language}>"], tokenizer.special["<end>"]
    return [tokenizer.decode(row) for row in greedy(model, sources, begin, end)]
