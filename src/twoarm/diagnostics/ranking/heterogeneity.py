"""How many patients reach the threshold, and how much of that is noise?

Flexible learners with one model for each arm spread predicted benefit far beyond the truth, in
sample and cross-fitted. So the share above a threshold stands beside shrunk and deconvolved shares
and beside what the same learner reports where benefit does not differ.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.harm import amount
from twoarm.diagnostics.ranking.heterogeneity_chain import ChainRepeat, ChainTask
from twoarm.diagnostics.ranking.heterogeneity_crossfit_null import CrossFittedNull
from twoarm.diagnostics.ranking.heterogeneity_nulls import (
    NoEffectTask,
    SameEffectTask,
    propensity_strata,
    same_effect_risk,
)
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.diagnostics.ranking.heterogeneity_summary import (
    Band,
    ShrinkageSlope,
    enough,
    slope_with_interval,
    summarise_chain,
)
from twoarm.diagnostics.ranking.threshold_shares import (
    ThresholdShares,
    bands,
    threshold_shares,
)
from twoarm.errors import ArgumentError, FitError
from twoarm.execution import run_tasks
from twoarm.metrics import Estimate
from twoarm.seeds import integer

__all__ = ["Heterogeneity", "finding", "heterogeneity", "put_together"]

_APART = 0.01
"""Standard deviation of shrunken benefits below which they say nothing of single patients."""


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Spread of the benefit, and the share of patients at or above the threshold.

    Attributes
    ----------
    threshold : float
        Absolute benefit.
    raw, crossfit : float
        Share *predicted* to gain it, in-sample and cross-fitted (mean over the repeats).
    shrunk : Estimate
        The same after cross-fitted benefit was shrunk by the slope.
    deconvolved : Estimate
        Estimated share who *have* it, if benefits are normal and predictions are truth plus
        unrelated noise.
    no_effect, same_effect : Band
        `raw` where treatment does nothing (arms drawn again within propensity strata), and where
        it multiplies everybody's odds alike. Only an excess over the second band is evidence that
        benefit differs between patients beyond what their risks make of one odds ratio.
    losing : ThresholdShares
        The same shares of patients who lose the threshold or more.
    slope : ShrinkageSlope
    average : float
        Average benefit (AIPW with normalised weights, median over the repeats).
    sd_crossfit, sd_shrunk, sd_deconvolved : float or None
        Standard deviation of benefit as predicted, after shrinking, and as estimated.
    to_quote : CrossFittedNull or None
        The shares of the run's own cross-fits, with the band of the same odds ratio for all.
    """

    threshold: float
    raw: float
    crossfit: float
    shrunk: Estimate
    deconvolved: Estimate
    no_effect: Band
    same_effect: Band
    losing: ThresholdShares
    slope: ShrinkageSlope
    average: float
    sd_crossfit: float
    sd_shrunk: float | None
    sd_deconvolved: float | None
    to_quote: CrossFittedNull | None = None

    @property
    def collapsed(self) -> bool:
        """Whether shrinking leaves patients less than a point (SD) apart: the average alone."""
        return self.sd_shrunk is not None and self.sd_shrunk < _APART

    @property
    def quoted_null(self) -> CrossFittedNull | None:
        """The cross-fitted shares with their bands, where these were drawn."""
        found = self.to_quote
        return None if found is None or found.gaining_band.low is None else found


def heterogeneity(
    refits: Refits,
    *,
    threshold: float,
    folds: int = 10,
    repeats: int = 20,
    half_samples: int = 200,
    draws: int = 200,
    seed: int,
    in_sample: NDArray[np.float64] | None = None,
    executor: str = "threads",
    workers: int = 0,
    scheduler: str | None = None,
) -> Heterogeneity:
    """Compute every version of the share above the threshold, and the slope behind them.

    Parameters
    ----------
    refits : Refits
        Learner, patients, and the model of treatment.
    threshold : float
        Absolute benefit worth treating for, of the primary outcome.
    folds, repeats : int
        Cross-fits.
    half_samples : int
        Halves of the patients on which the chain (with one repeat) is computed anew.
    draws : int
        Draws of each null.
    seed : int
        A seed of its own, not the run's: paths below it start with `Work`.
    in_sample : ndarray, shape (n,), optional
        Benefit by the full fit, where there is one already; else it is made here.
    executor, workers, scheduler
        See `twoarm.execution.run_tasks`.

    Returns
    -------
    Heterogeneity

    Raises
    ------
    FitError
        If the learner cannot be fitted to all patients, or no repeat of the cross-fit succeeds.

    Notes
    -----
    Half-samples: an estimate from half of the patients varies about that from all as much as that
    from all varies about the truth; their spread is used, not their mean, which is worse because
    learners had fewer patients. Nulls are compared with `raw`: the fits are of the same size.

    Examples
    --------
    >>> import numpy as np
    >>> from twoarm.learners import Logistic
    >>> from twoarm.metalearners import Predictors, TLearner
    >>> from twoarm.seeds import generator
    >>> rng = generator(1); X = Predictors.from_matrix(rng.normal(size=(200, 2)))
    >>> w = np.tile([0, 1], 100); y = (rng.random(200) < 0.3 + 0.1 * w).astype(float)
    >>> refits = Refits(TLearner(Logistic(), desirable=True), X, y, w, Logistic(), X)
    >>> found = heterogeneity(refits, threshold=0.15, repeats=2, half_samples=3, draws=3, seed=1)
    >>> found.crossfit > 0.2
    True
    """
    if min(folds, draws) < 2 or min(repeats, half_samples) < 1:
        raise ArgumentError(
            "heterogeneity needs 2 folds and draws, 1 repeat and half-sample at least; found "
            f"folds={folds}, draws={draws}, repeats={repeats}, half_samples={half_samples}."
        )
    known = refits.known
    if in_sample is None:
        in_sample = refits.effects(known, known, seed=integer(seed, Work.FULL)).benefit
    items = [(Work.REPEAT, number) for number in range(repeats)]
    items += [(Work.HALF_SAMPLE, number) for number in range(half_samples)]
    chain = ChainTask(refits, folds, seed)
    run_by: dict[str, Any] = {"executor": executor, "workers": workers, "scheduler": scheduler}
    found = list(run_tasks(chain, items, **run_by))
    done = [one for one in found[:repeats] if one is not None]
    if not done:
        raise FitError("No repeat of the cross-fit succeeded.")
    halves = [one for one in found[repeats:] if one is not None]
    tasks: tuple[NoEffectTask | SameEffectTask, ...] = (
        NoEffectTask(refits, propensity_strata(refits, seed), seed),
        SameEffectTask(refits, same_effect_risk(refits), seed),
    )
    nulls = [bands(run_tasks(task, range(draws), **run_by), threshold) for task in tasks]
    usable = halves if enough(len(halves), half_samples) else []
    return put_together(threshold, in_sample[known], done, usable, nulls)


