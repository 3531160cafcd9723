"""The built pages: complete, local, light, and usable by everybody.

The book is built once, from scratch and with warnings as errors, into a temporary folder. The first tests
read the HTML. The others, marked `browser`, look at it in a headless Chromium; they are skipped where there
is none (BOOK_CHROMIUM names one) or where axe-core can't be fetched. BOOK_PAGES names a folder of pages that are
built already, and BOOK_PICTURES a folder for pictures of them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from book.data import carriers
from book.errors import BookError
from book.site import extension
from book.tools.links import problems

pytest.importorskip("chromium", reason="websocket-client is missing")

ROOT = Path(__file__).resolve().parents[1]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PARTS = ("_build", ".git", ".venv", ".pytest_cache", "__pycache__", ".ipynb_checkpoints", "student", "public")


def build(source, target):
    """Build the book of `source` into `target`. Return (exit code, what was said)."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from jupyter_book.cli.main import main; main()",
            "build",
            str(source),
            "-W",
            "-n",
            "--keep-going",
            "--path-output",
            str(target),
        ],
        cwd=source,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(source), "BOOK_PROGRESS": "0"},
    )
    return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """Return the folder of the built pages."""
    if os.environ.get("BOOK_PAGES"):
        return Path(os.environ["BOOK_PAGES"]).resolve()
    target = tmp_path_factory.mktemp("pages")
    code, said = build(ROOT, target)
    warned = [line for line in said.splitlines() if "WARNING" in line or "ERROR" in line]
    assert code == 0, "the book does not build without warnings:\n" + "\n".join(warned or said.splitlines()[-20:])
    return target / "_build" / "html"


@pytest.fixture(scope="session")
def pages(html):
    """Return {path below the folder: HTML} of the pages that readers open."""
    found = sorted(
        path for path in html.rglob("*.html") if not {"_static", "_sources"} & set(path.relative_to(html).parts)
    )
    assert found, f"{html} holds no pages"
    return {path.relative_to(html).as_posix(): path.read_text(encoding="utf8") for path in found}


