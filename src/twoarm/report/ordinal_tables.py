"""The outcomes together: contradictions between their models, and one model of the whole scale."""

from __future__ import annotations

from twoarm.report.cohort_tables import arm_labels
from twoarm.report.formats import Value, shown
from twoarm.report.table import Column, Table
from twoarm.study.judge.outcomes.coherence import StudyCoherence
from twoarm.study.judge.outcomes.ordinal import StudyOrdinal
from twoarm.study.result import StudyResult

__all__ = ["together_tables"]


def together_tables(result: StudyResult) -> list[Table]:
    """Give the tables of coherence and of the ordinal model, as far as they were computed."""
    found = result.together
    if found is None:
        return []
    tables = []
    if found.coherence is not None:
        tables += [_coherence(result, found.coherence), _repaired(result, found.coherence)]
    if found.ordinal is not None:
        tables += [_beside(result, found.ordinal), _cuts(result, found.ordinal)]
    return tables


def _coherence(result: StudyResult, found: StudyCoherence) -> Table:
    titles = [
        f"not {cut.outcome.title}" if cut.opposite else cut.outcome.title for cut in found.cuts
    ]
    rows: list[tuple[Value, ...]] = []
    for label, arm in zip(arm_labels(result), found.arms, strict=True):
        for k, share in enumerate(arm.share_violated):
            rows.append((label, f"{titles[k]}, predicted above {titles[k + 1]}", share, None))
        rows.append((label, "any of these", arm.share_any, arm.largest))
    columns = (
        Column("arm", "Arm"),
        Column("contradiction", "Contradiction"),
        Column("share", "Patients", "percent"),
        Column("largest", "Largest, points", "spread"),
    )
    note = (
        "Whoever has the first has the second, so no probability of the first can be larger. "
        "Separate models do not know that. Cross-fitted predictions of the "
        f"{found.patients} patients whose outcomes are all known."
    )
    return Table(
        "coherence", "Contradictions between the outcomes' models", note, columns, tuple(rows)
    )


def _repaired(result: StudyResult, found: StudyCoherence) -> Table:
    rows = tuple(
        (result.outcomes[name].spec.title, mean, found.repaired_benefit[name])
        for name, mean in found.mean_benefit.items()
    )
    columns = (
        Column("outcome", "Outcome"),
        Column("separate", "Mean benefit as predicted, points", "points"),
        Column("repaired", "After the repair, points", "points"),
    )
    note = (
        "The repair gives each patient the closest probabilities without contradiction (isotonic "
        "regression, each model trusted by the inverse of its Brier score). It makes them "
        "coherent, not right; nothing else in this report uses it."
    )
    return Table(
        "coherence_repaired", "Mean benefit before and after the repair", note, columns, rows
    )


def _beside(result: StudyResult, found: StudyOrdinal) -> Table:
    rows: list[tuple[Value, ...]] = [
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


def _cuts(result: StudyResult, found: StudyOrdinal) -> Table:
    control, treated = arm_labels(result)
    effects = found.effects
    rows = tuple(
        (
            f"{level:g} or better",
            float(found.observed[0, k]),
            float(found.fitted[0, k]),
            float(found.observed[1, k]),
            float(found.fitted[1, k]),
            float((effects.cumulative1[:, k] - effects.cumulative0[:, k]).mean()),
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
