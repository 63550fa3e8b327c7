"""What questions may look at: the plan, the fits and the replicates, and what many derive."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Overlap, Population, overlap
from twoarm.diagnostics.finding import is_randomised
from twoarm.errors import NotEstimable
from twoarm.resampling import RunStore
from twoarm.study.fit.fits import CrossFit, FullFit
from twoarm.study.plan.plan import Plan
from twoarm.study.plan.propensity import TreatmentModel, treatment_model

__all__ = ["Evidence", "KnownOutcome"]

Floats = NDArray[np.float64]

_INCOMPLETE = "cross-fitting is not complete"


@dataclass(frozen=True, slots=True, eq=False)
class KnownOutcome:
    """The patients whose outcome is known, as doubly robust estimates need them.

    Attributes
    ----------
    spec : OutcomeSpec
    known : ndarray of bool, shape (n,)
        Who they are among all patients.
    X : ndarray, shape (k, p)
        What was measured of them: columns of the model of treatment, complete.
    outcome, treatment : ndarray, shape (k,)
    mu0, mu1 : ndarray, shape (k,)
        Cross-fitted risks in both arms, mean over the repeats.
    propensity : ndarray, shape (k,)
    """

    spec: OutcomeSpec
    known: NDArray[np.bool_]
    X: Floats
    outcome: Floats
    treatment: NDArray[np.int64]
    mu0: Floats
    mu1: Floats
    propensity: Floats

    @property
    def threshold(self) -> float:
        """Smallest benefit that is worth the treatment; the primary outcome has one."""
        assert self.spec.threshold is not None, "only the primary outcome has a threshold"
        return self.spec.threshold


@dataclass(frozen=True)
class Evidence:
    """Everything that a run has computed before it asks.

    Attributes
    ----------
    plan : Plan
    store : RunStore
        The replicates.
    full : FullFit
        The models of everybody.
    crossfit : CrossFit
        Predictions by models that have not seen the patient.
    """

    plan: Plan
    store: RunStore
    full: FullFit
    crossfit: CrossFit

    @cached_property
    def treatment(self) -> TreatmentModel:
        """The model of treatment, with the propensity of everybody."""
        return treatment_model(self.plan.cohort, by_lot=is_randomised(self.plan.study))

    @cached_property
    def overlap(self) -> Overlap:
        """How far the arms overlap, and so which averages they tell."""
        measured = self.treatment
        return overlap(
            measured.propensity.score,
            self.plan.cohort.treatment,
            measured.X,
            names=measured.names,
            known=is_randomised(self.plan.study),
            centre=self.plan.cohort.centre,
        )

    @property
    def population(self) -> Population:
        """Over whom the study averages."""
        return self.plan.file.target_trial.population

    def require(self, population: Population) -> None:
        """Go on only if the arms overlap enough for the average over this population.

        Raises
        ------
        NotEstimable
            With the reason why they do not.
        """
        self.overlap.identified.require(population)

    @cached_property
    def mu(self) -> Floats:
        """Cross-fitted risks, mean over repeats, shape (outcomes, 2, patients); NaN if failed."""
        mean: Floats = self.crossfit.mu.mean(axis=0)
        return mean

    @cached_property
    def encoded(self) -> Floats:
        """The predictors of everybody as model columns, shape (patients, columns)."""
        return self.full.models.encoding.encode(self.plan.predictors.coded)

    def of(self, spec: OutcomeSpec) -> KnownOutcome:
        """Give the patients whose outcome is known.

        Raises
        ------
        NotEstimable
            If the outcome's cross-fitting is not complete.
        """
        mu = self.mu[self.plan.outcomes.index(spec)]
        if not np.isfinite(mu).all():
            raise NotEstimable(_INCOMPLETE)
        y = self.plan.outcome(spec.name)
        known = np.isfinite(y)
        return KnownOutcome(
            spec=spec,
            known=known,
            X=self.treatment.X[known],
            outcome=y[known],
            treatment=self.plan.cohort.treatment[known],
            mu0=mu[0, known],
            mu1=mu[1, known],
            propensity=self.treatment.propensity.score[known],
        )

    @property
    def primary(self) -> KnownOutcome:
        """The patients whose primary outcome is known."""
        return self.of(self.plan.file.primary)
