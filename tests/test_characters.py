"""Characters come back from their numbers, and n-gram models give what can be worked out by hand."""

import math

import pytest
import torch

from book.characters import Characters, counted, grams, ngram_bits

SPELL = "abracadabra"


@pytest.fixture(scope="module")
def magic():
    return Characters(SPELL, least=1)


def test_kept_characters_come_back_and_rare_ones_are_marked():
    characters = Characters("aabbbc天天天", least=2)
    assert characters.kept == ["a", "b", "天"]
    assert len(characters) == 4
    assert characters.encode("ac天").tolist() == [1, 0, 3]
    assert characters.decode(characters.encode("天bca")) == "天b�a"
    assert characters.decode([3, 0]) == "天�"


def test_grams_are_numbers_whose_digits_are_symbols():
    ids = torch.tensor([1, 2, 0, 3])
    assert grams(ids, 1, 10).tolist() == [1, 2, 0, 3]
    assert grams(ids, 2, 10).tolist() == [12, 20, 3]
    assert grams(ids, 4, 10).tolist() == [1203]
    assert grams(ids, 0, 10).tolist() == [0] * 5


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_counts_are_those_of_the_text(magic, n):
    ids = magic.encode(SPELL)
    found = counted(ids, grams(ids, n, len(magic)), n, len(magic))
    pieces = [SPELL[i : i + n] for i in range(len(SPELL) - n + 1)]
    assert found.tolist() == [pieces.count(piece) for piece in pieces]


def test_grams_that_never_occur_are_counted_zero_times(magic):
    ids, size = magic.encode(SPELL), len(magic)
    assert counted(ids, torch.tensor([0, size**2 - 1]), 2, size).tolist() == [0, 0]


def test_bits_by_hand(magic):
    ids = magic.encode(SPELL)
    bits = ngram_bits(ids, ids[:2], 2, len(magic), first=1)  # the b of "ab"
    assert bits == pytest.approx([math.log2(6), math.log2(45 / 11)], abs=1e-5)


def test_chances_of_all_next_symbols_sum_to_one_save_for_the_context_that_ends_the_text(magic):
    ids, size = magic.encode(SPELL), len(magic)

    def total(start, n):
        rows = [torch.cat([magic.encode(start), torch.tensor([symbol])]) for symbol in range(size)]
        return sum(2 ** -ngram_bits(ids, row, n, size, first=len(start))[-1] for row in rows)

    assert total("br", 3) < 1  # the empty context is counted once more than it has a successor
    assert total("br", 3) == pytest.approx(1, abs=0.06)


def test_a_longer_context_helps_on_a_text_that_repeats():
    train = torch.tensor([0, 1, 2, 1] * 500)
    bits = ngram_bits(train, train[:200], 3, 3)
    assert bits[0] == pytest.approx(1.5, abs=0.02)
    assert bits[1] == pytest.approx(0.5, abs=0.05)
    assert bits[2] < 0.1
