"""The reviews: three parts that share no text and no title, ratings that are stars, labels by majority."""

import hashlib
import io
import json
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from book import BookError
from book.data import Reviews, carriers, sentiment
from book.data import reviews as load

module = import_module("book.data.reviews")
SHA256 = "57db55fe678f5b40e113e41f77b5078d588bb8c375d618add67bcce2e5e216ae"


@pytest.fixture(scope="module")
def parts():
    return load()


def written(texts, titles=None, ratings=None):
    """Return the bytes of a table as the carrier holds it."""
    file = io.BytesIO()
    pd.DataFrame({"Title": titles or [f"title {i}" for i in range(len(texts))], "Review Text": texts,
                  "Rating": ratings or [5] * len(texts)}).to_parquet(file, compression="brotli")
    return file.getvalue()


def test_parts_are_the_expected_ones(parts):
    assert [[len(column) for column in part] for part in parts] == [[17826] * 3, [2245] * 3, [2562] * 3]
    content = [[part.title, part.text, part.rating.tolist()] for part in parts]
    assert hashlib.sha256(json.dumps(content).encode()).hexdigest() == SHA256


def test_columns(parts):
    for part in parts:
        assert part.rating.dtype == np.int64
        assert set(part.rating.tolist()) == {1, 2, 3, 4, 5}
        assert all(isinstance(text, str) and text == text.strip() for text in part.title + part.text)
        assert all(part.text)
        assert "" in part.title


def test_no_text_and_no_title_is_in_two_parts(parts):
    """Counted with a rule of the test's own: letters and digits of the text in lower case."""
    def plain(texts):
        return {"".join(c if c.isalnum() else " " for c in text.lower()).strip() for text in texts} - {""}

    for field in ("text", "title"):
        train, valid, test = (plain(getattr(part, field)) for part in parts)
        assert not train & valid
        assert not train & test
        assert not valid & test


def test_same_texts_count_once_and_missing_ones_not_at_all(monkeypatch):
    texts = [" A fine dress. ", "a  fine DRESS", None, "...", *(f"coat number {i}" for i in range(300))]
    monkeypatch.setattr(carriers, "read", lambda name, member: written(texts))
    parts = load()
    assert sum(len(part.text) for part in parts) == 301
    assert sum(part.text.count("A fine dress.") for part in parts) == 1
    assert len(parts[0].text) > 200 > 60 > len(parts[1].text) > 10


def test_a_title_is_never_divided_and_none_is_empty(monkeypatch):
    texts = [f"coat number {i}" for i in range(300)]
    titles = [None, "Lovely", "LOVELY! "] * 100
    monkeypatch.setattr(carriers, "read", lambda name, member: written(texts, titles))
    parts = load()
    assert sum("Lovely" in part.title for part in parts) == sum("LOVELY!" in part.title for part in parts) == 1
    assert [("Lovely" in part.title) == ("LOVELY!" in part.title) for part in parts] == [True] * 3
    assert [part.title.count("") for part in parts] == [sum(title == "" for title in part.title) for part in parts]
    assert all("" in part.title for part in parts)  # those without a title go by their text


def test_sentiment_of_the_real_parts(parts):
    for part, field, count, share in ((parts[0], "text", 15571, 0.878), (parts[1], "text", 1949, 0.867),
                                      (parts[2], "text", 2290, 0.908), (parts[0], "title", 8940, 0.862),
                                      (parts[1], "title", 1161, 0.853), (parts[2], "title", 1128, 0.869)):
        texts, labels = sentiment(part, field)
        assert len(texts) == len(set(texts)) == len(labels) == count
        assert labels.dtype == np.int64
        assert labels.mean() == pytest.approx(share, abs=6e-4)


def test_sentiment_by_hand():
    part = Reviews(["Nice", "nice!", "NICE", "So so", "", "Bad"], list("abcdef"), np.array([5, 1, 4, 3, 2, 1]))
    texts, labels = sentiment(part)
    assert (texts, labels.tolist()) == (["a", "b", "c", "e", "f"], [1, 0, 1, 0, 0])
    texts, labels = sentiment(part, "title")
    assert (texts, labels.tolist()) == (["Nice", "Bad"], [1, 0])


def test_unknown_field():
    part = Reviews(["Nice"], ["a"], np.array([5]))
    with pytest.raises(BookError, match="no 'stars' to judge; known: text, title"):
        sentiment(part, "stars")
