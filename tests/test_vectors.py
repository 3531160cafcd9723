"""The word vectors and the lists that judge them are the expected ones, or say in one sentence what is wrong."""

import importlib
from importlib.machinery import ModuleSpec

import numpy as np
import pytest

from book import BookError
from book.data import analogies, glove, word_pairs


@pytest.fixture
def module():
    return importlib.import_module("book.data.vectors")


def test_glove():
    words, vectors = glove()
    assert len(words) == len(set(words)) == 400_000
    assert words[:5] == ["the", ",", ".", "of", "to"]
    assert all(isinstance(word, str) for word in words)
    assert vectors.shape == (400_000, 50)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    place = {word: i for i, word in enumerate(words)}
    cat, dog, democracy = (vectors[place[word]] for word in ("cat", "dog", "democracy"))
    assert cat @ dog > 0.9 * np.linalg.norm(cat) * np.linalg.norm(dog)
    assert cat @ democracy < 0.3 * np.linalg.norm(cat) * np.linalg.norm(democracy)


def test_word_pairs():
    pairs = word_pairs("wordsim353")
    assert len(pairs) == 353
    assert pairs[:2] == [("love", "sex", 6.77), ("tiger", "cat", 7.35)]
    assert len(word_pairs("simlex999")) == 999
    assert ("old", "new", 1.58) in word_pairs("simlex999")
    for one, other, rating in pairs + word_pairs("simlex999"):
        assert one == one.lower().strip()
        assert other == other.lower().strip()
        assert 0 <= rating <= 10
    with pytest.raises(BookError, match="known: simlex999, wordsim353"):
        word_pairs("wordsim")


def test_analogies():
    sections = analogies()
    assert len(sections) == 14
    assert sum(map(len, sections.values())) == 19_544
    assert sections["family"][0] == ("boy", "girl", "brother", "sister")
    assert all(len(question) == 4 for questions in sections.values() for question in questions)


def test_damaged_or_missing_lists(module, tmp_path, monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BookError, match="is missing; run: python -m pip install -r"):
        analogies()
    found = ModuleSpec("gensim", None, origin=str(tmp_path / "gensim" / "__init__.py"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: found)
    path = tmp_path / "gensim" / module.FOLDER / "simlex999.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"old\tnew\t1.58\n")
    with pytest.raises(BookError, match="simlex999.txt is damaged"):
        word_pairs("simlex999")
