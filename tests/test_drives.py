"""The careless driver: the same drive for the same seed, alone or among others, and what the seeds fix."""

import numpy as np
import pytest

from book import driving
from book.data.drives import CALM, SPLITS, Careless, careless_drives
from book.errors import BookError


@pytest.fixture(scope="module")
def few():
    return careless_drives("train", 30)


def test_a_drive_depends_on_its_seed_alone(few):
    seeds = np.array([7, 3])
    alone = driving.drive(Careless(seeds), seeds)
    for name in ("actions", "x", "y", "heading", "speed", "crash_tick"):
        assert np.array_equal(getattr(alone, name), getattr(few, name)[seeds])


def test_fewer_drives_are_the_first_of_more(few):
    assert np.array_equal(careless_drives("train", 4).x, few.x[:4])


def test_drives_end_in_a_collision_or_after_thirty_seconds(few):
    assert few.x.shape == (30, driving.DECISIONS * driving.TICKS + 1, driving.CARS)
    assert 3 <= few.crashed.sum() <= 25
    assert np.array_equal(few.crashed, few.crash_tick >= 0)
    assert (few.crash_tick[few.crashed] > 0).all()


def test_a_crash_is_a_contact(few):
    """At the tick of the crash, or one tick later where the simulator pushed them apart, another car is close."""
    for i in np.flatnonzero(few.crashed):
        tick = few.crash_tick[i]
        away = np.hypot(few.x[i, tick, 1:] - few.x[i, tick, 0], few.y[i, tick, 1:] - few.y[i, tick, 0])
        assert away.min() < driving.LENGTH + 3


def test_a_drive_begins_calmly(few):
    assert set(np.unique(few.actions[:, :CALM])) <= {driving.IDLE, driving.SLOWER}
    assert {driving.LEFT, driving.RIGHT, driving.FASTER} <= set(np.unique(few.actions[:, CALM:]))


def test_parts_share_no_traffic():
    firsts = sorted(SPLITS.values())
    assert all(after - before >= 100_000 for before, after in zip(firsts, firsts[1:]))


@pytest.mark.parametrize(("part", "count"), [("tests", 1), ("test", 0), ("test", 100_001)])
def test_what_does_not_exist_is_refused(part, count):
    with pytest.raises(BookError):
        careless_drives(part, count)
