"""Is the ranking real? The one test declared in advance: AUTOC with sequential folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.errors import NotEstimable
from twoarm.learners import Split, cross_fitted
from twoarm.metalearners import Sample
from twoarm.metalearners.sample import sample_folds
from twoarm.metrics import (
    Estimate,
    GroupEffects,
    Rate,
    benefit_ranks,
    benefit_slope,
    group_effects,
    rate,
    wald,
)
from twoarm.metrics.rate import Target
from twoarm.seeds import integer

__all__ = ["RankingTask", "RankingTest", "finding", "ranking_folds", "ranking_test"]

_FOLDS, _PRIORITY, _SCORES, _PROPENSITY, _HALVES = range(5)
_QUARTERS = 4
_FEWEST = 2
_POWER_80 = 2.8
"""Standard errors from 0 at which a two-sided 5 % test rejects with a chance of 80 %."""


@dataclass(frozen=True, slots=True)
class RankingTest:
    """Tests of the ranking, all with the same sequential folds.

    Attributes
    ----------
    rate : Rate
        The test that is declared in advance; the others describe.
    slope : Estimate
        Of the scores on the predicted benefit (BLP); NaN where the patients of every fold are all
        predicted the same.
    quarters : GroupEffects or None
        Average score in quarters of the predicted benefit (GATES), ranked within folds; None where
        ties, or too few patients, leave a quarter without patients.
    """

    rate: Rate
    slope: Estimate
    quarters: GroupEffects | None

    @property
    def difference(self) -> Estimate:
        """Last quarter minus first; NaN without quarters."""
        return wald(np.nan) if self.quarters is None else self.quarters.difference


@dataclass(frozen=True)
class RankingTask:
    """Predict one fold twice: from the folds before it, and from all others.

    Attributes
    ----------
    refits : Refits
        Learner and patients.
    fold : ndarray of int64, shape (n,)
        Fold of each patient with known outcome; -1 for the others.
    seed : int
        A fold depends on the seed and its number alone.
    """

    refits: Refits
    fold: NDArray[np.int64]
    seed: int

    def __call__(self, split: Split) -> NDArray[np.float64]:
        """Give priority, mu0, mu1 and propensity of the patients held out, shape (4, patients).

        The priority is the benefit as the folds before have it, NaN for the first fold; the rest,
        which the scores are made of, comes from all other folds.
        """
        here, others = split.held, split.learnt
        before = others & (self.fold < split.number)
        priority = np.full(here.size, np.nan)
        if before.any():
            priority = self.refits.effects(before, here, seed=self._seed(_PRIORITY, split)).benefit
        found = self.refits.effects(others, here, seed=self._seed(_SCORES, split))
        chance = self.refits.propensity(others, here, seed=self._seed(_PROPENSITY, split))
        return np.stack([priority, found.mu0, found.mu1, chance])[:, here]

    def _seed(self, kind: int, split: Split) -> int:
        return integer(self.seed, Work.RANKING, kind, split.number)


def ranking_test(
    refits: Refits,
    *,
    target: Target = "autoc",
    folds: int = 5,
    half_samples: int = 200,
    seed: int,
    executor: str = "threads",
    workers: int = 0,
    scheduler: str | None = None,
) -> RankingTest:
    """Test whether patients ranked first by the learner gain more than the average.

    Each fold is ranked by the learner fitted to the folds before it, so the folds' statistics do
    not depend on each other; the doubly robust scores come from ordinary cross-fitting. Folds are
    drawn within arms and not within outcomes: folds that share out the cohort's events agree on
    which way the arms differ by chance, and a ranking learnt in one would then hold in the next
    (docs/decisions/0013-folds-of-the-ranking-test.md).

    Parameters
    ----------
    refits : Refits
        Learner, patients, and the model of treatment.
    target : {"autoc", "qini"}
    folds : int
        At least 2; the first only teaches, with the next if it has too few events.
    half_samples : int
        Half-samples of each fold for its standard error.
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
    no evidence that all gain alike.

    Examples
    --------
    >>> from twoarm.learners import Logistic
    >>> from twoarm.metalearners import Predictors, TLearner
    >>> from twoarm.seeds import generator
    >>> rng = generator(2); x = rng.normal(size=(600, 1)); w = np.tile([0, 1], 300)
    >>> y = (rng.random(600) < np.where(w * x[:, 0] > 0, 0.8, 0.3)).astype(float)
    >>> X = Predictors.from_matrix(x)
    >>> refits = Refits(TLearner(Logistic(), desirable=True), X, y, w, Logistic(), X)
    >>> ranking_test(refits, seed=1).rate.p < 0.001
    True
    """
    known = refits.known
    if not 2 <= folds <= known.sum():
        raise NotEstimable(
            f"The ranking test needs 2 folds at least and a patient in each; found {folds} folds "
            f"for {known.sum()} patients."
        )
    fold = ranking_folds(refits, folds, seed)
    task = RankingTask(refits, fold, seed)
    table = cross_fitted(fold, task, executor=executor, workers=workers, scheduler=scheduler)
    priority, mu0, mu1, propensity = table[:, known]
    scores = refits.scores(known, mu0, mu1, propensity)
    area = rate(
        scores,
        priority,
        target=target,
        fold=fold[known],
        half_samples=half_samples,
        seed=integer(seed, Work.RANKING, _HALVES),
    )
    later = fold[known] > 0
    return RankingTest(area, *_described(scores[later], priority[later], fold[known][later]))


def ranking_folds(refits: Refits, folds: int, seed: int) -> NDArray[np.int64]:
    """Draw the folds of the test within arms, whatever the outcomes; -1 where unknown.

    The first folds teach together, as fold 0, until they have two patients with the event and two
    without it in both arms: fewer teach nothing.
    """
    known = refits.known
    outcome = refits.outcome[known].astype(np.int64)
    sample = Sample(refits.predictors.coded[known], outcome, refits.treatment[known])
    fold = np.full(known.size, -1, dtype=np.int64)
    drawn = sample_folds(sample, folds, seed, Work.RANKING, _FOLDS, by_outcome=False)
    kind = 2 * sample.treatment + sample.outcome
    enough = [
        last
        for last in range(folds - 1)
        if np.bincount(kind[drawn <= last], minlength=4).min() >= _FEWEST
    ]
    fold[known] = np.maximum(drawn - min(enough, default=0), 0)
    return fold


def _described(
    scores: NDArray[np.float64], benefit: NDArray[np.float64], fold: NDArray[np.int64]
) -> tuple[Estimate, GroupEffects | None]:
    """Give slope and quarters: models of different folds differ in level, so ranks are by fold."""
    slope = benefit_slope(scores, benefit, fold=fold).slope
    try:
        return slope, group_effects(scores, benefit_ranks(benefit, fold), groups=_QUARTERS)
    except NotEstimable:
        return slope, None


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
        text += (
            f" The test finds an {value.target.upper()} of {100 * _POWER_80 * value.se:.0f} points "
            "four times in five, smaller ones less often."
        )
    return Finding("ranking", verdict, title + text)
