"""What the predicted benefit depends on, in models refitted to bootstrap replicates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import FitError
from twoarm.execution import run_tasks
from twoarm.importance import importance_shares, permuted_variable
from twoarm.metalearners import Predictors, arm_seeds, effects_of, replicate_arm
from twoarm.resampling import LARGEST_MISSING_SHARE
from twoarm.seeds import Stream
from twoarm.study.judge.importance.affordable import MOST_PATIENTS, affordable
from twoarm.study.plan.plan import Plan

__all__ = ["RefittedImportance", "refitted_importance"]

_REFITS = 100
_FEWEST_REFITS = 10


@dataclass(frozen=True, slots=True)
class RefittedImportance:
    """Importance of the predicted benefit in models refitted to bootstrap replicates.

    Attributes
    ----------
    shares : ndarray, shape (refits, predictors)
        Of each refit, with sum 1; the first replicates of the run.
    """

    shares: NDArray[np.float64]

    @property
    def refits(self) -> int:
        """How many models were refitted."""
        return int(self.shares.shape[0])

    @property
    def limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What holds the middle 95 % of the refits, each of shape (predictors,)."""
        low, high = np.quantile(self.shares, (0.025, 0.975), axis=0)
        return low, high

    @property
    def rank_limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same of the ranks, 1 for the most important; of equals the first is before."""
        order = np.argsort(-self.shares, axis=1, kind="stable")
        ranks = np.argsort(order, axis=1) + 1.0
        low, high = np.quantile(ranks, (0.025, 0.975), axis=0, method="inverted_cdf")
        return low, high


def refitted_importance(plan: Plan) -> RefittedImportance:
    """Repeat the permutation importance on the models of the first replicates.

    Raises
    ------
    FitError
        If fewer than 10 refits are affordable or succeed, or more than 20 % of them fail.
    """
    n = len(plan.cohort)
    refits = affordable(plan, _REFITS, n) if n <= MOST_PATIENTS else 0
    if refits < _FEWEST_REFITS:
        reason = f"{plan.replicates} replicates" if n <= MOST_PATIENTS else f"{n} patients"
        raise FitError(
            f"not computed for {reason}: it takes refits in at least {_FEWEST_REFITS} replicates "
            f"and at most {MOST_PATIENTS} patients"
        )
    found = list(run_tasks(_Refit(plan), range(refits), **plan.run_by))
    shares = [each for each in found if not isinstance(each, str)]
    if len(shares) < max(_FEWEST_REFITS, (1.0 - LARGEST_MISSING_SHARE) * refits):
        error = next(each for each in found if isinstance(each, str))
        raise FitError(f"{refits - len(shares)} of {refits} refits failed: {error}")
    return RefittedImportance(np.array(shares))


@dataclass(frozen=True)
class _Refit:
    """Fit a replicate's models again, and predict everybody with each variable permuted in turn.

    The permuted patients ride along without weight: the models are those of the replicate.
    """

    plan: Plan

    @cached_property
    def _table(self) -> Predictors:
        """The cohort, then one copy of it a variable, in which that variable is permuted."""
        own = self.plan.predictors
        copies = [
            permuted_variable(own.coded, variable, seed=self.plan.seed)
            for variable in range(own.coded.shape[1])
        ]
        return Predictors(own.codebook, np.concatenate([own.coded, *copies]))

    def __call__(self, index: int) -> NDArray[np.float64] | str:
        """Give the shares of replicate `index`, or why it failed."""
        try:
            return importance_shares(_change(self.benefits(index)))
        except Exception as error:  # noqa: BLE001  a learner may raise anything
            return f"{type(error).__name__}: {error}"

    def benefits(self, index: int) -> NDArray[np.float64]:
        """Give the predicted benefit, shape (1 + variables, patients): as they are, permuted."""
        plan, n = self.plan, len(self.plan.cohort)
        spec = plan.file.primary
        copies = 1 + plan.cohort.predictors.shape[1]
        counts = np.zeros(copies * n, dtype=np.int64)
        counts[:n] = plan.draw(index)
        outcome = np.tile(plan.outcome(spec.name), copies)
        treatment = np.tile(plan.cohort.treatment, copies)
        prepared = self._table.prepared(counts)
        seeds = arm_seeds(plan.seed, Stream.REPLICATE, index, plan.outcomes.index(spec))
        mu0, mu1 = (
            replicate_arm(
                plan.learner_of(spec.name, arm).stack,
                prepared,
                outcome,
                treatment,
                counts,
                arm,
                wanted=np.ones(counts.size, dtype=np.bool_),
                seed=seeds[arm],
            ).risk
            for arm in (0, 1)
        )
        return effects_of(mu0, mu1, desirable=spec.desirable).benefit.reshape(copies, n)


def _change(benefit: NDArray[np.float64]) -> NDArray[np.float64]:
    change: NDArray[np.float64] = ((benefit[1:] - benefit[0]) ** 2).mean(axis=1)
    return change
