"""Run lessons and store their outputs: the only way in which stored outputs change (make notebooks).

Usage: python -m book.tools.execute [--jobs N] [--all] [LESSON ...]

Without --all, lessons whose code did not change since their last run are left alone. The stored file is
canonical: fixed metadata, execution counts from 1, and a hash of the code that made the outputs.
"""

import argparse
import hashlib
import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from book.errors import BookError
from book.files import complete_or_absent
from book.tools.cli import lessons, number, run
from book.tools.plain import NO_PROGRESS

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def source_hash(notebook):
    """Return a hash of the code cells, which tells whether stored outputs belong to the stored code."""
    code = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def is_stale(notebook):
    """Tell whether the code changed since the outputs were stored."""
    return notebook.metadata.get("book", {}).get("source") != source_hash(notebook)


def canonical(notebook):
    """Bring an executed notebook into the one form in which it is stored."""
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"},
                         "book": {"source": source_hash(notebook)}}
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index + 1}"
        cell.metadata.pop("execution", None)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            if output.output_type == "error":  # keep the lesson's own lines, not those of installed packages
                output.traceback = [frame for frame in output.traceback if "site-packages" not in frame]
    return notebook


def execute(notebook, folder, environment=None):
    """Run all cells in a fresh kernel that starts in `folder`. Return the seconds it took.

    environment: variables to set for the kernel
    Raises BookError that names the first cell that failed and its error.
    """
    began = time.perf_counter()
    client = NotebookClient(notebook, timeout=900, kernel_name="python3", record_timing=False,
                            store_widget_state=False, coalesce_streams=True,
                            resources={"metadata": {"path": str(folder)}})
    try:
        client.execute(env={**os.environ, **NO_PROGRESS, **(environment or {})})
    except CellExecutionError as error:
        raise BookError(f"cell failed with {error.ename}: {error.evalue}\n{error.traceback}") from None
    return time.perf_counter() - began


def store(path, threads):
    """Run one lesson and write it back. Return (path, seconds, what went wrong)."""
    notebook = nbformat.read(path, 4)
    try:
        seconds = execute(notebook, path.parent, {"OMP_NUM_THREADS": str(threads)} if threads else None)
    except BookError as error:
        return path, 0.0, str(error)
    with complete_or_absent(path) as part:
        nbformat.write(canonical(notebook), part)
    return path, seconds, None


def main():
    parser = argparse.ArgumentParser(description="Run lessons and store their outputs.")
    parser.add_argument("lessons", nargs="*", help="numbers such as 3.1.2; all without any")
    parser.add_argument("--jobs", type=int, default=2, help="how many to run at once, one thread each (2)")
    parser.add_argument("--all", action="store_true", help="also those whose code did not change")
    options = parser.parse_args()
    paths = lessons(options.lessons)
    todo = [path for path in paths if options.all or is_stale(nbformat.read(path, 4))]
    print(f"{len(todo)} of {len(paths)} lessons to run")
    failed = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        for path, seconds, wrong in pool.map(partial(store, threads=1 if options.jobs > 1 else 0), todo):
            failed += wrong is not None
            print(f"{number(path):8} {wrong or f'{seconds:.0f} s'}", flush=True)
    return failed


if __name__ == "__main__":
    run(main)
