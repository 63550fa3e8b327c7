"""Two-arm cohorts of ten normal predictors with known effects, of kinds unlike rescue stenting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["KINDS", "Kind"]

PREDICTORS = 10
Effect = Callable[[np.ndarray], np.ndarray]
Drawn = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Kind:
    """Log odds of the event without treatment, what treatment adds, and who is treated.

    Attributes
    ----------
    baseline, added, treated : callable
        From predictors, shape (n, 10), to log odds.
    """

    baseline: Effect
    added: Effect
    treated: Effect = lambda X: np.zeros(len(X))

    def draw(self, n: int, seed: int) -> Drawn:
        """Give predictors, treatment, event, and the true difference of the risks."""
        rng = np.random.default_rng([7300, seed])
        X = rng.normal(size=(n, PREDICTORS))
        treatment = (rng.random(n) < _risk(self.treated(X))).astype(np.int64)
        mu0, mu1 = _risk(self.baseline(X)), _risk(self.baseline(X) + self.added(X))
        y = (rng.random(n) < np.where(treatment == 1, mu1, mu0)).astype(np.int64)
        return X, treatment, y, mu1 - mu0


def _risk(log_odds: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-log_odds))


def _usual(X: np.ndarray) -> np.ndarray:
    return -0.6 + 0.9 * X[:, 0] - 0.6 * X[:, 1] + 0.4 * X[:, 2]


def _mixed(X: np.ndarray) -> np.ndarray:
    return 0.5 + 0.6 * X[:, 0] - 0.4 * X[:, 3]


KINDS = {
    "harm": Kind(_usual, lambda X: -0.8 - 0.4 * X[:, 0]),
    "none": Kind(_usual, lambda X: np.zeros(len(X))),
    "curved": Kind(
        lambda X: -0.8 + 0.6 * (X[:, 0] ** 2 - 1.0) + 0.5 * X[:, 1], lambda X: 0.6 - 0.3 * X[:, 1]
    ),
    "products": Kind(
        lambda X: -0.5 + 0.7 * X[:, 0] * X[:, 1] + 0.5 * X[:, 2],
        lambda X: 0.5 + 0.5 * X[:, 0] * X[:, 2],
    ),
    "weak signal": Kind(lambda X: -0.7 + 0.25 * X[:, 0], lambda X: 0.3 + 0.15 * X[:, 1]),
    "thin overlap": Kind(_usual, _mixed, lambda X: 1.6 * X[:, 0]),
    "rare": Kind(lambda X: -2.6 + 0.6 * X[:, 0], lambda X: 0.4 + 0.3 * X[:, 1]),
    "mixed": Kind(_usual, _mixed),
}
