"""The pictures of lesson 5.2.1 are what their docstring says, and the splits share nothing."""

from itertools import combinations

import pytest
import torch

from book import BookError
from book.data import kinds
from book.data.emoji import PHOTOGRAPHS


@pytest.fixture(scope="module")
def pictures():
    return kinds.kind_pictures("valid", 3, strangers=10, side=64)


def test_pictures_have_the_shapes_they_promise(pictures):
    assert [tuple(part.shape) for part in pictures[:3]] == [(46, 3, 64, 64), (46,), (46, 64, 64)]
    assert [part.dtype for part in pictures[:3]] == [torch.uint8, torch.int64, torch.bool]
    assert torch.bincount(pictures.y + 1).tolist() == [10] + [3] * len(kinds.KINDS)
    for label, symbol in zip(pictures.y.tolist(), pictures.symbols, strict=True):
        assert symbol in kinds.SYMBOLS["valid"][kinds.KINDS[label] if label >= 0 else kinds.STRANGE]
    covered = pictures.masks.float().mean((1, 2))
    assert covered.min() > 0.01
    assert covered.max() < 0.9


def test_a_mask_is_where_its_symbol_is(monkeypatch):
    """On a black photograph and without random colors, everything outside the mask is nearly black."""
    monkeypatch.setattr(kinds, "_background", lambda photos, random, side, *bounds: torch.zeros(side, side, 3).numpy())
    pictures = kinds.kind_pictures("test", 2, side=64)
    bright = pictures.x.amax(1) > 140  # the rim of a symbol is half transparent
    assert bright[pictures.masks].any()
    assert not bright[~pictures.masks].any()


def test_pictures_are_fixed_by_their_seed(pictures):
    again = kinds.kind_pictures("valid", 3, strangers=10, side=64)
    assert torch.equal(again.x, pictures.x)
    assert torch.equal(again.masks, pictures.masks)
    assert again.symbols == pictures.symbols
    other = kinds.kind_pictures("valid", 3, strangers=10, side=64, seed=1)
    assert not (other.x == pictures.x).all((1, 2, 3)).any()


def test_symbols_of_a_kind_are_used_evenly():
    pictures = kinds.kind_pictures("train", 8, side=32)
    used = [symbol for symbol, label in zip(pictures.symbols, pictures.y.tolist()) if label == 1]
    assert sorted(used) == sorted(kinds.SYMBOLS["train"]["bird"])


def test_familiar_symbols_on_other_photographs():
    pictures = kinds.kind_pictures("test", 4, side=32, symbols="train")
    assert set(pictures.symbols) <= set("".join(kinds.SYMBOLS["train"].values()))


def test_splits_share_no_symbol_and_no_photograph():
    symbols = {split: "".join(of.values()) for split, of in kinds.SYMBOLS.items()}
    for one, other in combinations(kinds.SYMBOLS, 2):
        assert not set(symbols[one]) & set(symbols[other])
        assert not set(PHOTOGRAPHS[one]) & set(PHOTOGRAPHS[other])
    for split, of in kinds.SYMBOLS.items():
        assert len(set(symbols[split])) == len(symbols[split])
        assert set(of) - {kinds.STRANGE} == set(kinds.KINDS)


@pytest.mark.parametrize(("asked", "told"), [
    (("everything", 3), "known: train, valid, test"),
    (("train", 0), "At least one picture"),
    (("valid", -1), "At least one picture"),
])
def test_what_cannot_be_made_is_refused(asked, told):
    with pytest.raises(BookError, match=told):
        kinds.kind_pictures(*asked)


def test_there_are_no_strangers_to_train_on():
    with pytest.raises(BookError, match="no symbols of no kind"):
        kinds.kind_pictures("train", 1, strangers=1)
