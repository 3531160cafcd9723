"""The Chinese reviews: three parts that share no text, kinds that are what they are called, nothing repeated."""

import hashlib
import json

import numpy as np
import pytest

from book.data import carriers
from book.data import chinese_reviews as module

SHA256 = "877a5479c235a18b21fc62d82cf827218f862c186b5d2e6dfcd462bea96b785b"
TOLD = {"books": "书作读", "hotels": "酒房住", "computers": "机脑键屏盘"}  # characters that only this kind has often


@pytest.fixture(scope="module")
def parts():
    return module.chinese_reviews()


@pytest.fixture
def published(monkeypatch):
    """Return a function that lets two texts stand in for the two files, complaints and praise."""
    def stand_in(complaints, praise):
        files = dict(zip(module.FILES, ("\n".join(lines).encode() for lines in (complaints, praise))))
        monkeypatch.setattr(carriers, "read_many", lambda name, members: {m: files[m] for m in members})
    return stand_in


def test_parts_are_the_expected_ones(parts):
    assert [len(part.text) for part in parts] == [13678, 1582, 1700]
    content = [[part.text, part.label.tolist(), part.kind.tolist()] for part in parts]
    assert hashlib.sha256(json.dumps(content).encode()).hexdigest() == SHA256


def test_columns(parts):
    for part in parts:
        assert part.label.dtype == part.kind.dtype == np.int64
        assert len(part.text) == len(part.label) == len(part.kind)
        assert set(part.label.tolist()) == {0, 1}
        assert set(part.kind.tolist()) == {0, 1, 2}
        assert all(text and text == text.strip() for text in part.text)


def test_no_text_is_in_two_parts_or_twice_in_one(parts):
    """Counted with a rule of the test's own: letters and digits in lower case."""
    plain = [["".join(c for c in text.lower() if c.isalnum()) for text in part.text] for part in parts]
    for texts in plain:
        assert len(set(texts)) > len(texts) - 15  # the rule of the test also drops underscores and the like
    train, valid, test = map(set, plain)
    assert not train & test
    assert not valid & test
    assert not train & valid


def test_kinds_are_what_they_are_called(parts):
    whole = [(text, kind) for part in parts for text, kind in zip(part.text, part.kind)]
    for k, name in enumerate(module.KINDS):
        share = [np.mean([any(c in text for c in TOLD[name]) for text, kind in whole if kind == other])
                 for other in range(3)]
        assert np.argmax(share) == k, name


def test_no_answers_of_hotels(parts):
    assert not any(text.startswith(module.REPLY) for part in parts for text in part.text)


def test_published_lines():
    texts, labels = module.chinese_lines()
    assert len(texts) == len(labels) == 35123
    assert len(set(texts)) == 17410
    assert np.bincount(labels).tolist() == [18575, 16548]


def test_what_is_left_out(published):
    many = [f"第{i}次住都满意" for i in range(400)]
    published(["很差劲很差劲！", "很 差 劲 很差劲", "两面都有的话", "太短了呀", "", "宾馆反馈 谢谢您", *many[:200]],
              ["两面都有的话。", "真的很好看", " 真的很好看 ", *many[200:]])
    parts = module.chinese_reviews()
    texts = sum((part.text for part in parts), [])
    assert sorted(set(texts) - set(many)) == ["很差劲很差劲！", "真的很好看"]
    assert len(texts) == len(set(texts)) == 402
    labels = {text: label for part in parts for text, label in zip(part.text, part.label.tolist())}
    assert labels["很差劲很差劲！"] == 0
    assert labels["真的很好看"] == labels[many[200]] == 1


def test_neighbors_stay_together(published):
    complaints, praise = ([f"{word}的第{i}条" for i in range(400)] for word in ("抱怨", "称赞"))
    published(complaints, praise)
    where = {text: part for part, content in enumerate(module.chinese_reviews()) for text in content.text}
    for begin in range(0, 400, module.NEIGHBORS):
        assert len({where[text] for text in complaints[begin:begin + module.NEIGHBORS]}) == 1
    assert len(set(where.values())) == 3
