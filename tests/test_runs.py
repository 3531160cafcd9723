"""The training runs: each has a source, its figures fit together, and a bad row is refused."""

import pytest
from tables import citable, written

from book import BookError
from book.data.runs import CHIPS, Run, runs

GOOD = {name: "" for name in Run.model_fields} | {
    "name": "A model", "organization": "A laboratory", "published": "2023-02", "parameters": "7e9", "tokens": "1e12",
    "chip": "A100", "hours": "100000", "basis": "stated", "key": "touvron2023llama", "where": "tables 2 and 15"}


@pytest.fixture(scope="module")
def table():
    return runs()


def test_every_run_and_chip_has_a_source_in_the_bibliography(table):
    known = citable()
    assert set(table["key"]) | {chip.key for chip in CHIPS.values()} <= known


def test_runs_are_many_and_of_many_publishers(table):
    assert len(table) == 32
    assert table["hours"].notna().sum() == 30
    assert table["organization"].nunique() >= 15
    assert set(table["chip"]) == set(CHIPS)
    assert table["published"].is_monotonic_increasing


def test_stated_energies_are_hours_times_power(table):
    energy = table["hours"] * table["watts"] * table["pue"] / 1e6
    known = table["energy"].notna() & energy.notna()
    assert known.sum() == 6
    for row, mwh in zip(table[known].itertuples(), energy[known]):
        assert mwh == pytest.approx(row.energy, rel=0.015), row.name


def test_stated_carbon_is_energy_times_grid(table):
    carbon = table["hours"] * table["watts"] * table["pue"] / 1e6 * table["grid"]
    known = table["carbon"].notna() & carbon.notna()
    assert known.sum() == 10
    for row, tons in zip(table[known].itertuples(), carbon[known]):
        assert tons == pytest.approx(row.carbon, rel=0.03), row.name


def test_a_good_row_is_read(tmp_path):
    one = runs(path=written(tmp_path, GOOD)).iloc[0]
    assert one["hours"] == 100_000
    assert one["active"] == one["parameters"]
    assert runs(path=written(tmp_path, GOOD | {"active": "1e9"})).iloc[0]["active"] == 1e9


@pytest.mark.parametrize(("change", "message"), [
    ({"key": ""}, "A model: key"),
    ({"where": ""}, "A model: where"),
    ({"name": ""}, "a row without a name: name"),
    ({"published": "2023"}, "A model: published"),
    ({"parameters": "7e6"}, "A model: parameters"),
    ({"chip": "abacus"}, "A model: chip"),
    ({"pue": "0.9"}, "A model: pue"),
    ({"grid": "385"}, "A model: grid"),
    ({"reported": "41"}, "A model: reported"),
    ({"basis": ""}, "come together"),
    ({"hours": ""}, "come together"),
    ({"watts": "400"}, "measured or rated"),
    ({"active": "8e9"}, "a part of all weights"),
    ({"hours": "10000"}, "more operations than"),
])
def test_a_bad_row_is_refused_by_name(tmp_path, change, message):
    with pytest.raises(BookError, match=message):
        runs(path=written(tmp_path, GOOD | change))


def test_a_run_stands_there_once_and_in_order(tmp_path):
    with pytest.raises(BookError, match="A model stands there twice"):
        runs(path=written(tmp_path, GOOD, GOOD))
    with pytest.raises(BookError, match="Another stands before an earlier run"):
        runs(path=written(tmp_path, GOOD, GOOD | {"name": "Another", "published": "2022-02"}))
