"""A released model: what it says of coded patients, and of whom it says nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.modelfile.chance import chance_above
from twoarm.modelfile.predictor import member_risk, prepared, stack_risk
from twoarm.modelfile.recalibration import recalibrated_risks, steps_of
from twoarm.modelfile.recommended import coherent_risks, half_width, put_in_order

__all__ = ["Model"]

_ARMS = ("control", "treated")


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

    @property
    def expires(self) -> dt.date:
        """Day after which the model is not to be used."""
        return dt.date.fromisoformat(self.content["expires"])

    @property
    def recommended_outcomes(self) -> tuple[str, ...]:
        """Outcomes that the recommended learner predicts."""
        return tuple(self.content["recommended"]["outcomes"])

    def recommended_risks(self, coded: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Give both arms' probabilities by the recommended learner, shape (2, n), by outcome."""
        X = self.encoding.encode(coded)
        found = coherent_risks(self.content["recommended"], X)
        for step in steps_of(self.content, "recommended"):
            for outcome, form in step.items():
                found[outcome] = recalibrated_risks(form, found[outcome], X)
            put_in_order(found, self.content["recommended"]["order"])
        return found

    def benefit_range(
        self, coded: NDArray[np.float64], outcome: str, risks: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give low and high of the recommended learner's benefit, shape (2, n).

        NaN where the model has none, as after it was adapted to other patients.
        """
        width = self._half_width(coded, outcome, risks)
        benefit = self.benefit(risks, outcome)
        return np.clip(np.stack([benefit - width, benefit + width]), -1.0, 1.0)

    def chance(
        self,
        coded: NDArray[np.float64],
        outcome: str,
        risks: NDArray[np.float64],
        threshold: float,
    ) -> NDArray[np.float64]:
        """Give the chance that the recommended learner's benefit exceeds a threshold, shape (n,).

        It is read off the range: NaN where the model has none, and it holds no more than the range
        does. The threshold is on the scale of the benefit, 0.15 for 15 of 100.
        """
        width = self._half_width(coded, outcome, risks)
        return chance_above(self.benefit(risks, outcome), width, threshold)

    def _half_width(
        self, coded: NDArray[np.float64], outcome: str, risks: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give half the range's width before it is cut, shape (n,); NaN without a range."""
        uncertainty = self.content["uncertainty"]
        if uncertainty is None:
            return np.full(risks.shape[1], np.nan)
        return half_width(uncertainty, outcome, self.encoding.encode(coded), risks[1] - risks[0])

    def risks(self, coded: NDArray[np.float64], outcome: str) -> NDArray[np.float64]:
        """Give both arms' probabilities by the study's learner, shape (2, n).

        Predictors are coded, shape (n, predictors).
        """
        X = self.encoding.encode(coded)
        found = np.stack([stack_risk(self._stacks[arm][outcome], X) for arm in _ARMS])
        for step in steps_of(self.content, "study"):
            if outcome in step:
                found = recalibrated_risks(step[outcome], found, X)
        return found

    @cached_property
    def _stacks(self) -> Mapping[str, Mapping[str, Any]]:
        """Every stack by arm and outcome, its trees in arrays."""
        return {
            arm: {name: prepared(stack) for name, stack in self.content["arms"][arm].items()}
            for arm in _ARMS
        }

    def benefit(self, risks: NDArray[np.float64], outcome: str) -> NDArray[np.float64]:
        """Give the benefit, positive where the treatment helps, of risks of shape (2, n)."""
        effect: NDArray[np.float64] = risks[1] - risks[0]
        return effect if self.outcomes[outcome]["desirable"] else -effect

    def outside_support(self, coded: NDArray[np.float64]) -> list[tuple[str, ...]]:
        """Name, for each patient, the predictors outside what the model has seen.

        Ranges are looked at one by one; `too_far` looks at all values together.
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

    def too_far(self, coded: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say who lies farther from the cohort's middle than anybody of one of its arms."""
        return np.asarray(self.distance(coded) > self.content["joint_support"]["limit"])

    def distance(self, coded: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give Mahalanobis's distance from the cohort's middle, shape (n,)."""
        joint = self.content["joint_support"]
        scale = np.asarray(joint["scale"], dtype=np.float64)
        spread = np.where(scale > 0.0, scale, np.inf)
        z = (self.encoding.encode(coded) - np.asarray(joint["centre"])) / spread
        return np.asarray(np.sqrt(((z @ np.asarray(joint["root"])) ** 2).sum(axis=1)))

    def decided(self, coded: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say, for each patient, whether treatment was all but decided in patients like that.

        Their like is missing in one of the arms, so that nothing is known of the difference.
        """
        score, alpha = self.propensity(coded), self.content["overlap"]["alpha"]
        return np.asarray((score < alpha) | (score > 1.0 - alpha))

    def propensity(self, coded: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of treatment that the predictors told in training."""
        return member_risk(self.content["overlap"]["treatment"], self.encoding.encode(coded))
