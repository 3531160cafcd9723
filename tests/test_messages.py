"""The messages of programs: three parts, three languages, no family divided, no near-copy across parts."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from importlib import import_module

import pytest

from book import BookError
from book.data.messages import LARGE, LIKE, MESSAGES_SHA256, families, message_words
from book.data.messages import messages as load

module = import_module("book.data.messages")


@pytest.fixture(scope="module")
def parts():
    return load()


@pytest.fixture(scope="module")
def texts(parts):
    return {name: [message["en"] for message in part] for name, part in parts.items()}


def test_parts_are_the_expected_ones(parts):
    assert {name: len(part) for name, part in parts.items()} == {"train": 4773, "valid": 444, "test": 480}
    assert {name: [sum(language in m for m in part) for language in ("fr", "zh")] for name, part in parts.items()} == {
        "train": [4753, 4498], "valid": [442, 415], "test": [476, 461]}
    assert hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest() == MESSAGES_SHA256


def test_messages_are_clean(parts):
    for message in (message for part in parts.values() for message in part):
        assert set(message) <= {"en", "fr", "zh"}
        assert len(message) > 1
        assert len(message["en"]) <= 100
        assert len(re.findall(r"[A-Za-z]+", message["en"])) >= 2
        assert re.search(r"[\u4e00-\u9fff]", message.get("zh", "中"))
        for text in message.values():
            assert text == " ".join(text.split())
            assert not re.search(r"<|https?:|\\", text)


def test_each_message_occurs_once(texts):
    assert Counter(text for part in texts.values() for text in part).most_common(1)[0][1] == 1


def test_no_family_is_divided(texts):
    everything = [(name, text) for name, part in texts.items() for text in part]
    homes, sizes = defaultdict(set), Counter()
    for (name, _), family in zip(everything, families([text for _, text in everything]), strict=True):
        homes[family].add(name)
        sizes[family] += 1
    assert all(len(names) == 1 for names in homes.values())
    assert all(homes[family] == {"train"} for family, size in sizes.items() if size > LARGE)
    for name in ("valid", "test"):
        assert 1 / 16 < sum(names == {name} for names in homes.values()) / len(homes) < 1 / 9


def test_no_near_copy_is_in_another_part(texts):
    """Counted without `families`: the share of common words of every pair across parts."""
    words = {name: [message_words(text) for text in part] for name, part in texts.items()}
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        holding = defaultdict(list)
        for i, known in enumerate(words[one]):
            for word in known:
                holding[word].append(i)
        for asked in words[other]:
            for i, common in Counter(i for word in asked for i in holding[word]).items():
                assert common < LIKE * len(asked | words[one][i])


def test_words_that_are_compared():
    assert message_words("Clear all cell outputs") == {"clear", "all", "cell", "output"}
    assert message_words("%(count)d pages couldn't be deleted in {name}") == {"page", "couldn", "be", "delete", "in"}


def test_families_are_joined_by_chains():
    chain = ["save the open file", "save the open file now", "save the file now", "close every window"]
    first, second, third, alone = families(chain)
    assert first == second == third != alone
    assert len(set(families(["save the file", "open a window", "close all tabs"]))) == 3


def test_division_keeps_families_together_and_large_ones_in_train():
    large = [{"en": f"delete page number {word}"} for word in (f"{a}{b}" for a in "abcdef" for b in "ghijkl")]
    small = [{"en": " ".join(chr(97 + i // 26 % 26) + chr(97 + i % 26) + end for end in "xyz")} for i in range(300)]
    divided = module._divide(large + small)
    assert sum(map(len, divided.values())) == 336
    assert all(text in divided["train"] for text in large)
    assert all(10 < len(divided[name]) < 50 for name in ("valid", "test"))


def test_other_messages_than_expected_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "_collect", lambda: [{"en": "Save file", "fr": "Enregistrer"}])
    (tmp_path / "messages.json").write_text("{}")
    with pytest.raises(BookError, match="not read as expected"):
        load()
    assert (tmp_path / "messages.json").read_text() == "{}"
