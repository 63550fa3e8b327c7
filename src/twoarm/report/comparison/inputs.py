"""What went into two runs: the runs, their patients, variables and settings."""

from __future__ import annotations

from twoarm.cohort.tableone import LevelRow, NumberRow
from twoarm.comparison import Comparison, FinishedRun
from twoarm.metrics import finite
from twoarm.report.comparison.texts import outcome_titles
from twoarm.report.formats import Value, shown
from twoarm.report.table import Column, Row, Table

__all__ = [
    "baseline_file",
    "baseline_table",
    "columns_table",
    "flow_table",
    "patients_table",
    "runs_table",
    "settings_file",
    "settings_table",
]

_LONGEST = 44
"""Characters of a cell that a page shows of hashes and titles."""

_ELEMENT = {"study file": 3, "benchmark": 2}
"""Steps of a setting's path that name an outcome, a variable or a publication."""

_SIDES = (Column("a", "A"), Column("b", "B"))


def runs_table(found: Comparison, *, whole: bool) -> Table:
    """Give what each run is: folder, data, size, settings; hashes `whole`, or their beginning."""
    rows = [
        (title, *(each if whole else each[:_LONGEST] for each in (one, other)), _state(one, other))
        for (title, one), (_, other) in zip(_facts(found.a), _facts(found.b), strict=True)
    ]
    columns = (Column("fact", "Run"), *_SIDES, Column("state", ""))
    return Table("compare_runs", "The two runs", "", columns, tuple(rows))


def _state(one: str, other: str) -> str:
    return "same" if one == other else "differs"


def _facts(run: FinishedRun) -> list[tuple[str, str]]:
    plan = run.result.plan
    control, treated = plan.cohort.arm_sizes
    labels = plan.file.treatment.labels
    return [
        ("Folder", run.folder.name),
        ("Study", f"{plan.study.name}: {plan.file.study.title}"),
        ("Day", str(run.record.get("created", ""))),
        ("Data file", plan.cohort.source.rpartition("/")[2]),
        ("SHA-256 of the data", run.record["data"]),
        ("Rows read", str(plan.cohort.flow.read)),
        ("Patients", str(len(plan.cohort))),
        ("Control", f"{control} ({labels.control})"),
        ("Treated", f"{treated} ({labels.treated})"),
        ("Seed", str(plan.seed)),
        ("Replicates", str(run.result.replicates)),
        ("twoarm", run.result.version),
    ]


def flow_table(found: Comparison) -> Table:
    """Give who left each run's cohort, by reason."""
    flows = [
        {each.reason: each.n for each in run.result.plan.cohort.flow.excluded}
        for run in (found.a, found.b)
    ]
    rows = [
        (reason, flows[0].get(reason), flows[1].get(reason))
        for reason in dict.fromkeys([*flows[0], *flows[1]])
    ]
    columns = (
        Column("reason", "Left out because of"),
        Column("a", "A", "count"),
        Column("b", "B", "count"),
    )
    note = "A dash: the run has no such reason."
    return Table("compare_flow", "Who was left out", note, columns, tuple(rows))


def patients_table(found: Comparison) -> Table:
    """Give known outcomes and events by arm."""
    titles = outcome_titles(found)
    rows: list[Row] = []
    for each in found.counts:
        rates = [
            None if known is None or events is None or not known else events / known
            for known, events in zip(each.known, each.events, strict=True)
        ]
        rows.append(
            (
                titles[each.outcome],
                each.arm,
                each.known[0],
                each.events[0],
                rates[0],
                each.known[1],
                each.events[1],
                rates[1],
            )
        )
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("known_a", "A: known", "count"),
        Column("events_a", "A: events", "count"),
        Column("rate_a", "A: share", "percent"),
        Column("known_b", "B: known", "count"),
        Column("events_b", "B: events", "count"),
        Column("rate_b", "B: share", "percent"),
    )
    note = "Patients with a known outcome, and with the event. A dash: not in this run."
    return Table("compare_patients", "Outcomes by arm", note, columns, tuple(rows))


