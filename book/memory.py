"""Freed memory is used again while a cell of a notebook runs, and goes back to the system when the cell ends."""

import ctypes
import sys
from contextlib import suppress

from IPython import get_ipython

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # names and numbers of glibc's malloc.h


def hand_back(result=None):
    """Return freed memory to the system. glibc keeps it, so that a lesson would hold what each of its cells needed."""
    if "pyarrow" in sys.modules:  # reads tables with a store of its own
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # another library, which does so by itself
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def keep_for_reuse():
    """Let what was freed be used again. glibc fetches each large tensor from the system anew, page by page."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(M_MMAP_MAX, 0)
        library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def after_each_cell(function):
    """Call `function` after each cell from now on, once; outside of Jupyter there are no cells."""
    shell = get_ipython()
    if shell is not None and function not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", function)
