"""What a run will do, fixed before anything is computed."""

from __future__ import annotations

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
from twoarm.study.learner import build_stack

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
    predictors : Predictors
    seed, replicates : int
    executor, workers, scheduler : str, int, str or None
        Who computes; they do not change a number. The scheduler is Dask's address, if one runs.
    """

    study: Study
    cohort: Cohort
    learner: Stack
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
        """The outcomes, in the order of the study file."""
        return self.file.outcomes

    @property
    def member_names(self) -> tuple[str, ...]:
        """Names of the stack's members."""
        return tuple(name for name, _ in self.learner.named_members())

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
    runner = file.run.executor if executor is None else executor
    address = file.run.scheduler if scheduler is None and runner == "dask" else scheduler
    check_executor(runner, address)
    return Plan(
        study=study,
        cohort=cohort,
        learner=build_stack(file.model),
        predictors=Predictors(cohort.codebook, cohort.predictors),
        seed=chosen_seed,
        replicates=chosen,
        executor=runner,
        workers=worker_count(file.run.workers if workers is None else workers),
        scheduler=address,
    )
