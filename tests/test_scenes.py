"""Frames of the racing simulator and the image of nuclei: exact masks, and the same frames in any order of calls."""

import os

import numpy as np
import pytest
import torch

from book import BookError, data
from book.data import racing


@pytest.fixture(scope="module")
def frames():
    return data.racing_frames([3, 4], frames=3)


def test_frames_have_the_promised_form(frames):
    assert frames.x.shape == (6, 3, 64, 64)
    assert frames.y.shape == (6, 64, 64)
    assert frames.x.dtype == torch.float32
    assert frames.y.dtype == torch.int64
    assert frames.x.min() >= 0
    assert frames.x.max() <= 1
    assert set(frames.y.unique().tolist()) <= set(range(len(data.RACING_CLASSES)))
    assert all((mask == 2).any() for mask in frames.y)   # the camera follows the car


def test_a_track_gives_the_same_frames_in_any_company(frames):
    again = data.racing_frames([4], frames=3)
    assert torch.equal(again.x, frames.x[3:])
    assert torch.equal(again.y, frames.y[3:])


def test_other_tracks_give_other_frames(frames):
    images = {image.numpy().tobytes() for image in frames.x}
    masks = {mask.numpy().tobytes() for mask in frames.y}
    assert len(images) == len(masks) == 6


def test_masks_come_from_the_geometry_and_not_from_the_colors(frames, monkeypatch):
    monkeypatch.setattr(racing, "_photograph", lambda parts, grass, random: np.zeros((3, 64, 64), np.float32))
    colorless = data.racing_frames([3], frames=1)
    assert torch.equal(colorless.y[0], frames.y[0])
    assert colorless.x.max() == 0


def test_the_road_is_as_wide_as_the_simulator_says():
    """A pixel is 1 / zoom units and the road 80 / 6, so on a straight road the mask shows 25 to 35 pixels across."""
    frames = data.racing_frames(range(6), frames=2)
    road = frames.y > 0
    both = torch.minimum(road.sum(1).float().where(road.any(1), torch.nan).nanmedian(1).values,
                         road.sum(2).float().where(road.any(2), torch.nan).nanmedian(1).values)
    assert 18 < both.median() < 45
    car = (frames.y == 2).sum((1, 2))
    assert car.min() > 10
    assert car.max() < 160


def test_the_readers_video_setting_is_left_alone(monkeypatch):
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    racing._simulator().close()
    assert "SDL_VIDEODRIVER" not in os.environ


@pytest.mark.parametrize(("tracks", "frames"), [([], 1), ([-1], 1), ([0], 0)])
def test_impossible_tracks_are_refused(tracks, frames):
    with pytest.raises(BookError, match="Tracks are whole numbers"):
        data.racing_frames(tracks, frames=frames)


def test_nuclei_are_all_there():
    image, labels = data.nuclei()
    assert image.shape == labels.shape == (512, 512)
    assert (image.dtype, labels.dtype) == (np.float32, np.int64)
    assert np.unique(labels).tolist() == list(range(126))
    assert 0.18 < (labels > 0).mean() < 0.22
    assert image[labels > 0].mean() > 2 * image[labels == 0].mean()
