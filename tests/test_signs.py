"""The road scenes of lesson 5.5.1 are what their docstring says, and the splits share nothing but the symbols."""

from itertools import combinations

import numpy as np
import pytest
import torch

from book import BookError
from book.data import signs


@pytest.fixture(scope="module")
def scenes():
    return signs.road_scenes("valid", 240)


def test_scenes_have_the_shapes_they_promise(scenes):
    assert [tuple(part.shape) for part in scenes] == [(240, 3, 32, 32), (240, 2), (240,)]
    assert [part.dtype for part in scenes] == [torch.float32, torch.int64, torch.float32]
    assert scenes.x.min() >= 0
    assert scenes.x.max() <= 1
    assert scenes.size.min() >= signs.SMALLEST
    assert scenes.size.max() <= signs.LARGEST
    assert scenes.size.max() / scenes.size.min() > 1.6
    assert set(scenes.y[:, 0].tolist()) == set(range(len(signs.SIGN_CLASSES)))
    assert set(scenes.y[:, 1].tolist()) == set(range(len(signs.ROAD_STATES)))


def test_scenes_are_fixed_by_their_seed(scenes):
    for part, again in zip(scenes, signs.road_scenes("valid", 240)):
        assert torch.equal(part, again)
    other = signs.road_scenes("valid", 240, seed=1)
    assert not (other.x == scenes.x).all((1, 2, 3)).any()


def test_splits_share_no_track_and_no_scene(scenes):
    for one, other in combinations(signs.TRACKS.values(), 2):
        assert not set(one) & set(other)
    frames = {split: {frame.tobytes() for frame in signs._frames(split)[0]} for split in ("valid", "test")}
    assert not frames["valid"] & frames["test"]
    assert not (signs.road_scenes("test", 240).x == scenes.x).all((1, 2, 3)).any()


def test_every_sign_can_be_drawn_and_no_two_are_alike():
    drawn = {name: signs._symbol(name) for name in signs.SIGN_CLASSES}
    for name, pixels in drawn.items():
        assert pixels.shape[2] == 4
        assert min(pixels.shape[:2]) >= 40, name
        assert pixels[..., 3].max() == 1, name
        assert (pixels[..., :3] <= pixels[..., 3:] + 1e-6).all(), name
    assert len({pixels.tobytes() for pixels in drawn.values()}) == len(drawn)


def test_a_sign_covers_what_its_size_says_and_stands_near_the_middle():
    random, ground = np.random.default_rng(0), np.full((signs.WINDOW, signs.WINDOW, 3), 0.5, np.float32)
    for name in signs.SIGN_CLASSES * 3:
        scene, size = signs._with_sign(ground, name, random)
        rows, columns = np.nonzero(np.abs(scene - 0.5).max(2) > 0.02)
        high, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert 0.8 * size - 2 <= high <= 1.6 * size + 2, name  # leaning and a near side make it taller
        assert wide <= 2 * size, name
        middle = np.array([rows.min() + rows.max(), columns.min() + columns.max()]) / 2
        assert np.abs(middle - (signs.WINDOW - 1) / 2).max() <= signs.OFF + 3, name


def test_water_darkens_the_land_and_snow_brightens_it():
    random, road = np.random.default_rng(0), np.zeros((signs.WINDOW, signs.WINDOW, 1), np.float32)
    road[:, 10:22] = 1
    ground = np.full((signs.WINDOW, signs.WINDOW, 3), 0.4, np.float32)
    for _ in range(10):
        dry, wet, snowy = (paint(ground, road, random) for paint in (signs._dry, signs._wet, signs._snowy))
        land = road[:, :, 0] == 0
        assert np.array_equal(dry, ground)
        assert snowy[land].mean() > 0.4
        assert wet.min() < 0.36
        assert wet[~land].std() > wet[land].std()  # more of a puddle shows on the road


@pytest.mark.parametrize(("call", "says"), [
    (lambda: signs.road_scenes("exam", 3), "no split 'exam'; known: train, valid, test"),
    (lambda: signs.road_scenes("test", 0), "At least one scene is made, not 0")])
def test_what_cannot_be_made(call, says):
    with pytest.raises(BookError, match=says):
        call()
