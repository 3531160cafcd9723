"""Countries and their capitals, a few facts to ask a language model for."""

from pathlib import Path

import pandas as pd

TABLE = Path(__file__).with_name("capitals.csv")


def capitals():
    """Return a table of 117 countries with the columns country and capital, in alphabetical order.

    Left out are countries with two capitals or a disputed one. The list was written for the book; facts of geography.
    """
    return pd.read_csv(TABLE)
