"""The table of landmark models: every figure has a source that can be looked up, and a bad row is refused."""

import csv

import pytest
from tables import citable, written

from book import BookError
from book.data.landmarks import LANDMARKS, Landmark, product
from book.data.landmarks import landmarks as load

GOOD = {"name": "A model", "date": "2020-05-28", "organization": "A laboratory", "domain": "language",
        "task": "next word", "parameters": "175e9", "active": "", "data": "300e9", "unit": "tokens",
        "compute": "3.15e23", "basis": "rule", "rule": "6 * 175e9 * 300e9", "key": "brown2020language",
        "basis_key": "", "epoch_2023": "", "epoch_2026": "", "where": "table 1 and table 2"}


@pytest.fixture(scope="module")
def table():
    return load()


def test_enough_models_of_all_times_and_kinds(table):
    assert len(table) >= 60
    assert (table["year"] < 2010).sum() >= 15
    assert table["year"].min() < 1960
    assert table["year"].max() > 2025
    assert set(table["domain"]) == {"vision", "language", "speech", "games", "multimodal", "other"}
    assert table["year"].is_monotonic_increasing
    assert table["compute"].notna().sum() >= 60


def test_every_citation_is_in_the_bibliography(table):
    known = citable()
    assert set(table["key"]) <= known
    assert set(table["basis_key"].dropna()) <= known


def test_each_model_has_a_source_of_its_own(table):
    assert table["key"].is_unique


def test_rules_give_their_figures(table):
    stated = table.dropna(subset=["rule"])
    assert len(stated) >= 15
    for rule, compute in zip(stated["rule"], stated["compute"], strict=True):
        assert product(rule) == pytest.approx(compute, rel=0.01)


def test_file_is_in_the_order_of_dates_and_has_no_other_columns():
    with LANDMARKS.open(encoding="utf8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == list(Landmark.model_fields)
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)


def test_a_good_row_is_read(tmp_path):
    table = load(path=written(tmp_path, GOOD))
    assert table.loc[0, "parameters"] == 175e9
    assert table.loc[0, "year"] == pytest.approx(2020.405, abs=0.001)
    assert table["active"].isna().all()


@pytest.mark.parametrize(("change", "message"), [
    ({"key": ""}, "A model: key"),
    ({"key": "Brown et al."}, "A model: key"),
    ({"name": ""}, "a row without a name: name"),
    ({"date": "in spring"}, "A model: date"),
    ({"domain": "cooking"}, "A model: domain"),
    ({"parameters": "-1"}, "A model: parameters"),
    ({"parameters": "many"}, "A model: parameters"),
    ({"where": ""}, "A model: where"),
    ({"unit": ""}, "data and their unit"),
    ({"basis": ""}, "compute and its basis"),
    ({"basis": "estimate", "rule": ""}, "citation of those who made it"),
    ({"rule": ""}, "needs the rule"),
    ({"rule": "6 * 175e9 * 400e9"}, "does not give the figure"),
    ({"rule": "open('x')"}, "not a product"),
    ({"active": "200e9"}, "fewer parameters are active"),
    ({"parameters": "", "compute": "", "basis": "", "rule": ""}, "neither parameters nor compute"),
])
def test_a_bad_row_is_refused_by_name(tmp_path, change, message):
    with pytest.raises(BookError, match=message):
        load(path=written(tmp_path, GOOD | change))


def test_a_model_stands_there_once(tmp_path):
    with pytest.raises(BookError, match="A model stands there twice"):
        load(path=written(tmp_path, GOOD, GOOD))


def test_an_unknown_column_is_refused(tmp_path):
    path = tmp_path / "landmarks.csv"
    path.write_text(",".join([*GOOD, "price"]) + "\n" + ",".join([*GOOD.values(), "1"]) + "\n", encoding="utf8")
    with pytest.raises(BookError, match="price"):
        load(path=path)


def test_product_reads_numbers_only():
    assert product("6 * 1.5e3 * 2") == 18_000
    for text in ("6", "6*7", "6 * x", "6 * -7", "__import__('os')"):
        with pytest.raises(ValueError, match="not a product"):
            product(text)
