"""What the book adds to Sphinx: scripts served from the book, light and accessible pages.

MathJax is read out of a published package (see book.data.carriers) and copied into the built book, so no
page asks another host for anything. Each page written is finished by `finish_page`, which takes out what
readers never need and repairs what screen readers stumble over in the theme.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

from book.data import carriers
from book.errors import BookError

MATHJAX = "vendor/mathjax/tex-chtml.js"  # below _static
_PARTS = ("tex-chtml.js", "output/chtml/fonts/woff-v2/", "input/tex/extensions/")
_UNUSED = (
    "scripts/fontawesome.js",
    "scripts/fontawesome.js.LICENSE.txt",
    "webpack-macros.html",
    "sbt-webpack-macros.html",
)
BINDER, COLAB = "https://mybinder.org", "https://colab.research.google.com"
DESCRIPTION_LENGTH = 160
_START = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8" /><title>{title}</title><meta name="description" content="{title}" />
<meta http-equiv="refresh" content="0; url={first}" /></head>
<body><main><h1>{title}</h1><p><a href="{first}">To the book</a></p></main></body>
</html>
"""


def setup(app):
    app.connect("config-inited", set_buttons, priority=100)
    app.connect("builder-inited", serve_mathjax)
    app.connect("html-page-context", improve_page, priority=900)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def set_buttons(app, config):
    """Show buttons that lead to the repository only if `repository: url:` of _config.yml names one."""
    options = config.html_theme_options
    published = bool(options.get("repository_url"))
    options["use_repository_button"] = options["use_issues_button"] = published
    own = {name: value for name, value in (options.get("launch_buttons") or {}).items() if value}
    options["launch_buttons"] = (
        {"notebook_interface": "jupyterlab", "binderhub_url": BINDER, "colab_url": COLAB, **own} if published else {}
    )


