"""The patients: flow, the trial that is emulated, Table 1."""

from __future__ import annotations

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.tableone import LevelRow, NumberRow, table_one
from twoarm.metrics import finite
from twoarm.report.formats import Value, shown
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["arm_labels", "baseline_table", "flow_table", "trial_table"]


def arm_labels(result: StudyResult) -> tuple[str, str]:
    """Give the arms' labels, control first."""
    labels = result.plan.file.treatment.labels
    return labels.control, labels.treated


def flow_table(result: StudyResult) -> Table:
    """Give who came in, who left and why, who stayed."""
    cohort = result.plan.cohort
    flow, (control, treated) = cohort.flow, arm_labels(result)
    rows: list[tuple[Value, ...]] = [("Rows in the file", flow.read)]
    rows += [(each.reason, -each.n) for each in flow.excluded]
    rows += [
        ("Patients analysed", flow.n),
        (control, int((cohort.treatment == 0).sum())),
        (treated, int((cohort.treatment == 1).sum())),
    ]
    columns = (Column("step", ""), Column("n", "Patients", "count"))
    return Table("flow", "From the file to the cohort", "", columns, tuple(rows))


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


def baseline_table(result: StudyResult) -> Table:
    """Give Table 1: both arms at the decision."""
    table = table_one(result.plan.cohort)
    control, treated = arm_labels(result)
    rows: list[tuple[Value, ...]] = []
    for row in table.rows:
        rows += _number_rows(row) if isinstance(row, NumberRow) else _level_rows(row, table.n)
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


def _number_rows(row: NumberRow) -> list[tuple[Value, ...]]:
    texts = [
        f"{shown(row.mean[arm], 'number')} ({shown(row.sd[arm], 'number')}), "
        f"{shown(row.median[arm], 'number')} [{shown(row.quartiles[arm][0], 'number')} to "
        f"{shown(row.quartiles[arm][1], 'number')}]"
        for arm in (0, 1)
    ]
    return [(_title_with_unit(row.predictor), *texts, *row.missing, finite(row.smd))]


def _level_rows(row: LevelRow, n: tuple[int, int]) -> list[tuple[Value, ...]]:
    levels = row.predictor.all_levels
    known = [max(1, n[arm] - row.missing[arm]) for arm in (0, 1)]

    def cell(arm: int, level: int) -> str:
        count = row.counts[arm][level]
        return f"{count} ({100 * count / known[arm]:.1f} %)"

    if row.predictor.type == "binary":
        title = row.predictor.title
        if row.predictor.levels:
            title = f"{title}: {levels[1].text}"
        return [(title, cell(0, 1), cell(1, 1), *row.missing, finite(row.smd))]
    head: tuple[Value, ...] = (row.predictor.title, "", "", *row.missing, finite(row.smd))
    return [head] + [
        (f"\u2003{level.text}", cell(0, k), cell(1, k), "", "", "")
        for k, level in enumerate(levels)
    ]
