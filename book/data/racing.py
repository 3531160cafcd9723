"""Frames of the racing simulator CarRacing (gymnasium), seen from above, with the class of every pixel.

The simulator knows where everything stands, so the masks are drawn from its geometry and not guessed from colors. Each
frame gets colors, light, shadows, texture, noise and blur of its own, so that no color means road everywhere.
"""

import math
import os

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw

from book.data.examples import Examples
from book.errors import BookError

RACING_CLASSES = ("grass", "road", "car")

SIZE, FINE = 64, 4            # pixels along a side; points along the side of each pixel at which it is sampled
WARM_UP, PAUSE = 60, 14       # steps before the first frame, and between frames; 50 steps are a second
GRASS, PATCH, ROAD, CURB, HULL, WHEEL, MARK = 0, 1, 2, 5, 7, 8, 9  # parts: three shades of road, two of curbs
PART_CLASS = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2])  # none for marks of tires, which lie on others


def racing_frames(tracks, *, frames=12):
    """Return `frames` frames from each track, a whole number, with their masks.

    x: float32 from 0 to 1, (frames of all tracks, 3, 64, 64);   y: int64, (frames of all tracks, 64, 64), indexes into
    RACING_CLASSES

    The frames stand track by track. The same number gives the same track, drive and colors on every call; different
    numbers give different ones, so frames of numbers that were not trained on are a test. Curbs count as road, and the
    car as all that lies within its outline. A pixel belongs to the class that covers most of it. 100 frames take one to
    two seconds.
    """
    tracks = [int(track) for track in tracks]
    if not tracks or frames < 1 or min(tracks) < 0:
        raise BookError("Tracks are whole numbers from 0 on, at least one, and each gives at least one frame.")
    images, masks = [], []
    for track in tracks:
        for image, mask in _drive(track, frames):
            images.append(image)
            masks.append(mask)
    return Examples(torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(masks)))


