"""Pictures of twelve kinds of things: one OpenMoji symbol each, on a photograph. The data of lesson 5.2.1.

The symbols are drawn by OpenMoji, the open-source emoji and icon project (openmoji.org), license CC BY-SA 4.0.
Pictures made from them are shown under the same license. The photographs are those of scikit-image and scikit-learn.
"""

from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from book.data.emoji import TURN, _background, _colors, _generator, _photographs, draw_emoji
from book.errors import BookError

KINDS = ("ball", "bird", "car", "clothes", "drink", "flower", "fruit", "house", "insect", "instrument", "mammal",
         "shoe")

NEAREST, FARTHEST = 24, 72  # side of the part of a photograph that is enlarged to a background, in its pixels
STRANGE = ""  # the name under which symbols of no kind stand
SYMBOLS = {  # no symbol and no photograph belongs to two splits
    "train": {"ball": "⚽🏈⚾🎱🏉", "bird": "🐦🦆🦉🐓🦢🐔🐥🦃", "car": "🚗🚙🚓🛻🚐", "clothes": "👕👗🧥👖🩳👚",
              "drink": "☕🍺🍷🥤🍹🥛🍶", "flower": "🌸🌻🌷🥀💐", "fruit": "🍎🍊🍌🍇🍓🍍🥝🍈", "house": "🏠🏚🏢🏫🏪🏨🏛🏰",
              "insect": "🐛🦋🐜🪰🦗🪳", "instrument": "🎸🎺🥁🪗🎹", "mammal": "🐕🐈🐎🐄🐘🐇🐿🦒🦓🐑🦘🐖",
              "shoe": "👞👠🥾🩴"},
    "valid": {"ball": "🎾🥎", "bird": "🐤🦜🦤", "car": "🚘🚖", "clothes": "👔🥋", "drink": "🍵🍸🧋", "flower": "🏵🪷",
              "fruit": "🍐🍋🍒🥭", "house": "🏡🏤🏦🏩", "insect": "🐝🦟", "instrument": "🎻🪘",
              "mammal": "🐩🐂🐪🦌🐁🦔", "shoe": "👢🥿",
              STRANGE: "🔨🎩🔑🍄🪑🎈🌵🐟🍕🕐🚲💡📕🦑⛵🍦🧲🎁🔦🧸"},
    "test": {"ball": "🏀🏐", "bird": "🕊🦅🐧🦩", "car": "🚕🚔", "clothes": "👘🥼🦺", "drink": "🍾🍻🧃🥃",
             "flower": "🌺🌼🌹", "fruit": "🍑🍉🫐🍏", "house": "🏘🏣🏥🏬", "insect": "🐞🪲", "instrument": "🎷🪕",
             "mammal": "🐅🐆🐏🐐🐒🦏🦛🐃", "shoe": "👟👡",
             STRANGE: "🔧👒🔒🥕🛋🪁🌲🐠🍔🧭🚀🔋📷🐙🚁🍩🪓🧦🧵🎲"},
}


class Pictures(NamedTuple):
    """Square pictures with one symbol each, as tensors, in random order.

    x:       uint8 from 0 to 255, (pictures, 3, side, side), red, green and blue
    y:       int64, (pictures,), named by KINDS; -1 where the symbol is of no kind
    masks:   bool, (pictures, side, side): where the symbol is
    symbols: list of the characters that are drawn
    """

    x: torch.Tensor
    y: torch.Tensor
    masks: torch.Tensor
    symbols: list


def kind_pictures(split, each, *, strangers=0, side=128, size=(0.6, 0.9), seed=0, symbols=None):
    """Return Pictures: `each` of every kind, and `strangers` pictures of no kind.

    split:     "train", "valid" or "test": each has photographs, symbols and strangers of its own, "train" no strangers
    each:      pictures of each of the twelve kinds, spread evenly over the kind's symbols
    strangers: pictures of things that belong to no kind
    side:      width and height in pixels
    size:      bounds for the longer side of a symbol before it is turned, as shares of the picture's side
    seed:      fixes every picture; another seed gives other pictures
    symbols:   the split whose symbols of the twelve kinds stand on the photographs of `split`, if not its own

    A symbol is turned by up to 25 degrees, its colors vary, and it stands anywhere on a small, enlarged part of a
    random photograph.

    Symbols: OpenMoji (openmoji.org), CC BY-SA 4.0, fetched on first use (31 MB). Photographs: scikit-image (public
    domain or CC0) and scikit-learn (CC BY).
    """
    symbols = symbols or split
    random = _generator(SYMBOLS, split, symbols, seed)
    if each < 0 or strangers < 0 or each + strangers == 0:
        raise BookError(f"At least one picture is made, not {each} of each kind and {strangers} of no kind.")
    if strangers and STRANGE not in SYMBOLS[split]:
        raise BookError(f"The split {split!r} has no symbols of no kind; ask for them in 'valid' or 'test'.")
    wanted = []
    for label, kind in [*enumerate(KINDS), (-1, STRANGE)]:
        count = strangers if label < 0 else each
        characters = random.permutation(list(SYMBOLS[split if label < 0 else symbols].get(kind, "")))
        wanted += [(label, str(characters[i % len(characters)])) for i in range(count)]
    wanted = [wanted[i] for i in random.permutation(len(wanted))]
    x, masks = np.empty((len(wanted), side, side, 3), np.uint8), np.empty((len(wanted), side, side), bool)
    for i, (_, character) in enumerate(wanted):
        x[i], masks[i] = _picture(draw_emoji(character, 96), _photographs(split), side, size, random)
    pixels = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()
    labels = torch.tensor([label for label, _ in wanted])
    return Pictures(pixels, labels, torch.from_numpy(masks), [character for _, character in wanted])


def _picture(drawn, photographs, side, size, random):
    """Return one picture, (side, side, 3), and where its symbol is, (side, side)."""
    canvas = _background(photographs, random, side, NEAREST, FARTHEST)
    turned = drawn.rotate(random.uniform(-TURN, TURN), Image.Resampling.BILINEAR, expand=True)
    factor = side * random.uniform(*size) / max(drawn.size)
    small = turned.resize([min(max(round(length * factor), 1), side) for length in turned.size], Image.Resampling.BOX)
    pixels = np.asarray(small.crop(small.getchannel("A").getbbox()), np.float32)
    rgb, alpha = np.clip(pixels[:, :, :3] @ _colors(random), 0, 255), pixels[:, :, 3:] / 255
    height, width = alpha.shape[:2]
    top, left = random.integers(side - height + 1), random.integers(side - width + 1)
    place = np.s_[top:top + height, left:left + width]
    canvas[place] = canvas[place] * (1 - alpha) + rgb * alpha
    mask = np.zeros((side, side), bool)
    mask[place] = alpha[:, :, 0] > 0.5
    return canvas.clip(0, 255).astype(np.uint8), mask
