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
    cohort = result.plan.cohort
    only = frozenset(each.column for each in cohort.propensity_codebook)
    full = baseline_table(found, arm_labels(result), only)
    hidden: tuple[str, ...] = () if only else ("used_in",)
    if not any(sum(row.missing) for row in found.rows):
        hidden += ("missing_control", "missing_treated")
    return Part(tables=(full.without(*hidden),), files=(full,))


def baseline_table(
    table: TableOne, labels: tuple[str, str], treatment_only: frozenset[str] = frozenset()
) -> Table:
    """Give Table 1: both arms at the decision.

    `treatment_only` are the columns that the model of treatment alone sees.
    """
    control, treated = labels
    rows: list[Row] = []
    for row in table.rows:
        used = "treatment model only" if row.predictor.column in treatment_only else "all models"
        first, *levels = _number_rows(row) if isinstance(row, NumberRow) else _level_rows(row)
        rows += [(first[0], used, *first[1:]), *((each[0], "", *each[1:]) for each in levels)]
    columns = (
        Column("variable", "Variable"),
        Column("used_in", "Used in"),
        Column("control", f"{control} (n = {table.n[0]})"),
        Column("treated", f"{treated} (n = {table.n[1]})"),
        Column("missing_control", "Missing, control", "count"),
        Column("missing_treated", "Missing, treated", "count"),
        Column("smd", "Standardized difference", "probability"),
    )
    note = (
        "Numbers: mean (SD), median [quartiles]; levels: patients (%). Standardized difference: "
        "treated minus control in pooled standard deviations; above 0.1 in size is usually called "
        "imbalance. Used in: predictors stand in all models; other columns known at the decision "
        "stand in the model of who gets treated alone."
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
