"""Check built pages: links, requests to other hosts, alternative texts, ids.

Usage: python -m book.tools.links _build/html

Every local address resolves to a file, and every fragment to an id; no page asks another host for anything (an
ordinary link may point there); every image has an alternative text; no id stands twice on a page.
"""

import argparse
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from book.errors import BookError
from book.tools import cli

FETCHED = {"stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "icon",
           "apple-touch-icon", "manifest"}
CSS_ADDRESS = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)'"]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""")
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)


class Page(HTMLParser):
    """What one page holds: ids, addresses as (tag, address, whether the browser fetches it by itself), problems."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.addresses, self.problems = set(), [], []
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in reversed(attributes)}
        self._note_id(tag, values)
        if tag == "link":
            self._add(tag, values.get("href"), bool(FETCHED & set(values.get("rel", "").lower().split())))
        elif tag in ("a", "area"):
            self._add(tag, values.get("href"), False)
        elif tag in ("image", "use", "feImage"):
            self._add(tag, values.get("href") or values.get("xlink:href"), True)
        for name in ("src", "poster", "data") if tag == "object" else ("src", "poster"):
            self._add(tag, values.get(name), True)
        for candidate in re.split(r",\s+", values.get("srcset", "")):
            self._add(tag, (candidate.split() or [None])[0], True)
        self._css(tag, values.get("style", ""))
        self._style = tag == "style"
        if tag == "img" and not values.get("alt", "").strip():
            decorative = values.get("role") in ("presentation", "none") or values.get("aria-hidden") == "true"
            if not decorative or "alt" not in values:
                self.problems.append(f"image {values.get('src', '')[:80]} has no alternative text")

    def handle_endtag(self, tag):
        self._style = False

    def handle_data(self, data):
        if self._style:
            self._css("style", data)

    def _note_id(self, tag, values):
        if values.get("id") in self.ids:
            self.problems.append(f"id {values['id']} stands twice")
        self.ids |= {values[name] for name in ("id", *(["name"] if tag == "a" else [])) if values.get(name)}

    def _add(self, tag, address, fetched):
        if address is not None:
            self.addresses.append((tag, address.strip(), fetched))

    def _css(self, tag, text):
        for address in css_addresses(text):
            self._add(tag, address, True)


def css_addresses(text):
    """Return the addresses that a style sheet fetches."""
    return [next(part for part in found if part).strip() for found in CSS_ADDRESS.findall(CSS_COMMENT.sub("", text))
            if any(part.strip() for part in found)]


def _local_problem(address, at, folder, ids):
    """Return what is wrong with a local address on the page or style sheet `at`, or None."""
    parts = urlsplit(address)
    if parts.path.startswith("/"):
        return "begins at the root of the server, so it breaks in a subfolder"
    target = at if not parts.path else (at.parent / unquote(parts.path)).resolve()
    if target.is_dir():
        target = target / "index.html"
    if not target.is_relative_to(folder) or not target.is_file():
        return "leads nowhere"
    if parts.fragment and target in ids and unquote(parts.fragment) not in ids[target] | {"top"}:
        return "names no id of that page"
    return None


def problems(folder):
    """Return one line for each problem of the built pages in `folder`.

    Raises BookError where there are no pages.
    """
    folder = Path(folder).resolve()
    pages = {path: Page(path.read_text(encoding="utf8")) for path in sorted(folder.rglob("*.html"))
             if "_static" not in path.relative_to(folder).parts}
    if not pages:
        raise BookError(f"There are no pages in {folder}; build them first with jupyter-book build.")
    ids = {path: page.ids for path, page in pages.items()}
    asked = {path: page.addresses for path, page in pages.items()}
    for path in sorted(folder.rglob("*.css")):
        sheet = css_addresses(path.read_text(encoding="utf8", errors="replace"))
        asked[path] = [("style sheet", address, True) for address in sheet]
    found = [f"{path.relative_to(folder).as_posix()}: {problem}" for path, page in pages.items()
             for problem in page.problems]
    for path, addresses in asked.items():
        for tag, address, fetched in addresses:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https") or parts.netloc:
                problem = "is fetched from another host" if fetched else None
            elif parts.scheme:
                problem = None  # data, mailto
            else:
                problem = _local_problem(address, path, folder, ids)
            if problem:
                found.append(f"{path.relative_to(folder).as_posix()}: {tag} {address[:120]} {problem}")
    return list(dict.fromkeys(found))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.links", description="Check built pages.")
    parser.add_argument("folder", type=Path, help="where the pages are, such as _build/html")
    found = problems(parser.parse_args(arguments).folder)
    print(*found, sep="\n", file=sys.stderr, end="\n" if found else "")
    print(f"{len(found)} problems")
    return int(bool(found))


if __name__ == "__main__":
    cli.run(main)
