"""Tables of facts that were looked up and typed by hand: every row is checked when it is read."""

import csv
from pathlib import Path

from pydantic import ValidationError

from book.errors import BookError


def read_table(path, model, name="name"):
    """Return the rows of a CSV file as objects of `model`, a pydantic model with a field for each column.

    name: the column that tells rows apart. Raises BookError that names the first bad or doubled row.
    """
    rows = []
    with Path(path).open(encoding="utf8", newline="") as lines:
        for line in csv.DictReader(lines):
            try:
                rows.append(model(**{str(column): value for column, value in line.items()}))
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"])) or "the row"
                raise BookError(f"{Path(path).name}, {line.get(name) or 'a row without a name'}: {place}: "
                                f"{first['msg']}.") from None
    names = [getattr(row, name) for row in rows]
    for one in names:
        if names.count(one) > 1:
            raise BookError(f"{Path(path).name}: {one} stands there twice.")
    return rows
