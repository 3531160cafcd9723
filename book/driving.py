"""A straight highway with traffic: the simulator highway-env, and a twin of it that steps many drives together.

The rules are those of highway-env's environment "highway-fast-v0" with the settings of the course. The library moves
one car after another; the twin moves all cars of all drives in one array, which is many times faster. Both give
the same drives, tick by tick (tests/test_driving.py). Pictures are drawn by the library.
"""

import base64
import html
import io
import os
from typing import NamedTuple

import numpy as np

from book.errors import BookError

LEFT, IDLE, RIGHT, FASTER, SLOWER = range(5)  # what the own car can do; one action lasts a second
LANES, CARS, NEIGHBORS, DECISIONS, TICKS = 3, 20, 7, 30, 5  # the own car is number 0; TICKS a decision
DT, LENGTH, WIDTH, LANE_WIDTH, SIGHT = 0.2, 5.0, 2.0, 4.0, 200.0  # seconds a tick; meters
TARGET_SPEEDS = (15, 20, 25, 30)  # m/s
DENSITY = 0.8  # of the traffic; twice that is half the room between cars at the start
SETTINGS = {
    "lanes_count": LANES, "vehicles_count": CARS - 1, "vehicles_density": DENSITY, "duration": DECISIONS,
    "simulation_frequency": TICKS, "policy_frequency": 1, "collision_reward": -1, "high_speed_reward": 0.4,
    "right_lane_reward": 0.1, "reward_speed_range": [20, 30], "normalize_reward": True,
    "action": {"type": "DiscreteMetaAction", "target_speeds": TARGET_SPEEDS},
    "observation": {"type": "Kinematics", "vehicles_count": 1 + NEIGHBORS, "see_behind": True, "normalize": False},
    "screen_width": 560, "screen_height": 84, "scaling": 4.0, "centering_position": [0.35, 0.5],
}

# Of highway-env: the intelligent driver model (IDM), when to change lanes (MOBIL), and the steering
COMFORT, BRAKING, GAP, HEADWAY, LIMIT = 3.0, 5.0, 10.0, 1.5, 30.0  # m/s², m/s², m, s, m/s
HARDEST, GAIN, IMPOSED, PAUSE, ON_LANE = 6.0, 0.2, 2.0, 1.0, 3.0   # m/s², m/s², m/s², s, m from the middle


