"""The study's averages beside the published ones that its benchmark file lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twoarm.cohort.benchmark import PublishedEffect
from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import (
    Absent,
    PublishedBenchmark,
    ReanchoredEffect,
    attempt,
    published_benchmark,
)
from twoarm.diagnostics.average.published_benchmark import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.plain import number, plain_estimate
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import (
    BOOLEAN,
    DIFFERENCE,
    NUMBER,
    NUMBER_OR_NULL,
    PROBABILITY,
    SPREAD_OR_NULL,
    TEXT,
    either,
    maybe,
    record,
    rows,
)

__all__ = ["PUBLISHED"]

_PATH = "outcomes.{outcome}.published_benchmark"


def _ask(evidence: Evidence) -> Mapping[str, PublishedBenchmark | Absent]:
    return {spec.name: _one(evidence, spec) for spec in evidence.plan.outcomes}


def _one(evidence: Evidence, spec: OutcomeSpec) -> PublishedBenchmark | Absent:
    listed = [each for each in evidence.plan.study.benchmark if each.outcome == spec.name]
    if not listed:
        return Absent("no published effect is listed")
    return attempt(lambda: _benchmark(evidence, spec, listed))


def _benchmark(
    evidence: Evidence, spec: OutcomeSpec, listed: Sequence[PublishedEffect]
) -> PublishedBenchmark:
    evidence.require(evidence.population)
    own = evidence.of(spec)
    return published_benchmark(
        own.outcome,
        own.treatment,
        own.mu0,
        own.mu1,
        own.propensity,
        listed,
        desirable=spec.desirable,
        population=evidence.population,
    )


def _block(value: PublishedBenchmark, _: Study) -> dict[str, Any]:
    return {
        _PATH: {
            "control_risk": value.control_risk,
            "aipw": plain_estimate(value.ours, "too few resamples had events and others"),
            "outside_all": value.outside_all,
            "rows": [_row(each) for each in value.rows],
        }
    }


def _row(row: ReanchoredEffect) -> dict[str, Any]:
    no_interval = "the publication gives no interval"
    return {
        "key": row.published.key,
        "source": row.published.source,
        "measure": row.published.measure,
        "comparable": row.published.comparable,
        "odds_ratio": row.odds_ratio,
        "benefit": row.benefit,
        "low": number(row.low, no_interval),
        "high": number(row.high, no_interval),
        "e_value": Absent("not defined: no benefit to explain, or a risk of 0")
        if row.needed is None
        else row.needed.estimate,
    }


_MEASURES = either("odds_ratio", "common_odds_ratio", "generalised_odds_ratio", "risks")
_ROW = record(
    key=TEXT,
    source=TEXT,
    measure=_MEASURES,
    comparable=BOOLEAN,
    odds_ratio=NUMBER,
    benefit=DIFFERENCE,
    low=NUMBER_OR_NULL,
    high=NUMBER_OR_NULL,
    e_value=NUMBER_OR_NULL,
)
_AIPW = record(estimate=NUMBER, se=SPREAD_OR_NULL, low=NUMBER_OR_NULL, high=NUMBER_OR_NULL)

PUBLISHED = Question(
    name="published trials",
    scope=Scope.OUTCOMES,
    line=Line.CAUSAL,
    doubt="what published studies found",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            maybe(
                record(control_risk=PROBABILITY, aipw=_AIPW, outside_all=BOOLEAN, rows=rows(_ROW))
            ),
        ),
    ),
)