def baseline_table(found: Comparison) -> Table:
    """Give Table 1 of both runs, arm by arm, as a page shows it."""
    rows: list[Row] = []
    for variable in found.variables:
        cells: list[Value] = [variable.arms[0].row.predictor.title]
        for each in variable.arms:
            cells += [_told(each.row, 0), _told(each.row, 1), finite(each.row.smd)]
        rows.append(tuple(cells))
    columns = (
        Column("variable", "Variable"),
        Column("control_a", "Control, A"),
        Column("control_b", "Control, B"),
        Column("control_smd", "B against A, SD", "probability"),
        Column("treated_a", "Treated, A"),
        Column("treated_b", "Treated, B"),
        Column("treated_smd", "B against A, SD", "probability"),
    )
    note = (
        "Numbers: mean (SD); levels: percent of the patients in whom it is known. B against A: "
        "difference of the runs within an arm, in pooled standard deviations; of several levels a "
        "distance without sign. It says how far the patients differ, not by chance or otherwise."
    )
    return Table("compare_baseline", "Patients at the decision", note, columns, tuple(rows))


def _told(row: NumberRow | LevelRow, run: int) -> str:
    if isinstance(row, NumberRow):
        text = f"{shown(row.mean[run], 'number')} ({shown(row.sd[run], 'number')})"
    else:
        levels, percent = row.predictor.all_levels, row.percentages[run]
        told = [(level.text, f"{percent[k]:.1f} %") for k, level in enumerate(levels)]
        if row.predictor.type == "binary":
            told = told[1:]
        text = ", ".join(f"{label} {share}" for label, share in told)
    return f"{text}; missing {row.missing[run]}" if row.missing[run] else text


def baseline_file(found: Comparison) -> Table:
    """Give the same for other programs: one row a variable, level and arm, raw values."""
    rows: list[Row] = []
    for variable in found.variables:
        for each in variable.arms:
            row = each.row
            tail = (*row.missing, finite(row.smd))
            if isinstance(row, NumberRow):
                means, sds = map(finite, row.mean), map(finite, row.sd)
                rows.append((variable.column, "", each.arm, *means, *sds, *tail))
                continue
            first, second = row.percentages
            rows += [
                (variable.column, level.text, each.arm, first[k], second[k], None, None, *tail)
                for k, level in enumerate(row.predictor.all_levels)
            ]
    names = ("variable", "level", "arm", "a", "b", "sd_a", "sd_b", "missing_a", "missing_b", "smd")
    columns = tuple(Column(name, name) for name in names)
    return Table("compare_baseline", "Patients at the decision", "", columns, tuple(rows))


def columns_table(found: Comparison) -> Table:
    """Give the variables that could not be set side by side."""
    rows = [
        (column, run, why)
        for run, alone in (("A", found.only_a), ("B", found.only_b))
        for column, why in alone.items()
    ]
    columns = (Column("variable", "Variable"), Column("run", "Run"), Column("why", "Why"))
    return Table("compare_columns", "Variables of one run alone", "", columns, tuple(rows))


def settings_file(found: Comparison) -> Table:
    """Give every setting that differs."""
    rows: list[Row] = [
        (each.path, _text(each.a), _text(each.b), each.state) for each in found.settings
    ]
    return _settings(rows)


def settings_table(found: Comparison) -> Table:
    """Give the same for a page: an outcome or a variable of one run alone is one row."""
    rows: dict[str, Row] = {}
    for each in found.settings:
        path = each.path
        if each.state.startswith("only in"):
            steps = path.split(".")
            path = ".".join(steps[: _ELEMENT.get(steps[0])])
        whole = path == each.path
        a, b = (_text(each.a), _text(each.b)) if whole else ("", "")
        rows.setdefault(path, (path, a, b, each.state))
    return _settings(list(rows.values()))


def _settings(rows: list[Row]) -> Table:
    columns = (Column("setting", "Setting"), *_SIDES, Column("state", "State"))
    note = "Keys of the study file with their defaults filled in; seed, replicates and software."
    return Table("compare_settings", "Settings that differ", note, columns, tuple(rows))


def _text(value: Value) -> str:
    return "" if value is None else str(value)
