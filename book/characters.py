"""Characters as numbers, and models that only count them. Built in lesson 3.2.3, where every line is explained.

    characters = Characters(text)
    train = characters.encode(text)               # whole numbers, 0 for rare characters
    ngram_bits(train, valid, 4, len(characters))  # bits a character by 1-grams, 2-grams, 3-grams, 4-grams
"""

from collections import Counter

import torch


class Characters:
    """The characters that occur at least `least` times in a text, numbered from 1; 0 is every other. Built in 3.2.3."""

    def __init__(self, text, least=50):
        self.kept = sorted(letter for letter, count in Counter(text).items() if count >= least)
        self.number = {letter: i for i, letter in enumerate(self.kept, start=1)}

    def __len__(self):
        return len(self.kept) + 1

    def encode(self, text):
        """Return the numbers of a text's characters, a tensor (characters,)."""
        return torch.tensor([self.number.get(letter, 0) for letter in text])

    def decode(self, ids):
        """Return the text of numbers; a rare character becomes the mark �."""
        return "".join(self.kept[i - 1] if i else "�" for i in torch.as_tensor(ids).tolist())


def grams(ids, n, size):
    """Return each run of n symbols as one whole number, by the place where it begins. Built in 3.2.3.

    ids: (places,) below `size`;   returns (places - n + 1,), all zero for n = 0
    """
    code = torch.zeros(len(ids) - n + 1, dtype=torch.long)
    for k in range(n):
        code = code * size + ids[k : len(ids) - n + 1 + k]
    return code


def counted(train, wanted, n, size):
    """Return how often each of the n-grams `wanted` occurs in the training text. Built in 3.2.3."""
    kinds, counts = grams(train, n, size).unique(return_counts=True)
    at = torch.searchsorted(kinds, wanted).clamp(max=len(kinds) - 1)
    return torch.where(kinds[at] == wanted, counts[at], 0)


def ngram_bits(train, ids, orders, size, first=33, strength=10):
    """Return bits a character from place `first` on, a list: by 1-grams, 2-grams and so on. Built in 3.2.3.

    train, ids: the text that is counted and the one that is judged, (places,) each, numbers below `size`
    strength:   each order is mixed with the next shorter one, which speaks with the weight of so many counts
    """
    chance, bits = torch.full((len(ids) - first,), 1 / size), []
    for n in range(orders):
        both = counted(train, grams(ids, n + 1, size)[first - n :], n + 1, size)
        context = counted(train, grams(ids, n, size)[first - n : -1], n, size)
        chance = (both + strength * chance) / (context + strength)
        bits.append(-chance.log2().mean().item())
    return bits
