"""One model of the whole scale in each arm, beside the separate models."""

from __future__ import annotations

from twoarm.report.formats import shown
from twoarm.report.labels import arm_labels
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.outcomes.ordinal import ORDINAL, StudyOrdinal
from twoarm.study.result import StudyResult

__all__ = ["levels_table", "ordinal_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Fold the model of the scale away; nothing where the study names no scale."""
    found = result.value(ORDINAL)
    if found is None:
        return None
    tables = (ordinal_table(result, found), levels_table(found, arm_labels(result)))
    summary = "One model of the whole scale in each arm"
    return Part(details=(Details(summary=summary, tables=tables),))


def ordinal_table(result: StudyResult, found: StudyOrdinal) -> Table:
    """Give the benefit by the model of the scale beside that of the separate models."""
    rows: list[Row] = [
        (
            result.outcomes[name].spec.title,
            each.mean_separate,
            each.mean,
            each.sd_separate,
            each.sd,
            each.rank_correlation,
        )
        for name, each in found.outcomes.items()
    ]
    columns = (
        Column("outcome", "Outcome"),
        Column("mean_separate", "Separate models: mean benefit, points", "points"),
        Column("mean", "Model of the scale: mean benefit, points", "points"),
        Column("sd_separate", "Separate: SD", "spread"),
        Column("sd", "Scale: SD", "spread"),
        Column("rank_correlation", "Rank correlation", "probability"),
    )
    note = (
        f"One proportional odds model of '{found.column}' in each arm (ridge regression on the "
        "predictors), cross-fitted in the same folds: it uses the whole scale and cannot "
        "contradict itself, and it assumes the same odds ratios at every cut of the scale. "
        f"{_utility(found)}"
    )
    return Table(
        "ordinal", "The whole scale beside the separate models", note, columns, tuple(rows)
    )


def _utility(found: StudyOrdinal) -> str:
    if found.utility is None:
        return ""
    gains = ", ".join(
        f"{shown(gain, 'probability')} ({name})" for name, gain in found.utility.items()
    )
    return (
        f"Mean gain in utility of the modified Rankin scale, 0 as bad as death and 1 without "
        f"symptoms: {gains}."
    )


def levels_table(found: StudyOrdinal, labels: tuple[str, str]) -> Table:
    """Give what was seen and what is predicted, level by level."""
    (control, treated), benefit = labels, found.effects.mean_benefit
    rows = tuple(
        (
            f"{level:g} or better",
            float(found.observed[0, k]),
            float(found.fitted[0, k]),
            float(found.observed[1, k]),
            float(found.fitted[1, k]),
            benefit[k],
        )
        for k, level in enumerate(found.levels[:-1])
    )
    columns = (
        Column("level", f"Level of '{found.column}'"),
        Column("control_observed", f"{control}: observed", "percent"),
        Column("control_fitted", "Predicted", "percent"),
        Column("treated_observed", f"{treated}: observed", "percent"),
        Column("treated_fitted", "Predicted", "percent"),
        Column("benefit", "Mean benefit over all patients, points", "points"),
    )
    note = (
        "Observed and predicted in the same patients, each in the own arm. They part where one "
        "odds ratio for the whole scale is wrong. The last column averages the predicted "
        "difference of the arms over all patients."
    )
    return Table("ordinal_levels", "The model of the scale, level by level", note, columns, rows)