def serve_mathjax(app):
    """Put MathJax with its fonts and license into the built book."""
    if app.builder.format != "html":
        return
    app.config.mathjax_path = MATHJAX
    folder = Path(app.outdir, "_static", MATHJAX).parent
    marker = folder / "LICENSE"  # written last
    if marker.is_file():
        return
    try:
        prefix = "mathjax/static/mathjax/"
        members = [
            name
            for name in carriers.members("mathjax")
            if name.startswith(tuple(prefix + "es5/" + part for part in _PARTS))
            and not name.endswith("all-packages.js")
        ]
        files = carriers.read_many("mathjax", [*members, prefix + "LICENSE"])
    except BookError as error:
        raise ExtensionError(f"The book serves its own MathJax and could not get it. {error}") from None
    for member, content in files.items():
        path = folder / member.removeprefix(prefix).removeprefix("es5/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def improve_page(app, pagename, templatename, context, doctree):
    """Add a description, and mark what our own cells show."""
    if "body" in context:
        context["body"] = improve_body(context["body"])
    tags = context.get("metatags", "")
    if 'name="description"' not in tags:
        text = first_paragraph(doctree) or f"{context.get('title', 'A page')}: {app.config.html_title}"
        context["metatags"] = tags + f'\n<meta name="description" content="{html.escape(shorten(text))}" />'


def first_paragraph(doctree):
    """Return the text of the first paragraph of running prose, or None."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree is not None else ():
        if isinstance(paragraph.parent, nodes.section | nodes.document) and (text := paragraph.astext().strip()):
            return text
    return None


def shorten(text, length=DESCRIPTION_LENGTH):
    """Cut `text` at the end of a word so that it has at most `length` characters."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def improve_body(body):
    """Mark the lines that checks print, lay out the card, and name the button that opens a solution."""
    body = re.sub(
        r"^((?:.*<pre><span></span>)?)✓( [^\n]*)$",
        r'\1<span class="check-line"><span class="check-tick">✓</span>\2</span>',
        body,
        flags=re.M,
    )
    body = re.sub(
        r'(<h1>.*?</h1>\s*<div class="tip admonition">\s*<p class="admonition-title">[^<]*</p>\s*)<p>(.*?)</p>',
        lambda match: match[1] + card(match[2]),
        body,
        count=1,
        flags=re.S,
    )
    return re.sub(
        r'(<div class="cell tag_[^"]*\btag_solution\b[^"]*">\s*<details.*?</summary>|'
        r'<div class="cell tag_solution\b[^"]*">\s*<details.*?</summary>)',
        lambda match: match[0].replace("the code", "a solution"),
        body,
        flags=re.S,
    )


def card(text):
    """Lay the lines of the card at the top of a lesson out as terms and descriptions; each begins in bold."""
    before, *rest = re.split(r"<strong>(.*?)</strong>", text)
    if before.strip() or not rest:
        return f"<p>{text}</p>"
    rows = (f"<div><dt>{term}</dt> <dd>{said.strip()}</dd></div>" for term, said in zip(rest[::2], rest[1::2]))
    return '<dl class="card-rows">' + "\n".join(rows) + "</dl>"


def finish(app, exception):
    """Finish every page that this build wrote, and drop files that no page uses."""
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf8")
        done = finish_page(text)
        if done != text:
            path.write_text(done, encoding="utf8")
    start = Path(app.outdir, "index.html")
    if app.config.root_doc != "index":  # in place of a bare redirect
        first = app.builder.get_target_uri(app.config.root_doc)
        start.write_text(
            _START.format(title=html.escape(app.config.html_title), first=first, language=app.config.language or "en"),
            encoding="utf8",
        )
    static = Path(app.outdir, "_static")
    for path in [*(static / name for name in _UNUSED), *static.rglob("*.map")]:
        path.unlink(missing_ok=True)


def finish_page(text):
    """Return a page without the theme's ballast and with its accessibility repaired. Doing it twice changes nothing."""
    text = re.sub(r'\s*<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>', "", text)
    text = re.sub(
        r'(<meta name="viewport"[^>]*>)(.*?)</head>',
        lambda match: match[1] + re.sub(r'\s*<meta name="viewport"[^>]*>', "", match[2]) + "</head>",
        text,
        count=1,
        flags=re.S,
    )
    # The theme is known before the first paint, so a dark page never flashes white.
    text = text.replace(
        '.theme = localStorage.getItem("theme") || "auto";',
        '.theme = localStorage.getItem("theme") || '
        '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");',
    )
    # A second title and table of contents, meant for print only.
    text = re.sub(r'<div id="jb-print-docs-body".*?(?=<div id="searchbox">)', "", text, flags=re.S)
    text = re.sub(r'<summary aria-label="Toggle hidden content">', "<summary>", text)
    text = re.sub(r' id="(exercise|solution)-content"', "", text)
    text = text.replace(' role="doc-biblioentry"', "")
    text = text.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    text = re.sub(r'<p class="(collapsed|expanded) admonition-title">(.*?)</p>', r'<span class="\1">\2</span>', text)
    text = re.sub(
        r'(<a class="[^"]*" href="[^"]*">([^<]*)</a><details[^>]*><summary>)(?!<span class="visually)',
        r'\1<span class="visually-hidden">Pages of \2</span>',
        text,
    )
    text = re.sub(r'(<p )aria-level="2" (class="caption" )role="heading"', r"\1\2", text)
    text = re.sub(
        r'<div id="pst-primary-sidebar" class',
        '<div id="pst-primary-sidebar" role="region" aria-label="The book" class',
        text,
    )
    # Buttons whose name differs from the words on them.
    text = re.sub(r'(<button class="btn search-button-field[^>]*) aria-label="Search"', r"\1", text)
    text = re.sub(r'<i class="(fa[^"]*|theme-switch[^"]*)"(?! aria)', r'<i class="\1" aria-hidden="true"', text)
    return text
