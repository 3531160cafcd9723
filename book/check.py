"""Checks: one stable line for every claim that holds, an error with both numbers for one that does not.

The line that is printed names the claim and the bound, never the measured value, so it is the same on
every machine. Measured values go to the record (BOOK_RECORD), from which the spread over seeds is made.
"""

import numpy as np

from book import records
from book.errors import BookError


class CheckFailed(AssertionError):
    """A claim of the book that does not hold here; the attribute `claim` is its text."""

    claim = None

    def _render_traceback_(self):
        return [f"CheckFailed: {self}"]


def close(claim, got, wanted, tol):
    """`got` equals the reference `wanted`, up to `tol` times the largest absolute value in `wanted`.

    got, wanted: numbers, arrays or tensors of the same shape, or lists of them
    tol:         0 for exactly equal; where `wanted` is all zero, an absolute bound

    The scale is that of the reference, so small gradients are not equal just because they are small.
    """
    got, wanted = _array(claim, got), _array(claim, wanted)
    if got.shape != wanted.shape:
        _fail(claim, f"shape {got.shape} instead of {wanted.shape}")
    scale = np.abs(wanted).max() or 1.0
    error = float(np.abs(got - wanted).max() / scale)
    _settle(claim, error <= tol, "equal" if tol == 0 else f"equal within {tol:g}",
            f"they differ by {error:.3g} of the largest value, more than {tol:g}", error, tol)


def same(claim, got, wanted):
    """`got` is exactly `wanted`: texts, whole numbers, lists, dictionaries; arrays bit for bit."""
    if hasattr(got, "shape") or hasattr(wanted, "shape"):
        return close(claim, got, wanted, tol=0)
    _settle(claim, got == wanted, "the same", f"{got!r} instead of {wanted!r}", None, None)


def at_least(claim, value, bound):
    """The number `value` is `bound` or more."""
    value = _number(claim, value)
    _settle(claim, value >= bound, f"at least {bound:g}", f"{value:.6g}, below {bound:g}", value, bound)


def at_most(claim, value, bound):
    """The number `value` is `bound` or less."""
    value = _number(claim, value)
    _settle(claim, value <= bound, f"at most {bound:g}", f"{value:.6g}, above {bound:g}", value, bound)


def differs(claim, got, wanted, by):
    """`got` and `wanted` differ somewhere by more than `by`: for mistakes shown on purpose."""
    gap = float(np.abs(_array(claim, got) - _array(claim, wanted)).max())
    _settle(claim, gap > by, f"differs by more than {by:g}", f"differs by only {gap:.6g}", gap, by)


def better(claim, scores, others, *, lower=False):
    """One method beats another by more than their spread over seeds.

    scores, others: one number for each seed, at least three each
    lower:          whether less is better, as for a loss

    The medians must lie farther apart than the wider of the two ranges from smallest to largest.
    """
    scores, others = _array(claim, scores), _array(claim, others)
    if scores.ndim != 1 or others.ndim != 1 or min(len(scores), len(others)) < 3:
        raise BookError(f"{claim}: a spread needs at least three seeds for each method.")
    gain = float(np.median(scores) - np.median(others)) * (-1 if lower else 1)
    spread = float(max(np.ptp(scores), np.ptp(others)))
    _settle(claim, gain > spread, f"better by more than the spread of {min(len(scores), len(others))} seeds",
            f"better by {gain:.4g}, and the seeds spread by {spread:.4g}", gain - spread, 0.0)


def _settle(claim, holds, bound_in_words, found_in_words, value, bound):
    records.write(kind="check", claim=claim, holds=bool(holds), value=value, bound=bound)
    if not holds:
        failed = CheckFailed(f"{claim}: {found_in_words}")
        failed.claim = claim
        raise failed
    print(f"✓ {claim}: {bound_in_words}")


def _fail(claim, found_in_words):
    _settle(claim, False, "", found_in_words, None, None)


def _array(claim, values):
    """Turn numbers, tensors or lists of them into one float array without missing values."""
    def plain(value):
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value.detach().cpu().numpy() if hasattr(value, "detach") else value

    try:
        array = np.asarray(plain(values), dtype=np.float64)
    except (TypeError, ValueError):
        raise BookError(f"{claim}: only numbers of one common shape can be compared.") from None
    if array.size == 0:
        _fail(claim, "there is nothing to compare")
    if not np.isfinite(array).all():
        _fail(claim, "a value is infinite or not a number")
    return array


def _number(claim, value):
    array = _array(claim, value)
    if array.size != 1:
        raise BookError(f"{claim}: one number is wanted, not {array.size}.")
    return float(array.reshape(()))
