"""The articles of Wikipedia are the expected ones, clean and never divided."""

import importlib
import re
from importlib.machinery import ModuleSpec

import pytest

from book import BookError
from book.data import wikipedia


@pytest.fixture
def module():
    return importlib.import_module("book.data.wikipedia")


def test_parts():
    parts = wikipedia()
    assert [len(part) for part in parts] == [76, 9, 9]
    assert parts[0][0].startswith("Anarchism is a political philosophy")
    texts = [text for part in parts for text in part]
    assert len(set(texts)) == 94
    assert all(len(text) > 1000 for text in texts)


def test_no_markup_is_left():
    text = "\n".join("\n".join(part) for part in wikipedia())
    assert not re.search(r"\{\{|\[\[|<ref|''|\(\)|\|\||^\s|\n\n", text)
    assert min(map(len, text.split("\n"))) >= 80


def test_clean(module):
    words = "A paragraph of running text is kept when it is long enough to say something worth reading"
    page = (f"{{{{Infobox|a=b}}}}\n'''Word''' ({{{{IPA|x}}}}; {words}),<ref name=a>note</ref> [[File:x.png|thumb|seen "
            f"[[here]]]] [[link|and]] on.<!-- hidden -->\n{{| class=wikitable\n| cell\n|}}\n== See also ==\n{words}.")
    assert module._clean(page) == f"Word ({words}), and on."


def test_text_is_cleaned_once_and_verified(module, tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    (tmp_path / "wikipedia.json").write_text("[]")
    monkeypatch.setattr(module, "_dump", lambda: ["word " * 300 + "."])
    with pytest.raises(BookError, match="not cleaned as expected"):
        wikipedia()


def test_damaged_or_missing_dump(module, tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    found = ModuleSpec("gensim", None, origin=str(tmp_path / "gensim" / "__init__.py"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: found)
    with pytest.raises(BookError, match="is missing; run: python -m pip install -r"):
        wikipedia()
    path = tmp_path / "gensim" / module.DUMP
    path.parent.mkdir(parents=True)
    path.write_bytes(b"BZh9")
    with pytest.raises(BookError, match="is damaged"):
        wikipedia()
