"""Floating-point operations: count those of a lesson, and measure how many the machine can do.

BOOK_COUNT_FLOPS=1 lets `book.start` call `count`; the total goes to the record (BOOK_RECORD) when the process ends.
Only torch's operations are counted (matrix products, convolutions, attention; forward and backward), numpy's are not.

Usage: python -m book.tools.flops    prints the machine's peak in operations a second
"""

import atexit
import time

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from book import records


class Counter(TorchDispatchMode):
    """Adds up the operations of every call of torch that has a formula in torch's own registry.

    FlopCounterMode counts the same, and besides keeps a tree of modules and tries to take every other call apart;
    on lessons of many small steps that takes far longer than the lesson itself. Calls on the device "meta", which
    only ask for shapes, cost nothing and do not count.
    """

    total = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        formula = flop_registry.get(func._overloadpacket)
        if formula is not None and not any(isinstance(arg, Tensor) and arg.is_meta for arg in args):
            self.total += formula(*args, **(kwargs or {}), out_val=out)
        return out


_counter = None


def count():
    """Count from now to the end of the process, and write the total to the record then. A second call does nothing."""
    global _counter
    if _counter is None:
        _counter = Counter()
        _counter.__enter__()
        atexit.register(write)


def total():
    """Return how many operations were counted, 0 where `count` was never called."""
    return 0 if _counter is None else int(_counter.total)


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
    print(peak())
