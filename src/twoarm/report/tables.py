"""All tables of a report."""

from __future__ import annotations

from twoarm.report.benefit_tables import (
    average_effect_table,
    benefit_table,
    dependence_table,
    importance_table,
    patients_table,
)
from twoarm.report.causal_tables import balance_table, findings_table, share_table
from twoarm.report.cohort_tables import baseline_table, flow_table, trial_table
from twoarm.report.model_tables import (
    auc_table,
    brier_table,
    calibration_table,
    fit_table,
    members_table,
)
from twoarm.report.published_table import published_table
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["all_tables"]


def all_tables(result: StudyResult) -> dict[str, Table]:
    """Give every table of the report by its name; the one beside a publication if there is one."""
    tables = [
        flow_table(result),
        trial_table(result),
        baseline_table(result),
        auc_table(result),
        brier_table(result),
        fit_table(result),
        calibration_table(result),
        members_table(result),
        benefit_table(result),
        average_effect_table(result),
        share_table(result),
        findings_table(result),
        balance_table(result),
        importance_table(result),
        dependence_table(result),
        patients_table(result),
        _failures_table(result),
        _absent_table(result),
    ]
    if result.plan.file.published is not None:
        tables.append(published_table(result))
    return {table.name: table for table in tables}


def _failures_table(result: StudyResult) -> Table:
    rows = tuple((index, failure.fit, failure.error) for index, failure in result.failures)
    columns = (
        Column("replicate", "Replicate", "count"),
        Column("fit", "Fit"),
        Column("error", "Error"),
    )
    return Table("failures", "Fits that failed", "", columns, rows)


def _absent_table(result: StudyResult) -> Table:
    rows = tuple(result.summary()["absent"].items())
    columns = (Column("part", "Part of summary.json"), Column("reason", "Reason"))
    return Table("absent", "What is not in this report", "", columns, rows)
