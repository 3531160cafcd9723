"""The leads of Wikipedia's articles, which sum each up before its first heading, and what follows them."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from book.data.wikipedia import _articles, _clean, _dump
from book.errors import BookError
from book.files import complete_or_absent
from book.settings import settings

SHA256 = "3adf01ff79f36ace1f0c2dd7d0aa6153fd6902c44266751e73a2135b61116644"


class Led(NamedTuple):
    """An article: what stands before its first heading and what stands after it, texts with one paragraph a line."""

    lead: str
    body: str


def leads():
    """Return the articles of `wikipedia()` that have a lead and a body, in the order of the dump, as a list of Led.

    An article is left out where less than 50 words stand before its first heading or less than 400 after it, and where
    the cleaning has not kept the paragraphs of the lead as they are.

    The dump travels inside the package gensim; the division is found on first use, which takes some seconds, and kept
    in the cache. Source: Wikipedia, CC BY-SA 4.0.
    """
    path = settings().cache / "wikipedia-leads.json"
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == SHA256:
        return [Led(*pair) for pair in json.loads(path.read_bytes())]
    pairs = _divide(_articles(), _dump())
    packed = json.dumps(pairs).encode()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise BookError("The articles of Wikipedia were not divided as expected; install the versions that "
                        "requirements.txt names.")
    with complete_or_absent(path) as part:
        Path(part).write_bytes(packed)
    return [Led(*pair) for pair in pairs]


def _divide(articles, pages):
    """Return (lead, body) of each cleaned article whose lead is found among the pages in wikitext."""
    by_line = {article.split("\n", 1)[0]: article for article in articles}
    pairs = []
    for page in pages:
        lead = _clean(page.split("\n==", 1)[0])
        article = by_line.get(lead.split("\n", 1)[0], "")
        if not lead or not article.startswith(lead + "\n"):
            continue
        body = article[len(lead) + 1 :]
        if len(lead.split()) >= 50 and len(body.split()) >= 400:
            pairs.append((lead, body))
    return pairs
