"""Missing values: in whom, and what the patients without any say."""

from __future__ import annotations

from twoarm.diagnostics import Missingness, VariableMissingness
from twoarm.metrics import finite
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.stability.complete_cases import COMPLETE_CASES, CompleteCases
from twoarm.study.judge.stability.missing_values import MISSING_VALUES
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["complete_cases_table", "missing_table", "part"]

_UNASKED: tuple[None, ...] = (None,) * 6
_NOTHING = "No predictor and no outcome is missing in any patient."


def part(result: StudyResult) -> Part | None:
    """Show what is missing, and the patients in whom nothing is."""
    found, complete = result.value(MISSING_VALUES), result.value(COMPLETE_CASES)
    if found is None:
        return None
    table = missing_table(result, found)
    shown = [table] if table.rows else []
    if complete is not None:
        shown.append(complete_cases_table(result, complete))
    return Part(notes=() if table.rows else (_NOTHING,), tables=tuple(shown), files=(table,))


def missing_table(result: StudyResult, found: Missingness) -> Table:
    """Give every variable and outcome that is missing in anybody, by arm and by outcome."""
    titles = {each.column: each.title for each, _ in result.plan.cohort.measured()}
    titles |= {each.name: each.title for each in result.plan.file.outcomes}
    rows = tuple((titles[each.name], *_cells(each)) for each in found.variables if each.share > 0.0)
    control, treated = arm_labels(result)
    columns = (
        Column("variable", "Missing"),
        Column("informative", "Goes with"),
        Column("control", control, "percent"),
        Column("treated", treated, "percent"),
        Column("smd", "Standardized difference", "probability"),
        Column("p_arm", "p", "number"),
        Column("control_no_event", "Control, no event", "percent"),
        Column("control_event", "Control, event", "percent"),
        Column("p_control", "p", "number"),
        Column("treated_no_event", "Treated, no event", "percent"),
        Column("treated_event", "Treated, event", "percent"),
        Column("p_treated", "p", "number"),
    )
    note = (
        f"Event: {result.primary.spec.title}. p: Fisher's exact test, two-sided. The second column "
        "names what being missing goes with, among all comparisons of the table at a false "
        "discovery rate of 5 % (Benjamini and Hochberg). That a value is missing because of what "
        "it would have been cannot be seen from the data. Missing predictors are filled with the "
        "median or the commonest level of the patients of each fit, without regard to outcome and "
        "arm; patients without the outcome are left out of its models."
    )
    return Table("missing", "Missing values by arm and outcome", note, columns, rows)


def _cells(each: VariableMissingness) -> Row:
    arm = each.by_arm
    numbers = (arm.low_group, arm.high_group, each.smd, arm.p)
    by_outcome = [
        finite(value) for one in each.by_outcome for value in (one.low_group, one.high_group, one.p)
    ]
    goes_with = ["arm"] if arm.flagged else []
    if any(one.flagged for one in each.by_outcome):
        goes_with.append("outcome")
    return (
        " and ".join(goes_with) or "neither",
        *(finite(value) for value in numbers),
        *(by_outcome or _UNASKED),
    )


def complete_cases_table(result: StudyResult, found: CompleteCases) -> Table:
    """Set the patients in whom nothing is missing beside everybody."""
    main = [result.primary.arms[arm].auc.nested_cv for arm in ARMS]
    complete = (found.n_control, found.n_treated)
    rows: tuple[Row, ...] = (
        (
            "Everybody, missing values filled in",
            *(result.primary.arms[arm].n for arm in ARMS),
            found.everybody,
            *main,
        ),
        ("The same models, complete patients", *complete, found.same_patients, None, None),
        (
            "Models of the complete patients",
            *complete,
            found.mean_benefit,
            *(found.auc[arm] for arm in ARMS),
        ),
    )
    columns = (
        Column("analysis", "Analysis"),
        Column("n_control", "Control", "count"),
        Column("n_treated", "Treated", "count"),
        Column("mean_benefit", "Mean benefit, points", "points"),
        Column("auc_control", "AUC, control", "probability"),
        Column("auc_treated", "AUC, treated", "probability"),
    )
    note = (
        "Patients with a known outcome; complete: no value known at the decision is missing, "
        "predictor or column of the model of treatment. Mean benefit is cross-fitted; AUC by "
        "repeated nested cross-validation. The second row shows what leaving patients out changes, "
        "the third also what refitting without them does."
    )
    title = f"Complete patients only, {result.primary.spec.title}"
    return Table("complete_cases", title, note, columns, rows)