def highway(seed, *, density=DENSITY, render=False):
    """Return highway-env's environment with the settings of the course, reset with the traffic of `seed`.

    render: whether it is to draw, which takes most of the time
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    from highway_env.envs.highway_env import HighwayEnvFast

    config = {**SETTINGS, "vehicles_density": density}
    environment = HighwayEnvFast(config=config, render_mode="rgb_array" if render else None)
    environment.reset(seed=int(seed))
    return environment


def scene(seed, density=DENSITY):
    """Return the cars of a traffic seed when a drive begins: x, lane, speed, delta, each (CARS,).

    They drive in the middle of their lanes. delta: the exponent of each driver's IDM. The same draws in the same order
    as in highway-env.
    """
    from gymnasium.utils.seeding import np_random

    random = np_random(int(seed))[0]
    spread = np.exp(-5 / 40 * LANES)
    lane, offset = [random.integers(LANES)], 1.5 * 37.0 * spread
    x, speed, delta = [3 * offset + offset * random.uniform(0.9, 1.1)], [25.0], [4.0]
    for _ in range(CARS - 1):
        lane.append(random.integers(LANES))
        speed.append(random.uniform(0.7 * LIMIT, 0.8 * LIMIT))
        offset = (12 + speed[-1]) / density * spread
        x.append(x[-1] + offset * random.uniform(0.9, 1.1))
        delta.append(random.uniform(3.5, 4.5))
    return np.array(x), np.array(lane), np.array(speed), np.array(delta)


def desired_gap(speed, heading, other_speed, other_heading):
    """The distance in meters at which IDM neither brakes nor speeds up behind another car."""
    closing = speed - other_speed * np.cos(other_heading - heading)
    return GAP + speed * HEADWAY + speed * closing / (2 * (COMFORT * BRAKING) ** 0.5)


def idm(speed, target_speed, delta, wanted=None, distance=np.inf):
    """IDM's acceleration in m/s², not yet limited: toward the target speed, less what the car in front asks for.

    wanted: the desired gap to the car in front, distance: the gap; infinite where there is none
    """
    free = 1 - (np.maximum(speed, 0) / np.clip(target_speed, 0, LIMIT)) ** delta
    if wanted is None:
        return COMFORT * free
    return COMFORT * (free - (wanted / np.maximum(distance, 0.01)) ** 2)


class Traffic:
    """Many drives that are stepped together, one traffic seed each.

    seeds:  whole numbers
    driver: "actions": the own car does what `step` is told; "idm": highway-env's own driver steers it, at up to 30 m/s
    density: of the traffic

    x, y, heading, speed, target_speed: (drives, CARS), the own car is number 0; meters, radians, m/s
    lane, target: (drives, CARS), the lane that a car is in and the one that it steers for; 2 is the rightmost
    crashed: (drives,);   alive: its opposite. A drive that crashed stands still.
    """

    def __init__(self, seeds, *, driver="actions", density=DENSITY):
        if driver not in ("actions", "idm"):
            raise BookError(f"The driver is 'actions' or 'idm', not {driver!r}.")
        self.seeds = np.atleast_1d(np.asarray(seeds, dtype=int))
        if self.seeds.size == 0:
            raise BookError("At least one traffic seed is needed.")
        self.first = 0 if driver == "idm" else 1  # the first car that IDM drives
        x, lane, speed, delta = (np.stack(part) for part in zip(*(scene(seed, density) for seed in self.seeds)))
        self.state = {"x": x, "y": lane * LANE_WIDTH, "heading": np.zeros_like(x), "speed": speed, "delta": delta,
                      "lane": lane, "target": lane.copy(), "target_speed": speed.copy(),
                      "timer": (x + lane * LANE_WIDTH) * np.pi % PAUSE,
                      "wrecked": np.zeros(x.shape, bool), "pushed": np.zeros(x.shape, bool),
                      "push": np.zeros((*x.shape, 2))}
        if driver == "idm":
            self.state["target_speed"][:, 0] = LIMIT
        self.crashed = np.zeros(len(x), bool)

    def __getattr__(self, name):
        if name != "state" and name in self.state:
            return self.state[name]
        raise AttributeError(name)

    def __len__(self):
        return len(self.seeds)

    @property
    def alive(self):
        return ~self.crashed

    def observe(self):
        """Return what the own car sees, (drives, 1 + NEIGHBORS, 5): presence, x, y, vx, vy in meters and m/s.

        Row 0 is the own car; then come the nearest cars within 200 m, relative to it, and zeros where there is none.
        """
        s = self.state
        seen = np.stack([np.ones_like(s["x"]), s["x"], s["y"], s["speed"] * np.cos(s["heading"]),
                         s["speed"] * np.sin(s["heading"])], axis=2)
        others = seen[:, 1:] - seen[:, :1] * [0, 1, 1, 1, 1]
        others[np.hypot(others[..., 1], others[..., 2]) >= SIGHT] = 0
        order = np.where(others[..., 0] > 0, np.abs(others[..., 1]), np.inf)
        order = np.argsort(order, axis=1, kind="stable")[:, :NEIGHBORS]
        near = np.take_along_axis(others, order[..., None], axis=1)
        return np.concatenate([seen[:, :1], near], axis=1).astype(np.float32)

    def step(self, actions):
        """Let a second pass. Return the rewards, (drives,), 0 for drives that had crashed before, and the track.

        actions: (drives,), ignored under the driver "idm"
        track:   {"x", "y", "heading", "speed"}, each (TICKS, drives, CARS), after each tick
        """
        actions = np.asarray(actions, dtype=int)
        rewards, going = np.zeros(len(self)), np.flatnonzero(self.alive)
        track = {name: np.repeat(self.state[name][None], TICKS, axis=0) for name in ("x", "y", "heading", "speed")}
        self.crash_tick = np.full(len(self), -1)  # within this step
        if len(going) == 0:
            return rewards, track
        part = {name: values[going] for name, values in self.state.items()}
        if self.first:
            _obey(part, actions[going])
        for tick in range(TICKS):
            before = part["wrecked"][:, 0].copy()
            _decide(part, self.first)
            _move(part)
            _collide(part)
            self.crash_tick[going[part["wrecked"][:, 0] & ~before]] = tick
            for name, values in track.items():
                values[tick, going] = part[name]
        for name, values in self.state.items():
            values[going] = part[name]
        rewards[going] = _reward(part)
        self.crashed[going] = part["wrecked"][:, 0]
        return rewards, track


def _obey(s, actions):
    """Set lane and speed that the own cars steer for."""
    wanted = np.clip(s["target"][:, 0] + (actions == RIGHT) - (actions == LEFT), 0, LANES - 1)
    near = np.abs(s["y"][:, 0] - LANE_WIDTH * wanted) <= 2 * LANE_WIDTH
    s["target"][:, 0] = np.where(near, wanted, s["target"][:, 0])
    speeds = np.array(TARGET_SPEEDS, dtype=float)
    index = np.round((s["speed"][:, 0] - speeds[0]) / (speeds[-1] - speeds[0]) * (len(speeds) - 1))
    index = np.clip(index, 0, len(speeds) - 1) + (actions == FASTER) - (actions == SLOWER)
    new = speeds[np.clip(index, 0, len(speeds) - 1).astype(int)]
    s["target_speed"][:, 0] = np.where((actions == FASTER) | (actions == SLOWER), new, s["target_speed"][:, 0])


def _around(s, rows, cars, lanes):
    """Return (front, ahead, rear, behind) of cars on a lane: numbers of the nearest cars and distances, inf for none.

    rows, cars, lanes: (count,), which drive, which car of it, on which lane to look
    """
    away = s["x"][rows] - s["x"][rows, cars][:, None]
    there = np.abs(s["y"][rows] - LANE_WIDTH * lanes[:, None]) <= ON_LANE
    there[np.arange(len(rows)), cars] = False
    ahead, behind = np.where(there & (away >= 0), away, np.inf), np.where(there & (away < 0), -away, np.inf)
    front, rear = ahead.argmin(axis=1), behind.argmin(axis=1)
    every = np.arange(len(rows))
    return front, ahead[every, front], rear, behind[every, rear]


def _behind(s, rows, cars, others, distance, delta, speed=None):
    """IDM's acceleration of cars at a distance behind others, (count,)"""
    own = s["speed"][rows, cars], s["heading"][rows, cars]
    wanted = desired_gap(*own, s["speed"][rows, others], s["heading"][rows, others])
    target = s["target_speed"][rows, cars] if speed is None else speed
    return idm(own[0], target, delta, wanted, distance)


