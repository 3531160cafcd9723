"""Where checks and results are written for the tools that gather them (BOOK_RECORD)."""

import json

from book import lesson
from book.settings import settings


def write(**entry):
    """Append one JSON object to the file that BOOK_RECORD names; do nothing where it names none."""
    path = settings().record
    if path is not None:
        with open(path, "a", encoding="utf8") as file:
            file.write(json.dumps({"lesson": lesson.current(), **entry}, ensure_ascii=False) + "\n")