def put_together(
    threshold: float,
    in_sample: NDArray[np.float64],
    done: list[ChainRepeat],
    halves: list[ChainRepeat],
    nulls: list[tuple[Band, Band]],
) -> Heterogeneity:
    """Put together in-sample benefits, repeats of the chain, halves, and the bands of both nulls.

    The bands are pairs, of those who gain and of those who lose.
    """
    gained, lost = zip(*nulls, strict=True)
    gaining = threshold_shares(in_sample, done, halves, gained, threshold)
    turned, turned_halves = ([one.turned for one in each] for each in (done, halves))
    whole = summarise_chain(done, threshold)
    parts = [summarise_chain([one], threshold, always=True) for one in halves]
    return Heterogeneity(
        threshold=threshold,
        **{each.name: getattr(gaining, each.name) for each in fields(ThresholdShares)},
        losing=threshold_shares(0.0 - in_sample, turned, turned_halves, lost, threshold),
        slope=slope_with_interval(whole, parts),
        average=whole.average,
        sd_crossfit=whole.sd_crossfit,
        sd_shrunk=whole.sd_shrunk,
        sd_deconvolved=whole.sd_deconvolved,
    )


@says("heterogeneity")
def finding(value: Heterogeneity, study: Study) -> Finding:
    """Say how much of the share above the threshold the same effect for all would show too.

    It describes and never supports: the ranking is judged by one test declared in advance.
    """
    (gain, null), (lose, lost_null) = _compared(value)
    no_more = null.high is not None and not null.is_rough and gain <= null.high
    verdict: Verdict = "questions" if no_more else "cannot tell"
    points = f"{100 * value.threshold:.0f} points or more"
    by = "models that have seen them" if value.quoted_null is None else "models that have not"
    text = (
        f"{study.file.primary.title}: by {by}, {_percent(gain)} of the patients are predicted to "
        f"gain {points}. {_sentence_on_null(gain, null)}"
        f"{_percent(lose)} are predicted to lose {points}. {_sentence_on_null(lose, lost_null)}"
        f"{_sentence_on_slope(value)}"
    )
    return Finding("heterogeneity", verdict, text)


def _compared(value: Heterogeneity) -> tuple[tuple[float, Band], tuple[float, Band]]:
    """Give the shares who gain and who lose with the bands they are compared with."""
    quoted = value.quoted_null
    if quoted is not None:
        return (quoted.share, quoted.gaining_band), (quoted.losing, quoted.losing_band)
    losing = value.losing
    return (value.raw, value.same_effect), (losing.raw, losing.same_effect)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _sentence_on_null(raw: float, null: Band) -> str:
    if null.low is None or null.high is None:
        done = "could not be computed" if null.draws else "was not computed"
        return f"What the same odds ratio for everybody would show {done}. "
    band = f"{_percent(null.low)} to {_percent(null.high)}"
    if null.is_rough:
        return (
            f"With the same odds ratio for everybody, {band} in a few draws: too few to compare. "
        )
    if raw > null.high:
        return f"With the same odds ratio for everybody it would be {band}: this is more. "
    return f"With the same odds ratio for everybody it would be {band}: this is no more than that. "


def _sentence_on_slope(value: Heterogeneity) -> str:
    if not value.slope.estimable:
        return f"How far the predictions must be shrunk is not known: {value.slope.reason}."
    gain, lose = (_percent(each.shrunk.estimate) for each in (value, value.losing))
    if value.collapsed:
        return (
            "Shrunk to what they are worth, the predictions are nearly the same for all, "
            f"{amount(value.average)}: that {gain} would then gain that much and {lose} lose it "
            "says no more than that average does."
        )
    return (
        f"After shrinking the predictions to what they are worth, {gain} are predicted to gain "
        f"that much, {lose} to lose it."
    )