def mobil(s, rows, cars, lanes, delta, now, speed=None):
    """Return how much acceleration a change to `lanes` gains, -inf where it would make the car behind brake hard.

    rows, cars, lanes: (count,);   delta: of the drivers who decide;   now: their acceleration on the lane they are in
    speed: the one that they want, if not their own
    """
    front, ahead, rear, behind = _around(s, rows, cars, lanes)
    imposed = _behind(s, rows, rear, cars, behind, delta)
    gain = _behind(s, rows, cars, front, ahead, delta, speed) - now
    return np.where(np.isfinite(behind) & (imposed < -IMPOSED), -np.inf, gain)


def _decide(s, first):
    """Set lanes, steering and acceleration of all cars, as they are decided at a tick."""
    now = _follow(s)
    changing = s["lane"] != s["target"]
    changing[:, :first] = False
    # Who is not changing lanes thinks about it once a second; where both sides gain, the right one is taken.
    due = (s["timer"] > PAUSE) & ~changing & ~s["wrecked"]
    due[:, :first] = False
    s["timer"][due] = 0
    before = s["target"].copy()
    lane = s["lane"][..., None] + np.array([-1, 1])
    may = (due & (np.abs(s["speed"]) >= 1))[..., None] & (lane >= 0) & (lane < LANES)
    may &= np.abs(s["y"][..., None] - LANE_WIDTH * lane) <= 2 * LANE_WIDTH
    rows, cars, side = np.nonzero(may)
    if len(rows):
        go = mobil(s, rows, cars, lane[may], s["delta"][rows, cars], now[rows, cars]) >= GAIN
        for which in (0, 1):
            chosen = go & (side == which)
            s["target"][rows[chosen], cars[chosen]] = lane[may][chosen]
    # Who is changing gives up where another car close ahead makes for the same lane. Cars decide in order of their
    # numbers, so one sees what those before it just decided, and what those after it wanted before.
    rows, cars = np.nonzero(changing & ~s["wrecked"])
    if len(rows):
        aim, here, number = before[rows, cars][:, None], s["lane"][rows, cars], np.arange(CARS)
        away = s["x"][rows] - s["x"][rows, cars][:, None]
        gap = desired_gap(s["speed"][rows, cars][:, None], s["heading"][rows, cars][:, None], s["speed"][rows],
                          s["heading"][rows])
        close = (away > 0) & (away < gap) & (s["lane"][rows] != aim) & (number != cars[:, None])
        for _ in range(CARS):
            wanted = np.where(number < cars[:, None], s["target"][rows], before[rows])
            new = np.where((close & (wanted == aim)).any(axis=1), here, aim[:, 0])
            if (new == s["target"][rows, cars]).all():
                break
            s["target"][rows, cars] = new
    s["steering"] = _steer(s)
    # Behind the nearest car of the lane, and of the lane it is changing to.
    rows, cars = np.nonzero(s["lane"] != s["target"])
    if len(rows):
        front, ahead, _, _ = _around(s, rows, cars, s["target"][rows, cars])
        other = _behind(s, rows, cars, front, ahead, s["delta"][rows, cars])
        now[rows, cars] = np.minimum(now[rows, cars], other)
    s["acceleration"] = np.clip(now, -HARDEST, HARDEST)
    if first:
        s["acceleration"][:, 0] = (s["target_speed"][:, 0] - s["speed"][:, 0]) / 0.6


