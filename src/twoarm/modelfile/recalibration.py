"""A model adapted to other patients: what its risks become, with NumPy alone.

A step turns the log odds of both arms into new ones, outcome by outcome and learner by learner:
``a + C (log odds under control, under treatment) + g x``. The steps of a file follow each other,
one for each place that the model was adapted to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["recalibrated_risks", "steps_of"]

Floats = NDArray[np.float64]

_LIMIT = 1e-6  # probabilities stay this far from 0 and 1 before their logit is taken


def steps_of(content: Mapping[str, Any], learner: str) -> Sequence[Mapping[str, Any]]:
    """Give the recalibrations of one learner, by outcome, step after step; none in most files."""
    return [step[learner] for step in content["recalibration"] or ()]


def recalibrated_risks(form: Mapping[str, Any], risks: Floats, X: Floats) -> Floats:
    """Give both arms' probabilities after one step, shape (2, n).

    Parameters
    ----------
    form : mapping
        ``intercept`` of either arm, ``log_odds``, one row for each arm, and ``columns``, one row
        for each arm or null.
    risks : ndarray, shape (2, n)
        Before it, under control and under treatment.
    X : ndarray, shape (n, columns)
        Encoded patients.

    Examples
    --------
    >>> form = {"intercept": [1.0, 1.0], "log_odds": [[1.0, 0.0], [0.0, 1.0]], "columns": None}
    >>> recalibrated_risks(form, np.array([[0.2], [0.5]]), np.zeros((1, 3))).round(3)
    array([[0.405],
           [0.731]])
    """
    kept = np.clip(risks, _LIMIT, 1.0 - _LIMIT)
    old = np.log(kept / (1.0 - kept))
    # Added one by one: a matrix product would round one patient otherwise than many.
    new = np.empty_like(old)
    for arm, (intercept, mix) in enumerate(zip(form["intercept"], form["log_odds"], strict=True)):
        new[arm] = intercept + mix[0] * old[0] + mix[1] * old[1]
        if form["columns"] is not None:
            for slope, column in zip(form["columns"][arm], X.T, strict=True):
                new[arm] += slope * column
    return 0.5 * (1.0 + np.tanh(0.5 * new))
