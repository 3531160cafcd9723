"""Every exercise of every lesson: the stub is what remains of the solution without its lines.

That the solution passes its check, and the stub does not, is tried where nbval runs the lesson: see
book.tools.pytest_plugin.
"""

import nbformat
import pytest

from book.tools import cli, exercises, student

LESSONS = cli.lessons()


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
def test_stub_is_the_solution_minus_its_lines(path):
    full, given = nbformat.read(path, 4), student.edition(nbformat.read(path, 4))
    written = {index for exercise in exercises.find(full) for index in exercise.solutions}
    assert len(full.cells) == len(given.cells)
    for index, (before, after) in enumerate(zip(full.cells, given.cells, strict=True)):
        if index in written:
            assert lines_outside(before.source) == [line for line in after.source.splitlines() if line.strip()
                                                    and line.strip() not in exercises.STUB]
            assert exercises.BEGIN not in after.source
        else:
            assert before.source == after.source


def lines_outside(source):
    """Return the lines that stand outside the marks, found in another way than the tool does."""
    kept = []
    for number, part in enumerate(source.replace(exercises.END, exercises.BEGIN).split(exercises.BEGIN)):
        kept += [line for line in part.splitlines() if line.strip()] if number % 2 == 0 else []
    return kept
