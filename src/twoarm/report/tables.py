"""All tables of a report."""

from __future__ import annotations

from twoarm.report.benefit_evidence_tables import ranking_tables
from twoarm.report.benefit_tables import (
    average_effect_table,
    benefit_table,
    dependence_table,
    importance_table,
    patients_table,
)
from twoarm.report.causal_tables import (
    balance_table,
    findings_table,
    overlap_table,
    share_table,
)
from twoarm.report.cohort_tables import baseline_table, flow_table, trial_table
from twoarm.report.comparison_tables import comparison_tables
from twoarm.report.hidden_tables import hidden_tables
from twoarm.report.importance_tables import importance_tables
from twoarm.report.missing_effect_table import missing_effect_tables
from twoarm.report.model_tables import (
    auc_table,
    brier_table,
    calibration_table,
    fit_table,
    members_table,
)
from twoarm.report.ordinal_tables import together_tables
from twoarm.report.policy_tables import policy_tables
from twoarm.report.published_benchmark_table import published_benchmark_tables
from twoarm.report.published_table import published_table
from twoarm.report.reliability_tables import reliability_tables
from twoarm.report.sample_size_table import sample_size_table
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["all_tables"]


def all_tables(result: StudyResult) -> dict[str, Table]:
    """Give every table of the report by its name; the one beside a publication if there is one."""
    tables = [
        flow_table(result),
        trial_table(result),
        baseline_table(result),
        sample_size_table(result),
        auc_table(result),
        brier_table(result),
        fit_table(result),
        calibration_table(result),
        members_table(result),
        benefit_table(result),
        average_effect_table(result),
        share_table(result),
        findings_table(result),
        overlap_table(result),
        balance_table(result),
        importance_table(result),
        dependence_table(result),
        patients_table(result),
        _failures_table(result),
        _absent_table(result),
    ]
    tables += missing_effect_tables(result)
    tables += published_benchmark_tables(result)
    tables += comparison_tables(result)
    tables += ranking_tables(result)
    tables += policy_tables(result)
    tables += hidden_tables(result)
    tables += importance_tables(result)
    tables += together_tables(result)
    tables += reliability_tables(result)
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
