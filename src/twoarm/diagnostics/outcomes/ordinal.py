"""The whole scale instead of four cuts: one proportional odds model for each arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import spearmanr

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, says
from twoarm.diagnostics.harm import between
from twoarm.diagnostics.outcomes.proportional_odds import proportional_odds
from twoarm.errors import ArgumentError

__all__ = [
    "UTILITY_MRS",
    "BenefitComparison",
    "OrdinalEffects",
    "compare_benefits",
    "finding",
    "ordinal_effects",
    "utility_benefit",
]

Floats = NDArray[np.float64]

#: Utility of mRS 0 to 6: of the DAWN trial (Chaisinanunkul 2015, doi 10.1161/STROKEAHA.114.008547),
#: and of Wang 2020 (Stroke 51:2411), where mRS 5 is worse than death.
UTILITY_MRS: Final = {
    "DAWN": (1.0, 0.91, 0.76, 0.65, 0.33, 0.0, 0.0),
    "Wang 2020": (0.97, 0.88, 0.74, 0.55, 0.20, -0.19, 0.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalEffects:
    """Both arms' distribution over the levels of an ordinal outcome, coherent by construction.

    Attributes
    ----------
    cumulative0, cumulative1 : ndarray, shape (n, levels - 1)
        P(Y <= k) under control and under treatment, for k = 0 to levels - 2.
    """

    cumulative0: Floats
    cumulative1: Floats

    @property
    def mean_benefit(self) -> tuple[float, ...]:
        """Mean over the patients of P(Y <= k) under treatment minus control, for each k."""
        gains = (self.cumulative1 - self.cumulative0).T
        return tuple(float(gain.mean()) for gain in gains)

    @property
    def mean_shares(self) -> Floats:
        """Mean share at each level had all been controls, and all treated, shape (2, levels)."""
        means = [each.mean(axis=0) for each in (self.cumulative0, self.cumulative1)]
        return np.diff(np.stack(means), axis=1, prepend=0.0, append=1.0)

    def at_most(self, k: int) -> tuple[Floats, Floats]:
        """Give P(Y <= k) in control and treated, each of shape (n,): mRS 0-2 is k = 2."""
        return self.cumulative0[:, k], self.cumulative1[:, k]

    def one_of(self, levels: Sequence[int]) -> tuple[Floats, Floats]:
        """Give P(Y is one of the levels) in control and treated, each of shape (n,)."""
        chosen = list(levels)
        control, treated = (
            np.diff(each, axis=1, prepend=0.0, append=1.0)[:, chosen].sum(axis=1)
            for each in (self.cumulative0, self.cumulative1)
        )
        return control, treated


def ordinal_effects(
    X: ArrayLike,
    y: ArrayLike,
    treatment: ArrayLike,
    *,
    levels: int,
    C: float = 1.0,
    X_new: ArrayLike | None = None,
) -> OrdinalEffects:
    """Fit a proportional odds model in each arm and predict everybody under both.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Columns, complete.
    y : array_like, shape (n,)
        Level, 0 to levels - 1, or NaN where not known: such patients are predicted, not learnt
        from.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    levels : int
        7 for the modified Rankin scale.
    C : float
        Inverse strength of the ridge penalty, as in `Logistic`.
    X_new : array_like, shape (m, p), optional
        Patients to predict, by default the same.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.
    FitError
        If a model cannot be fitted.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(0); X, w = rng.normal(size=(400, 1)), np.tile([0, 1], 200)
    >>> y = np.clip(np.round(3 - w + X[:, 0] + rng.logistic(size=400)), 0, 6)
    >>> control, treated = ordinal_effects(X, y, w, levels=7).at_most(2)
    >>> bool(treated.mean() > control.mean())
    True
    """
    matrix, level = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    arm = np.asarray(treatment)
    if matrix.ndim != 2 or level.shape != matrix.shape[:1] or arm.shape != level.shape:
        raise ArgumentError(
            "X, y and treatment must have the same number of rows; found shapes "
            f"{matrix.shape}, {level.shape} and {arm.shape}."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise ArgumentError(f"Treatment must be 0 and 1; found {np.unique(arm).tolist()[:5]}.")
    known = np.isfinite(level)
    if (level[known] != np.round(level[known])).any():
        raise ArgumentError("Levels must be whole numbers.")
    wanted = matrix if X_new is None else np.asarray(X_new, dtype=np.float64)
    cumulative = [
        proportional_odds(
            matrix[known & (arm == each)],
            level[known & (arm == each)].astype(np.int64),
            levels=levels,
            C=C,
        ).cumulative(wanted)
        for each in (0, 1)
    ]
    return OrdinalEffects(cumulative[0], cumulative[1])


def utility_benefit(effects: OrdinalEffects, utility: Sequence[float]) -> Floats:
    """Give each patient's gain in expected utility, treated minus control.

    Parameters
    ----------
    effects : OrdinalEffects
    utility : sequence of float, one a level
        Worth of each level, such as ``UTILITY_MRS["DAWN"]``.

    Returns
    -------
    ndarray, shape (n,)
        On the scale of the utilities; positive where the treatment helps.

    Raises
    ------
    ArgumentError
        If there is not one utility a level.

    Examples
    --------
    >>> effects = OrdinalEffects(np.array([[0.2]]), np.array([[0.5]]))
    >>> utility_benefit(effects, (1.0, 0.0)).round(6).tolist()
    [0.3]
    """
    worth = np.asarray(utility, dtype=np.float64)
    if worth.shape != (effects.cumulative0.shape[1] + 1,):
        raise ArgumentError(
            f"Expected one utility for each of {effects.cumulative0.shape[1] + 1} levels; found "
            f"{worth.size}."
        )
    # Summation by parts: sum u_k P(Y = k) = last u + sum (u_k - u_{k+1}) P(Y <= k).
    gain: Floats = (effects.cumulative1 - effects.cumulative0) @ (worth[:-1] - worth[1:])
    return gain


@dataclass(frozen=True, slots=True)
class BenefitComparison:
    """The same patients' benefit by a model of the scale and by separate models of an outcome.

    Attributes
    ----------
    mean, mean_separate : float
        Mean benefit, positive where the treatment helps.
    sd, sd_separate : float
        Standard deviation over patients.
    rank_correlation : float or None
        Spearman's; None if one of them is the same for everybody.
    """

    mean: float
    mean_separate: float
    sd: float
    sd_separate: float
    rank_correlation: float | None


def compare_benefits(benefit: ArrayLike, separate: ArrayLike) -> BenefitComparison:
    """Compare two predictions of the same patients' benefit.

    Parameters
    ----------
    benefit, separate : array_like, shape (n,)
        By the model of the scale, and by separate models; at least two patients.

    Examples
    --------
    >>> compare_benefits([0.1, 0.2, 0.3], [0.0, 0.2, 0.1]).rank_correlation
    0.5
    """
    one, other = np.asarray(benefit, dtype=np.float64), np.asarray(separate, dtype=np.float64)
    if one.shape != other.shape or one.ndim != 1 or one.size < 2:
        raise ArgumentError(
            f"Expected two vectors of one length, at least 2; found shapes {one.shape} and "
            f"{other.shape}."
        )
    varies = np.ptp(one) > 0 and np.ptp(other) > 0
    return BenefitComparison(
        mean=float(one.mean()),
        mean_separate=float(other.mean()),
        sd=float(one.std(ddof=1)),
        sd_separate=float(other.std(ddof=1)),
        rank_correlation=float(spearmanr(one, other).statistic) if varies else None,
    )


@says("ordinal outcome")
def finding(value: OrdinalEffects, study: Study) -> Finding:
    """Give the mean benefit at every cut of the scale; low levels are taken as good."""
    control, treated = value.cumulative0.mean(axis=0), value.cumulative1.mean(axis=0)
    gains = treated - control
    text = (
        f"{study.file.study.title}: with one model of the whole scale in each arm, the mean "
        f"difference in reaching a level or better is {between(gains.min(), gains.max())}, over "
        "the cuts of the scale."
    )
    return Finding("ordinal outcome", "cannot tell", text)
