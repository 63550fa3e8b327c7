"""How the log odds that a model predicts are spread over patients, before any outcome is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri

from twoarm.errors import ArgumentError
from twoarm.metrics.arrays import checked, linear_predictor

__all__ = ["LinearPredictors"]

Floats = NDArray[np.float64]

_NODES = 200


@dataclass(frozen=True, slots=True, eq=False)
class LinearPredictors:
    """A spread of predicted log odds.

    Attributes
    ----------
    value : ndarray, shape (k,)
        Log odds.
    share : ndarray, shape (k,)
        Share of patients with each; sums to 1.
    """

    value: Floats
    share: Floats

    @classmethod
    def of(cls, p: ArrayLike) -> Self:
        """Take those of patients, by their predicted probabilities, shape (n,).

        Examples
        --------
        >>> LinearPredictors.of([0.2, 0.4]).prevalence
        0.30000000000000004
        """
        _, risk, _ = checked(np.zeros(np.shape(p)), p, None)
        if risk.size == 0:
            raise ArgumentError("Predictions of at least one patient are needed.")
        return cls(linear_predictor(risk), np.full(risk.size, 1.0 / risk.size))

    @classmethod
    def normal(cls, mean: float, sd: float) -> Self:
        """Take them as normal, with this mean and standard deviation."""
        if not (math.isfinite(mean) and sd > 0.0):
            raise ArgumentError(f"A mean and a deviation above 0 are needed; found {mean}, {sd}.")
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        return cls(mean + sd * nodes, weights / weights.sum())

    @classmethod
    def of_auc(cls, auc: float, prevalence: float) -> Self:
        """Take them as normal with one variance in those with the event and the others.

        It is a strong assumption, for where nothing but an AUC and a prevalence is known.

        Examples
        --------
        >>> found = LinearPredictors.of_auc(0.8, 0.018)
        >>> round(found.prevalence, 4), round(found.auc, 3)
        (0.018, 0.8)
        """
        if not 0.5 < auc < 1.0 or not 0.0 < prevalence < 1.0:
            raise ArgumentError(
                f"An AUC above 0.5 and a prevalence between 0 and 1 are needed; found {auc}, "
                f"{prevalence}."
            )
        variance = 2.0 * float(ndtri(auc)) ** 2
        middle = float(logit(prevalence)) - variance / 2.0
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        weights = weights / weights.sum()
        others, events = middle + math.sqrt(variance) * nodes, middle + variance
        value = np.concatenate([others, events + math.sqrt(variance) * nodes])
        return cls(value, np.concatenate([(1.0 - prevalence) * weights, prevalence * weights]))

    @property
    def risk(self) -> Floats:
        """The probabilities, shape (k,)."""
        return np.asarray(expit(self.value))

    @property
    def prevalence(self) -> float:
        """Share of patients with the event if the predictions are right."""
        return float(self.share @ self.risk)

    @property
    def auc(self) -> float:
        """The AUC if the predictions are right, ties counting one half."""
        order = np.argsort(self.value, kind="stable")
        value, risk, share = self.value[order], self.risk[order], self.share[order]
        events, others = share * risk, share * (1.0 - risk)
        _, tie = np.unique(value, return_inverse=True)
        per_event, per_other = np.bincount(tie, events), np.bincount(tie, others)
        below = np.cumsum(per_other) - per_other
        total = per_event.sum() * per_other.sum()
        return float((per_event * (below + per_other / 2.0)).sum() / total)

    def at_threshold(self, threshold: float) -> tuple[float, float]:
        """Give sensitivity and specificity of a risk of at least this, if predictions are right."""
        above = self.risk >= threshold
        events, others = self.share * self.risk, self.share * (1.0 - self.risk)
        return float(events[above].sum() / events.sum()), float(others[~above].sum() / others.sum())
