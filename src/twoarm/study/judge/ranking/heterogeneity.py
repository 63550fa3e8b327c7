"""How many patients reach the threshold, and how much of that is noise?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, Heterogeneity, heterogeneity
from twoarm.diagnostics.ranking.heterogeneity import finding
from twoarm.seeds import Stream, integer
from twoarm.study.fit.refits import refits_of
from twoarm.study.judge.evidence import Evidence
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
_SHARES = f"{_BENEFIT}.share_at_threshold"
_BOUNDED, _NULLS = ("shrunk", "deconvolved"), ("no_effect", "same_effect")
_NOT_ESTIMABLE = "the calibration slope of the benefit is not estimable in so few patients"
_MOST_REPEATS = 20
_MOST_FOLDS = 5  # as in the synthetic worlds in which the errors of the shares were measured


def _ask(evidence: Evidence) -> Heterogeneity:
    plan, primary = evidence.plan, evidence.plan.file.primary
    assert primary.threshold is not None  # the primary outcome has one
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


def _block(value: Heterogeneity, _: Study) -> dict[str, Any]:
    plain: dict[str, Any] = {
        f"{_SHARES}.{name}": number(getattr(value, name).estimate, _NOT_ESTIMABLE)
        for name in _BOUNDED
    }
    for name in _NULLS:
        band = getattr(value, name)
        plain[f"{_SHARES}.{name}"] = (
            Absent("too many draws of the null failed")
            if band.mean is None
            else {"mean": band.mean, "low": band.low, "high": band.high}
        )
    plain[f"{_BENEFIT}.shrinkage_slope"] = {
        name: number(getattr(value.slope, name), _NOT_ESTIMABLE) for name in ("estimate", "se")
    }
    return plain


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
        *(Key(f"{_SHARES}.{name}", PROBABILITY_OR_NULL, elsewhere=_ELSEWHERE) for name in _BOUNDED),
        *(Key(f"{_SHARES}.{name}", _BAND, elsewhere=_ELSEWHERE) for name in _NULLS),
        Key(
            f"{_BENEFIT}.shrinkage_slope",
            maybe(record(estimate=NUMBER_OR_NULL, se=SPREAD_OR_NULL)),
            after="share_at_threshold",
        ),
    ),
)
