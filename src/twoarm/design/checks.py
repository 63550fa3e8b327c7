"""What every design asks of its arguments."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from twoarm.design.cox_snell import check_share
from twoarm.errors import ArgumentError

__all__ = ["check_share", "check_shares_of_all", "positive", "probabilities", "z_of"]


def z_of(alpha: float, power: float) -> tuple[float, float]:
    """Give the normal quantiles of a two-sided level and of a power; the power exceeds alpha/2."""
    check_share(alpha=alpha, power=power)
    if power <= alpha / 2.0:
        raise ArgumentError(
            f"A power must exceed half of the two-sided level, {alpha / 2.0:g}; found {power}."
        )
    return float(ndtri(1.0 - alpha / 2.0)), float(ndtri(power))


def positive(**values: float) -> None:
    """Raise ArgumentError unless each is a finite number above 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0.0):
            raise ArgumentError(f"{name} must be a number above 0; found {value}.")


def check_shares_of_all(**shares: float) -> None:
    """Raise ArgumentError unless each is at least 0 and below 1."""
    for name, value in shares.items():
        if not 0.0 <= value < 1.0:
            raise ArgumentError(f"{name} must be at least 0 and below 1; found {value}.")


def probabilities(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Give a distribution over categories: none negative, at least two positive, sum 1."""
    given = np.asarray(values, dtype=np.float64)
    whole = given.ndim == 1 and given.size > 1 and bool(np.isfinite(given).all())
    if not whole or (given < 0.0).any() or (given > 0.0).sum() < 2:
        raise ArgumentError(
            f"{name} must be the shares of two or more categories, none of them negative; found "
            f"{values!r}."
        )
    if abs(given.sum() - 1.0) > 1e-6:
        raise ArgumentError(f"{name} must add up to 1; found a sum of {given.sum():.6g}.")
    shares: NDArray[np.float64] = given / given.sum()
    return shares
