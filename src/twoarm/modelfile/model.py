"""A released model: what it says of coded patients, and of whom it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.modelfile.predictor import member_risk, stack_risk

__all__ = ["Model"]


@dataclass(frozen=True)
class Model:
    """A released model.

    Attributes
    ----------
    content : mapping
        The file's content.
    encoding : EncodingSpec
        How predictors become columns, and what replaces a missing value.
    """

    content: Mapping[str, Any]
    encoding: EncodingSpec

    @property
    def codebook(self) -> tuple[Predictor, ...]:
        """The predictors."""
        return self.encoding.predictors

    @property
    def outcomes(self) -> Mapping[str, Any]:
        """Label, direction and threshold of each outcome, by name."""
        outcomes: Mapping[str, Any] = self.content["outcomes"]
        return outcomes

    @property
    def synthetic(self) -> bool:
        """Whether the model was learnt from synthetic patients."""
        return bool(self.content["synthetic"])

    def risks(self, coded: NDArray[np.float64], outcome: str) -> NDArray[np.float64]:
        """Give both arms' probabilities, shape (2, n), of coded predictors (n, predictors)."""
        X = self.encoding.encode(coded)
        arms = self.content["arms"]
        return np.stack([stack_risk(arms[arm][outcome], X) for arm in ("control", "treated")])

    def benefit(self, risks: NDArray[np.float64], outcome: str) -> NDArray[np.float64]:
        """Give the benefit, positive where the treatment helps, of risks of shape (2, n)."""
        effect: NDArray[np.float64] = risks[1] - risks[0]
        return effect if self.outcomes[outcome]["desirable"] else -effect

    def outside_support(self, coded: NDArray[np.float64]) -> list[tuple[str, ...]]:
        """Name, for each patient, the predictors outside what the model has seen.

        Ranges are looked at one by one; that a combination was never seen is not noticed here.
        """
        seen = self.content["support"]
        found: list[list[str]] = [[] for _ in range(coded.shape[0])]
        for k, predictor in enumerate(self.codebook):
            values = coded[:, k]
            low, high = seen[predictor.column]["min"], seen[predictor.column]["max"]
            outside = (values < low) | (values > high)
            if not predictor.is_number:
                outside = ~np.isin(values, seen[predictor.column]["levels"]) & np.isfinite(values)
            for row in np.flatnonzero(outside):
                found[row].append(predictor.column)
        return [tuple(names) for names in found]

    def decided(self, coded: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say, for each patient, whether treatment was all but decided in patients like that.

        Their like is missing in one of the arms, so that nothing is known of the difference.
        """
        score, alpha = self.propensity(coded), self.content["overlap"]["alpha"]
        return np.asarray((score < alpha) | (score > 1.0 - alpha))

    def propensity(self, coded: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of treatment that the predictors told in training."""
        return member_risk(self.content["overlap"]["treatment"], self.encoding.encode(coded))