def _follow(s):
    """Return IDM's acceleration behind the nearest car of the same lane, (drives, CARS)."""
    number = np.arange(CARS)
    away = s["x"][:, None, :] - s["x"][:, :, None]
    there = (away >= 0) & (np.abs(s["y"][:, None, :] - LANE_WIDTH * s["lane"][:, :, None]) <= ON_LANE)
    there[:, number, number] = False
    ahead = np.where(there, away, np.inf)
    front = ahead.argmin(axis=2)
    speed, heading = (np.take_along_axis(s[name], front, axis=1) for name in ("speed", "heading"))
    wanted = desired_gap(s["speed"], s["heading"], speed, heading)
    distance = np.take_along_axis(ahead, front[:, :, None], axis=2)[:, :, 0]
    return idm(s["speed"], s["target_speed"], s["delta"], wanted, distance)


def _steer(s):
    """Return the steering angles toward the middle of the lanes that the cars steer for, in radians."""
    speed = np.where(np.abs(s["speed"]) > 0.01, s["speed"], np.where(s["speed"] >= 0, 0.01, -0.01))
    sideways = -(s["y"] - LANE_WIDTH * s["target"]) / 0.6
    heading = np.clip(np.arcsin(np.clip(sideways / speed, -1, 1)), -np.pi / 4, np.pi / 4)
    turn = ((heading - s["heading"] + np.pi) % (2 * np.pi) - np.pi) / 0.2
    slip = np.arcsin(np.clip(LENGTH / 2 / speed * turn, -1, 1))
    return np.clip(np.arctan(2 * np.tan(slip)), -np.pi / 3, np.pi / 3)


