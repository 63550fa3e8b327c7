"""Which update of a model do the patients of a new place ask for?

Vergouwe Y, et al. Stat Med 2017;36:4529-4539, doi 10.1002/sim.7179. The most extensive update is
tested against each of the lesser ones in turn; the first that it does not beat is chosen, so that
a model that is right is changed in about 5 of 100 places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.validation.likelihood import (
    fit_logistic,
    independent_columns,
    log_likelihood,
)

__all__ = ["UPDATES", "ClosedTest", "Step", "Update", "closed_test"]

Floats = NDArray[np.float64]
Update = Literal["none", "intercept", "slope", "refit"]

UPDATES: tuple[Update, ...] = ("none", "intercept", "slope", "refit")
"""From the least to the most extensive: nothing; the intercept; intercept and slope; everything."""

EVENTS_PER_COEFFICIENT = 10
"""Events, and others, per coefficient below which a refit is not tried: with fewer its likelihood
ratio rejects too often (`benchmarks/results/external_validation.json`)."""


@dataclass(frozen=True, slots=True)
class Step:
    """An update set against the most extensive one.

    Attributes
    ----------
    update : {"none", "intercept", "slope"}
    log_likelihood : float
    degrees : int
        Coefficients that the most extensive update has beyond this one.
    p : float
        That the most extensive one is better only by chance.
    """

    update: Update
    log_likelihood: float
    degrees: int
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class ClosedTest:
    """What a closed test says.

    Attributes
    ----------
    chosen : {"none", "intercept", "slope", "refit"}
    most : {"intercept", "slope", "refit"}
        The most extensive update that these patients allow to be tried; no slope where everybody
        is predicted the same, or the predictions separate events from others.
    most_log_likelihood : float
    steps : tuple of Step
        Every lesser update against `most`, from the least one.
    intercept, slope : float
        Of the chosen update; 0 and 1 for none.
    coefficients : ndarray, shape (columns,)
        What a refit adds for each column of X; 0 otherwise.
    level : float
        Of each test.
    """

    chosen: Update
    most: Update
    most_log_likelihood: float
    steps: tuple[Step, ...]
    intercept: float
    slope: float
    coefficients: Floats
    level: float


def closed_test(
    y: ArrayLike,
    lp: ArrayLike,
    X: ArrayLike | None = None,
    *,
    offset: ArrayLike | None = None,
    level: float = 0.05,
    events_per_coefficient: float = EVENTS_PER_COEFFICIENT,
) -> ClosedTest:
    """Choose among leaving a model, updating its intercept, its slope too, or all coefficients.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    lp : array_like, shape (n,)
        Log odds that the model predicts, the part of them that the slope multiplies.
    X : array_like, shape (n, columns), optional
        The model's columns, complete; a refit re-estimates what each of them says. Without it a
        refit is not tried.
    offset : array_like, shape (n,), optional
        Log odds that no update touches, added to those of `lp`.
    level : float
        Of each test, between 0 and 1.
    events_per_coefficient : float
        Events, and others, that a refit needs per coefficient to be tried.

    Returns
    -------
    ClosedTest

    Raises
    ------
    NotEstimable
        With fewer than 2 events or 2 others, or if they are separated by the predictions.

    Notes
    -----
    A refit keeps the predicted log odds beside the columns, so that every lesser update is a case
    of it whatever the model is; of a model that is linear in its columns they add nothing and drop
    out, and the tests are those of the paper. It cannot be checked that the patients here are
    different from those that the model was learnt from.

    Examples
    --------
    >>> lp = np.log(np.array([1, 2, 3, 4] * 50) / 4.0)
    >>> y = np.array([1, 0, 1, 1] * 50)
    >>> found = closed_test(y, lp - 2.0)
    >>> found.chosen, round(found.intercept, 2)
    ('intercept', 3.76)
    """
    event, line, columns, kept = _fitting(y, lp, X, offset)
    if not 0.0 < level < 1.0:
        raise ArgumentError(f"The level of a test lies between 0 and 1; found {level}.")
    designs = _designs(line, columns, event, events_per_coefficient)
    fits = {}
    for name, (design, fixed) in designs.items():
        try:
            fits[name] = fit_logistic(design, event, kept + fixed)
        except NotEstimable:
            if name == "intercept":
                raise
    most = [name for name in UPDATES if name in fits][-1]
    reached = {"none": log_likelihood(kept + line, event)}
    reached |= {name: fit.log_likelihood for name, fit in fits.items()}
    width = {"none": 0} | {name: designs[name][0].shape[1] for name in fits}
    steps = tuple(
        _step(name, reached[name], width[most] - width[name], reached[most])
        for name in UPDATES[: UPDATES.index(most)]
    )
    chosen = next((step.update for step in steps if step.p >= level), most)
    intercept, slope, coefficients = 0.0, 1.0, np.zeros(columns.shape[1])
    if chosen != "none":
        b = fits[chosen].coefficient
        intercept = float(b[0])
        if chosen == "slope":
            slope = float(b[1])
        elif chosen == "refit":
            whole = np.zeros(2 + columns.shape[1])
            whole[_kept_columns(line, columns)] = b
            slope, coefficients = float(whole[1]), whole[2:]
    return ClosedTest(chosen, most, reached[most], steps, intercept, slope, coefficients, level)


def _step(update: Update, reached: float, degrees: int, most: float) -> Step:
    statistic = max(0.0, 2.0 * (most - reached))
    return Step(update, reached, degrees, float(chi2.sf(statistic, degrees)))


def _designs(
    line: Floats, columns: Floats, event: Floats, per_coefficient: float
) -> dict[Update, tuple[Floats, Floats]]:
    """Give, for each update, the columns that are estimated and the log odds that are not."""
    ones, nothing = np.ones((line.size, 1)), np.zeros(line.size)
    designs: dict[Update, tuple[Floats, Floats]] = {"intercept": (ones, line)}
    if np.ptp(line) == 0.0:
        return designs
    designs["slope"] = (np.column_stack([ones, line]), nothing)
    kept = _kept_columns(line, columns)
    fewer = min(event.sum(), event.size - event.sum())
    if kept.size > 2 and fewer >= per_coefficient * kept.size:
        designs["refit"] = (np.column_stack([ones, line, columns])[:, kept], nothing)
    return designs


def _kept_columns(line: Floats, columns: Floats) -> NDArray[np.intp]:
    """Give the columns of a refit: the intercept, the predicted log odds, and what adds to them."""
    design = np.column_stack([np.ones(line.size), line, columns])
    return independent_columns(design, first=2)


def _fitting(
    y: ArrayLike, lp: ArrayLike, X: ArrayLike | None, offset: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Floats]:
    event, line = (np.asarray(each, dtype=np.float64) for each in (y, lp))
    columns = np.zeros((line.size, 0)) if X is None else np.asarray(X, dtype=np.float64)
    kept = np.zeros(line.size) if offset is None else np.asarray(offset, dtype=np.float64)
    fit = line.ndim == 1 and event.shape == line.shape == kept.shape
    if not fit or columns.ndim != 2 or columns.shape[0] != line.size:
        raise ArgumentError(
            "Outcome, log odds, offset and X must have the same rows; found shapes "
            f"{event.shape}, {line.shape}, {kept.shape} and {columns.shape}."
        )
    if not all(np.isfinite(each).all() for each in (event, line, columns, kept)):
        raise ArgumentError("Outcome, log odds, offset and X must be complete and finite.")
    if not np.isin(event, (0.0, 1.0)).all():
        raise ArgumentError(f"Outcomes must be 0 or 1; found {np.unique(event)[:3]}.")
    events = int(event.sum())
    if min(events, event.size - events) < 2:
        raise NotEstimable(
            "A closed test needs at least 2 patients with the event and 2 without; found "
            f"{events} and {event.size - events}."
        )
    return event, line, columns, kept
