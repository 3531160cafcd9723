"""Write the students' edition: the lessons without solutions.

Usage: python -m book.tools.student [--out student] [--source] [LESSON ...]

What stands between ### BEGIN SOLUTION and ### END SOLUTION becomes nbgrader's stub; outputs of solutions and checks
go. The cells carry nbgrader's metadata, so that a teacher can have the answers graded: --source writes the full
notebooks with that metadata, which is nbgrader's source version.
"""

import argparse
from pathlib import Path

import nbformat

from book.errors import BookError
from book.files import complete_or_absent
from book.tools import cli, exercises, stored


def grading(identity, *, check):
    """Return nbgrader's metadata of a solution cell, or of the cell that checks it."""
    return {"grade": check, "grade_id": identity, "locked": check, "schema_version": 3, "solution": not check,
            "task": False, **({"points": 1} if check else {})}


def edition(notebook, *, solutions=False):
    """Turn a notebook into the students' edition, in place, and return it.

    solutions: whether they stay in, as in nbgrader's source version
    Raises BookError for an exercise that is not complete.
    """
    for exercise in exercises.find(notebook):
        for indexes, check in ((exercise.solutions, False), (exercise.checks, True)):
            for count, index in enumerate(indexes, start=1):
                cell = notebook.cells[index]
                name = exercise.label + ("-check" if check else "") + (f"-{count}" if count > 1 else "")
                cell.metadata["nbgrader"] = grading(name, check=check)
                if solutions:
                    continue
                cell.metadata["tags"] = [tag for tag in cell.metadata.tags if tag != "hide-input"]
                cell.outputs, cell.execution_count = [], None
                if not check:
                    try:
                        cell.source = exercises.stub(cell.source)
                    except BookError as error:
                        raise BookError(f"Exercise {exercise.label}: {error}") from None
    notebook.metadata.pop("book", None)  # the hash of the full code
    return notebook


def write(path, out, *, solutions=False):
    """Write the edition of the lesson at `path` under the folder `out`. Return the new path."""
    target = Path(out) / path.relative_to(cli.NOTEBOOKS)
    try:
        changed = edition(stored.read_notebook(path), solutions=solutions)
    except BookError as error:
        raise BookError(f"Lesson {cli.number(path)}: {error}") from None
    with complete_or_absent(target) as part:
        nbformat.write(changed, part)
    return target


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.student",
                                     description="Write the lessons without their solutions.")
    parser.add_argument("lessons", nargs="*", help="numbers such as 3.1.2; all without any")
    parser.add_argument("--out", type=Path, default=cli.ROOT / "student", help="the folder to write to (student)")
    parser.add_argument("--source", action="store_true", help="keep the solutions: nbgrader's source version")
    options = parser.parse_args(arguments)
    if options.out.resolve().is_relative_to(cli.NOTEBOOKS.resolve()):
        raise BookError("The students' edition would overwrite the lessons; name a folder outside notebooks.")
    for path in cli.lessons(options.lessons):
        print(write(path, options.out, solutions=options.source))


if __name__ == "__main__":
    cli.run(main)
