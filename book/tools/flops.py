"""Floating-point operations: count those of a lesson, and measure how many the machine can do.

BOOK_COUNT_FLOPS=1 lets `book.start` call `count`; the total goes to the record (BOOK_RECORD) when the process ends.
Only torch's operations are counted (matrix products, convolutions, attention; forward and backward), numpy's are not.

Usage: python -m book.tools.flops    prints the machine's peak as JSON
"""

import atexit
import json
import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from book import records


class _OneTotal:
    """Stands in for torch's tracker of modules, which would put a hook on every layer and every tensor."""

    parents = frozenset({"Global"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


_counter = None


def count():
    """Count from now to the end of the process, and write the total to the record then. A second call does nothing."""
    global _counter
    if _counter is None:
        _counter = FlopCounterMode(display=False)
        _counter.mod_tracker = _OneTotal()
        _counter.__enter__()
        atexit.register(write)


def total():
    """Return how many operations were counted, 0 where `count` was never called."""
    return 0 if _counter is None else int(_counter.get_total_flops())


def write():
    """Write the total to the record."""
    records.write(kind="flops", total=total())


def peak(size=2048, repeats=6):
    """Return how many operations a second the largest matrix products of torch reach, in float32.

    It is the best of `repeats` products of two (size, size) matrices, with the threads now in force.
    """
    a, b = torch.rand(size, size), torch.rand(size, size)
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best


if __name__ == "__main__":
    from book import start

    start("0")  # the threads of a lesson
    print(json.dumps({"threads": torch.get_num_threads(), "peak": peak()}))