def _move(s):
    """Move all cars by one tick: a bicycle that steers with its front wheel. Wrecks roll out."""
    steering = np.where(s["wrecked"], 0, s["steering"])
    acceleration = np.where(s["wrecked"], -s["speed"], s["acceleration"])
    slip = np.arctan(np.tan(steering) / 2)
    s["x"] = s["x"] + s["speed"] * np.cos(s["heading"] + slip) * DT
    s["y"] = s["y"] + s["speed"] * np.sin(s["heading"] + slip) * DT
    if s["pushed"].any():
        s["x"], s["y"] = s["x"] + s["push"][..., 0] * s["pushed"], s["y"] + s["push"][..., 1] * s["pushed"]
        s["wrecked"] = s["wrecked"] | s["pushed"]
        s["pushed"] = np.zeros_like(s["pushed"])
    s["heading"] = s["heading"] + s["speed"] * np.sin(slip) / (LENGTH / 2) * DT
    s["speed"] = s["speed"] + acceleration * DT
    s["timer"] = s["timer"] + DT
    s["lane"] = np.abs(s["y"][..., None] - LANE_WIDTH * np.arange(LANES)).argmin(axis=2)


def _collide(s):
    """Find the cars that touch the own car now or would before the next tick; they are few."""
    away = np.hypot(s["x"] - s["x"][:, :1], s["y"] - s["y"][:, :1])
    away[:, 0] = np.inf
    rows, cars = np.nonzero(away <= np.hypot(LENGTH, WIDTH) + s["speed"][:, :1] * DT)
    if len(rows) == 0:
        return
    heading, speed = (np.stack([s[name][rows, 0], s[name][rows, cars]]) for name in ("heading", "speed"))
    cosine, sine = np.cos(heading), np.sin(heading)
    reach = np.abs([speed[0] * cosine[0] - speed[1] * cosine[1], speed[0] * sine[0] - speed[1] * sine[1]]) * DT
    size = np.abs([LENGTH * cosine, LENGTH * sine]) + np.abs([WIDTH * sine, WIDTH * cosine])
    gap = np.abs([s["x"][rows, cars] - s["x"][rows, 0], s["y"][rows, cars] - s["y"][rows, 0]])
    near = (gap <= size.sum(axis=1) / 2 + reach + 0.5).all(axis=0)  # boxes around both, generously
    if not near.any():
        return
    from highway_env.utils import are_polygons_intersecting

    for row, car in zip(rows[near], cars[near]):
        touch, will_touch, shift = are_polygons_intersecting(
            _outline(s, row, 0), _outline(s, row, car), _velocity(s, row, 0) * DT, _velocity(s, row, car) * DT)
        if will_touch:
            s["push"][row, 0], s["push"][row, car] = shift / 2, -shift / 2
            s["pushed"][row, [0, car]] = True
        if touch:
            s["wrecked"][row, [0, car]] = True


def _velocity(s, row, car):
    return s["speed"][row, car] * np.array([np.cos(s["heading"][row, car]), np.sin(s["heading"][row, car])])


def _outline(s, row, car):
    cosine, sine = np.cos(s["heading"][row, car]), np.sin(s["heading"][row, car])
    corners = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1], [-1, -1]]) * [LENGTH / 2, WIDTH / 2]
    return corners @ np.array([[cosine, sine], [-sine, cosine]]) + [s["x"][row, car], s["y"][row, car]]


