"""Road signs in front of dry, wet and snowy roads: the data of lesson 5.5.1. All of it is drawn; none is a photograph.

The signs are symbols of OpenMoji, the open-source emoji and icon project (openmoji.org), license CC BY-SA 4.0; pictures
made from them are shown under the same license. The roads are frames of the simulator CarRacing (gymnasium, MIT
license), seen from above. Water and snow are painted onto them by the rules written below: they are simulated weather.
"""

import math
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
import torch

from book.data.emoji import draw_emoji
from book.data.racing import RACING_CLASSES, racing_frames
from book.errors import BookError

SIGNS = {"stop": "🛑", "no entry": "⛔", "no pedestrians": "🚷", "no bicycles": "🚳", "no littering": "🚯",
         "no phones": "📵", "warning": "⚠", "children": "🚸", "roadworks": "🚧", "radioactive": "☢"}
SIGN_CLASSES = tuple(SIGNS)
ROAD_STATES = ("dry", "wet", "snow")

WINDOW = 32  # pixels of a scene, both ways
SMALLEST, LARGEST = 15, 27  # height of a sign before it is turned, in pixels
TURN, YAW = 12, 40  # degrees: a sign leans to a side by so much at most, and is seen from the side by so much
OFF = 3  # pixels: the middle of a sign lies so far from the middle of the scene at most, both ways
FRAMES = 12  # of each track
TRACKS = {"train": range(5510, 5524), "valid": range(5524, 5528), "test": range(5528, 5534)}


class RoadScenes(NamedTuple):
    """Windows cut out around one road sign each, as tensors.

    x:    float32 from 0 to 1, (scenes, 3, 32, 32), red, green and blue
    y:    int64, (scenes, 2): the sign, named by SIGN_CLASSES, and the road behind it, named by ROAD_STATES
    size: float32, (scenes,), the height of the sign in pixels
    """

    x: torch.Tensor
    y: torch.Tensor
    size: torch.Tensor

    def pick(self, index):
        """Return the scenes that `index` (a slice, a mask or whole numbers) chooses."""
        return RoadScenes(*(part[index] for part in self))


def road_scenes(split, count, *, seed=0):
    """Return `count` RoadScenes of 32 × 32 pixels, each with one of ten signs before a dry, wet or snowy road.

    split: "train", "valid" or "test": each has tracks of the simulator and renderings of its own
    seed:  fixes every scene; another seed gives other scenes on the same tracks

    All splits know the same ten symbols. A sign is 15 to 27 pixels high, leans by up to 12 degrees, is seen from the
    side by up to 40 degrees, stands within 3 pixels of the middle, and its colors and light vary. The road is a part of
    a frame of `book.data.racing`, made gray as asphalt, turned by quarters and mirrored at random. On a wet road the
    ground is darker, and puddles, most of them on the road, reflect a sky. Snow covers the land and, less of it, the
    road. Signs and states are drawn by lot, each as likely as the others. 1,000 scenes take about a second.
    """
    if split not in TRACKS:
        raise BookError(f"There is no split {split!r}; known: {', '.join(TRACKS)}.")
    if count < 1:
        raise BookError(f"At least one scene is made, not {count}.")
    random = np.random.default_rng([seed, 5, 5, 1, list(TRACKS).index(split)])
    images, roads = _frames(split)
    x, size = np.empty((count, WINDOW, WINDOW, 3), np.float32), np.empty(count, np.float32)
    y = np.stack([random.integers(len(names), size=count) for names in (SIGN_CLASSES, ROAD_STATES)], axis=1)
    for i, (sign, state) in enumerate(y):
        ground, road = _window(images, roads, random)
        ground = (_dry, _wet, _snowy)[state](ground, road, random)
        scene, size[i] = _with_sign(ground, SIGN_CLASSES[sign], random)
        x[i] = scene * random.uniform(0.75, 1.1)
    x += 0.015 * random.standard_normal(x.shape, np.float32)
    pixels = torch.from_numpy(x.clip(0, 1)).permute(0, 3, 1, 2).contiguous()
    return RoadScenes(pixels, torch.from_numpy(y), torch.from_numpy(size))


@cache
def _frames(split):
    """Return the frames of a split, (frames, 64, 64, 3) from 0 to 1, and where they show road, (frames, 64, 64)."""
    frames = racing_frames(TRACKS[split], frames=FRAMES)
    return frames.x.permute(0, 2, 3, 1).numpy(), (frames.y != RACING_CLASSES.index("grass")).float().numpy()


