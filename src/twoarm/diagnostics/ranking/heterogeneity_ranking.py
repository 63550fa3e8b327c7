"""Is the ranking real? The one test declared in advance: mean AUTOC over draws of folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits
from twoarm.diagnostics.ranking.ranking_draws import ranking_draws
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import (
    Estimate,
    Rate,
    benefit_ranks,
    benefit_slope,
    group_effects,
    rate_over_draws,
    wald,
)
from twoarm.metrics.rate import Target

__all__ = ["RankingTest", "finding", "ranking_test"]

_QUARTERS = 4
_POWER_80 = 2.8
"""Standard errors from 0 at which a two-sided 5 % test rejects with a chance of 80 %."""


@dataclass(frozen=True, slots=True)
class RankingTest:
    """Tests of the ranking, all with the same draws of sequential folds.

    Attributes
    ----------
    rate : Rate
        Mean over the draws: the test that is declared in advance; the others describe.
    draws : tuple of Estimate
        The same by each draw alone.
    slope : Estimate
        Of the scores on the predicted benefit (BLP); NaN where the patients of every fold are all
        predicted the same.
    difference : Estimate
        Average score in the last quarter of the predicted benefit minus that in the first (GATES),
        ranked within folds; NaN where ties, or too few patients, leave a quarter without patients.
    """

    rate: Rate
    draws: tuple[Estimate, ...]
    slope: Estimate
    difference: Estimate

    @property
    def draws_above(self) -> int:
        """How many draws, each taken alone, would call the ranking better than chance."""
        return sum(each.low > 0.0 for each in self.draws)


def ranking_test(
    refits: Refits,
    *,
    target: Target = "autoc",
    folds: int = 5,
    draws: int = 10,
    seed: int,
    executor: str = "threads",
    workers: int = 0,
    scheduler: str | None = None,
) -> RankingTest:
    """Test whether patients ranked first by the learner gain more than the average.

    Each fold is ranked by the learner fitted to the folds before it, so the statistics of a draw's
    folds do not depend on each other; the doubly robust scores come from one ordinary cross-fit.
    Folds are drawn within arms and not within outcomes: folds that share out the cohort's events
    agree on which way the arms differ by chance, and a ranking learnt in one would then hold in the
    next (docs/decisions/0013-folds-of-the-ranking-test.md). One draw of folds can say this, and the
    next that; tested is the mean over several (`twoarm.metrics.rate_over_draws`).

    Parameters
    ----------
    refits : Refits
        Learner, patients, and the model of treatment.
    target : {"autoc", "qini"}
    folds : int
        At least 2; the first only teaches, with the next if it has too few events.
    draws : int
        At least 1. With one draw the test is that draw's.
    seed : int
        A seed of its own, not the run's: paths below it start with `Work`.
    executor, workers, scheduler
        See `twoarm.execution.run_tasks`.

    Returns
    -------
    RankingTest

    Raises
    ------
    FitError
        If the learner cannot be fitted to the first fold alone: few events need fewer folds.

    Notes
    -----
    With a few hundred patients the power against differences that matter is small: no rejection is
    no evidence that all gain alike. Slope and difference are means over the draws; their standard
    errors are those of one draw (root mean square), which that of a mean does not exceed.

    Examples
    --------
    >>> from twoarm.learners import Logistic
    >>> from twoarm.metalearners import Predictors, TLearner
    >>> from twoarm.seeds import generator
    >>> rng = generator(2); x = rng.normal(size=(600, 1)); w = np.tile([0, 1], 300)
    >>> y = (rng.random(600) < np.where(w * x[:, 0] > 0, 0.8, 0.3)).astype(float)
    >>> X = Predictors.from_matrix(x)
    >>> refits = Refits(TLearner(Logistic(), desirable=True), X, y, w, Logistic(), X)
    >>> ranking_test(refits, draws=3, seed=1).rate.p < 0.001
    True
    """
    known = refits.known
    if draws < 1:
        raise ArgumentError(f"The ranking test needs one draw of folds at least; found {draws}.")
    if not 2 <= folds <= known.sum():
        raise NotEstimable(
            f"The ranking test needs 2 folds at least and a patient in each; found {folds} folds "
            f"for {known.sum()} patients."
        )
    made = ranking_draws(
        refits, folds=folds, draws=draws, seed=seed,
        executor=executor, workers=workers, scheduler=scheduler,
    )  # fmt: skip
    found = rate_over_draws(made.scores, made.priority, fold=made.fold, target=target)
    by_draw = zip(made.priority, made.fold, strict=True)
    described = [_described(made.scores, *each) for each in by_draw]
    slope, difference = (_mean(each) for each in zip(*described, strict=True))
    return RankingTest(found.mean, found.draws, slope, difference)


def _described(
    scores: NDArray[np.float64], benefit: NDArray[np.float64], fold: NDArray[np.int64]
) -> tuple[Estimate, Estimate]:
    """Give slope and quarters of a draw: models of different folds differ in level, so by fold."""
    later = fold > 0
    phi, t, number = scores[later], benefit[later], fold[later]
    slope = benefit_slope(phi, t, fold=number).slope
    try:
        return slope, group_effects(phi, benefit_ranks(t, number), groups=_QUARTERS).difference
    except NotEstimable:
        return slope, wald(np.nan)


def _mean(draws: Sequence[Estimate]) -> Estimate:
    """Average over the draws that have an estimate."""
    known = [each for each in draws if np.isfinite(each.estimate)]
    if not known:
        return wald(np.nan)
    variance = np.mean([each.se**2 for each in known])
    return wald(float(np.mean([each.estimate for each in known])), float(np.sqrt(variance)))


@says("ranking")
def finding(test: RankingTest, study: Study) -> Finding:
    """Say whether the ranking is better than chance, and what the test could have found."""
    value, title = test.rate, f"{study.file.primary.title}: "
    verdict: Verdict = "cannot tell"
    if value.se <= 0.0:
        text = "the learner ranks everybody the same, so there is no ranking to test."
    elif value.low > 0.0:
        verdict = "supports"
        text = "patients ranked first gain more than the average."
    elif value.high < 0.0:
        verdict = "questions"
        text = "patients ranked first gain less than the average."
    else:
        text = "that patients ranked first gain more than the average is not shown."
    if value.se > 0.0:
        text += _draws(test) + (
            " With these patients the test would notice, in four of five such studies, that those "
            f"ranked first gain {100 * _POWER_80 * value.se:.0f} points more than the average "
            f"({value.target.upper()}); a smaller difference less often."
        )
    return Finding("ranking", verdict, title + text)


def _draws(test: RankingTest) -> str:
    """Say how far the draws of folds agree; nothing for a single one."""
    if len(test.draws) < 2:
        return ""
    return (
        f" This is the mean over {len(test.draws)} draws of folds; alone, {test.draws_above} of "
        "them would show that they gain more."
    )