def _simulator():
    """Return CarRacing without its own drawing, which would take most of the time."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    if "SDL_VIDEODRIVER" not in os.environ:  # no window is opened, and the reader's own setting stays as it was
        os.environ["SDL_VIDEODRIVER"] = "dummy"
        try:
            from gymnasium.envs.box2d.car_racing import CarRacing
        finally:
            del os.environ["SDL_VIDEODRIVER"]
    else:
        from gymnasium.envs.box2d.car_racing import CarRacing

    class Silent(CarRacing):
        def _render(self, mode):
            return None

    return Silent()


def _drive(track, frames):
    """Yield (image, mask) of `frames` frames along one track."""
    simulator, random = _simulator(), np.random.default_rng([track, 3, 3, 6])
    simulator.reset(seed=track)
    middle = np.array([(x, y) for _, _, x, y in simulator.track])
    corners = np.array([poly for poly, _ in simulator.road_poly])
    parts, tiles, curbs = [], 0, 0
    for _, color in simulator.road_poly:
        if isinstance(color, tuple):  # curbs are given by tuples, tiles of road by arrays
            parts.append(CURB + curbs % 2)
            curbs += 1
        else:
            parts.append(ROAD + tiles % 3)
            tiles += 1
    swerve = 0.0
    for step in range(WARM_UP + (frames - 1) * PAUSE + 1):
        swerve = 0.97 * swerve + 0.5 * random.normal()
        simulator.step(_steer(simulator.car, middle, swerve))
        if step >= WARM_UP and (step - WARM_UP) % PAUSE == 0:
            yield _frame(simulator.car, corners, parts, random)
    simulator.close()


def _steer(car, middle, swerve):
    """Return the action that heads for a point of the track ahead, `swerve` units beside its middle."""
    x, y = car.hull.position
    nearest = int(((middle - (x, y)) ** 2).sum(1).argmin())
    ahead, beyond = middle[(nearest + 5) % len(middle)], middle[(nearest + 6) % len(middle)]
    along = (beyond - ahead) / np.linalg.norm(beyond - ahead)
    goal = ahead + swerve * np.array([along[1], -along[0]])
    error = math.atan2(goal[1] - y, goal[0] - x) - car.hull.angle - math.pi / 2
    error = (error + math.pi) % (2 * math.pi) - math.pi
    speed = math.hypot(*car.hull.linearVelocity)
    return np.array([np.clip(-1.5 * error, -1, 1), 0.4 if speed < 35 else 0.0, 0.3 if speed > 45 else 0.0])


def _frame(car, corners, parts, random):
    """Draw what a camera above the car sees. Return the image (3, 64, 64) and the mask (64, 64)."""
    side = SIZE * FINE
    zoom = random.uniform(2.3, 3.0) * FINE                       # points for one unit of length
    turn = -car.hull.angle + random.uniform(-0.6, 0.6)           # the way ahead points up, more or less
    turning = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    center = np.array(car.hull.position) - random.uniform(-0.32, 0.32, 2) * side / zoom @ turning

    def place(points):
        """World coordinates to points of the fine picture, (..., 2)."""
        return (np.asarray(points) - center) @ turning.T * (zoom, -zoom) + side / 2

    columns = ((np.arange(side) + 0.5 - side / 2) / zoom).astype(np.float32)
    rows = -columns[:, None]
    patch = True
    for axis in (0, 1):                                           # the simulator's patches of grass, 100 / 6 units wide
        world = columns * turning[0, axis] + rows * turning[1, axis] + center[axis]
        patch = patch & (np.floor(world * 0.06).astype(np.int32) % 2 == 0)
    picture = Image.fromarray(np.where(patch, np.uint8(PATCH), np.uint8(GRASS)))
    draw = ImageDraw.Draw(picture)
    placed = place(corners)
    seen = ((placed.max(1) > 0) & (placed.min(1) < side)).all(1)
    for i in np.flatnonzero(seen):
        draw.polygon(placed[i].ravel().tolist(), fill=int(parts[i]))
    marked = picture.copy()                                      # marks of tires are in the image and not in the mask
    for mark in car.particles:
        ends = place(mark.poly)
        ImageDraw.Draw(marked).line(ends.ravel().tolist(), fill=MARK, width=max(1, round(0.35 * zoom)))
    outline = []
    for body in [*car.wheels, car.hull]:
        for fixture in body.fixtures:
            shape = place([body.transform * vertex for vertex in fixture.shape.vertices])
            ImageDraw.Draw(marked).polygon(shape.ravel().tolist(), fill=HULL if body is car.hull else WHEEL)
            outline.extend(shape)
    draw.polygon(cv2.convexHull(np.float32(outline)).ravel().tolist(), fill=HULL)
    classes = PART_CLASS[np.asarray(picture)]
    cover = _shrink(np.eye(len(RACING_CLASSES), dtype=np.float32)[classes])
    return _photograph(np.asarray(marked), cover[..., 0], random), cover.argmax(2)


def _shrink(fine):
    """Average each block of FINE × FINE points. fine: (height, width, channels)"""
    return cv2.resize(fine, (SIZE, SIZE), interpolation=cv2.INTER_AREA)


def _photograph(parts, grass, random):
    """Color the parts at random, light them, and take the picture. Return float32 (3, 64, 64) from 0 to 1.

    grass: (64, 64), the share of each pixel that is grass; grass is rough and road is smooth
    """
    image = _shrink(_palette(random)[parts])
    rough = random.uniform(0.04, 0.09) * (_cloud(random, 40) + 0.5 * _cloud(random, 16)) * grass
    texture = (rough + random.uniform(0, 0.03) * _cloud(random, 8))[..., None]
    light = 1 + random.uniform(-0.35, 0.35) * np.linspace(-1, 1, SIZE)[:, None]
    light = light * (1 + random.uniform(-0.35, 0.35) * np.linspace(-1, 1, SIZE)[None, :])
    shadow = 1 - random.uniform(0.2, 0.55) / (1 + np.exp(-8 * (_cloud(random, 4) - random.uniform(0.3, 1.2))))
    image = (image + texture) * (light * shadow)[..., None] * random.uniform(0.7, 1.1)
    blur = random.uniform(0, 0.12)                                 # weight of the neighbors on either side
    for axis in (0, 1):
        image = (1 - 2 * blur) * image + blur * (np.roll(image, 1, axis) + np.roll(image, -1, axis))
    image = image + random.normal(0, random.uniform(0.01, 0.03), image.shape)
    return np.ascontiguousarray(image.clip(0, 1).transpose(2, 0, 1), dtype=np.float32)


def _palette(random):
    """Return one color for every part; road differs from grass, and the car from both."""
    white = random.normal(1, 0.08, 3)                              # the camera's white balance
    grass = white * random.uniform(0.3, 0.75) * random.normal((0.95, 1.15, 0.8), 0.2)
    road = _unlike([grass], 0.2, lambda: white * random.uniform(0.25, 0.8) * random.normal(1, 0.12, 3))
    hull, one, two = (_unlike([grass, road], 0.35, lambda: random.uniform(0, 1, 3)) for _ in range(3))
    patch, shade = random.normal(0, 0.04, 3), random.normal(0, 0.015, 3)
    return np.array([grass, grass + patch, road, road + shade, road - shade, one, two, hull, random.uniform(0, 0.15, 3),
                     road * 0.5], dtype=np.float32)


def _unlike(others, distance, draw):
    """Return the first color drawn that lies farther than `distance` from each of the others."""
    while True:
        color = draw()
        if all(np.linalg.norm(color - other) > distance for other in others):
            return color


def _cloud(random, cells):
    """Return a smooth random surface, (64, 64), of about `cells` hills along a side, with spread 1."""
    coarse = Image.fromarray(random.normal(size=(cells, cells)).astype(np.float32))
    surface = np.asarray(coarse.resize((SIZE, SIZE), Image.Resampling.BICUBIC))
    return (surface - surface.mean()) / surface.std()
