"""Houses in California: three parts of one table, the same everywhere, without a row in two of them."""

import hashlib

import numpy as np
import pytest

from book.data.housing import HOUSING_COLUMNS, housing

SHA256 = "8e85e9419da61fe3158a16a1340bfbd9341d0bd4edb41b59723b04a4435c4740"


@pytest.fixture(scope="module")
def parts():
    return housing()


def test_parts_are_the_expected_ones(parts):
    assert [part.x.shape for part in parts] == [(16_640, 8), (2_000, 8), (2_000, 8)]
    assert [part.price.shape for part in parts] == [(16_640,), (2_000,), (2_000,)]
    content = b"".join(array.tobytes() for part in parts for array in part)
    assert hashlib.sha256(content).hexdigest() == SHA256


def test_no_row_is_in_two_parts(parts):
    rows = np.concatenate([part.x for part in parts])
    assert len(np.unique(rows, axis=0)) == 20_640


def test_columns_have_their_units(parts):
    low, high = (dict(zip(HOUSING_COLUMNS, ends)) for ends in (parts[0].x.min(axis=0), parts[0].x.max(axis=0)))
    inside = {"income": (0, 16), "age": (1, 52), "latitude": (32, 42), "longitude": (-125, -114)}
    for name, (smallest, largest) in inside.items():
        assert low[name] >= smallest
        assert high[name] <= largest
    assert parts[0].price.min() > 0
    assert parts[0].price.max() < 5.1


def test_parts_are_alike(parts):
    prices = [np.median(part.price) for part in parts]
    assert max(prices) - min(prices) < 0.1
