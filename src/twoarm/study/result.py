"""What a run found, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.design import Support
from twoarm.diagnostics import Answer, Finding, verdict
from twoarm.importance import Dependence
from twoarm.metalearners import Effects
from twoarm.metrics import Estimate
from twoarm.resampling import CrossValidated, FitFailure, Performance
from twoarm.study.causal import Causal
from twoarm.study.files.summary import summary_of
from twoarm.study.importance import Importance
from twoarm.study.judge.hidden.negative_controls import ControlRun
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.plan.few_events import ArmLearner
from twoarm.study.plan.plan import Plan
from twoarm.study.scale import OutcomesTogether

if TYPE_CHECKING:  # it is computed from what this module defines
    from twoarm.study.reliability import Reliability

__all__ = [
    "PROVISIONAL_BELOW",
    "ArmResult",
    "BenefitResult",
    "FittedModels",
    "OutcomeResult",
    "Spread",
    "StudyResult",
]

PROVISIONAL_BELOW = 200
"""With fewer replicates, intervals are marked provisional."""


@dataclass(frozen=True, slots=True)
class ArmResult(Performance):
    """One arm's model of one outcome, measured in its own patients whose outcome is known.

    Attributes
    ----------
    weights : dict
        Weight of each member in the full fit.
    mean_weights : dict
        Mean weight of each member over the replicates.
    share_mean_only : float or None
        Share of replicates in which the member `mean` has all the weight: no signal found.
    share_separated : float
        Share of replicates in which a regression separated events from non-events.
    share_few_events : float
        Share of replicates with fewer than 10 different patients with, or without, the event.
    learner : ArmLearner
        What was fitted: the study's stack, or where events are few what takes its place.
    supported : Support or None
        What the arm's patients support; None if all of them, or none, have the event.
    outcome, risk : ndarray, shape (n,)
        The outcome, 0 or 1, and the full fit's predictions for its own patients.
    cv : CrossValidated
        Cross-fitted predictions of the same patients.
    """

    weights: dict[str, float]
    mean_weights: dict[str, float]
    share_mean_only: float | None
    share_separated: float
    share_few_events: float
    learner: ArmLearner
    supported: Support | None
    outcome: NDArray[np.int64]
    risk: NDArray[np.float64]
    cv: CrossValidated


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, standard deviation and median of the predicted benefit, and the share above 0."""

    mean: float
    sd: float
    median: float
    share_positive: float


@dataclass(frozen=True, slots=True)
class BenefitResult:
    """The predicted benefit of one outcome.

    Attributes
    ----------
    crossfit : Spread or None
        By models that have not seen the patient; mean over repeats of each statistic.
    in_sample : Spread
        By the full fit.
    share_raw, share_crossfit : float or None
        Share predicted to reach the threshold, in-sample and cross-fitted; primary outcome only.
    """

    crossfit: Spread | None
    in_sample: Spread
    share_raw: float | None
    share_crossfit: float | None


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """Everything about one outcome; differences are in benefit direction."""

    spec: OutcomeSpec
    arms: dict[str, ArmResult]
    benefit: BenefitResult
    crude: Estimate
    g_formula: Estimate
    importance: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FittedModels:
    """The full fit: how patients are encoded, and both arms' stacks of each outcome."""

    encoding: EncodingSpec
    stacks: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class StudyResult:
    """A finished (or interim) run.

    Attributes
    ----------
    plan : Plan
        Study, cohort, learner, seed.
    replicates : int
        Replicates computed.
    version : str
        Version of twoarm.
    outcomes : mapping of str to OutcomeResult
    effects, in_sample : mapping of str to Effects
        Cross-fitted (mean over repeats; NaN where it failed), and of the full fit, per patient.
    dependence : tuple of Dependence
        Partial dependence of the primary outcome's benefit on its leading variables.
    failures : tuple of (int, FitFailure)
        Fits that failed, with their replicate.
    failed_replicates : int
        Replicates with any failed fit.
    absent : mapping of str to str
        Parts that could not be computed, by their path in the summary, and why.
    models : FittedModels
    folder : Path
        The run folder.
    causal : Causal or None
        Average effects, heterogeneity and findings; None in an interim result.
    negative_controls : tuple of ControlRun
        The run on each negative control of the study; none in an interim result.
    reliability : Reliability or None
        Stability over refits, centres, missing values; None in an interim result.
    evidence : BenefitEvidence or None
        Learners side by side and measures of benefit, of the primary outcome; None in an interim
        result, and where the primary outcome has no cross-fit.
    importance : Importance or None
        Of the predicted benefit over refits, and of effect modification; None in an interim result.
    together : OutcomesTogether or None
        Coherence of the outcomes, and the scale behind them; None in an interim result.
    """

    plan: Plan
    replicates: int
    version: str
    outcomes: Mapping[str, OutcomeResult]
    effects: Mapping[str, Effects]
    in_sample: Mapping[str, Effects]
    dependence: tuple[Dependence, ...]
    failures: tuple[tuple[int, FitFailure], ...]
    failed_replicates: int
    absent: Mapping[str, str]
    models: FittedModels
    folder: Path
    causal: Causal | None = None
    negative_controls: tuple[ControlRun, ...] = ()
    reliability: Reliability | None = None
    evidence: BenefitEvidence | None = None
    importance: Importance | None = None
    together: OutcomesTogether | None = None

    @property
    def primary(self) -> OutcomeResult:
        """The primary outcome's result."""
        return self.outcomes[self.plan.file.primary.name]

    @property
    def diagnostics(self) -> Causal:
        """The diagnostics of a finished run."""
        assert self.causal is not None, "an interim result has no diagnostics"
        return self.causal

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What every diagnostic says; none in an interim result."""
        parts = (
            self.causal,
            *self.negative_controls,
            self.together,
            self.evidence,
            self.reliability,
        )
        return tuple(each for part in parts if part is not None for each in part.findings)

    @property
    def verdict(self) -> tuple[Answer, ...]:
        """The findings in a few answers; none in an interim result."""
        return verdict(self.findings, self.plan.study) if self.findings else ()

    @property
    def provisional(self) -> bool:
        """Whether the replicates are too few for their intervals to be final."""
        return self.replicates < PROVISIONAL_BELOW

    def summary(self) -> dict[str, Any]:
        """Give the content of ``summary.json`` (`docs/reference/summary.md`)."""
        return summary_of(self)
