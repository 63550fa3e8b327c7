"""The benchmark's patients: half of the columns yes/no, some counts, some continuous."""

from __future__ import annotations

import numpy as np

__all__ = ["cohort"]


def cohort(n: int, n_predictors: int, seed: int = 197) -> tuple[np.ndarray, np.ndarray]:
    """Make predictors (n, p) and an outcome that about four in ten patients have."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_predictors))
    half, counts = n_predictors // 2, max(1, n_predictors // 5)
    X[:, :half] = X[:, :half] > 0.3
    X[:, half : half + counts] = np.round(3 * X[:, half : half + counts])
    lp = X[:, 0] + X[:, -1] + 0.2 * X[:, half] - 0.8
    return X, (rng.random(n) < 1 / (1 + np.exp(-lp))).astype(np.int64)