class Outline(HTMLParser):
    """What the tests want to know about a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.title, self.headings, self.images, self.scripts, self.links = [], "", [], [], [], []
        self.language, self.description, self.prose, self.main = None, None, [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag not in ("meta", "link", "img", "input", "br", "hr", "source", "wbr", "path"):
            self.open.append((tag, has.get("class") or ""))
        if tag == "html":
            self.language = has.get("lang")
        elif tag == "meta" and has.get("name") == "description":
            self.description = has.get("content")
        elif tag == "img":
            self.images.append(has)
        elif tag == "script" and has.get("src"):
            self.scripts.append(has["src"])
        elif tag == "link":
            self.links.append(has)
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])

    def handle_endtag(self, tag):
        if tag in (opened for opened, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if "title" in tags and "head" in tags:
            self.title += data
        elif re.fullmatch("h[1-6]", tags[-1] if tags else ""):
            self.headings[-1][1] += data
        if "article" in tags and not {"pre", "code", "script", "style"} & set(tags):
            self.prose.append(data)


@pytest.fixture(scope="session")
def outlines(pages):
    return {name: Outline(text) for name, text in pages.items()}


def faults(outlines, find):
    """Return 'page: what' for everything that `find(outline)` yields."""
    return [f"{name}: {what}" for name, outline in outlines.items() for what in find(outline)]


def test_every_link_leads_somewhere(html):
    assert problems(html) == []


def test_every_page_has_title_language_and_description(outlines):
    def find(page):
        if len(page.title.strip()) < 4:
            yield "no title"
        if page.language != "en":
            yield f"language {page.language!r}"
        if not 10 <= len(page.description or "") <= 320:
            yield f"description {page.description!r}"

    assert faults(outlines, find) == []


def test_headings_form_an_outline(outlines):
    def find(page):
        levels = [level for level, _ in page.headings]
        if levels.count(1) != 1:
            yield f"{levels.count(1)} headings of level 1: {[text for level, text in page.headings if level == 1]}"
        for (before, _), (level, text) in zip(page.headings, page.headings[1:]):
            if level > before + 1:
                yield f"level {before} is followed by level {level} {text!r}"

    assert faults(outlines, find) == []


def test_no_markup_is_left_in_the_text(outlines):
    marks = re.compile(
        r"\{(cite|ref|numref|glue|doc|term|eq|math|admonition|figure)[:}`]|:::|```|\]\([^)\s]+\.(md|ipynb)\)|^\s*:tags:",
        re.M,
    )
    assert faults(outlines, lambda page: {mark[0] for mark in marks.finditer("".join(page.prose))}) == []


def test_no_cell_failed_unless_it_means_to(pages):
    failed = []
    for name, text in pages.items():
        for part in text.split('<div class="cell ')[1:]:
            classes = part[: part.index('"')]
            if "Traceback (most recent call last)" in part and "raises-exception" not in classes:
                failed.append(name)
    assert failed == []


def test_every_picture_has_a_text_that_stands_for_it(outlines):
    def find(page):
        for image in page.images:
            alt = image.get("alt")
            if (
                alt is None
                or (alt != "" and len(alt) < 4)
                or re.fullmatch(r"\S+\.(png|svg|jpe?g)", alt or "")
                or (alt or "").startswith("_images")
                or re.match(r"(an? )?(figure|image|picture|plot) (of|showing)\b", alt, re.I)
            ):
                yield f"{image.get('src')} has the text {alt!r}"
            elif alt == "" and "logo" not in image.get("class", ""):
                yield f"{image.get('src')} has an empty text"

    assert faults(outlines, find) == []


def test_scripts_and_styles_come_from_the_book(html, pages, outlines):
    def find(page):
        for address in [
            *page.scripts,
            *(link.get("href", "") for link in page.links),
            *(i.get("src", "") for i in page.images),
        ]:
            if re.match(r"(https?:)?//", address):
                yield address

    assert faults(outlines, find) == []
    with_formulas = [name for name, text in pages.items() if 'class="math' in text]
    assert with_formulas
    for name in with_formulas:
        assert any(
            script.split("?")[0].endswith("_static/" + extension.MATHJAX) for script in outlines[name].scripts
        ), name
    folder = (html / "_static" / extension.MATHJAX).parent
    assert (folder / "LICENSE").is_file()
    assert len(list((folder / "output/chtml/fonts/woff-v2").glob("*.woff"))) >= 20


def test_pages_are_light(html, pages):
    for name, text in pages.items():
        assert "fontawesome.js" not in text, name
    static = html / "_static"
    assert not list(static.rglob("*.map"))
    assert not (static / "scripts" / "fontawesome.js").exists()
    heavy = {name: len(text.encode()) for name, text in pages.items() if len(text.encode()) > 1_500_000}
    assert heavy == {}


def test_buttons_to_the_repository_wait_for_its_address(pages):
    config = (ROOT / "_config.yml").read_text(encoding="utf8")
    if not re.search(r'^repository:\s*\{\s*url:\s*""', config, re.M):
        pytest.skip("the address is set")
    for name, text in pages.items():
        for word in ("btn-launch", "colab.research", "mybinder.org", "btn-source-repository", "btn-source-issues"):
            assert word not in text, f"{name} shows {word}"


def test_one_setting_shows_the_buttons(tmp_path):
    config = (ROOT / "_config.yml").read_text(encoding="utf8")
    address = "https://github.com/authors/book"
    (tmp_path / "_config.yml").write_text(
        re.sub(r"^repository:.*$", f'repository: {{ url: "{address}", branch: main }}', config, flags=re.M),
        encoding="utf8",
    )
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: home\nchapters:\n  - file: lesson\n", encoding="utf8")
    (tmp_path / "home.md").write_text("# Home\n\nA page.\n", encoding="utf8")
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Lesson\n\nText."}
    (tmp_path / "lesson.ipynb").write_text(
        json.dumps(
            {
                "cells": [cell],
                "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        ),
        encoding="utf8",
    )
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "references.bib").write_text("", encoding="utf8")
    shutil.copytree(ROOT / "book", tmp_path / "book", ignore=shutil.ignore_patterns(*PARTS, "fashion_mnist"))
    code, said = build(tmp_path, tmp_path / "out")
    assert code == 0, said[-3000:]
    text = (tmp_path / "out" / "_build" / "html" / "lesson.html").read_text(encoding="utf8")
    for wanted in (f'href="{address}"', f"{address}/issues/new", "colab.research.google.com", "mybinder.org"):
        assert wanted in text, f"{wanted} is missing"


# The parts of the extension, one by one


def test_finishing_a_page_twice_changes_nothing(pages):
    for name, text in pages.items():
        assert extension.finish_page(text) == text, name


def test_a_description_ends_with_a_word():
    assert extension.shorten("a short  one\n") == "a short one"
    long = extension.shorten("word " * 100)
    assert long.endswith("word…")
    assert len(long) <= extension.DESCRIPTION_LENGTH


def test_lines_of_checks_are_marked_and_keep_their_text():
    body = "<pre><span></span>✓ one: equal\n✓ two: at least 0.5\nthree\n</pre>"
    done = extension.improve_body(body)
    assert done.count("check-line") == 2
    assert re.sub("<[^>]*>", "", done) == re.sub("<[^>]*>", "", body)


def test_the_card_keeps_its_text():
    body = (
        '<h1>T</h1>\n<div class="tip admonition">\n<p class="admonition-title">At a glance</p>\n'
        "<p><strong>You will</strong> build\na thing. <strong>Data</strong> digits.</p></div>"
    )
    done = extension.improve_body(body)
    assert "<dt>You will</dt>" in done
    assert re.sub(r"<[^>]*>|\s", "", done) == re.sub(r"<[^>]*>|\s", "", body)


def test_no_network_on_the_first_build_is_told_in_one_sentence(tmp_path, monkeypatch):
    from types import SimpleNamespace

    from sphinx.errors import ExtensionError

    def fetch(name):
        raise BookError("No package index answered.")

    monkeypatch.setattr(carriers, "fetch", fetch)
    app = SimpleNamespace(outdir=str(tmp_path), builder=SimpleNamespace(format="html"), config=SimpleNamespace())
    with pytest.raises(
        ExtensionError, match=r"^The book serves its own MathJax and could not get it\. No package index"
    ):
        extension.serve_mathjax(app)
    assert list(tmp_path.iterdir()) == []


# In a browser


@pytest.fixture(scope="module")
def axe():
    try:
        return carriers.read("axe", "axe_playwright_python/axe.min.js").decode()
    except BookError as error:
        pytest.skip(f"axe-core is not here: {error}")


@pytest.fixture(scope="module")
def server(html):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(html))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()


def readable(pages):
    """Return the pages that readers stay on: all but the one that only leads to the first."""
    return [name for name, text in pages.items() if 'http-equiv="refresh"' not in text and name != "genindex.html"]


LOOKS = {
    "wide, light": {"width": 1400, "dark": False},
    "wide, dark": {"width": 1400, "dark": True},
    "narrow, light": {"width": 360, "dark": False},
    "narrow, dark": {"width": 360, "dark": True},
}


# Marks the blocks of code all of whose colors stand in an earlier block or on an earlier page; returns the new colors.
SAME_COLORS = """known => [...document.querySelectorAll(".highlight")].flatMap(block => {
    const ground = getComputedStyle(block.querySelector("pre")).backgroundColor;
    const parts = ["plain text", ...[...block.querySelectorAll("span[class]")].map(part => part.className)];
    const colors = [...new Set(parts)].map(part => `${part} on ${ground}`);
    const fresh = colors.filter(color => !known.includes(color));
    block.toggleAttribute("data-measured", fresh.length === 0);
    known.push(...fresh);
    return fresh;
})"""


def violations(browser, known):
    """Return [rule, places] for every rule of accessibility that the open page breaks.

    known: colors of code on their grounds that were measured before, which this call adds to; measuring contrast is
           slow, and code has the same few colors on every page
    """
    known.update(browser.run(f"({SAME_COLORS})({json.dumps(sorted(known))})"))
    rules = {"runOnly": WCAG, "preload": False, "resultTypes": ["violations"]}
    found = []
    for context, options in (
        ("document", rules | {"rules": {"color-contrast": {"enabled": False}}}),
        ('{exclude: ["[data-measured]"]}', rules | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}),
    ):
        found += browser.run(f"""axe.run({context}, {json.dumps(options)}).then(all => all.violations.map(v =>
            [v.id, v.nodes.map(n => n.html.slice(0, 120) + " " + (n.any[0]?.message ?? ""))]))""")
    return found


@pytest.mark.browser
@pytest.mark.parametrize("look", list(LOOKS) if os.environ.get("BOOK_PICTURES") else ["wide, light", "narrow, dark"])
def test_pages_ask_nobody_else_fit_and_are_accessible(html, pages, browser, axe, look):
    pictures = os.environ.get("BOOK_PICTURES")
    browser.look(**LOOKS[look])
    wrong, known = [], set()
    for name in readable(pages):
        browser.open((html / name).as_uri())
        wrong += [f"{name} asks for {url}" for url in browser.requests if not re.match("(file|data|blob|about):", url)]
        wrong += [f"{name}: {error}" for error in browser.errors]
        width, room = browser.run("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if width > room:
            wrong.append(f"{name} is {width - room} px wider than the window")
        if pictures:
            target = Path(pictures, f"{name.replace('/', '-')[:-5]}-{look.replace(', ', '-')}.png")
            target.parent.mkdir(parents=True, exist_ok=True)
            browser.picture(target, full=True)
        browser.run(f"void (() => {{ {axe} }})()")
        wrong += [f"{name}: axe {rule} ({len(nodes)}) {nodes[0]}" for rule, nodes in violations(browser, known)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.browser
def test_pages_work_from_a_server_too(pages, browser, server):
    browser.look(width=1400)
    wrong = []
    for name in readable(pages):
        browser.open(server + name)
        wrong += [
            f"{name} asks for {url}" for url in browser.requests if not url.startswith((server, "data:", "blob:"))
        ]
        wrong += [f"{name}: {error}" for error in browser.errors]
    assert wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("place", ["file", "server"])
def test_search_finds_lessons_without_a_network(html, browser, server, place):
    browser.look(width=1400)
    start = server if place == "server" else html.as_uri() + "/"
    browser.open(start + "search.html?q=backpropagation")
    for _ in range(40):
        if browser.run("document.querySelectorAll('#search-results li').length") > 0:
            break
        browser.run("new Promise(done => setTimeout(done, 100, true))")
    browser.run("new Promise(done => setTimeout(done, 500, true))")
    found = browser.run("[...document.querySelectorAll('#search-results li a')].map(a => a.textContent)")
    assert any("ackpropagation" in title for title in found), found
    assert browser.errors == []
    assert all(url.startswith((start, "data:")) for url in browser.requests)


@pytest.mark.browser
def test_pages_can_be_used_by_keyboard(html, pages, browser):
    name = next(name for name in readable(pages) if name.endswith("3-1-1-forward-propagation.html"))
    browser.look(width=1400)
    browser.open((html / name).as_uri())
    browser.press("Tab")
    assert browser.run("document.activeElement.getAttribute('href')") == "#main-content"
    browser.press("Enter")
    assert browser.run("location.hash") == "#main-content"
    browser.press("k", modifiers=2)
    assert browser.run("document.activeElement.matches('dialog[open] input[type=search]')")
    browser.press("Escape")
    hidden = browser.run("""[...document.querySelectorAll('.bd-article :is(pre, .pst-scrollable-table-container, div.math)')]
        .filter(box => box.scrollWidth > box.clientWidth + 1 && box.tabIndex < 0 && box.offsetParent).length""")
    assert hidden == 0, f"{hidden} boxes scroll sideways but can't be reached by keyboard"


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_follows_the_reader_before_the_first_paint(html, pages, browser, dark):
    browser.look(width=1400, dark=dark)
    browser.open((html / readable(pages)[0]).as_uri())
    assert browser.run("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    wanted = "rgb(18, 23, 29)" if dark else "rgb(255, 255, 255)"
    assert browser.run("getComputedStyle(document.body).backgroundColor") == wanted


@pytest.mark.browser
@pytest.mark.parametrize("look", ["wide, light", "narrow, dark"])
def test_interactive_pictures_answer(html, pages, browser, look):
    browser.look(**LOOKS[look])
    names = [name for name, text in pages.items() if 'class="book-demo"' in text]
    if not names:
        pytest.skip("no page has one")
    for name in names:
        browser.open((html / name).as_uri())
        demos = browser.run("""[...document.querySelectorAll(".book-demo")].map(root => {
            const controls = [...root.querySelectorAll("button, input, select, canvas[tabindex], svg[tabindex], [role=slider]")];
            const unnamed = controls.filter(c => !(c.getAttribute("aria-label") || c.getAttribute("aria-labelledby") || c.labels?.length || c.textContent.trim()));
            const before = root.innerHTML;
            for (const control of controls) {
              if (before !== root.innerHTML) break;
              if (control.matches("button")) control.click();
              else if (control.matches("input")) {
                control.value = Number(control.min || 0) + 0.7 * (Number(control.max || 100) - Number(control.min || 0));
                for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, {bubbles: true}));
              }
            }
            return {id: root.id, label: root.getAttribute("aria-label"), controls: controls.length, unnamed: unnamed.length,
                    filled: !root.querySelector(".book-demo-alt"), changed: before !== root.innerHTML,
                    drawn: !!root.querySelector("canvas"), wide: root.scrollWidth - root.clientWidth};
        })""")
        for demo in demos:
            assert demo["filled"], f"{demo['id']} did not start"
            assert demo["label"]
            assert demo["controls"] > 0, f"{demo['id']} has nothing to use by keyboard"
            assert demo["unnamed"] == 0, f"{demo['id']} has {demo['unnamed']} controls without a name"
            assert demo["changed"] or demo["drawn"], f"{demo['id']} does not answer"
            assert demo["wide"] <= 1, f"{demo['id']} is wider than its place"
        assert browser.errors == [], name
