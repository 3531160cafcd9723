"""The figures about work: each has a source, the tables fit together, and a bad row is refused."""

import pytest
from tables import citable, written

from book import BookError
from book.data import work

GOOD = {"name": "a-figure", "value": "19", "low": "2", "high": "39", "unit": "percent more time", "size": "246",
        "year": "2025", "key": "becker2025measuring", "where": "abstract and results"}


def test_every_figure_has_a_source_in_the_bibliography():
    known = citable()
    assert {figure.key for figure in work.work_figures().values()} <= known
    assert {key for key, _ in work.COLUMNS.values()} <= known


def test_figures_are_many_and_of_several_years():
    figures = work.work_figures()
    assert len(figures) == 36
    assert {figure.year for figure in figures.values()} >= {2013, 2015, 2023, 2024, 2025, 2026}
    assert figures["veterans"].low == 2
    assert figures["tasks-tools"].value is None


def test_occupations_are_every_tenth_of_the_list():
    table = work.work_occupations()
    assert len(table) == 60
    assert (table["rank"] % 10 == 5).all()
    assert table["rank"].is_monotonic_increasing
    assert table["frey_osborne"].is_monotonic_increasing
    assert set(work.COLUMNS) <= set(table.columns)


def test_tasks_of_tellers_give_the_published_shares():
    tasks = work.teller_tasks()
    weight = tasks["kind"].map({"core": 1, "supplemental": 0.5})
    assert len(tasks) == 29
    assert weight.sum() == 24
    for rater, direct, with_tools in (("human", 0.2292, 0.4375), ("gpt4", 0.3125, 0.7708)):
        assert (weight * (tasks[rater] == "E1")).sum() / 24 == pytest.approx(direct, abs=1e-4)
        assert (weight * (tasks[rater] != "E0")).sum() / 24 == pytest.approx(with_tools, abs=1e-4)


def test_a_good_row_is_read(tmp_path):
    assert work.work_figures(path=written(tmp_path, GOOD))["a-figure"].value == 19
    assert work.work_figures(path=written(tmp_path, GOOD | {"value": "", "size": ""}))["a-figure"].size is None


@pytest.mark.parametrize(("change", "message"), [
    ({"key": ""}, "a-figure: key"),
    ({"key": "METR (2025)"}, "a-figure: key"),
    ({"name": ""}, "a row without a name: name"),
    ({"value": "many"}, "a-figure: value"),
    ({"value": "", "low": "", "high": ""}, "there is no figure"),
    ({"high": ""}, "come together"),
    ({"value": "50"}, "outside its interval"),
    ({"unit": ""}, "a-figure: unit"),
    ({"year": "25"}, "a-figure: year"),
    ({"where": ""}, "a-figure: where"),
    ({"size": "0"}, "a-figure: size"),
])
def test_a_bad_figure_is_refused_by_name(tmp_path, change, message):
    with pytest.raises(BookError, match=message):
        work.work_figures(path=written(tmp_path, GOOD | change))


def test_a_figure_stands_there_once(tmp_path):
    with pytest.raises(BookError, match="a-figure stands there twice"):
        work.work_figures(path=written(tmp_path, GOOD, GOOD))


@pytest.mark.parametrize(("change", "message"), [
    ({"frey_osborne": "1.2"}, "29-1181: frey_osborne"),
    ({"direct": "0.9"}, "can only add tasks"),
    ({"jobs_2024": "0"}, "29-1181: jobs_2024"),
    ({"soc": "29118100"}, "29118100: soc"),
])
def test_a_bad_occupation_is_refused(tmp_path, change, message):
    good = {name: str(value) for name, value in work.work_occupations().iloc[0].items()}
    with pytest.raises(BookError, match=message):
        work.work_occupations(path=written(tmp_path, good | change))


def test_a_bad_label_is_refused(tmp_path):
    row = {"task": "count the cash", "kind": "core", "human": "E3", "gpt4": "E0"}
    with pytest.raises(BookError, match="count the cash: human"):
        work.teller_tasks(path=written(tmp_path, row))
