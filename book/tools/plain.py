"""Run the cells of a lesson as plain code in a fresh interpreter: faster than a kernel, and with a plain verdict.

Used by the tools that run a lesson often (faults, spread, exercises). Pictures are not drawn and nothing is stored.
The child process reads its job as JSON from stdin and writes its answer as JSON to the file named by its argument.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pydantic import BaseModel

from book.errors import BookError

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
NO_PROGRESS = {"BOOK_PROGRESS": "0", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}  # ours, and those of transformers
EXERCISE_TAGS = {"solution", "exercise-check"}


class Outcome(BaseModel):
    """How a run ended.

    passed:  whether all cells ran as they should
    error:   the kind of error that ended it, such as "CheckFailed"
    message: what the error said, or why there is no more to tell
    cell:    the number of the code cell that failed, from 1 as Jupyter counts
    claim:   the claim of the check that failed
    """

    passed: bool
    error: str | None = None
    message: str = ""
    cell: int | None = None
    claim: str | None = None

    @property
    def check_failed(self):
        """Whether a check of the lesson ended it, and not some other error."""
        return self.error == "CheckFailed"


def tags(cell):
    """Return the set of a cell's tags."""
    return set(cell.metadata.get("tags", ()))


def code_cells(notebook, exercises=True):
    """Return the code cells as dictionaries {number, source, raises}, numbered from 1 as Jupyter counts.

    exercises: whether those of solutions and their checks are among them
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [{"number": number, "source": cell.source, "raises": "raises-exception" in tags(cell)}
            for number, cell in enumerate(code, start=1) if exercises or not EXERCISE_TAGS & tags(cell)]


def environment(changes=None, threads=1):
    """Return the environment of a fresh run: none of the course's switches set save the data folder.

    changes: variables to set besides
    threads: how many; None for what an ordinary run takes
    """
    kept = {name: value for name, value in os.environ.items()
            if (not name.startswith("BOOK_") or name == "BOOK_CACHE") and name != "OMP_NUM_THREADS"}
    path = os.pathsep.join(filter(None, [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH")]))
    kept.update(NO_PROGRESS, PYTHONPATH=path, PYTHONUTF8="1")
    if threads is not None:
        kept["OMP_NUM_THREADS"] = str(threads)
    return {**kept, **(changes or {})}


def launch(module, job, folder, env, timeout):
    """Run `python -m MODULE ANSWER` in `folder` with `job` on stdin.

    Return (answer, None), or (None, why there is no answer): it took too long, or the process died.
    """
    with tempfile.TemporaryDirectory(prefix="book-") as scratch:
        answer = Path(scratch) / "answer.json"
        try:
            child = subprocess.run([sys.executable, "-m", module, str(answer)], input=json.dumps(job), cwd=folder,
                                   env={**env, "MPLBACKEND": "Agg"}, timeout=timeout, encoding="utf8", errors="replace",
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        except subprocess.TimeoutExpired:
            return None, f"it ran longer than {timeout:g} s"
        if answer.exists():
            return json.loads(answer.read_text(encoding="utf8")), None
        last = child.stderr.strip().splitlines()[-1:] or [f"exit code {child.returncode}"]
        return None, f"the process died ({last[0]})"


def run(cells, folder, changes=None, threads=1, timeout=900, lenient=False):
    """Run `cells`, as code_cells gives them, in a fresh interpreter in `folder`. Return the Outcome.

    A cell marked raises must end with an error, every other one without; where `lenient`, a check that fails ends
    only its own cell (counting operations slows a lesson down, and some checks hold for times).
    """
    job = {"cells": cells, "lenient": lenient}
    answer, why_none = launch("book.tools.plain", job, folder, environment(changes, threads), timeout)
    if answer is None:
        return Outcome(passed=False, error="Crash", message=why_none)
    return Outcome(**answer)


class Interpreter:
    """IPython without a kernel: magics and display work, nothing is shown."""

    def __init__(self):
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        quiet = Config()
        quiet.HistoryManager.enabled = False
        self.shell = InteractiveShell.instance(config=quiet)

    def run(self, source):
        """Run one cell. Return the exception that ended it, or None."""
        result = self.shell.run_cell(source)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        return result.error_before_exec or result.error_in_exec

    def forget(self):
        """Forget all names."""
        self.shell.reset(new_session=False)


def _run_here(cells, lenient):
    interpreter = Interpreter()
    for cell in cells:
        error = interpreter.run(cell["source"])
        if lenient and type(error).__name__ == "CheckFailed":
            continue
        if error is None and cell["raises"]:
            return Outcome(passed=False, error="NoError", cell=cell["number"],
                           message="the cell is to end with an error and did not")
        if error is not None and not cell["raises"]:
            return Outcome(passed=False, error=type(error).__name__, message=str(error), cell=cell["number"],
                           claim=getattr(error, "claim", None))
    return Outcome(passed=True)


def read_job():
    """Return the job that a child process was given. Raises BookError where it was started by hand."""
    if len(sys.argv) != 2:
        raise BookError("This module is started by other tools; use python -m book.tools.faults, spread or exercises.")
    sys.stdin.reconfigure(encoding="utf8")
    return json.loads(sys.stdin.read())


def write_answer(content):
    """Hand the answer of a child process back."""
    Path(sys.argv[1]).write_text(json.dumps(content), encoding="utf8")


if __name__ == "__main__":
    try:
        work = read_job()
    except BookError as mistake:
        sys.exit(str(mistake))
    write_answer(_run_here(**work).model_dump())
