"""Drives of a careless driver through dense traffic, many of which end in a collision (lesson 5.5.3)."""

import numpy as np

from book import driving
from book.errors import BookError

LOTS = 4                     # random numbers that the driver uses for one decision
NODS_OFF, WAKES = 0.04, 0.5  # the chance in each second that the mind wanders off, and that it comes back
CALM = 3                     # decisions at the beginning of a drive in which it neither speeds up nor changes lanes
TTC, GAP = 5.0, 10.0         # seconds and meters to the car ahead below which it brakes or moves over
TOGETHER = 100               # drives that are simulated at a time
SPLITS = {"train": 0, "valid": 100_000, "test": 200_000}  # first traffic seed of each part


class Careless:
    """A policy for `book.driving`: looks at the road most of the time, and drives fast all of the time.

    seeds: the traffic seeds, whose drives are to be steered together from their first decision to the last

    With its mind on the road it brakes or moves over for a slower car ahead. Elsewhere with its mind, it keeps going,
    and changes lanes after a look at what stands right beside it. The lots it draws depend on nothing but the seed.
    """

    def __init__(self, seeds):
        self.lots = np.stack([np.random.default_rng([int(seed), 5, 5, 3]).random((driving.DECISIONS, LOTS))
                              for seed in seeds])
        self.awake = np.ones(len(self.lots), dtype=bool)
        self.decision = 0

    def __call__(self, traffic):
        lots, begun = self.lots[:, self.decision], self.decision >= CALM
        self.decision += 1
        self.awake = np.where(self.awake, (lots[:, 0] > NODS_OFF) | (not begun), lots[:, 0] < WAKES)
        ahead, behind, speed = _lanes(traffic)
        rows, lane = np.arange(len(ahead)), traffic.target[:, 0]
        closing = np.maximum(traffic.speed[:, 0] - speed[rows, lane], 0.01)
        gap = ahead[rows, lane]
        danger = (gap / closing < TTC) | (gap < GAP)

        side = np.where(lots[:, 1] < 0.5, -1, 1)                       # the side it would rather go to
        side = np.where(lane + side < 0, 1, np.where(lane + side >= driving.LANES, -1, side))
        beside = lane + side
        free = (ahead[rows, beside] > np.where(self.awake, 12, 2)) & (behind[rows, beside] > np.where(self.awake, 6, 1))
        change = free & np.where(self.awake, danger | (lots[:, 2] < 0.1), lots[:, 2] < 0.3) & begun
        action = np.where(self.awake & danger, driving.SLOWER,
                          np.where((self.awake | (lots[:, 3] < 0.5)) & begun, driving.FASTER, driving.IDLE))
        return np.where(change, np.where(side < 0, driving.LEFT, driving.RIGHT), action)


def _lanes(traffic):
    """Return the free road ahead and behind in each lane, and the speed of the car ahead, each (drives, LANES)."""
    away = traffic.x[:, None, 1:] - traffic.x[:, None, :1]
    middle = driving.LANE_WIDTH * np.arange(driving.LANES)[:, None]
    inside = np.abs(traffic.y[:, None, 1:] - middle) < 0.75 * driving.LANE_WIDTH
    ahead = np.where(inside & (away >= 0), away, np.inf)
    behind = np.where(inside & (away < 0), -away, np.inf)
    every = np.broadcast_to(traffic.speed[:, None, 1:], ahead.shape)
    speed = np.take_along_axis(every, ahead.argmin(-1)[..., None], -1)
    return ahead.min(-1) - driving.LENGTH, behind.min(-1) - driving.LENGTH, speed[..., 0]


def careless_drives(part, count):
    """Return `count` drives of `Careless`, as `book.driving.Drives`.

    part: "train", "valid" or "test"; no traffic seed stands in two parts, and fewer drives are the first of more

    The simulation of `book.driving`; 200 drives take about a second.
    """
    if part not in SPLITS:
        raise BookError(f"Drives come in the parts {', '.join(SPLITS)}, and {part!r} is none of them.")
    if not 0 < count <= 100_000:
        raise BookError(f"A part holds 1 to 100,000 drives, not {count}.")
    seeds = np.arange(SPLITS[part], SPLITS[part] + count)
    parts = [driving.drive(Careless(some), some) for some in np.array_split(seeds, -(-count // TOGETHER))]
    return driving.Drives(*(np.concatenate(columns) for columns in zip(*parts)))


def states(drives):
    """Return place and speed of every car, float32, (drives, time, CARS, 4): along and across the road, both speeds.

    drives: `book.driving.Drives`;   meters and m/s
    """
    speeds = drives.speed * np.cos(drives.heading), drives.speed * np.sin(drives.heading)
    return np.stack([drives.x, drives.y, *speeds], axis=3).astype(np.float32)


def top_view(ax, drives, i, tick, title):
    """Draw the road around the own car, from above: drive `i` of `book.driving.Drives` at a tick.

    ax: of matplotlib;   the cars drive to the right, the own one is orange
    """
    import matplotlib.pyplot as plt

    from book import figures

    for car in reversed(range(driving.CARS)):
        corner = drives.x[i, tick, car] - drives.x[i, tick, 0] - driving.LENGTH / 2, drives.y[i, tick, car] - 1
        color = figures.MUTED if car else figures.ORANGE
        ax.add_patch(plt.Rectangle(corner, driving.LENGTH, driving.WIDTH, color=color))
    for lane in range(1, driving.LANES):
        ax.axhline((lane - 0.5) * driving.LANE_WIDTH, color=figures.MUTED, ls="--", lw=0.7)
    ax.set(xlim=(-25, 45), ylim=(driving.LANES * driving.LANE_WIDTH - 1.5, -2.5), xticks=[], yticks=[])
    ax.set_title(title, fontsize=9)
    ax.grid(False)
