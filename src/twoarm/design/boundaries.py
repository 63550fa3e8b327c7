"""Group-sequential boundaries by error spending, with what they cost and save.

Lan KKG, DeMets DL. Biometrika 1983;70:659-663; futility by spending the type II error (Pampallona,
Tsiatis, Kim 2001), not binding: efficacy boundaries are those of a trial that never stops for
futility, so that going on despite it does not raise the level.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from twoarm.design.checks import z_of
from twoarm.design.crossing import Walk
from twoarm.design.framed import Framed
from twoarm.design.spending import SPENDING, Spending
from twoarm.errors import ArgumentError

__all__ = ["GroupSequential", "equal_looks", "group_sequential"]

Floats = NDArray[np.float64]

_MOST_LOOKS: Final = 20
_NEVER: Final = 12.0  # a boundary that nothing crosses
_TIGHT: Final = 1e-10


@dataclass(frozen=True, slots=True)
class GroupSequential(Framed):
    """Boundaries of a trial with interim looks.

    Attributes
    ----------
    information : ndarray, shape (looks,)
        Share of all patients with an outcome at each look; the last is 1.
    efficacy : ndarray, shape (looks,)
        Stop for benefit where the test statistic is at least this.
    futility : ndarray, shape (looks,)
        It may be stopped where the statistic is below this; minus infinity where futility is not
        looked at.
    alpha_spent : ndarray, shape (looks,)
        One-sided error spent up to each look.
    stops_at_effect, stops_at_nothing : ndarray, shape (looks,)
        Chance to stop at each look if the effect is as planned, and if there is none.
    power : float
        Chance of a significant result if the effect is as planned and futility is obeyed.
    inflation : float
        Patients of the trial that goes to its end, over those of a trial without looks.
    expected_at_effect, expected_at_nothing : float
        Patients expected, over those of a trial without looks.
    """

    information: Floats
    efficacy: Floats
    futility: Floats
    alpha_spent: Floats
    stops_at_effect: Floats
    stops_at_nothing: Floats
    power: float
    inflation: float
    expected_at_effect: float
    expected_at_nothing: float


def equal_looks(looks: int) -> tuple[float, ...]:
    """Give the shares of the information at so many evenly spaced looks, the last included.

    Examples
    --------
    >>> equal_looks(4)
    (0.25, 0.5, 0.75, 1.0)
    """
    if not 1 <= looks <= _MOST_LOOKS:
        raise ArgumentError(f"A trial has 1 to {_MOST_LOOKS} looks; found {looks}.")
    return tuple((number + 1) / looks for number in range(looks))


def group_sequential(
    information: Sequence[float],
    *,
    efficacy: Spending = "obrien-fleming",
    futility: Spending | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
) -> GroupSequential:
    """Give the boundaries of a trial with interim looks.

    Parameters
    ----------
    information : sequence of float
        Share of all information at each look, rising; the last is 1.
    efficacy, futility : {"obrien-fleming", "pocock"}
        How the type I error, and the type II error, is spent; None for no look at futility.
    power : float
        Chance of a significant result if the effect is as planned.
    alpha : float
        Two-sided level: `alpha` / 2 is spent in the direction of benefit.

    Raises
    ------
    ArgumentError
        If shares do not rise to 1, or a number is out of range.

    Notes
    -----
    Boundaries equal those of `getDesignGroupSequential` of the R package rpact (``asOF``, ``asP``,
    ``bsOF``, ``bsP``, not binding) to four digits.

    Examples
    --------
    >>> found = group_sequential([1 / 3, 2 / 3, 1], futility="obrien-fleming")
    >>> found.efficacy.round(4), round(found.inflation, 3)
    (array([3.7103, 2.5114, 1.993 ]), 1.104)
    """
    shares = _looks(information)
    z_alpha, z_power = z_of(alpha, power)
    spent = SPENDING[efficacy](shares, alpha / 2.0)
    upper = _efficacy(shares, spent)
    lost = None if futility is None else SPENDING[futility](shares, 1.0 - power)
    drift, lower = _drift(shares, upper, lost, power)
    at_effect = _stops(shares, upper, lower, drift)
    at_nothing = _stops(shares, upper, lower, 0.0)
    inflation = (drift / (z_alpha + z_power)) ** 2
    return GroupSequential(
        information=shares,
        efficacy=upper,
        futility=lower,
        alpha_spent=spent,
        stops_at_effect=at_effect.sum(axis=0),
        stops_at_nothing=at_nothing.sum(axis=0),
        power=float(at_effect[0].sum()),
        inflation=inflation,
        expected_at_effect=inflation * float(at_effect.sum(axis=0) @ shares),
        expected_at_nothing=inflation * float(at_nothing.sum(axis=0) @ shares),
    )


def _looks(information: Sequence[float]) -> Floats:
    shares = np.asarray(information, dtype=np.float64)
    fits = shares.ndim == 1 and 1 <= shares.size <= _MOST_LOOKS
    if not fits or not (np.diff(shares, prepend=0.0) > 0.0).all() or shares[-1] != 1.0:
        raise ArgumentError(
            f"Looks are 1 to {_MOST_LOOKS} rising shares of the information, the last 1; found "
            f"{shares.tolist()}."
        )
    return shares


def _efficacy(shares: Floats, spent: Floats) -> Floats:
    """Give the boundaries that spend the error without any effect, futility being ignored."""
    walk, upper = Walk.start(0.0), np.empty(shares.size)
    for look, wanted in enumerate(np.diff(spent, prepend=0.0)):
        upper[look] = _root(walk.above, shares[look], wanted)
        walk = walk.between(shares[look], -math.inf, upper[look])
    return upper


def _root(chance: Callable[[float, float], float], information: float, wanted: float) -> float:
    """Give the limit that is crossed with the chance wanted."""

    def excess(limit: float) -> float:
        return chance(information, limit) - wanted

    low, high = excess(-_NEVER), excess(_NEVER)
    if low * high >= 0.0:  # so little is wanted that no limit within reach gives it
        return -_NEVER if abs(low) < abs(high) else _NEVER
    return float(brentq(excess, -_NEVER, _NEVER, xtol=_TIGHT))


def _drift(
    shares: Floats, upper: Floats, lost: Floats | None, power: float
) -> tuple[float, Floats]:
    """Give the drift with the power wanted, and the futility boundaries that go with it."""
    none = np.full(shares.size, -math.inf)
    none[-1] = upper[-1]

    def short(drift: float) -> float:
        lower = none if lost is None else _futility(shares, upper, lost, drift)
        return float(_stops(shares, upper, lower, drift)[0].sum()) - power

    drift = float(brentq(short, 0.1, 2.0 * _NEVER, xtol=_TIGHT))
    return drift, none if lost is None else _futility(shares, upper, lost, drift)


def _futility(shares: Floats, upper: Floats, lost: Floats, drift: float) -> Floats:
    """Give the boundaries that spend the type II error at this drift; the last one closes."""
    walk, lower = Walk.start(drift), np.empty(shares.size)
    for look, wanted in enumerate(np.diff(lost, prepend=0.0)):
        lower[look] = min(_root(walk.below, shares[look], wanted), upper[look])
        walk = walk.between(shares[look], lower[look], upper[look])
    lower[-1] = upper[-1]
    return lower


def _stops(shares: Floats, upper: Floats, lower: Floats, drift: float) -> Floats:
    """Give the chances to cross the upper, and the lower, boundary at each look, shape (2, k)."""
    walk, found = Walk.start(drift), np.zeros((2, shares.size))
    for look, share in enumerate(shares):
        found[0, look] = walk.above(share, upper[look])
        found[1, look] = walk.below(share, lower[look])
        walk = walk.between(share, lower[look], upper[look])
    return found
