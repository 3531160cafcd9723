"""Emoji with their names in English and Chinese, and what two frozen networks see in them: the data of lesson 7.4.

The symbols are drawn by OpenMoji, the open-source emoji and icon project (openmoji.org), license CC BY-SA 4.0.
Pictures made from them are shown under the same license. The names are those of Unicode's CLDR, as the package
emoji (BSD) lists them.
"""

import json
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from book.bert import mean_vector
from book.data import carriers
from book.data.checkpoints import minilm
from book.data.efficientnet import efficientnet
from book.data.emoji import draw_emoji
from book.files import complete_or_absent
from book.settings import settings

FOLDER = "emoji/unicode_codes"
QUALIFIED = 2  # the status of an emoji in its recommended form
VARIANT = "\ufe0f"  # asks for the picture in place of the plain sign
SMALL, LARGE = 32, 128  # pixels of a side: of the pictures, and of what EfficientNet looks at
VERSION = 1  # of the files in the cache


class EmojiNames(NamedTuple):
    """Emoji that are one character each: no flags, no skin tones, no compositions such as "woman pilot".

    characters: the emoji, n texts
    x:          uint8 from 0 to 255 on white ground, (n, 3, 32, 32), red, green and blue
    en, zh:     their names, n texts each, such as "hot beverage" and "热饮"
    """

    characters: list
    x: np.ndarray
    en: list
    zh: list


def emoji_names():
    """Return the 1,400 EmojiNames in the order of their characters.

    Symbols: OpenMoji (openmoji.org), CC BY-SA 4.0, fetched on first use (31 MB) and then kept drawn in the cache.
    Names: Unicode CLDR (Unicode License), out of the published package emoji (0.6 MB), which is read as an archive
    and never run.
    """
    found = {}
    files = carriers.read_many("emoji-names", [f"{FOLDER}/emoji.json", f"{FOLDER}/emoji_zh.json"])
    english, chinese = (json.loads(content) for content in files.values())
    for key, entry in english.items():
        character = key.replace(VARIANT, "")
        if entry["status"] == QUALIFIED and len(character) == 1 and "skin_tone" not in entry["en"]:
            found[character] = (_plain(entry["en"]), _plain(chinese[key]))
    characters = sorted(found)
    x = _kept("pictures", lambda: np.stack([np.asarray(_drawn(character, SMALL)) for character in characters]))
    english, chinese = zip(*(found[character] for character in characters))
    return EmojiNames(characters, x.transpose(0, 3, 1, 2).copy(), list(english), list(chinese))


def emoji_features():
    """Return (pictures (n, 1280), words (n, 384)): features of the emoji and of their English names, float32.

    pictures: EfficientNet-Lite0, the mean of its last maps, for the symbol drawn at 128 × 128 pixels
    words:    MiniLM, the mean of a name's token vectors, scaled to length 1

    Computed on first use, in about a minute, and kept in the cache. The networks are those of `efficientnet` (17 MB)
    and `minilm` (84 MB).
    """
    emoji = emoji_names()
    pictures = _kept("features", lambda: picture_features(emoji.characters))
    return pictures, _kept("words", lambda: word_features(emoji.en))


@torch.no_grad()
def picture_features(characters):
    """Return EfficientNet's features of some emoji, (characters, 1280)."""
    network, parts = efficientnet(), []
    for begin in range(0, len(characters), 50):
        drawn = np.stack([np.asarray(_drawn(character, LARGE)) for character in characters[begin:begin + 50]])
        x = (torch.from_numpy(drawn).permute(0, 3, 1, 2).float() - 127) / 128
        parts.append(network.features(x.contiguous(memory_format=torch.channels_last)))
    return torch.cat(parts).numpy()


@torch.no_grad()
def word_features(texts):
    """Return MiniLM's vectors of some texts, of length 1, (texts, 384)."""
    from transformers import AutoModel, AutoTokenizer

    folder, parts = minilm(), []
    tokenizer, network = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    for begin in range(0, len(texts), 100):
        tokens = tokenizer(list(texts[begin:begin + 100]), padding=True, return_tensors="pt")
        hidden = network(**tokens).last_hidden_state
        parts.append(torch.nn.functional.normalize(mean_vector(hidden, tokens["input_ids"]), dim=1))
    return torch.cat(parts).numpy()


def _plain(name):
    """Turn ":hot_beverage:" into "hot beverage"."""
    return name.strip(":").replace("_", " ").replace("’", "'")


def _drawn(character, side):
    """Draw an emoji in the middle of a white square. Return a Pillow image, side × side."""
    symbol = draw_emoji(character, 96)
    most = max(symbol.size)
    square = Image.new("RGBA", (most + 4, most + 4), "white")
    square.alpha_composite(symbol, ((most + 4 - symbol.width) // 2, (most + 4 - symbol.height) // 2))
    return square.convert("RGB").resize((side, side), Image.Resampling.BOX if side < most else Image.Resampling.BICUBIC)


def _kept(name, make):
    """Return an array out of the cache, making it first if it is not there."""
    path = settings().cache / "emoji" / f"{name}-{VERSION}.npy"
    if not path.is_file():
        with complete_or_absent(path) as part, open(part, "wb") as file:
            np.save(file, make())
    return np.load(path)