def _window(images, roads, random):
    """Return a random part of a random frame, (32, 32, 3), and where it is road: a third of it at least.

    The frames have roads of all colors; here they get the grays of asphalt, and no land is lighter than 0.38.
    """
    while True:
        i = random.integers(len(images))
        top, left = random.integers(images.shape[1] - WINDOW + 1, size=2)
        place = (i, slice(top, top + WINDOW), slice(left, left + WINDOW))
        if roads[place].mean() > 0.35:
            break
    turns, step = random.integers(4), random.choice([-1, 1])
    ground, road = np.rot90(images[place], turns)[:, ::step], np.rot90(roads[place], turns)[:, ::step, None]
    gray = ground.mean(2, keepdims=True)
    asphalt = gray * random.uniform(0.2, 0.42) * road.sum() / (gray * road).sum() * random.normal(1, 0.03, 3)
    light = (gray * (1 - road)).sum() / ((1 - road).sum() + 1e-6)
    return ground * min(1, 0.38 / (light + 1e-6)) * (1 - road) + asphalt * road, road


def _cloud(random, high, wide):
    """Return a smooth random surface with spread 1, (32, 32, 1), of `high` × `wide` hills and hollows."""
    surface = cv2.resize(random.normal(size=(high, wide)), (WINDOW, WINDOW), interpolation=cv2.INTER_CUBIC)
    return ((surface - surface.mean()) / surface.std())[:, :, None]


def _dry(ground, road, random):
    return ground


def _wet(ground, road, random):
    """Darken the ground, the road most, and lay puddles, most of them on the road, whose ripples reflect a sky."""
    dark = ground * (1 - random.uniform(0.15, 0.3) - random.uniform(0.1, 0.25) * road)
    film = (0.4 + 0.6 * road) / (1 + np.exp(-6 * (_cloud(random, 3, 6) - random.uniform(-1.0, 0.0))))
    sky = random.uniform(0.55, 0.95) * random.normal((0.9, 0.97, 1.08), 0.03)
    ripples = 1 + random.uniform(0.15, 0.25) * _cloud(random, 16, 5)
    film = film * random.uniform(0.6, 0.85)
    return dark * (1 - film) + sky * ripples * film


def _snowy(ground, road, random):
    """Cover the land with snow, and the road with less of it."""
    cover = 1 / (1 + np.exp(-5 * (_cloud(random, 6, 6) + random.uniform(0.6, 1.6) - random.uniform(0.3, 0.9) * road)))
    snow = random.uniform(0.8, 1.0) * random.normal((0.97, 0.99, 1.03), 0.02) * (1 + 0.04 * _cloud(random, 16, 16))
    cover = 0.92 * cover
    return ground * (1 - cover) + snow * cover


def _with_sign(ground, name, random):
    """Return `ground` with one sign on it, and the height of the sign in pixels."""
    size = SMALLEST * (LARGEST / SMALLEST) ** random.uniform()
    drawn = _symbol(name)
    small = cv2.resize(drawn, None, fx=1.5 * size / len(drawn), fy=1.5 * size / len(drawn),
                       interpolation=cv2.INTER_AREA)
    high, wide = small.shape[:2]
    yaw, turn = (random.uniform(-most, most) * math.pi / 180 for most in (YAW, TURN))
    half = np.array([size * wide / high * math.cos(yaw), size]) / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    corners[:, 1] *= 1 + 0.2 * math.sin(yaw) * np.sign(corners[:, 0])  # the nearer side looks taller
    cos, sin = math.cos(turn), math.sin(turn)
    corners = corners @ [[cos, sin], [-sin, cos]] + WINDOW / 2 + random.uniform(-OFF, OFF, 2)
    edges = np.array([(0, 0), (wide, 0), (wide, high), (0, high)]) - 0.5  # of the outer pixels
    matrix = cv2.getPerspectiveTransform(edges.astype(np.float32), (corners - 0.5).astype(np.float32))
    warped = cv2.warpPerspective(small, matrix, (WINDOW, WINDOW), flags=cv2.INTER_LINEAR)
    rgb, alpha = warped[:, :, :3], warped[:, :, 3:]
    faded = rgb + random.uniform(0, 0.4) * (rgb.mean(2, keepdims=True) - rgb)
    light = random.uniform(0.55, 1.1) * random.normal(1, 0.05, 3)
    shade = 1 + random.uniform(-0.25, 0.25) * np.linspace(-1, 1, WINDOW)[:, None, None]
    return ground * (1 - alpha) + faded * light * shade, size


@cache
def _symbol(name):
    """Return a sign as float32 from 0 to 1, (height, width, 4): colors times opacity, and opacity."""
    pixels = np.asarray(draw_emoji(SIGNS[name], 96), np.float32) / 255
    return np.concatenate([pixels[:, :, :3] * pixels[:, :, 3:], pixels[:, :, 3:]], axis=2)