def _reward(s):
    """The reward of highway-env, from 0 to 1: speed, the lane that the car steers for, no crash."""
    lane, speed = s["target"][:, 0], s["speed"][:, 0] * np.cos(s["heading"][:, 0])
    reward = 0.4 * np.clip((speed - 20) / 10, 0, 1) + 0.1 * lane / (LANES - 1) - s["wrecked"][:, 0]
    on_road = np.abs(s["y"][:, 0] - LANE_WIDTH * s["lane"][:, 0]) <= LANE_WIDTH / 2
    return (reward + 1) / 1.5 * on_road


# Policies: functions of Traffic that return actions, (drives,)


def keep(action=IDLE):
    """Return the policy that always takes the same action."""
    return lambda traffic: np.full(len(traffic), action)


def idm_actions(traffic):
    """The driver IDM/MOBIL in meta-actions: change lanes where that gains, else the target speed nearest to IDM's."""
    s, count = traffic.state, len(traffic)
    rows, own = np.arange(count), np.zeros(count, int)
    delta, speed, lane = np.full(count, 4.0), s["speed"][:, 0], s["lane"][:, 0]
    front, ahead, _, _ = _around(s, rows, own, lane)
    now = _behind(s, rows, own, front, ahead, delta, LIMIT)
    gains = np.full((count, 2), -np.inf)
    for column, side in enumerate((-1, 1)):
        may = np.flatnonzero((lane + side >= 0) & (lane + side < LANES) & (lane == s["target"][:, 0]))
        gains[may, column] = mobil(s, may, own[may], lane[may] + side, delta[may], now[may], LIMIT)
    front, ahead, _, _ = _around(s, rows, own, s["target"][:, 0])
    wanted = np.minimum(now, _behind(s, rows, own, front, ahead, delta, LIMIT))
    wanted = speed + np.clip(wanted, -HARDEST, HARDEST)
    speeds = np.array(TARGET_SPEEDS, dtype=float)
    index = np.clip(np.round((speed - speeds[0]) / 5), 0, len(speeds) - 1).astype(int)
    choices = np.stack([s["target_speed"][:, 0], speeds[np.minimum(index + 1, len(speeds) - 1)],
                        speeds[np.maximum(index - 1, 0)]], axis=1)
    action = np.array([IDLE, FASTER, SLOWER])[np.abs(choices - wanted[:, None]).argmin(axis=1)]
    return np.where(gains.max(axis=1) >= GAIN, np.where(gains[:, 0] >= gains[:, 1], LEFT, RIGHT), action)


# Drives


class Drives(NamedTuple):
    """Recorded drives, all of the same length; a drive that crashed stands still from then on.

    seeds:        (drives,)
    observations: (drives, decisions, 1 + NEIGHBORS, 5), before each decision
    actions, rewards: (drives, decisions)
    alive:        (drives, decisions), whether the drive still ran when this decision was made
    crashed:      (drives,)
    x, y, heading, speed: (drives, decisions * TICKS + 1, CARS), every 0.2 s, the first before any decision
    crash_tick:   (drives,), the place in these arrays at which the own car is crashed for the first time, -1 for none
    """

    seeds: np.ndarray
    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    alive: np.ndarray
    crashed: np.ndarray
    x: np.ndarray
    y: np.ndarray
    heading: np.ndarray
    speed: np.ndarray
    crash_tick: np.ndarray

    @property
    def returns(self):
        """The sum of rewards of each drive, (drives,)"""
        return self.rewards.sum(axis=1)


def drive(policy, seeds, *, driver="actions", decisions=DECISIONS, density=DENSITY):
    """Let `policy`, a function of Traffic, drive through each traffic seed. Return Drives."""
    traffic = Traffic(seeds, driver=driver, density=density)
    names = ("x", "y", "heading", "speed")
    tracks = {name: [traffic.state[name][None].copy()] for name in names}
    seen, done, got, alive, crash_tick = [], [], [], [], np.full(len(traffic), -1)
    for decision in range(decisions):
        seen.append(traffic.observe())
        alive.append(traffic.alive)
        done.append(np.asarray(policy(traffic), dtype=int))
        rewards, track = traffic.step(done[-1])
        got.append(rewards)
        new = traffic.crash_tick >= 0
        crash_tick[new] = decision * TICKS + traffic.crash_tick[new] + 1
        for name in names:
            tracks[name].append(track[name])
    columns = [np.stack(part, axis=1) for part in (seen, done, got, alive)]
    moved = [np.concatenate(tracks[name]).transpose(1, 0, 2) for name in names]
    return Drives(traffic.seeds, *columns, traffic.crashed.copy(), *moved, crash_tick)


