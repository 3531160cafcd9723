"""Memory that a cell of a notebook freed goes back to the system when the cell ends."""

import ctypes
from contextlib import suppress

from IPython import get_ipython


def hand_back(result=None):
    """Return freed memory to the system. glibc keeps it, so that a lesson would hold what each of its cells needed."""
    with suppress(OSError, AttributeError):  # another library, which does so by itself
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def after_each_cell(function):
    """Call `function` after each cell from now on, once; outside of Jupyter there are no cells."""
    shell = get_ipython()
    if shell is not None and function not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", function)
