"""How many patients gain the threshold, how many lose it, and how much of that is noise?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from twoarm.cohort.load import Study
from twoarm.diagnostics import (
    Absent,
    CrossFits,
    Heterogeneity,
    heterogeneity,
    heterogeneity_of_cross_fits,
)
from twoarm.diagnostics.ranking.heterogeneity import finding
from twoarm.diagnostics.ranking.heterogeneity_crossfit_null import (
    CrossFittedNull,
    cross_fitted_null,
)
from twoarm.diagnostics.ranking.heterogeneity_summary import Band
from twoarm.diagnostics.ranking.threshold_shares import ThresholdShares
from twoarm.metrics import as_benefit
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
_QUOTED = "same_effect_crossfit"
_MOST_REPEATS = 20
_CROSS_FITTED_DRAWS = 120
"""Draws of the null that are cross-fitted: enough to compare with, should a few fail."""

_MOST_FOLDS = 5  # as in the synthetic worlds in which the errors of the shares were measured


def _ask(evidence: Evidence) -> Heterogeneity:
    evidence.require("all")
    plan, primary = evidence.plan, evidence.plan.file.primary
    assert primary.threshold is not None  # the primary outcome has one
    if effort_of(plan).is_large:
        return replace(_of_cross_fits(evidence, primary.threshold), to_quote=_to_quote(evidence, 0))
    section = plan.file.validation
    draws = max(2, min(section.heterogeneity_draws, plan.replicates))
    found = heterogeneity(
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
    return replace(found, to_quote=_to_quote(evidence, min(draws, _CROSS_FITTED_DRAWS)))


def _to_quote(evidence: Evidence, draws: int) -> CrossFittedNull | None:
    """Set the shares of the run's cross-fits beside the same null, cross-fitted."""
    plan, primary = evidence.plan, evidence.plan.file.primary
    assert primary.threshold is not None
    mu = evidence.crossfit.mu[:, plan.outcomes.index(primary)]
    benefit = as_benefit(mu[:, 1] - mu[:, 0], desirable=primary.desirable)
    known = benefit[:, np.isfinite(plan.outcome(primary.name))]
    if not np.isfinite(known).all():
        return None
    return cross_fitted_null(
        refits_of(plan),
        known,
        threshold=primary.threshold,
        folds=plan.file.validation.cross_fit_folds,
        draws=draws,
        seed=integer(plan.seed, Stream.HETEROGENEITY),
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
    quoted = value.to_quote
    return {
        **_shares(value, value, _SHARES),
        **_shares(value, value.losing, _LOSING),
        f"{_SHARES}.{_QUOTED}": _plain_band(None if quoted is None else quoted.gaining_band),
        f"{_LOSING}.{_QUOTED}": _plain_band(None if quoted is None else quoted.losing_band),
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
        plain[f"{path}.{name}"] = _plain_band(getattr(side, name))
    return plain


def _plain_band(band: Band | None) -> Any:
    if band is None:
        return Absent("the run's cross-fits are not complete, or of an earlier version")
    if band.mean is None:
        return Absent(_why_no(band))
    return {"mean": band.mean, "low": band.low, "high": band.high}


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
            for name in (*_NULLS, _QUOTED)
        ),
        Key(
            f"{_BENEFIT}.shrinkage_slope",
            maybe(record(estimate=NUMBER_OR_NULL, se=SPREAD_OR_NULL)),
            after="share_losing_threshold",
        ),
    ),
)