# Pictures


def frames(seed, actions, *, driver="actions", density=DENSITY, first=0, last=None, every=1):
    """Drive again in highway-env and let it draw. Return (count, height, width, 3), uint8, one frame a tick.

    actions:     the own car's, one a decision
    first, last: the decisions between which frames are kept;   every: keep one frame of so many
    """
    from highway_env.envs.common.graphics import EnvViewer

    hidden = "SDL_VIDEODRIVER" not in os.environ  # no window is opened, and the reader's own setting stays as it was
    if hidden:
        os.environ["SDL_VIDEODRIVER"] = "dummy"
    try:
        environment = highway(seed, density=density, render=True)
        if driver == "idm":
            drive_by_idm(environment)
        viewer = environment.viewer = EnvViewer(environment)
        viewer.enabled = True  # drawing into memory needs no screen
        kept, actions = [], np.asarray(actions)[:last]
        for decision, action in enumerate(actions):
            if driver == "actions":
                environment.action_type.act(action)
            for _ in range(TICKS):
                environment.road.act()
                environment.road.step(DT)
                if decision >= first:
                    kept.append(environment.render().copy())
        environment.close()
    finally:
        if hidden:
            del os.environ["SDL_VIDEODRIVER"]
    return np.stack(kept[::every])


def drive_by_idm(environment):
    """Put the simulator's own driver, who wants 30 m/s, at the wheel of the own car of an environment of `highway`."""
    from highway_env.vehicle.behavior import IDMVehicle

    old = environment.vehicle
    driver = IDMVehicle(environment.road, old.position, heading=old.heading, speed=old.speed, target_speed=LIMIT)
    environment.road.vehicles[environment.road.vehicles.index(old)] = driver
    environment.vehicle = driver


class Film:
    """A short looping film, shown at the end of a cell; in print, and where motion is not wanted, one still.

    frames: (count, height, width, 3), uint8;   alt: what there is to see
    rate:   frames a second;   still: the number of the frame for print
    """

    def __init__(self, frames, *, alt, rate=10, still=0, quality=30):
        from PIL import Image

        pictures = [Image.fromarray(frame) for frame in frames]
        moving, standing = io.BytesIO(), io.BytesIO()
        pictures[0].save(moving, "WEBP", save_all=True, append_images=pictures[1:], duration=round(1000 / rate), loop=0,
                         quality=quality, method=4)
        pictures[still].quantize(32).save(standing, "PNG", optimize=True)
        self.film, self.still, self.alt = moving.getvalue(), standing.getvalue(), alt
        self.size, self.count = (frames.shape[2], frames.shape[1]), len(frames)

    def __repr__(self):
        return f"a film of {self.count} frames: {self.alt}"

    def _repr_html_(self):
        width, height = self.size
        images = "".join(
            f'<img class="{name}" width="{width}" height="{height}" alt="{html.escape(self.alt)}" '
            f'src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'
            for name, kind, content in (("moving", "webp", self.film), ("standing", "png", self.still)))
        return ('<style>.book-film img { max-width: 100%; height: auto; } .book-film .standing { display: none; } '
                '@media print { .book-film .moving { display: none; } .book-film .standing { display: block; } } '
                '@media (prefers-reduced-motion: reduce) { .book-film .moving { display: none; } '
                '.book-film .standing { display: block; } }</style>'
                f'<div class="book-film">{images}</div>')
