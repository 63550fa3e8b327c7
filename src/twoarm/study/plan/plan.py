"""What a run will do, fixed before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec, StudyFile
from twoarm.errors import ArgumentError
from twoarm.execution import check_executor, worker_count
from twoarm.learners import Stack
from twoarm.metalearners import Predictors
from twoarm.resampling import draw_counts
from twoarm.study.plan.few_events import ArmLearner, arm_learners
from twoarm.study.plan.learner import build_stack
from twoarm.study.plan.model_predictors import model_predictors

__all__ = ["ARMS", "Plan", "make_plan"]

ARMS = ("control", "treated")
"""Names of the arms, in the order of their numbers 0 and 1."""


@dataclass(frozen=True)
class Plan:
    """A study, its cohort, its learner, and how often it is resampled.

    Attributes
    ----------
    study, cohort : Study, Cohort
    learner : Stack
        The study's.
    learners : mapping of str to tuple of ArmLearner
        What is fitted for each outcome in the control and the treated arm: the study's stack, or
        where events (or others) are few what takes its place. Use `learner_of`.
    predictors : Predictors
    seed, replicates : int
    executor, workers, scheduler : str, int, str or None
        Who computes; they do not change a number. The scheduler is Dask's address, if one runs.
    """

    study: Study
    cohort: Cohort
    learner: Stack
    learners: Mapping[str, tuple[ArmLearner, ArmLearner]]
    predictors: Predictors
    seed: int
    replicates: int
    executor: str
    workers: int
    scheduler: str | None

    @property
    def file(self) -> StudyFile:
        """The study file's content."""
        return self.study.file

    @property
    def run_by(self) -> dict[str, Any]:
        """Who computes, as `run_tasks` takes it."""
        return {
            "executor": self.executor,
            "workers": self.workers,
            "scheduler": self.scheduler,
        }

    @property
    def outcomes(self) -> tuple[OutcomeSpec, ...]:
        """The outcomes in the order of the study file, without negative controls."""
        return tuple(each for each in self.file.outcomes if each.role == "outcome")

    @property
    def member_names(self) -> tuple[str, ...]:
        """Names of the study's stack's members."""
        return tuple(name for name, _ in self.learner.named_members())

    def learner_of(self, outcome: str, arm: int) -> ArmLearner:
        """Give what every fit of this outcome in this arm uses, 0 control, 1 treated."""
        return self.learners[outcome][arm]

    def stacks_of(self, outcome: str) -> tuple[Stack, Stack]:
        """Give both arms' learners of an outcome."""
        control, treated = self.learners[outcome]
        return control.stack, treated.stack

    def draw(self, index: int) -> NDArray[np.int64]:
        """Give how often each patient is in replicate `index`.

        Patients are drawn within their arm, or whole centres, as the study file says.
        """
        n = len(self.cohort)
        if self.file.validation.resample == "centres":
            return draw_counts(self.seed, index, n, groups=self.cohort.centre)
        return draw_counts(self.seed, index, n, strata=self.cohort.treatment)

    def outcome(self, name: str) -> NDArray[np.float64]:
        """Give an outcome of all patients: 1, 0, or NaN where not known."""
        return self.cohort.outcomes[name]


def make_plan(
    study: Study,
    cohort: Cohort,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    executor: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Plan:
    """Complete a study's settings by what was asked for, and check them.

    Raises
    ------
    ArgumentError
        If a setting is outside what is allowed.
    MissingPackageError
        If a plug-in cannot be imported, or Dask is asked for and not installed.
    """
    file = study.file
    chosen = file.validation.replicates if replicates is None else replicates
    if chosen < 2:
        raise ArgumentError(f"At least 2 replicates are needed; found {chosen}.")
    chosen_seed = file.study.seed if seed is None else seed
    if chosen_seed < 0:
        raise ArgumentError(f"The seed must be 0 or larger; found {chosen_seed}.")
    if file.validation.cross_fit_folds > len(cohort):
        raise ArgumentError(
            f"Cross-fitting in {file.validation.cross_fit_folds} folds needs as many patients; "
            f"found {len(cohort)}. Lower cross_fit_folds in the study file."
        )
    if file.validation.resample == "centres":
        _check_centres(cohort)
    runner = file.run.executor if executor is None else executor
    address = file.run.scheduler if scheduler is None and runner == "dask" else scheduler
    check_executor(runner, address)
    return Plan(
        study=study,
        cohort=cohort,
        learner=build_stack(file.model),
        learners=arm_learners(file.model, cohort),
        predictors=model_predictors(cohort),
        seed=chosen_seed,
        replicates=chosen,
        executor=runner,
        workers=worker_count(file.run.workers if workers is None else workers),
        scheduler=address,
    )


def _check_centres(cohort: Cohort) -> None:
    if cohort.centre is None or np.unique(cohort.centre).size < 2:
        found = "no column of centres" if cohort.centre is None else "a single centre"
        raise ArgumentError(
            f"Drawing whole centres needs two of them or more; found {found}. Name the column "
            'under [study], or set resample = "patients".'
        )
