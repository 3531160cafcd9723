"""The measured results that are committed with the book, in book/results: spread, benchmark, planted faults."""

import json
import re

import nbformat

from book.errors import BookError
from book.files import complete_or_absent
from book.tools import cli


def folder():
    """Return the folder of the committed results."""
    return cli.ROOT / "book" / "results"


def file_stem(number):
    """Return the name under which results of the lesson `number` are kept: "3.1.4" -> "3-1-4"."""
    return number.replace(".", "-")


def load(name, otherwise=None):
    """Return the content of book/results/NAME.json, `otherwise` where there is no such file."""
    path = folder() / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        return otherwise
    except ValueError:
        raise BookError(f"{path} is not valid JSON; delete it and run the tool that makes it again.") from None


def store(name, content):
    """Write book/results/NAME.json, complete or not at all. Return its path."""
    path = folder() / f"{name}.json"
    with complete_or_absent(path) as part:
        part.write_text(_readable(content) + "\n", encoding="utf8", newline="\n")
    return path


def _readable(content):
    """Return indented JSON in which a list of numbers or texts stands on one line."""
    def one_line(found):
        return "[" + re.sub(r"\n\s*", " ", found[1]) + "]"

    return re.sub(r"\[\n\s*([^][{}]*?)\n\s*\]", one_line, json.dumps(content, indent=1, ensure_ascii=False))


def in_order(lessons):
    """Return a dictionary of lessons in the order of their numbers: 3.1.10 after 3.1.9."""
    return {number: lessons[number] for number in sorted(lessons, key=lambda text: [int(n) for n in text.split(".")])}


def rounded(value):
    """Return a number with six significant digits, None for None: enough to read, and small differences in git."""
    return None if value is None else float(f"{value:.6g}")


def read_notebook(path):
    """Return the notebook at `path`. Raises BookError where it is none."""
    try:
        return nbformat.read(path, 4)
    except Exception as error:
        raise BookError(f"{path} cannot be read as a notebook ({type(error).__name__}); restore it.") from None


def title(notebook):
    """Return the title of a lesson, its first heading without the section number."""
    for cell in notebook.cells:
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            if line.startswith("# "):
                first, _, rest = line[2:].strip().partition(" ")
                return rest if rest and first[0].isdigit() else line[2:].strip()
    raise BookError("A notebook has no heading; its first cell begins with '# ', the section number and a title.")
