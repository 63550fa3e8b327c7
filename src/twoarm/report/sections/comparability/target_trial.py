"""The trial that the analysis emulates."""

from __future__ import annotations

from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["part", "trial_table"]


def part(result: StudyResult) -> Part:
    """Show what the study file declares."""
    return Part(tables=(trial_table(result),))


def trial_table(result: StudyResult) -> Table:
    """Give the target trial as the study file declares it."""
    trial, (control, treated) = result.plan.file.target_trial, arm_labels(result)
    rows = (
        ("Eligibility", trial.eligibility),
        ("Time zero", trial.time_zero),
        (f"Strategy: {control}", trial.strategies.control),
        (f"Strategy: {treated}", trial.strategies.treated),
        ("Controls are", trial.control_definition),
        ("Controls known by", trial.control_by.replace("_", " ")),
        ("Estimand", trial.estimand),
    )
    columns = (Column("item", ""), Column("text", "As declared in the study file"))
    return Table("target_trial", "The trial that this analysis emulates", "", columns, rows)
