"""Leads and bodies of Wikipedia's articles: nothing stands in both, and a cut article is never passed on unnoticed."""

import hashlib
import json

import pytest

from book import BookError
from book.data import leads as module
from book.data import wikipedia


@pytest.fixture(scope="module")
def pairs():
    return module.leads()


def test_pairs_are_the_expected_ones(pairs):
    assert hashlib.sha256(json.dumps(pairs).encode()).hexdigest() == module.SHA256
    assert pairs[0].lead.startswith("Anarchism is a political philosophy")


def test_lead_and_body_make_up_an_article_of_the_corpus(pairs):
    articles = {text for part in wikipedia() for text in part}
    assert len({pair.lead for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert f"{pair.lead}\n{pair.body}" in articles
        assert len(pair.lead.split()) >= 50
        assert len(pair.body.split()) >= 400
        assert not set(pair.lead.split("\n")) & set(pair.body.split("\n"))


def test_divide():
    lead = "A stone is a small piece of rock" + " and it lies there" * 20 + "."
    long = "People have built houses of stones" + " for as long as there are people and stones" * 50 + "."
    other = lead.replace("stone", "brick")
    pages = [f"{lead}\n== Use ==\n{long}\n", f"{other}\n== Use ==\nShort.\n", f"No article. {lead}\n== Use ==\n"]
    assert module._divide([f"{lead}\n{long}", f"{other}\nShort."], pages) == [(lead, long)]


def test_division_is_verified_and_kept(tmp_path, monkeypatch):
    articles, pages = module._articles(), module._dump()
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "_articles", lambda: articles[:1])
    monkeypatch.setattr(module, "_dump", lambda: pages[:5])
    with pytest.raises(BookError, match="not divided as expected"):
        module.leads()
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(module, "_articles", lambda: articles)
    monkeypatch.setattr(module, "_dump", lambda: pages)
    first = module.leads()
    monkeypatch.setattr(module, "_dump", lambda: pytest.fail("the division was not kept"))
    assert module.leads() == first
