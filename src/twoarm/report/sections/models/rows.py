"""What the tables of models have in common."""

from __future__ import annotations

from typing import Any

from twoarm.report.figures import CONTROL, TREATED
from twoarm.report.labels import arm_labels
from twoarm.report.table import Column
from twoarm.resampling import Metric
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = [
    "ARM_COLOURS",
    "BOOKKEEPING",
    "ESTIMATES",
    "MODEL",
    "QUOTED",
    "arm_rows",
    "few_events_note",
    "quoted",
]

ARM_COLOURS = dict(zip(ARMS, (CONTROL, TREATED), strict=True))


ESTIMATES = (
    Column("apparent", "Apparent", "probability"),
    Column("harrell", "Harrell", "probability"),
    Column("oob", "Out-of-bag", "probability"),
    Column("d632", ".632", "probability"),
    Column("d632plus", ".632+", "probability"),
    Column("nested_cv", "Nested CV", "probability"),
)
QUOTED = (
    Column("headline", "To quote", "probability"),
    Column("ci_low", "95 % low", "probability"),
    Column("ci_high", "95 % high", "probability"),
)
BOOKKEEPING = (
    Column("mcse", "Monte-Carlo SE", "probability"),
    Column("replicates_used", "Replicates used", "count"),
    Column("failed", "Not used", "count"),
    Column("oob_used", "Replicates used out of bag", "count"),
    Column("repeats_used", "Repeats used", "count"),
)
MODEL = (
    Column("outcome", "Outcome"),
    Column("arm", "Arm"),
    Column("events", "Events", "count"),
    Column("n", "Patients", "count"),
)
"""Columns that name a model and its patients."""


def arm_rows(result: StudyResult, name: str) -> list[tuple[OutcomeResult, str, str, Any]]:
    """Give outcome, arm, its label and one of its measures, for every model."""
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    return [
        (outcome, arm, labels[arm], getattr(outcome.arms[arm], name))
        for outcome in result.outcomes.values()
        for arm in ARMS
    ]


def quoted(metric: Metric) -> tuple[float | None, float | None, float | None]:
    """Give the estimate to quote with its limits: the cells of `QUOTED`."""
    if metric.ci is None:
        return metric.headline, None, None
    return metric.headline, metric.ci.low, metric.ci.high


def few_events_note(result: StudyResult) -> str:
    """Name the models that are no stack, if there are any."""
    alone = [
        f"{outcome.spec.title}, {label} ({learner.rarer})"
        for outcome, _, label, learner in arm_rows(result, "learner")
        if learner.kind == "fallback"
    ]
    if not alone:
        return ""
    return (
        f" Elastic net alone, since fewer than {FEW_EVENTS} are too few to choose among learners: "
        f"{'; '.join(alone)}."
    )
