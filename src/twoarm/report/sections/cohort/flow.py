"""From the rows of the file to the patients that are analysed."""

from __future__ import annotations

from twoarm.cohort import Cohort
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["flow_table", "part"]


def part(result: StudyResult) -> Part:
    """Show who came in, who left and why, who stayed."""
    return Part(tables=(flow_table(result.plan.cohort, arm_labels(result)),))


def flow_table(cohort: Cohort, labels: tuple[str, str]) -> Table:
    """Give who came in, who left and why, who stayed."""
    rows: list[Row] = [("Rows in the file", cohort.flow.read)]
    rows += [(each.reason, -each.n) for each in cohort.flow.excluded]
    rows.append(("Patients analysed", cohort.flow.n))
    rows += zip(labels, cohort.arm_sizes, strict=True)
    columns = (Column("step", ""), Column("n", "Patients", "count"))
    return Table("flow", "From the file to the cohort", "", columns, tuple(rows))
