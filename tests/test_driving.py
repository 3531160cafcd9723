"""The twin of highway-env: the same scenes, the same drives, the same crashes; films; policies."""

import re

import numpy as np
import pytest

from book import driving
from book.errors import BookError


def in_the_library(seed, actions, by_idm=False, density=driving.DENSITY):
    """Drive in highway-env. Return (observations, rewards, crashed, positions at every decision)."""
    environment = driving.highway(seed, density=density)
    if by_idm:
        driving.drive_by_idm(environment)
        environment.action_type.act = lambda action: None
    seen, rewards, places = [environment.observation_type.observe()], [], []
    for action in actions:
        observation, reward, ended, _, _ = environment.step(int(action))
        seen.append(observation)
        rewards.append(reward)
        places.append([[*car.position, car.heading, car.speed] for car in environment.road.vehicles])
        if ended:
            break
    return np.array(seen), np.array(rewards), environment.vehicle.crashed, np.array(places)


def assert_same(drives, row, seen, rewards, crashed, places):
    count = len(rewards)
    assert drives.alive[row].sum() == count
    assert drives.crashed[row] == crashed
    np.testing.assert_allclose(drives.rewards[row, :count], rewards, atol=1e-9)
    ends = slice(driving.TICKS, driving.TICKS * count + 1, driving.TICKS)
    mine = np.stack([drives.x[row, ends], drives.y[row, ends], drives.heading[row, ends], drives.speed[row, ends]], 2)
    np.testing.assert_allclose(mine, places, atol=1e-6)
    known = min(count, driving.DECISIONS - 1)
    np.testing.assert_allclose(drives.observations[row, : known + 1][:count], seen[:count], atol=1e-3)


@pytest.mark.parametrize("seed", [0, 1, 7, 123456])
def test_scene_is_that_of_the_library(seed):
    cars = driving.highway(seed).road.vehicles
    x, lane, speed, delta = driving.scene(seed)
    np.testing.assert_allclose(x, [car.position[0] for car in cars], atol=1e-9)
    np.testing.assert_array_equal(lane, [car.lane_index[2] for car in cars])
    np.testing.assert_allclose(speed, [car.speed for car in cars], atol=1e-12)
    np.testing.assert_allclose(delta[1:], [car.DELTA for car in cars[1:]], atol=1e-12)
    np.testing.assert_allclose(driving.Traffic([seed]).timer[0, 1:], [car.timer for car in cars[1:]], atol=1e-9)


def test_drives_by_chance_are_the_same():
    """Random actions: many lane changes, and crashes with their impact."""
    seeds, random = np.arange(12), np.random.default_rng(0)
    actions = random.integers(5, size=(len(seeds), driving.DECISIONS))
    count = iter(range(driving.DECISIONS))
    drives = driving.drive(lambda traffic: actions[:, next(count)], seeds, density=1.3)
    for row, seed in enumerate(seeds):
        assert_same(drives, row, *in_the_library(seed, actions[row], density=1.3))
    assert 0 < drives.crashed.sum() < len(seeds)
    ended = np.flatnonzero(drives.crashed)
    assert (drives.crash_tick[ended] > 0).all()
    assert (drives.crash_tick[~drives.crashed] == -1).all()
    assert (drives.rewards[~drives.alive] == 0).all()


def test_fast_drives_and_idm_are_the_same():
    seeds = np.arange(20, 26)
    fast = driving.drive(driving.keep(driving.FASTER), seeds)
    idm = driving.drive(driving.keep(), seeds, driver="idm")
    for row, seed in enumerate(seeds):
        assert_same(fast, row, *in_the_library(seed, fast.actions[row]))
        assert_same(idm, row, *in_the_library(seed, idm.actions[row], by_idm=True))
    assert not idm.crashed.any()


def test_meta_actions_of_idm_beat_standing_by():
    own, idle = (driving.drive(policy, np.arange(30, 62)) for policy in (driving.idm_actions, driving.keep()))
    assert own.returns.mean() > idle.returns.mean()


def test_drives_together_are_drives_alone():
    together = driving.drive(driving.idm_actions, [3, 4, 5])
    alone = driving.drive(driving.idm_actions, [4])
    np.testing.assert_array_equal(together.actions[1], alone.actions[0])
    np.testing.assert_allclose(together.x[1], alone.x[0], atol=1e-9)


def test_a_drive_can_be_shorter_and_wrong_calls_are_told():
    assert driving.drive(driving.keep(), [1], decisions=3).x.shape == (1, 16, driving.CARS)
    with pytest.raises(BookError, match="driver"):
        driving.Traffic([1], driver="me")
    with pytest.raises(BookError, match="seed"):
        driving.Traffic([])


def test_frames_and_film():
    pictures = driving.frames(3, [driving.IDLE] * 4, first=2)
    assert pictures.shape == (2 * driving.TICKS, 84, 560, 3)
    assert pictures.dtype == np.uint8
    assert len(np.unique(pictures.reshape(-1, 3), axis=0)) > 5
    assert (pictures[0] != pictures[-1]).any()
    film = driving.Film(pictures, alt="a <road>")
    assert repr(film) == "a film of 10 frames: a <road>"
    assert film.film[:4] == b"RIFF"
    assert len(film.film) < 60_000
    shown = film._repr_html_()
    assert re.findall(r'img class="(\w+)"', shown) == ["moving", "standing"]
    assert "a &lt;road&gt;" in shown
