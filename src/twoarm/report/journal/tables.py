"""The tables that a journal prints, numbered, each with its notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from twoarm.report.formats import interval, shown
from twoarm.report.journal.docx import Block, Heading, Text
from twoarm.report.labels import arm_labels
from twoarm.report.section import Section
from twoarm.report.table import Column, Row, Table
from twoarm.resampling import Metric
from twoarm.study.measure.arms import ArmResult
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["journal_tables", "performance_table", "table_blocks"]

_PERFORMANCE = "performance"
_PRINTED = {
    "table_one": "patients at the decision",
    _PERFORMANCE: "performance of the outcome models",
    "average_effect": "average benefit",
    "benefit": "predicted benefit",
    "share_at_threshold": "patients above the threshold",
    "benefit_groups": "quarters of predicted benefit",
    "baseline_risk": "benefit by baseline risk",
    "subgroups": "subgroups",
    "comparison": "learners side by side",
}
"""Tables of the report that a journal prints, in this order, and what each is of."""


def journal_tables(result: StudyResult, sections: Sequence[Section]) -> list[Table]:
    """Give the tables there are, in the order of a paper, with "Table 1" before their titles.

    They are those that the page shows, with the performance of all models on one.
    """
    found = dict(chain.from_iterable(_shown(section) for section in sections))
    if result.primary.has_models:
        found[_PERFORMANCE] = performance_table(result)
    printed = [found[name] for name in _PRINTED if name in found and found[name].rows]
    return [
        replace(table, title=f"Table {number}. {table.title}")
        for number, table in enumerate(printed, start=1)
    ]


def _shown(section: Section) -> list[tuple[str, Table]]:
    folded = chain.from_iterable(each.tables for each in section.details)
    return [(each.name, each) for each in (*section.tables, *folded)]


def table_blocks(result: StudyResult, tables: Sequence[Table]) -> list[Block]:
    """Give a document of the tables, and at its end those that this run does not have."""
    title = result.plan.file.study.title
    label = " (synthetic data)" if result.plan.cohort.synthetic else ""
    n = len(result.plan.cohort)
    control, treated = arm_labels(result)
    sizes = result.plan.cohort.arm_sizes
    lead = (
        f"{n} patients: {control} {sizes[0]}, {treated} {sizes[1]}. Benefit is in percentage "
        "points, positive where the treatment helps and below 0 harm; intervals are of 95 %. A "
        "dash: not estimated."
    )
    there = {table.name for table in tables}
    missing = [what for name, what in _PRINTED.items() if name not in there]
    closing = [Text(f"Not in this run: {'; '.join(missing)}.{_why(result)}")] if missing else []
    return [Heading(f"{title}: tables{label}", 0), Text(lead), *tables, *closing]


def _why(result: StudyResult) -> str:
    if result.primary.has_models:
        return ' The reasons stand in the report under "What is not here".'
    return f" {NO_PREDICTORS[0].upper()}{NO_PREDICTORS[1:]}."


def performance_table(result: StudyResult) -> Table:
    """Give the quoted measures of every model on one table, interval beside estimate."""
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    rows: list[Row] = [
        (outcome.spec.title, labels[arm], f"{fit.events}/{fit.n}", *_measured(fit))
        for outcome in result.outcomes.values()
        for arm, fit in outcome.arms.items()
    ]
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("events", "Events/patients", "number"),
        Column("auc", "AUC (95 %)", "number"),
        Column("auc_harrell", "AUC, Harrell", "number"),
        Column("brier", "Brier score (95 %)", "number"),
        Column("slope", "Calibration slope (95 %)", "number"),
        Column("in_the_large", "Calibration in the large", "number"),
        Column("ici", "ICI", "number"),
    )
    quoted = result.primary.arms[ARMS[0]].auc.headline_name
    note = (
        f"Every measure is that of {quoted}, the estimate fixed in advance, but for the column "
        "Harrell: a star marks where Harrell's correction is not valid for the learner and the "
        "patients. ICI: integrated calibration index. No interval: none is known to be valid, or "
        "the data are too few for it."
    )
    return Table(_PERFORMANCE, "Performance of the outcome models", note, columns, tuple(rows))


def _measured(fit: ArmResult) -> Row:
    calibration = fit.calibration
    star = "*" if fit.gate.harrell_valid is False else ""
    harrell = shown(fit.auc.harrell, "probability")
    return (
        _quoted(fit.auc),
        f"{harrell}{star}" if fit.auc.harrell is not None else harrell,
        _quoted(fit.brier),
        _quoted(calibration.slope),
        shown(calibration.in_the_large.headline, "probability"),
        shown(calibration.ici.headline, "probability"),
    )


def _quoted(metric: Metric) -> str:
    own = shown(metric.headline, "probability")
    if metric.ci is None or metric.headline is None:
        return own
    return f"{own} ({interval(metric.ci.low, metric.ci.high, 'probability')})"
