"""Is a predictor the outcome in other words, or known only after it? Asked before any fit."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.cohort.problems import Problem

__all__ = ["leakages", "separation"]

_NEARLY = 0.95
"""AUC of one predictor alone that what is known before a treatment does not reach."""

_STANDARD_ERRORS = 4.5
_LOG_CHANCE = math.log(1e-5)
"""How unlikely by chance a perfect separation, or a pattern of missing values, must be."""

_RATIO = 20.0
"""The share of unknown values in one class over that in the other."""

_FEWEST_MISSING = 5
_PER_LEVEL = 5

Numbers = NDArray[np.float64]


def leakages(
    predictor: Predictor, values: Numbers, truth: Numbers, classes: tuple[str, str]
) -> Iterator[Problem]:
    """Point at a predictor that tells an outcome, or the arm, too well, or is missing by it.

    Parameters
    ----------
    predictor : Predictor
    values : ndarray, shape (n,)
        As the codebook codes them, NaN where missing.
    truth : ndarray, shape (n,)
        1, 0, or NaN where not known: an outcome, or the treatment.
    classes : tuple of str
        What patients with 1 and with 0 are called, such as "with outcome 'death'".
    """
    told = np.isfinite(truth)
    values, positive = values[told], truth[told] == 1
    known = np.isfinite(values)
    area = separation(values[known], positive[known], ordered=predictor.type != "nominal")
    if area is not None:
        yield _notice(
            predictor,
            f"alone it tells patients {classes[0]} from those {classes[1]} with an AUC of "
            f"{area:.3f}",
            "Is it the same in other words, or known only after the decision?",
        )
    pattern = _pattern(~known | _is_unrecorded(predictor, values), positive, classes)
    if pattern:
        yield _notice(predictor, pattern, "Is it measured, or asked for, only afterwards?")


def separation(values: Numbers, event: NDArray[np.bool_], *, ordered: bool) -> float | None:
    """Give the AUC (0.5 to 1) of a predictor that is nearly the outcome, else None.

    Parameters
    ----------
    values : ndarray, shape (n,)
    event : ndarray of bool, shape (n,)
    ordered : bool
        False for levels without an order: they are ranked by their own share of events.

    Examples
    --------
    >>> separation(np.arange(40.0), np.arange(40) > 19, ordered=True)
    1.0
    """
    _, level = np.unique(values, return_inverse=True)
    with_event = np.bincount(level[event], minlength=level.max(initial=-1) + 1)
    without = np.bincount(level[~event], minlength=with_event.size)
    n_event, n_other = int(with_event.sum()), int(without.sum())
    if min(n_event, n_other) == 0:
        return None
    if not ordered:
        if min(n_event, n_other) < _PER_LEVEL * (with_event.size - 1):
            return None
        order = np.argsort(with_event / (with_event + without), kind="stable")
        with_event, without = with_event[order], without[order]
    below = np.cumsum(without) - without
    area = float(with_event @ (below + without / 2)) / (n_event * n_other)
    area = max(area, 1 - area)
    error = math.sqrt((n_event + n_other + 1) / (12 * n_event * n_other))
    certain = area - 0.5 > _STANDARD_ERRORS * error
    if area == 1.0:
        certain = certain or math.log(2) - _log_choose(n_event + n_other, n_event) < _LOG_CHANCE
    return area if area >= _NEARLY and certain else None


def _is_unrecorded(predictor: Predictor, values: Numbers) -> NDArray[np.bool_]:
    """Say where a level stands for "not recorded"."""
    codes = [canonical(level.code) for level in predictor.all_levels]
    return values == codes.index("") if "" in codes else np.zeros(values.size, dtype=np.bool_)


def _pattern(
    absent: NDArray[np.bool_], positive: NDArray[np.bool_], classes: tuple[str, str]
) -> str:
    """Say whether values are missing, or known, in one class alone, or nearly."""
    for what, marked in (("known", ~absent), ("missing", absent)):
        for title, inside in zip(classes, (positive, ~positive), strict=True):
            n, here = int(marked.sum()), int((marked & inside).sum())
            if n < _FEWEST_MISSING or n == marked.size or not 0 < inside.sum() < inside.size:
                continue
            share, other = here / inside.sum(), (n - here) / (~inside).sum()
            if share >= _RATIO * other and _log_tail(here, n, inside) < _LOG_CHANCE:
                only = "only" if here == n else "almost only"
                return f"{what} {only} in patients {title} ({here} of {n})"
    return ""


def _log_tail(here: int, n: int, inside: NDArray[np.bool_]) -> float:
    """Give log P(at least `here` of `n` fall inside), up to a factor of their number."""
    size, within = inside.size, int(inside.sum())
    terms = [
        _log_choose(within, k) + _log_choose(size - within, n - k)
        for k in range(here, min(n, within) + 1)
        if n - k <= size - within
    ]
    return max(terms) - _log_choose(size, n)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _notice(predictor: Predictor, found: str, question: str) -> Problem:
    advice = f"{question} If so, list it under [[columns]] with before_decision = false"
    return Problem(
        "notice", predictor.column, (), found, "a predictor known at the decision", advice
    )
