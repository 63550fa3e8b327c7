"""The recommended learner from its plain form: coherent risks, and a range for the benefit.

Written here once more, independent of what fitted it, with NumPy alone. Risks of an arm are
averaged over fits; nested outcomes are then put in order patient by patient; the range rests on one
fit of its own (docs/decisions/0023-the-range-for-one-patient.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["coherent_risks", "half_width", "put_in_order"]

Floats = NDArray[np.float64]

_SIDES = (-0.5, 0.5)


def _standardised(block: Mapping[str, Any], X: Floats) -> Floats:
    """Give z; a column that did not vary in training says nothing."""
    centre, scale = np.asarray(block["centre"]), np.asarray(block["scale"])
    spread = np.where(scale > 0.0, scale, np.inf)
    z: Floats = (X - centre) / spread
    return z


def _risks(fit: Mapping[str, Any], z: Floats) -> Floats:
    """Give mu0 and mu1, shape (2, n), of one fit."""
    middle = fit["intercept"] + z @ np.asarray(fit["main"], dtype=np.float64)
    apart = fit["treatment"] + z @ np.asarray(fit["interaction"], dtype=np.float64)
    log_odds = np.stack([middle + side * apart for side in _SIDES])
    return 0.5 * (1.0 + np.tanh(0.5 * log_odds))


def coherent_risks(recommended: Mapping[str, Any], X: Floats) -> dict[str, Floats]:
    """Give mu0 and mu1, shape (2, n), of every outcome with a model.

    Parameters
    ----------
    recommended : mapping
        The key of that name in a model file.
    X : ndarray, shape (n, columns)
        Encoded patients.

    Examples
    --------
    >>> fit = {"weight": 1.0, "intercept": 0.0, "treatment": 0.0, "main": [], "interaction": []}
    >>> model = {"centre": [], "scale": [], "fits": [fit]}
    >>> coherent_risks({"outcomes": {"alive": model}, "order": []}, np.zeros((1, 0)))
    {'alive': array([[0.5],
           [0.5]])}
    """
    found: dict[str, Floats] = {}
    for name, model in recommended["outcomes"].items():
        z = _standardised(model, X)
        total = np.zeros((2, X.shape[0]))
        for fit in model["fits"]:
            total += fit["weight"] * _risks(fit, z)
        found[name] = total
    put_in_order(found, recommended["order"])
    return found


def put_in_order(risks: dict[str, Floats], order: Sequence[Mapping[str, Any]]) -> None:
    """Make each nested outcome's risk no larger than that of the next, arm by arm, in place.

    Pooling of adjacent violators in its closed form: the largest of the smallest averages.
    """
    if not order:
        return
    turned = [1.0 - risks[e["outcome"]] if e["complement"] else risks[e["outcome"]] for e in order]
    weights = np.array([each["weight"] for each in order], dtype=np.float64)
    p = np.stack(turned)
    repaired = np.full(p.shape, -np.inf)
    for start in range(len(order)):
        smallest = np.full(p.shape[1:], np.inf)
        for k in range(len(order) - 1, start - 1, -1):
            smallest = np.minimum(
                smallest, np.average(p[start : k + 1], axis=0, weights=weights[start : k + 1])
            )
            repaired[k] = np.maximum(repaired[k], smallest)
    for each, values in zip(order, repaired, strict=True):
        risks[each["outcome"]] = 1.0 - values if each["complement"] else values


def half_width(uncertainty: Mapping[str, Any], outcome: str, X: Floats, effect: Floats) -> Floats:
    """Give half the width of the range of a benefit, shape (n,).

    Parameters
    ----------
    uncertainty : mapping
        The key of that name in a model file.
    outcome : str
    X : ndarray, shape (n, columns)
        Encoded patients.
    effect : ndarray, shape (n,)
        The predicted mu1 - mu0, in the middle of the range.
    """
    fit = uncertainty["outcomes"][outcome]
    z = _standardised(fit, X)
    mu0, mu1 = _risks(fit, z)
    slope0, slope1 = mu0 * (1.0 - mu0), mu1 * (1.0 - mu1)
    middle, side = slope1 - slope0, (slope1 + slope0) / 2.0
    gradient = np.column_stack([middle, side, middle[:, None] * z, side[:, None] * z])
    spread = ((gradient @ _lower_triangle(fit["root"])) ** 2).sum(axis=1)
    width: Floats = uncertainty["multiple"] * np.sqrt(spread + (mu1 - mu0 - effect) ** 2)
    return width


def _lower_triangle(rows: Sequence[Sequence[float]]) -> Floats:
    """Give the square matrix whose rows end at the diagonal."""
    root = np.zeros((len(rows), len(rows)))
    for k, row in enumerate(rows):
        root[k, : k + 1] = row
    return root
