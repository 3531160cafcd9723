"""The scenes of lesson 3.3.5 are what their docstring says, and the splits share nothing."""

from itertools import combinations

import numpy as np
import pytest
import torch

from book import BookError, data
from book.data import emoji


@pytest.fixture(scope="module")
def scenes():
    return data.emoji_scenes("valid", 60)


def test_scenes_have_the_shapes_they_promise(scenes):
    assert [tuple(part.shape) for part in scenes] == [(60, 3, 96, 96), (60, 5, 4), (60, 5), (60, 5)]
    assert [part.dtype for part in scenes] == [torch.uint8, torch.float32, torch.int64, torch.float32]
    there = scenes.labels >= 0
    assert there.any(1).all()
    assert not scenes.boxes[~there].any()
    assert not scenes.visible[~there].any()
    boxes = scenes.boxes[there]
    assert boxes.min() >= 0
    assert boxes.max() <= 96
    assert (boxes[:, 2:] - boxes[:, :2]).min() >= 5
    longer = (boxes[:, 2:] - boxes[:, :2]).amax(1)
    assert longer.max() / longer.min() > 2.5
    assert scenes.visible[there].min() >= emoji.VISIBLE
    assert (scenes.visible[there] < 1).float().mean() > 0.2
    assert set(scenes.labels[there].tolist()) == set(range(len(data.EMOJI_CLASSES)))


def test_scenes_are_fixed_by_their_seed(scenes):
    for part, again in zip(scenes, data.emoji_scenes("valid", 60)):
        assert torch.equal(part, again)
    other = data.emoji_scenes("valid", 60, seed=1)
    assert not (other.x == scenes.x).all((1, 2, 3)).any()
    assert torch.equal(data.emoji_scenes("valid", 20).boxes, scenes.boxes[:20])


def test_splits_share_no_symbol_no_photograph_and_no_rendering():
    symbols = {split: "".join(classes.values()) for split, classes in emoji.SYMBOLS.items()}
    renderings = {split: {alpha.tobytes() + rgb.tobytes() for shapes in emoji._renderings(split, 0).values()
                          for rgb, alpha in shapes} for split in emoji.SYMBOLS}
    for one, other in combinations(emoji.SYMBOLS, 2):
        assert not set(symbols[one]) & set(symbols[other])
        assert not set(emoji.PHOTOGRAPHS[one]) & set(emoji.PHOTOGRAPHS[other])
        assert not renderings[one] & renderings[other]
    for split, classes in emoji.SYMBOLS.items():
        assert set(classes) == {*data.EMOJI_CLASSES, ""}
        assert len(set(symbols[split])) == len(symbols[split])


def test_familiar_symbols_on_other_photographs_are_drawn_anew(monkeypatch):
    drawn, rendered = [], emoji._renderings.__wrapped__

    def spy(*call):
        shapes = rendered(*call)
        drawn.append({alpha.tobytes() + rgb.tobytes() for part in shapes.values() for rgb, alpha in part})
        return shapes

    monkeypatch.setattr(emoji, "_renderings", spy)
    here = data.emoji_scenes("test", 20, symbols="train")
    data.emoji_scenes("train", 1)
    assert not drawn[0] & drawn[1]
    assert not torch.equal(here.x, data.emoji_scenes("test", 20).x)
    assert not torch.equal(here.boxes, data.emoji_scenes("train", 20).boxes)


def test_every_symbol_is_drawn_in_color():
    for classes in emoji.SYMBOLS.values():
        for character in "".join(classes.values()):
            pixels = np.asarray(data.draw_emoji(character))
            assert pixels.shape[2] == 4
            assert min(pixels.shape[:2]) >= 20, character
            assert pixels[..., 3].max() == 255, character
    red = np.asarray(data.draw_emoji("❤"), float).mean((0, 1))
    assert red[0] > 2 * red[2]


def test_a_box_encloses_its_symbol():
    """A lone symbol: outside its box the scene is the photograph alone, at each side of the box it is not."""
    random = np.random.default_rng(0)
    ground = [emoji.Image.new("RGB", (96, 96), (0, 90, 0))]
    shapes = {label: shapes for label, shapes in emoji._renderings("valid", 0).items()}
    alone = 0
    for _ in range(40):
        scene, objects = emoji._scene(ground, shapes | {-1: shapes[0]}, random)
        if len(objects) == 1 and objects[0][2] == 1:
            (left, top, right, bottom), label, _ = objects[0]
            foreign = np.abs(scene.astype(int) - scene[0, 0]).sum(2) > 60
            if scene[[0, 0, -1, -1], [0, -1, 0, -1]].std(0).max() == 0 and label != 0:
                rows, columns = np.nonzero(foreign)
                alone += (abs(rows.min() - top) <= 1 and abs(rows.max() + 1 - bottom) <= 1
                          and abs(columns.min() - left) <= 1 and abs(columns.max() + 1 - right) <= 1)
    assert alone >= 1


@pytest.mark.parametrize(("call", "says"), [
    (lambda: data.emoji_scenes("exam", 3), "no split 'exam'; known: train, valid, test"),
    (lambda: data.emoji_scenes("test", 3, symbols="all"), "no split 'all'"),
    (lambda: data.emoji_scenes("test", 0), "At least one scene is made, not 0"),
    (lambda: data.draw_emoji("ab"), "draws no 'ab'; give one emoji character"),
    (lambda: data.draw_emoji(" "), "give one emoji character")])
def test_what_cannot_be_drawn(call, says):
    with pytest.raises(BookError, match=says):
        call()
