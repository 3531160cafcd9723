"""English text: 94 articles of Wikipedia, cleaned of their markup."""

import bz2
import contextlib
import hashlib
import importlib.util
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

from book.errors import BookError
from book.files import complete_or_absent
from book.settings import settings

DUMP = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
DUMP_SHA256 = "a53f4648dec40467ebdcbc7a1307eddb51fe6e28e9309f6ebde81ba0d04bea2d"
TEXT_SHA256 = "4c5f85290ca625033db10955e2cfffab9231e7b00f44fb99a5f95dc744582ee8"

UNWANTED = re.compile(r"<!--.*?-->|<ref[^>]*/>|<ref.*?</ref>", re.S | re.I)  # remarks and notes
UNWANTED_TAGS = {"table", "ref", "references", "gallery", "math", "timeline", "imagemap"}
END_OF_ARTICLE = re.compile(r"^==+\s*(See also|Notes|References|Footnotes|Bibliography|Further reading|Sources|"
                            r"External links|Citations|Works cited)\b.*", re.M | re.S)


def wikipedia():
    """Return (train, valid, test): articles of English Wikipedia as lists of texts, one paragraph a line.

    94 articles whose titles begin with A, as they stood at the end of 2015: 76, 9 and 9 with 330,000, 40,000 and
    39,000 words. No article is divided between parts. Only paragraphs of running text are kept: no tables, headings,
    notes or formulas, and no article below 1,000 characters.

    The dump travels inside the package gensim, which is installed with the course. It is cleaned on first use, which
    takes some seconds; the text is kept in the cache.
    Source: Wikipedia, CC BY-SA 4.0.
    """
    articles = _articles()
    places = range(len(articles))
    return tuple([articles[i] for i in places if i % 10 in part] for part in ({0, 1, 2, 3, 4, 6, 7, 8}, {9}, {5}))


def _articles():
    """Return the cleaned articles, from the cache where they are there and whole."""
    path = settings().cache / "wikipedia.json"
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == TEXT_SHA256:
        return json.loads(path.read_bytes())
    articles = [text for text in map(_clean, _dump()) if len(text) > 1000]
    packed = json.dumps(articles).encode()
    if hashlib.sha256(packed).hexdigest() != TEXT_SHA256:
        raise BookError("The articles of Wikipedia were not cleaned as expected; install the versions that "
                        "requirements.txt names.")
    with complete_or_absent(path) as part:
        Path(part).write_bytes(packed)
    return articles


def _dump():
    """Return the wikitext of every article in the dump, after its checksum was found right."""
    found = importlib.util.find_spec("gensim")
    path = Path(found.origin).parent / DUMP if found else None
    if path is None or not path.is_file():
        raise BookError("The package gensim, which carries the articles of Wikipedia, is missing; run: "
                        "python -m pip install -r requirements.txt")
    packed = path.read_bytes()
    if hashlib.sha256(packed).hexdigest() != DUMP_SHA256:
        raise BookError(f"{path.name} is damaged: its checksum is not the expected one; run: "
                        "python -m pip install --force-reinstall --no-deps gensim")
    root = ET.fromstring(bz2.decompress(packed))
    space = root.tag.split("}")[0] + "}"
    return [page.findtext(f"{space}revision/{space}text") for page in root.iter(f"{space}page")
            if page.find(f"{space}redirect") is None and page.findtext(f"{space}ns") == "0"]


def _clean(wikitext):
    """Return the paragraphs of running text in an article, one a line."""
    import mwparserfromhell

    code = mwparserfromhell.parse(END_OF_ARTICLE.sub("", re.sub(UNWANTED, "", wikitext)))
    for node in code.filter(recursive=code.RECURSE_OTHERS, matches=_unwanted):
        with contextlib.suppress(ValueError):  # it went with one around it
            code.remove(node)
    lines = (_tidy(line) for line in code.strip_code().splitlines())
    return "\n".join(line for line in lines if len(line) >= 80 and line[-1] in '.!?")' and "!!" not in line)


def _unwanted(node):
    """Tell whether a node of the parsed page is a table, a formula or a picture."""
    if hasattr(node, "tag"):
        return str(node.tag).lower() in UNWANTED_TAGS
    return bool(re.match(r"\s*(file|image|category)\s*:", str(getattr(node, "title", "")), re.I))


def _tidy(line):
    """Return a line without what the markup has left behind: empty brackets, quotes, spaces before commas."""
    for pattern, new in ((r"<[^>]*>?|\{\{.*|''+", ""), (r"\(\s*[;,\s]+", "("), (r"[;,\s]+\)", ")"), (r"\(\)", ""),
                         (r"\s+", " "), (r" ([,.;])", r"\1")):
        line = re.sub(pattern, new, line)
    return line.strip()
