"""What the patients were like at the decision: Table 1."""

from __future__ import annotations

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.tableone import LevelRow, NumberRow, TableOne, table_one
from twoarm.metrics import finite
from twoarm.report.formats import shown
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["baseline_table", "part"]


def part(result: StudyResult) -> Part:
    """Show both arms at the decision, without counts of missing values where there are none."""
    found = table_one(result.plan.cohort)
    full = baseline_table(found, arm_labels(result))
    if any(sum(row.missing) for row in found.rows):
        return Part(tables=(full,))
    return Part(tables=(full.without("missing_control", "missing_treated"),), files=(full,))


def baseline_table(table: TableOne, labels: tuple[str, str]) -> Table:
    """Give Table 1: both arms at the decision."""
    control, treated = labels
    rows: list[Row] = []
    for row in table.rows:
        rows += _number_rows(row) if isinstance(row, NumberRow) else _level_rows(row)
    columns = (
        Column("variable", "Variable"),
        Column("control", f"{control} (n = {table.n[0]})"),
        Column("treated", f"{treated} (n = {table.n[1]})"),
        Column("missing_control", "Missing, control", "count"),
        Column("missing_treated", "Missing, treated", "count"),
        Column("smd", "Standardized difference", "probability"),
    )
    note = (
        "Numbers: mean (SD), median [quartiles]; levels: patients (%). Standardized difference: "
        "treated minus control in pooled standard deviations; above 0.1 in size is usually called "
        "imbalance."
    )
    return Table("table_one", "Patients at the decision", note, columns, tuple(rows))


def _title_with_unit(predictor: Predictor) -> str:
    return f"{predictor.title}, {predictor.unit}" if predictor.unit else predictor.title


def _number_rows(row: NumberRow) -> list[Row]:
    texts = [
        f"{shown(row.mean[arm], 'number')} ({shown(row.sd[arm], 'number')}), "
        f"{shown(row.median[arm], 'number')} [{shown(row.quartiles[arm][0], 'number')} to "
        f"{shown(row.quartiles[arm][1], 'number')}]"
        for arm in (0, 1)
    ]
    return [(_title_with_unit(row.predictor), *texts, *row.missing, finite(row.smd))]


def _level_rows(row: LevelRow) -> list[Row]:
    levels = row.predictor.all_levels
    numbers = (*row.missing, finite(row.smd))

    def cells(level: int) -> list[str]:
        return [f"{row.counts[arm][level]} ({row.percentages[arm][level]:.1f} %)" for arm in (0, 1)]

    if row.predictor.type == "binary":
        title = row.predictor.title
        if row.predictor.levels:
            title = f"{title}: {levels[1].text}"
        return [(title, *cells(1), *numbers)]
    head: Row = (row.predictor.title, "", "", *numbers)
    return [head] + [
        (f"\u2003{level.text}", *cells(k), "", "", "") for k, level in enumerate(levels)
    ]
