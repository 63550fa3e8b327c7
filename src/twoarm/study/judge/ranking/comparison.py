"""Seven learners of the primary outcome's benefit, by the same folds of the same patients.

Which learner is right, no data of one cohort can say. What they disagree about is what the choice
of the learner decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import Refits
from twoarm.errors import NotEstimable
from twoarm.execution import run_tasks
from twoarm.learners import ElasticNet
from twoarm.metalearners import (
    Comparison,
    DRLearner,
    Effects,
    PenalizedInteraction,
    RiskModel,
    RLearner,
    SLearner,
    XLearner,
    compare,
    effects_of,
    hajek_scores,
)
from twoarm.metrics import as_benefit
from twoarm.seeds import Stream, integer
from twoarm.study.fit.refits import refits_of
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.judge.large import effort_of
from twoarm.study.plan.plan import Plan

__all__ = [
    "COMPARATORS",
    "FIRST_REPEAT",
    "LEARNERS",
    "MOST_PATIENTS_STACKED",
    "ComparisonFold",
    "LearnerComparison",
    "compare_learners",
]

LEARNERS = ("t", "s", "x", "r", "dr", "risk", "penalized_interaction")
"""All that are compared; the first is the study's own."""

COMPARATORS = ("risk", "penalized_interaction")
"""Those that can hardly call noise a difference between patients."""

MOST_PATIENTS_STACKED = 2000
"""In a larger cohort the others' base is the elastic net: stacks would take minutes a fold."""

FIRST_REPEAT = 0
"""The cross-fit of the run whose folds are used."""


@dataclass(frozen=True)
class LearnerComparison:
    """What each learner says of the patients with known outcome.

    Attributes
    ----------
    page : Comparison
    bases : dict of str to str
        Base of each learner: "stack", the study's; "elastic_net"; or "own", where the learner is a
        regression itself.
    effects : dict of str to Effects
        Cross-fitted, of the patients with known outcome, in the order of the cohort.
    fold : ndarray of int64, shape (known,)
        Folds of the cross-fit.
    errors : dict of str to str
        Learners that could not be fitted, and why.
    """

    page: Comparison
    bases: dict[str, str]
    effects: dict[str, Effects]
    fold: NDArray[np.int64]
    errors: dict[str, str]

    def spread(self, learner: str) -> tuple[float, ...]:
        """Give the 2.5th, 25th, 50th, 75th and 97.5th percentile of a learner's benefits."""
        shares = (0.025, 0.25, 0.5, 0.75, 0.975)
        return tuple(np.quantile(self.effects[learner].benefit, shares).tolist())


@dataclass(frozen=True)
class ComparisonFold:
    """Predict one fold by one learner fitted to the other folds.

    Attributes
    ----------
    learners : mapping of str to Refits
        Each with its learner.
    fold : ndarray of int64, shape (n,)
    seed : int
        A prediction depends on the seed, the learner and the fold, and on nothing else.
    """

    learners: Mapping[str, Refits]
    fold: NDArray[np.int64]
    seed: int

    def __call__(self, item: tuple[str, int]) -> NDArray[np.float64] | str:
        """Give mu0, mu1 and benefit of the fold, shape (3, patients of the fold), or an error."""
        name, number = item
        here = self.fold == number
        seed = integer(self.seed, LEARNERS.index(name), number)
        try:
            found = self.learners[name].effects(~here, here, seed=seed)
        except Exception as error:  # noqa: BLE001  a learner may raise anything
            return f"{type(error).__name__}: {error}"
        return np.stack([found.mu0, found.mu1, found.benefit])[:, here]


def compare_learners(
    plan: Plan, mu: NDArray[np.float64], score: NDArray[np.float64]
) -> LearnerComparison:
    """Fit the other learners in the folds of the run's first cross-fit, and set all side by side.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (2, patients)
        The study's own risks of the primary outcome by that cross-fit; NaN where it failed.
    score : ndarray, shape (patients,)
        Propensity of everybody.

    Returns
    -------
    LearnerComparison

    Raises
    ------
    NotEstimable
        If that cross-fit failed.

    Notes
    -----
    T, S, X, R and DR share the study's stack, unless the cohort is large or an arm has too few
    events for it; the risk model is a regression with an elastic net, the penalized interaction
    model one with ridge. X, R and DR model treatment by a ridge regression on the predictors.
    Calibration slopes are those of scores with normalised weights on benefits centred within
    folds, from one cross-fit.
    """
    if not np.isfinite(mu).all():
        raise NotEstimable("cross-fitting failed")
    spec = plan.file.primary
    known = np.isfinite(plan.outcome(spec.name))
    fold = cross_fit_folds(plan, FIRST_REPEAT)
    bases, learners = _learners(plan)
    found, errors = _cross_fitted(plan, learners, fold)
    effects = {LEARNERS[0]: effects_of(mu[0, known], mu[1, known], desirable=spec.desirable)}
    effects |= {name: Effects(*values[:, known]) for name, values in found.items()}
    assert spec.threshold is not None  # the primary outcome has one
    outcome, treatment = plan.outcome(spec.name)[known], plan.cohort.treatment[known]
    phi = hajek_scores(outcome, treatment, mu[0, known], mu[1, known], score[known])
    scores = as_benefit(phi, desirable=spec.desirable)
    benefits = {name: each.benefit for name, each in effects.items()}
    page = compare(benefits, scores, threshold=spec.threshold, fold=fold[known])
    return LearnerComparison(page, bases, effects, fold[known], errors)


def _learners(plan: Plan) -> tuple[dict[str, str], dict[str, Refits]]:
    """Give the base of every learner by name, and the learners but the study's own."""
    spec = plan.file.primary
    own = refits_of(plan)
    net = ElasticNet(**plan.file.model.elastic_net.model_dump())
    kinds = [plan.learner_of(spec.name, arm).kind for arm in (0, 1)]
    stacked = "fallback" not in kinds and len(plan.cohort) <= MOST_PATIENTS_STACKED
    shared: Any = plan.learner if stacked else net
    made: dict[str, Any] = {
        name: kind(shared, desirable=spec.desirable)
        for name, kind in (("s", SLearner), ("x", XLearner), ("r", RLearner), ("dr", DRLearner))
    }
    made["risk"] = RiskModel(net, desirable=spec.desirable)
    made["penalized_interaction"] = PenalizedInteraction(
        desirable=spec.desirable, folds=effort_of(plan).strength_folds
    )
    bases = dict.fromkeys(made, "stack" if stacked else "elastic_net")
    bases |= {"risk": "elastic_net", "penalized_interaction": "own"}
    bases["t"] = "elastic_net in an arm with few" if "fallback" in kinds else "stack"
    return bases, {name: replace(own, learner=learner) for name, learner in made.items()}


def _cross_fitted(
    plan: Plan, learners: dict[str, Refits], fold: NDArray[np.int64]
) -> tuple[dict[str, NDArray[np.float64]], dict[str, str]]:
    """Give mu0, mu1 and benefit of everybody by each learner, or why there are none."""
    task = ComparisonFold(learners, fold, integer(plan.seed, Stream.COMPARISON))
    items = [(name, number) for name in learners for number in range(int(fold.max()) + 1)]
    found = {name: np.full((3, fold.size), np.nan) for name in learners}
    errors: dict[str, str] = {}
    for (name, number), part in zip(items, run_tasks(task, items, **plan.run_by), strict=True):
        if isinstance(part, str):
            errors.setdefault(name, part)
        else:
            found[name][:, fold == number] = part
    return {name: values for name, values in found.items() if name not in errors}, errors
