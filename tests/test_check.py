"""Each kind of check holds where it should and fails where it should."""

import json

import numpy as np
import pytest
import torch

from book import BookError, check


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (check.close, ([1.0, 2.0], [1.0, 2.0 + 1e-9], 1e-6), ([1.0, 2.0], [1.0, 2.1], 1e-6)),
        (check.close, (torch.ones(2, 2), np.ones((2, 2)), 0), (torch.ones(2, 2), np.ones((2, 1)), 0)),
        (check.close, (1e-9, 1e-9, 1e-6), (1e-9, 2e-9, 1e-6)),
        (check.close, (0.0, 0.0, 0), (1e-3, 0.0, 1e-4)),
        (check.same, ("ab", "ab"), ("ab", "ac")),
        (check.same, ([1, 2], [1, 2]), ([1, 2], [2, 1])),
        (check.same, (torch.ones(3), torch.ones(3)), (torch.ones(3), torch.ones(3) + 1e-7)),
        (check.at_least, (0.9, 0.9), (0.89, 0.9)),
        (check.at_most, (0.9, 0.9), (0.91, 0.9)),
        (check.differs, ([1, 2], [1, 4], 1), ([1, 2], [1, 2.5], 1)),
        (check.better, ([0.9, 0.91, 0.92], [0.8, 0.81, 0.82]), ([0.9, 0.91, 0.92], [0.9, 0.88, 0.91])),
    ],
)
def test_holds_and_fails(kind, good, bad, capsys):
    kind("a claim", *good)
    assert capsys.readouterr().out.startswith("✓ a claim: ")
    with pytest.raises(check.CheckFailed, match="a claim"):
        kind("a claim", *bad)
    assert capsys.readouterr().out == ""


def test_the_printed_line_names_the_bound_and_not_the_value(capsys):
    check.at_least("accuracy", 0.9137, 0.88)
    assert capsys.readouterr().out == "✓ accuracy: at least 0.88\n"


def test_failure_names_both_numbers():
    with pytest.raises(check.CheckFailed, match=r"0\.5, below 0\.88"):
        check.at_least("accuracy", 0.5, 0.88)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), torch.tensor(float("nan"))])
def test_what_is_not_a_number_never_passes(value):
    for fails in (lambda: check.at_least("x", value, 0), lambda: check.at_most("x", value, 1),
                  lambda: check.close("x", value, value, tol=1), lambda: check.differs("x", value, 0, by=1)):
        with pytest.raises(check.CheckFailed, match="not a number"):
            fails()


def test_nothing_to_compare_never_passes():
    with pytest.raises(check.CheckFailed, match="nothing to compare"):
        check.close("x", [], [], tol=1)


def test_lower_is_better_for_losses():
    check.better("loss", [0.1, 0.11, 0.12], [0.3, 0.31, 0.32], lower=True)
    with pytest.raises(check.CheckFailed):
        check.better("loss", [0.1, 0.11, 0.12], [0.3, 0.31, 0.32])


@pytest.mark.parametrize("scores", [[0.9, 0.8], [[0.9, 0.8, 0.7]] * 3])
def test_a_spread_needs_three_seeds(scores):
    with pytest.raises(BookError, match="three seeds"):
        check.better("x", scores, scores)


def test_what_cannot_be_compared_is_told_in_a_sentence():
    with pytest.raises(BookError, match="only numbers"):
        check.close("x", "abc", 1.0, tol=1)
    with pytest.raises(BookError, match="one number is wanted, not 2"):
        check.at_least("x", [1, 2], 0)


def test_checks_are_recorded(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_RECORD", str(tmp_path / "record.jsonl"))
    check.at_least("holds", 2, 1)
    with pytest.raises(check.CheckFailed):
        check.at_least("fails", 1, 2)
    rows = [json.loads(line) for line in (tmp_path / "record.jsonl").read_text("utf8").splitlines()]
    assert [(row["claim"], row["holds"], row["value"], row["bound"]) for row in rows] == [
        ("holds", True, 2.0, 1), ("fails", False, 1.0, 2)]


def test_a_notebook_shows_one_line_and_no_traceback():
    assert check.CheckFailed("x: 1, below 2")._render_traceback_() == ["CheckFailed: x: 1, below 2"]
    assert BookError("Do this.")._render_traceback_() == ["BookError: Do this."]
