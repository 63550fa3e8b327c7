"""Worlds of ten normal predictors whose signal is straight, curved, or in products of two."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks.worlds import Sample, World

PREDICTORS = 10
_DRAWN_FOR_RATE = 200_000


def _log_odds(
    X: np.ndarray,
    straight: tuple[float, ...],
    curved: tuple[float, ...],
    products: tuple[float, ...],
) -> np.ndarray:
    """Sum slopes of the first predictors, of their squares, and of products of neighbours."""
    found = X[:, : len(straight)] @ np.array(straight)
    found = found + (X[:, : len(curved)] ** 2 - 1.0) @ np.array(curved)
    for k, slope in enumerate(products):
        found = found + slope * X[:, 2 * k] * X[:, 2 * k + 1]
    return found


def _predictors(rng: np.random.Generator, n: int, correlation: float) -> np.ndarray:
    common, own = rng.normal(size=(n, 1)), rng.normal(size=(n, PREDICTORS))
    return np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own


@cache
def _intercept(
    rate: float,
    straight: tuple[float, ...],
    curved: tuple[float, ...],
    products: tuple[float, ...],
    correlation: float,
) -> float:
    """Give the intercept with which this share of patients has the event, by bisection."""
    X = _predictors(np.random.default_rng(0), _DRAWN_FOR_RATE, correlation)
    lp = _log_odds(X, straight, curved, products)
    low, high = -20.0, 20.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        too_many = (1.0 / (1.0 + np.exp(-(middle + lp)))).mean() > rate
        low, high = (low, middle) if too_many else (middle, high)
    return 0.5 * (low + high)


def shaped(
    name: str,
    rate: float,
    *,
    straight: tuple[float, ...] = (),
    curved: tuple[float, ...] = (),
    products: tuple[float, ...] = (),
    correlation: float = 0.0,
) -> World:
    """Give a world with this share of events, and predictors with one common correlation."""
    shape = (straight, curved, products)

    def draw(n: int, seed: int) -> Sample:
        rng = np.random.default_rng(seed)
        X = _predictors(rng, n, correlation)
        lp = _intercept(rate, *shape, correlation) + _log_odds(X, *shape)
        return X, (rng.random(n) < 1.0 / (1.0 + np.exp(-lp))).astype(int)

    return World(name, draw)
