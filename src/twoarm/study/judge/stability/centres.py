"""Every patient predicted by models that have not seen his centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import (
    Absent,
    BenefitByCentre,
    CentreFailure,
    CentresPerformance,
    Identified,
    attempt,
    benefit_by_centre,
    leave_one_centre_out_effects,
    performance_by_centre,
)
from twoarm.errors import NotEstimable
from twoarm.metalearners import Effects
from twoarm.seeds import Stream, integer
from twoarm.study.judge.large import effort_of
from twoarm.study.plan.plan import ARMS, Plan

__all__ = ["Centres", "centres", "left_out_together"]


@dataclass(frozen=True)
class Centres:
    """Internal-external cross-validation of the study's models.

    Attributes
    ----------
    n : int
        Centres.
    turns : int
        How often the models were fitted without some of them: as often as there are centres, or,
        where these are many, for groups of whole centres that were left out together.
    models : mapping of str to mapping of str to CentresPerformance, or Absent
        By outcome and arm (`control`, `treated`), in the arm's own patients.
    benefit : BenefitByCentre or Absent
        Of the primary outcome.
    failures : tuple of CentreFailure
        Fits that failed; `centre` is the number of the turn.
    """

    n: int
    turns: int
    models: Mapping[str, Mapping[str, CentresPerformance | Absent]]
    benefit: BenefitByCentre | Absent
    failures: tuple[CentreFailure, ...]


def left_out_together(centre: NDArray[np.str_], *, own: int, shared: int) -> NDArray[np.int64]:
    """Give the turn, from 0, in which each patient's centre is left out.

    Every centre has its own turn, in the order of their codes, unless there are more than `own`;
    then they take `shared` turns together, to keep the number of fits in bounds: the largest come
    first, each to the turn with the fewest patients so far.

    Examples
    --------
    >>> left_out_together(np.array(["B", "A", "B"]), own=20, shared=10).tolist()
    [1, 0, 1]
    """
    names, code = np.unique(centre, return_inverse=True)
    if names.size <= own:
        return code.astype(np.int64)
    size = np.bincount(code)
    turn, load = np.empty(names.size, dtype=np.int64), np.zeros(shared, dtype=np.int64)
    for number in np.argsort(-size, kind="stable"):
        turn[number] = np.argmin(load)
        load[turn[number]] += size[number]
    return turn[code]


def centres(plan: Plan, propensity: NDArray[np.float64], judged: Identified) -> Centres:
    """Fit every outcome without each centre, and see how the models do there.

    Parameters
    ----------
    plan : Plan
    propensity : ndarray, shape (n,)
        Probability of treatment, with the centre among its predictors.
    judged : Identified
        Whether the arms overlap enough for the benefit to be compared with.

    Raises
    ------
    NotEstimable
        If the study has no column of centres, or a single centre.
    """
    centre = plan.cohort.centre
    if centre is None:
        raise NotEstimable("the study file names no column of centres")
    if np.unique(centre).size < 2:
        raise NotEstimable("all patients are of one centre")
    effort = effort_of(plan)
    turn = left_out_together(centre, own=effort.own_turns, shared=effort.shared_turns)
    models, held = {}, {}
    failures: list[CentreFailure] = []
    for position, spec in enumerate(plan.outcomes):
        found = leave_one_centre_out_effects(
            plan.stacks_of(spec.name),
            plan.predictors,
            plan.outcome(spec.name),
            plan.cohort.treatment,
            turn,
            desirable=spec.desirable,
            seed=integer(plan.seed, Stream.CENTRES, position),
            **plan.run_by,
        )
        held[spec.name] = found.effects
        failures += found.failures
        models[spec.name] = _by_arm(plan, spec.name, found.effects, centre)
    return Centres(
        n=np.unique(centre).size,
        turns=np.unique(turn).size,
        models=models,
        benefit=attempt(
            lambda: _benefit(plan, held[plan.file.primary.name], propensity, centre, judged)
        ),
        failures=tuple(failures),
    )


def _by_arm(
    plan: Plan, outcome: str, held: Effects, centre: NDArray[np.str_]
) -> dict[str, CentresPerformance | Absent]:
    def of_arm(arm: int, risk: NDArray[np.float64]) -> CentresPerformance:
        own = plan.cohort.treatment == arm
        return performance_by_centre(plan.outcome(outcome)[own], risk[own], centre[own])

    return {
        name: attempt(partial(of_arm, arm, risk))
        for arm, (name, risk) in enumerate(zip(ARMS, (held.mu0, held.mu1), strict=True))
    }


def _benefit(
    plan: Plan,
    held: Effects,
    propensity: NDArray[np.float64],
    centre: NDArray[np.str_],
    judged: Identified,
) -> BenefitByCentre:
    judged.require("all")
    primary = plan.file.primary
    return benefit_by_centre(
        plan.outcome(primary.name),
        held,
        plan.cohort.treatment,
        propensity,
        centre,
        desirable=primary.desirable,
        seed=integer(plan.seed, Stream.CENTRES),
    )
