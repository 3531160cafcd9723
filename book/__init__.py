"""The companion package of *Large AI Models, Step by Step*: what the lessons import.

Only downward arrows: chapters use notebooks, notebooks use `book`, `book` uses libraries.
"""

from book import memory
from book.errors import BookError
from book.lesson import start

__all__ = ["BookError", "start"]
__version__ = "0.1.0"

memory.keep_for_reuse()
memory.after_each_cell(memory.hand_back)
