"""What every pytest run of the course needs: one thread a process, no progress bars, numbers compared as numbers,
and every exercise tried as students get it.

Processors differ in how they add and in how many numbers they add at once; the last digits of a sum differ with
them, and training makes large differences of small ones. So before nbval compares a cell's outputs with the stored
ones as texts, what only rounding can change is settled here:

- coordinates in figures may differ by a hundredth of a point;
- recorded results that the seed does not change may differ by a thousandth of their size; those that it does change
  come from training: the lesson's checks hold them, not the comparison.

nbval runs the solutions of exercises and their checks as it runs all cells. When it has come to a lesson's end, each
solution is replaced by the stub that students get, and its check must fail.
"""

import os
import re
from functools import cache

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from book.tools import exercises, plain, stored

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.update(plain.NO_PROGRESS)

FIGURE = "image/svg+xml"
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
RECORD = "application/papermill.record/text/plain"


@cache
def moved_by_seeds():
    """Names of the recorded results that differ between seeds, as notebooks store them: `3-1-4-lenet`."""
    found = set()
    for file in stored.folder().glob("[0-9]*.json"):
        for result in stored.load(file.stem)["results"]:
            if len(set(result["scores"])) > 1:
                found.add(f"{file.stem}-{result['key']}")
    return found


def same(text, now, absolute=0.0, relative=0.0):
    """Whether two texts agree but for numbers that differ by no more than is allowed."""
    if NUMBER.sub("#", text) != NUMBER.sub("#", now):
        return False
    pairs = zip(map(float, NUMBER.findall(text)), map(float, NUMBER.findall(now)))
    return all(abs(a - b) <= absolute + relative * abs(a) for a, b in pairs)


def settle(reference, now):
    """Give outputs of now the stored text where they differ by no more than rounding explains."""
    for old, new in zip(reference, now):
        before, after = old.get("data", {}), new.get("data", {})
        name = old.get("metadata", {}).get("scrapbook", {}).get("name")
        if name is not None and name == new["metadata"].get("scrapbook", {}).get("name") and (
                name in moved_by_seeds() or same(before[RECORD], after[RECORD], relative=1e-3)):
            after[RECORD] = before[RECORD]
        if FIGURE in before and FIGURE in after and same(before[FIGURE], after[FIGURE], absolute=0.01):
            after[FIGURE] = before[FIGURE]


class Stub(pytest.Item):
    """An exercise without its solution, tried where nbval has run the whole lesson: its check must fail."""

    def __init__(self, *, sources, **of_every_item):
        super().__init__(**of_every_item)
        self.sources = sources

    def runtest(self):
        client, failure = self.parent.kernel.kc, None
        for source in self.sources:
            reply = client.execute_interactive(source, store_history=False, stop_on_error=False, timeout=300,
                                               output_hook=lambda message: None)["content"]
            if reply["status"] != "ok":
                failure = reply["ename"], reply["evalue"]
                break
        problem = exercises.stub_problem(failure)
        if problem:
            pytest.fail(f"exercise {self.name}: {problem}", pytrace=False)


def pytest_configure():
    collect, compare = IPyNbFile.collect, IPyNbCell.compare_outputs

    def collect_with_stubs(self):
        yield from collect(self)
        for exercise in exercises.find(self.nb):
            solutions, checks = ([self.nb.cells[index].source for index in indexes]
                                 for indexes in (exercise.solutions, exercise.checks))
            yield Stub.from_parent(self, name=exercise.label, sources=[*map(exercises.stub, solutions), *checks])

    def compare_settled(self, test, ref, skip_compare=None):
        settle(ref, test)
        return compare(self, test, ref, skip_compare)

    IPyNbFile.collect, IPyNbCell.compare_outputs = collect_with_stubs, compare_settled
