"""Ratings of films by the users of MovieLens: who rated what, how, and when."""

import io
from typing import NamedTuple

import pandas as pd

from book.data import carriers

FOLDER = "recbole/dataset_example/ml-100k/"
U1_TEST = 20_000  # the published split u1 tests on the first rows of the data, in their published order


class MovieLens(NamedTuple):
    """MovieLens-100k as three tables, whose rows and numbers all count from 0.

    ratings: user, item, rating (1 to 5), time (seconds since 1970), u1_test (whether the published split u1 tests on
             it); in the published order, (100000, 5)
    users:   age, gender (F or M), occupation; row i is user i, (943, 3)
    items:   title, year (0 where unknown), genres (a tuple of names); row i is item i, (1682, 3)
    """

    ratings: pd.DataFrame
    users: pd.DataFrame
    items: pd.DataFrame


def movielens():
    """Return MovieLens-100k: 100,000 ratings of 1,682 films by 943 users, from September 1997 to April 1998.

    Each user rated at least 20 films. Numbers of users and items are those of the data, minus 1.

    Fetched on first use (2 MB) out of the published package recbole, which is read as an archive and never run.
    Source: F. M. Harper and J. A. Konstan, "The MovieLens Datasets" (2015), GroupLens Research; for research, not to
    be passed on or used for profit without permission, so the ratings are never stored with the course.
    """
    names = [f"{FOLDER}ml-100k.{kind}" for kind in ("inter", "user", "item")]
    found = carriers.read_many("movielens", names)
    ratings, users, items = (pd.read_csv(io.BytesIO(found[name]), sep="\t", keep_default_na=False) for name in names)
    ratings.columns, users.columns = ["user", "item", "rating", "time"], ["user", "age", "gender", "occupation", "zip"]
    items.columns = ["item", "title", "year", "genres"]
    ratings[["user", "item"]] -= 1
    ratings = ratings.astype("int64")
    ratings["u1_test"] = ratings.index < U1_TEST
    items["year"] = pd.to_numeric(items.year, errors="coerce").fillna(0).astype("int64")
    items["genres"] = [tuple(genres.split()) for genres in items.genres]
    return MovieLens(ratings, users[["age", "gender", "occupation"]], items[["title", "year", "genres"]])
