"""How many patients gain the threshold, how many lose it, and how much of that is noise?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import (
    Absent,
    CrossFits,
    Heterogeneity,
    heterogeneity,
    heterogeneity_of_cross_fits,
)
from twoarm.diagnostics.ranking.heterogeneity import finding
from twoarm.diagnostics.ranking.heterogeneity_summary import Band
from twoarm.diagnostics.ranking.threshold_shares import ThresholdShares
from twoarm.seeds import Stream, integer
from twoarm.study.fit.refits import refits_of
from twoarm.study.fit.tasks import all_cross_fit_folds
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.large import HALF_SAMPLES, LARGE, effort_of, null_draws
from twoarm.study.judge.plain import number
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import (
    NUMBER,
    NUMBER_OR_NULL,
    PROBABILITY_OR_NULL,
    SPREAD_OR_NULL,
    maybe,
    record,
)

__all__ = ["HETEROGENEITY"]

_BENEFIT = "outcomes.{outcome}.benefit"
_SHARES, _LOSING = f"{_BENEFIT}.share_at_threshold", f"{_BENEFIT}.share_losing_threshold"
_BOUNDED, _NULLS = ("shrunk", "deconvolved"), ("no_effect", "same_effect")
_MOST_REPEATS = 20
_MOST_FOLDS = 5  # as in the synthetic worlds in which the errors of the shares were measured


def _ask(evidence: Evidence) -> Heterogeneity:
    evidence.require("all")
    plan, primary = evidence.plan, evidence.plan.file.primary
    assert primary.threshold is not None  # the primary outcome has one
    if effort_of(plan).is_large:
        return _of_cross_fits(evidence, primary.threshold)
    section = plan.file.validation
    draws = max(2, min(section.heterogeneity_draws, plan.replicates))
    return heterogeneity(
        refits_of(plan),
        threshold=primary.threshold,
        folds=min(_MOST_FOLDS, section.cross_fit_folds),
        repeats=min(_MOST_REPEATS, draws),
        half_samples=draws,
        draws=draws,
        seed=integer(plan.seed, Stream.HETEROGENEITY),
        in_sample=evidence.full.in_sample[primary.name].benefit,
        **plan.run_by,
    )


def _of_cross_fits(evidence: Evidence, threshold: float) -> Heterogeneity:
    """Take the cross-fits of the run, in a large cohort, in place of others."""
    plan, primary = evidence.plan, evidence.plan.file.primary
    mu = evidence.crossfit.mu[:, plan.outcomes.index(primary)]
    score = evidence.treatment.propensity.score
    return heterogeneity_of_cross_fits(
        refits_of(plan),
        CrossFits(mu, all_cross_fit_folds(plan), score),
        threshold=threshold,
        in_sample=evidence.full.in_sample[primary.name].benefit,
        half_samples=HALF_SAMPLES,
        draws=null_draws(plan),
        seed=integer(plan.seed, Stream.HETEROGENEITY),
        **plan.run_by,
    )


def _block(value: Heterogeneity, _: Study) -> dict[str, Any]:
    return {
        **_shares(value, value, _SHARES),
        **_shares(value, value.losing, _LOSING),
        f"{_BENEFIT}.shrinkage_slope": {
            name: number(getattr(value.slope, name), value.slope.reason)
            for name in ("estimate", "se")
        },
    }


def _shares(
    value: Heterogeneity, side: Heterogeneity | ThresholdShares, path: str
) -> dict[str, Any]:
    """Give the versions of those who gain, or lose, the threshold."""
    plain: dict[str, Any] = {
        f"{path}.{name}": number(getattr(side, name).estimate, value.slope.reason)
        for name in _BOUNDED
    }
    for name in _NULLS:
        band = getattr(side, name)
        plain[f"{path}.{name}"] = (
            Absent(_why_no(band))
            if band.mean is None
            else {"mean": band.mean, "low": band.low, "high": band.high}
        )
    return plain


def _why_no(band: Band) -> str:
    if band.draws:
        return "too many draws of the null failed"
    return f"not drawn from {LARGE} patients on: see run.fewer_draws"


_ELSEWHERE = "the threshold belongs to the primary outcome"
_BAND = maybe(record(mean=NUMBER, low=NUMBER, high=NUMBER))

HETEROGENEITY = Question(
    name="heterogeneity",
    scope=Scope.PRIMARY,
    doubt="a share above the threshold that one odds ratio for all would show too",
    of_models=True,
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        *(
            Key(f"{side}.{name}", PROBABILITY_OR_NULL, elsewhere=_ELSEWHERE)
            for side in (_SHARES, _LOSING)
            for name in _BOUNDED
        ),
        *(
            Key(f"{side}.{name}", _BAND, elsewhere=_ELSEWHERE)
            for side in (_SHARES, _LOSING)
            for name in _NULLS
        ),
        Key(
            f"{_BENEFIT}.shrinkage_slope",
            maybe(record(estimate=NUMBER_OR_NULL, se=SPREAD_OR_NULL)),
            after="share_losing_threshold",
        ),
    ),
)
