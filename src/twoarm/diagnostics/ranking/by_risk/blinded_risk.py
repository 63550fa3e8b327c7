"""Baseline risk by a model that is told of no arm, and the benefit that one odds ratio makes of it.

Kent et al. 2020 (the PATH statement), doi 10.7326/M18-3667: a model of the outcome from both arms,
blinded to treatment, fits neither arm better than the other; a model of the controls alone does,
and pushes their risks apart (Abadie, Chingos, West 2018, doi 10.1162/rest_a_00732).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from twoarm.diagnostics.ranking.by_risk.arm_risks import ArmRisks, odds_ratio_of
from twoarm.learners import Logistic, prepare
from twoarm.metalearners.sample import out_of_fold
from twoarm.metrics import Estimate, wald
from twoarm.metrics.arrays import linear_predictor

__all__ = ["OneOddsRatio", "blinded_risk", "odds_ratio_trend", "one_odds_ratio"]

Floats = NDArray[np.float64]

_SEED = 0  # regressions do not draw
_DECIMALS = 9  # later ones depend on the order of the rows


def blinded_risk(X: Floats, event: Floats, fold: NDArray[np.int64]) -> Floats:
    """Predict everybody's event from the other folds, by a ridge regression of both arms.

    Folds are numbered from 0. Patients alike in X share the mean of what their folds' models say:
    else they would be told apart by nothing but the fold they are in. (That lets in their own
    outcomes, with the weight that they have in a regression of everybody.)

    Raises
    ------
    FitError
        If the other folds hold no events, or nothing else.
    """
    everybody = np.ones(event.size, dtype=np.bool_)
    labels = event.astype(np.int64)
    risk = out_of_fold(Logistic(), prepare(X), labels, everybody, fold, _SEED)
    alike = np.unique(X, axis=0, return_inverse=True)[1].reshape(-1)
    shared = np.bincount(alike, weights=risk) / np.bincount(alike)
    return np.asarray(np.round(shared[alike], _DECIMALS))


@dataclass(frozen=True, slots=True, eq=False)
class OneOddsRatio:
    """``logit p = a + s * linear predictor + d * treatment``, of n patients.

    Attributes
    ----------
    lp : ndarray, shape (n,)
        Linear predictor of the blinded risk.
    coefficient : ndarray, shape (3,)
        a, s and d.
    covariance : ndarray, shape (3, 3)
        Of the coefficients, from the likelihood; the linear predictor is taken as known.
    """

    lp: Floats
    coefficient: Floats
    covariance: Floats

    @property
    def odds_ratio(self) -> Estimate:
        """The odds ratio d in patients of one risk; `se` is that of its logarithm."""
        return odds_ratio_of(float(self.coefficient[2]), math.sqrt(self.covariance[2, 2]))

    def arm_risks(self, rows: NDArray[np.bool_]) -> ArmRisks:
        """Give the mean risks of these patients in either arm."""
        risk, slope = self._sums(rows)
        size = int(rows.sum())
        return ArmRisks(risk / size, slope @ self.covariance @ slope.T / size**2)

    def share(self, rows: NDArray[np.bool_]) -> Estimate:
        """Give these patients' share of the summed benefit, by the delta method."""
        (part, part_slope), (total, total_slope) = (
            (risk[0] - risk[1], slope[0] - slope[1])
            for risk, slope in (self._sums(rows), self._sums(np.ones_like(rows)))
        )
        share = part / total
        change = (part_slope - share * total_slope) / total
        se = math.sqrt(change @ self.covariance @ change)
        return wald(share, se)

    def _sums(self, rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Give both arms' summed risks, and their slopes in the coefficients, shape (2, 3)."""
        lp = self.lp[rows]
        ones, zeros = np.ones(lp.size), np.zeros(lp.size)
        risks, slopes = [], []
        for arm in (zeros, ones):
            columns = np.column_stack([ones, lp, arm])
            risk = expit(columns @ self.coefficient)
            risks.append(risk.sum())
            slopes.append((risk * (1.0 - risk)) @ columns)
        return np.array(risks), np.array(slopes)


def one_odds_ratio(risk: Floats, event: Floats, arm: NDArray[np.bool_]) -> OneOddsRatio | None:
    """Fit by likelihood; None where it has no maximum.

    As in `RiskModel`, whose base is told the arm, a linear predictor that is wrong way round in
    patients it has not seen is left out.
    """
    lp = linear_predictor(risk)
    fit = _regression([lp, arm], event)
    if fit is not None and fit[0][1] > 0.0:
        return OneOddsRatio(lp, *fit)
    fit = _regression([arm], event)
    if fit is None:
        return None
    coefficient, covariance = np.zeros(3), np.zeros((3, 3))
    coefficient[[0, 2]], covariance[np.ix_([0, 2], [0, 2])] = fit
    return OneOddsRatio(lp, coefficient, covariance)


def odds_ratio_trend(risk: Floats, event: Floats, arm: NDArray[np.bool_]) -> Estimate | None:
    """Give the factor by which the odds ratio changes with each SD of the linear predictor.

    1 where the relative effect is the same at every risk. None where risks are all the same, or the
    likelihood has no maximum.
    """
    lp = linear_predictor(risk)
    if np.ptp(lp) == 0.0:
        return None
    scaled = (lp - lp.mean()) / lp.std()
    fit = _regression([scaled, arm, scaled * arm], event)
    return None if fit is None else odds_ratio_of(float(fit[0][3]), math.sqrt(fit[1][3, 3]))


def _regression(columns: list[NDArray[np.generic]], event: Floats) -> tuple[Floats, Floats] | None:
    """Give a logistic regression's coefficients and covariance; None where there is no maximum."""
    X = np.column_stack(columns).astype(np.float64)
    design = np.column_stack([np.ones(event.size), X])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    model = Logistic(C=np.inf).fit(X, event.astype(np.int64))
    if model.separated_ or not model.converged_:
        return None
    coefficient = np.array([*model.intercept_, *model.coef_[0]])
    p = expit(design @ coefficient)
    information = (design * (p * (1.0 - p))[:, None]).T @ design
    return coefficient, np.linalg.inv(information)
