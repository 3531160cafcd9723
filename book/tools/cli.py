"""What the commands of `python -m book.tools.…` have in common."""

import sys
from pathlib import Path

from book.errors import BookError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"


def run(main):
    """Run a command's main function; tell a BookError in one sentence on stderr and exit with 1."""
    try:
        sys.exit(main())
    except BookError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")


def lessons(names=()):
    """Return the paths of the notebooks whose number or name begins with one of `names`; all of them without names.

    A lesson is named "3.1.2", "3-1-2" or by its path. Raises BookError for a name that fits none.
    """
    every = sorted(path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    if not names:
        return every
    chosen = []
    for name in names:
        stem = Path(name).stem if name.endswith(".ipynb") else name.replace(".", "-")
        found = [path for path in every if path.stem == stem or path.stem.startswith(stem + "-")]
        if not found:
            raise BookError(f"There is no lesson {name}; there are {', '.join(number(path) for path in every)}.")
        chosen += found
    return sorted(set(chosen))


def number(path):
    """Return the number of the lesson at `path`, such as "3.1.2"."""
    parts = []
    for part in Path(path).stem.split("-"):
        if not part.isdigit():
            break
        parts.append(part)
    return ".".join(parts)
