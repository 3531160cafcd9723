"""The wordings of CLDR: what is kept back never occurs in training, and everything it is made of does."""

import hashlib
import json
import re
from collections import defaultdict

import pytest

from book.data import wording, wordings

KINDS = ("_date", "_time", "_amount", "_money", "_distance")
FIRST_WORDED = "34d4d32acac531c7"


@pytest.fixture
def combinations(monkeypatch):
    """Return a function that draws phrases and returns {kind: the set of combinations that were worded}."""
    def draw(count, **options):
        met = defaultdict(set)
        for kind in KINDS:
            def worded(*parts, kind=kind):
                met[kind].add({"_date": parts[1:3], "_distance": (abs(parts[0]), *parts[1:])}.get(kind, parts))
                return {"en": kind, "fr": kind, "zh": kind}

            monkeypatch.setattr(wording, kind, worded)
        wordings(count, **options)
        return met
    return draw


@pytest.mark.parametrize("seed", range(4))
def test_combinations_kept_back_never_occur_in_training(combinations, seed):
    train = combinations(6000, seed=seed)
    for other in range(3):
        unseen = combinations(1500, seed=other, unseen=True)
        assert set(unseen) == set(train) == set(KINDS)
        for kind in KINDS:
            assert not train[kind] & unseen[kind]


@pytest.mark.parametrize("seed", range(4))
def test_all_parts_of_the_unseen_occur_in_training(combinations, seed):
    train, unseen = combinations(6000, seed=seed), combinations(6000, seed=seed, unseen=True)
    for kind in KINDS:
        for place in (0, 1):
            assert {parts[place] for parts in unseen[kind]} <= {parts[place] for parts in train[kind]}


def test_everything_is_drawn(combinations):
    train = combinations(20_000, seed=0)
    assert {unit for _, unit in train["_amount"]} == set(wording.UNITS)
    assert {currency for _, currency in train["_money"]} == set(wording.CURRENCIES)
    assert {span for _, span in train["_distance"]} == set(wording.SPANS)
    assert {month for month, _ in train["_date"]} == set(range(1, 13))
    assert {hour for hour, _ in train["_time"]} == set(range(24))


def test_about_a_quarter_is_kept_back():
    kept = [wording.is_kept_back(first, second) for first in range(2, 60) for second in range(60)]
    assert 0.22 < sum(kept) / len(kept) < 0.28
    assert not any(wording.is_kept_back(1, second) for second in wording.UNITS)


def test_no_phrase_is_in_training_and_unseen():
    train = {phrase["en"] for seed in range(3) for phrase in wordings(2000, seed=seed)}
    assert not train & {phrase["en"] for seed in range(3) for phrase in wordings(500, seed=seed, unseen=True)}


def test_three_languages_in_plain_characters():
    phrases = wordings(2000, seed=5)
    for phrase in phrases:
        assert list(phrase) == ["en", "fr", "zh"]
        assert all(phrase.values())
        assert not re.search(r"[^\S ]", "".join(phrase.values()))
    assert sum(bool(re.search(r"[\u4e00-\u9fff]", phrase["zh"])) for phrase in phrases) > 1500
    assert sum(phrase["en"] != phrase["fr"] for phrase in phrases) > 1500


def test_agreement_and_order():
    assert wording._amount(1.5, "volume-liter") == {"en": "1.5 liters", "fr": "1,5 litre", "zh": "1.5升"}
    assert wording._amount(2, "volume-liter")["fr"] == "2 litres"
    assert wording._date(2017, 12, 22, "full") == {"en": "Friday, December 22, 2017", "fr": "vendredi 22 décembre 2017",
                                                   "zh": "2017年12月22日星期五"}
    assert wording._time(17, 40) == {"en": "5:40 PM", "fr": "17:40", "zh": "17:40"}
    assert wording._distance(-3, "day")["fr"] == "il y a 3 jours"


def test_the_draw_belongs_to_its_seed():
    first = wordings(300, seed=0)
    assert first == wordings(300, seed=0)
    assert first != wordings(300, seed=1)
    assert first[:100] == wordings(100, seed=0)
    assert hashlib.sha256(json.dumps(first).encode()).hexdigest()[:16] == FIRST_WORDED
