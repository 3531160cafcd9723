"""What the tests of hand-typed tables share: a table written to disk, and the keys that may be cited."""

import csv
import re

from book.tools import cli


def written(folder, *rows):
    """Return the path of a table with these rows, dictionaries with the same keys."""
    path = folder / "table.csv"
    with path.open("w", encoding="utf8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def citable():
    """Return the keys of the bibliography, a set."""
    bibliography = (cli.ROOT / "chapters" / "references.bib").read_text(encoding="utf8")
    return set(re.findall(r"^@\w+\{([^,]+),", bibliography, re.M))
