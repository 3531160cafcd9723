"""What every lesson calls first."""

import os
import random
import re
import time

import numpy as np
import torch

from book.errors import BookError
from book.settings import settings

_current = {"lesson": None, "began": None}


def start(lesson):
    """Begin a lesson: seed every random generator, set the threads, choose the look of figures.

    lesson: its number, such as "3.1.2"
    returns the seed in force (0 unless BOOK_SEED says otherwise), for generators of the lesson's own

    One thread is used where OMP_NUM_THREADS=1, else as many as torch finds cores, eight at most.
    """
    from book import figures

    if not re.fullmatch(r"\d+(\.\d+)*", str(lesson)):
        raise BookError(f"A lesson is named by its number, such as '3.1.2'; {lesson!r} is none.")
    seed = settings().seed
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(min(torch.get_num_threads(), 8))
    figures.use_house_style()
    _current.update(lesson=str(lesson), began=time.perf_counter())
    if settings().count_flops:
        from book.tools import flops

        flops.count()
    return seed


def current():
    """Return the number of the lesson that was started, or None."""
    return _current["lesson"]


def seconds():
    """Return the seconds since the lesson was started, 0 where none was."""
    return time.perf_counter() - _current["began"] if _current["began"] else 0.0
