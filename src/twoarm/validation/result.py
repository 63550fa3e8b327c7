"""What an external validation found, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Absent
from twoarm.metrics import CalibrationGroups, Estimate, Interval
from twoarm.modelfile import Model
from twoarm.validation.benefit import ExternalBenefit
from twoarm.validation.calibration import ExternalCalibration
from twoarm.validation.closed_testing import ClosedTest
from twoarm.validation.decision import Decision
from twoarm.validation.discrimination import ExternalDiscrimination
from twoarm.validation.needed import NeededForBenefit
from twoarm.validation.power import ExternalPrecision, ExternalSampleSize
from twoarm.validation.site import Site

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LEARNERS",
    "ArmValidation",
    "CaseMix",
    "Expected",
    "ExternalValidation",
    "LearnerValidation",
    "Matched",
    "MembershipFound",
    "OutcomeValidation",
]

Learner = Literal["recommended", "study"]

LEARNERS: tuple[Learner, ...] = ("recommended", "study")


@dataclass(frozen=True, slots=True, eq=False)
class MembershipFound:
    """How well a model tells the two cohorts apart, and what weights by it are worth."""

    auc: float
    effective: float


@dataclass(frozen=True, slots=True, eq=False)
class CaseMix:
    """How the patients here differ from those the model was learnt from.

    Attributes
    ----------
    columns : tuple of str
        Of the encoded predictors: ``nihss``, ``site=M2``.
    here, there : ndarray, shape (columns,)
        Means.
    difference : ndarray, shape (columns,)
        Standardised, here minus there.
    effective, largest : float or None
        Patients that those weighted to the moments of the development are worth, and the largest
        share of one of them; None where there are no such weights.
    weight : ndarray, shape (patients with numbers,), or Absent
    squares : bool
        Whether the weights match standard deviations, too.
    membership : MembershipFound or Absent
    """

    columns: tuple[str, ...]
    here: NDArray[np.float64]
    there: NDArray[np.float64]
    difference: NDArray[np.float64]
    effective: float | None
    largest: float | None
    weight: NDArray[np.float64] | Absent
    squares: bool
    membership: MembershipFound | Absent


@dataclass(frozen=True, slots=True)
class Expected:
    """What was to be expected here.

    Attributes
    ----------
    auc, brier : float
        In these patients if the predictions are right.
    headline : float or None
        AUC that the development quotes; None where the file holds none.
    between : Interval or None
        Range of AUC between places: the run's own where `development` holds it, else the headline
        with the spread found over many models.
    between_of : str
        Where that range comes from.
    """

    auc: float
    brier: float
    headline: float | None
    between: Interval | None
    between_of: str


@dataclass(frozen=True, slots=True)
class Matched:
    """Measures of the patients weighted to the development's case mix."""

    auc: float
    ratio: float
    effective: float


@dataclass(frozen=True, slots=True, eq=False)
class ArmValidation:
    """One arm's risk by one learner.

    Attributes
    ----------
    n, events : int
        Patients of the arm with numbers and a known outcome.
    discrimination, calibration, test, matched : value or Absent
    expected, precision, asked, needed : value or Absent
        From the predictions alone: what was to be expected, what so many patients can tell, how
        many a validation asks for, and how many an update of the benefit.
    groups : CalibrationGroups or Absent
        Predicted and observed risk in groups of rising prediction.
    curve : ndarray, shape (2, k)
        Predicted probability and smoothed share of events, sorted; empty with fewer than 20
        patients with, or without, the event.
    """

    n: int
    events: int
    discrimination: ExternalDiscrimination | Absent
    calibration: ExternalCalibration | Absent
    expected: Expected | Absent
    matched: Matched | Absent
    test: ClosedTest | Absent
    precision: ExternalPrecision | Absent
    asked: ExternalSampleSize | Absent
    needed: NeededForBenefit | Absent
    groups: CalibrationGroups | Absent
    curve: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LearnerValidation:
    """One learner, one outcome."""

    arms: Mapping[str, ArmValidation]
    common: ClosedTest | Absent
    benefit: ExternalBenefit | Absent
    decision: Decision


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeValidation:
    """One outcome, by learner."""

    spec: OutcomeSpec
    learners: Mapping[str, LearnerValidation]


@dataclass(frozen=True, slots=True, eq=False)
class ExternalValidation:
    """A model in another place.

    Attributes
    ----------
    model : Model
    site : Site
    randomised : bool
        Whether treatment was drawn by lot there.
    case_mix : CaseMix
    outcomes : mapping of str to OutcomeValidation
    cannot : tuple of str
        What cannot be looked at here, and why, in words.
    development : str
        The run that the model came from, where it was at hand; empty otherwise.
    """

    model: Model
    site: Site
    randomised: bool
    case_mix: CaseMix
    outcomes: Mapping[str, OutcomeValidation]
    cannot: tuple[str, ...]
    development: str

    @property
    def updated(self) -> bool:
        """Whether any update was decided on."""
        return any(
            learner.decision.form is not None
            for outcome in self.outcomes.values()
            for learner in outcome.learners.values()
        )

    def parts(self) -> Iterator[tuple[OutcomeValidation, str, LearnerValidation]]:
        """Give every outcome with every learner, in their order."""
        for outcome in self.outcomes.values():
            for name, learner in outcome.learners.items():
                yield outcome, name, learner

    def to_frame(self) -> pd.DataFrame:
        """Give one row an outcome, learner and arm; NaN for what could not be measured."""
        import pandas as pd

        rows = []
        for outcome, name, learner in self.parts():
            for arm, found in learner.arms.items():
                row: dict[str, Any] = {"outcome": outcome.spec.name, "learner": name, "arm": arm}
                row |= {"n": found.n, "events": found.events}
                rows.append(row | _measures(found) | {"update": learner.decision.update})
        return pd.DataFrame(rows)


def _measures(arm: ArmValidation) -> dict[str, float]:
    found: dict[str, float] = {}
    if not isinstance(arm.expected, Absent):
        found |= {"expected_auc": arm.expected.auc, "expected_brier": arm.expected.brier}
    estimates: dict[str, Estimate] = {}
    if not isinstance(arm.discrimination, Absent):
        estimates |= {"auc": arm.discrimination.auc, "brier": arm.discrimination.brier}
    if not isinstance(arm.calibration, Absent):
        each = arm.calibration
        estimates |= {"observed_over_expected": each.ratio, "slope": each.slope}
        estimates["in_the_large"] = each.in_the_large
        found |= {"observed": each.observed, "expected": each.expected, "ici": each.ici}
    for name, estimate in estimates.items():
        found |= {
            name: estimate.estimate,
            f"{name}_low": estimate.low,
            f"{name}_high": estimate.high,
        }
    return found
