"""One model of the whole scale in each arm, beside the separate models."""

from __future__ import annotations

import numpy as np

from twoarm.report.figures import GREY, INK, Drawing, Panel, draw, rankin_shades, wrapped
from twoarm.report.formats import shown
from twoarm.report.labels import arm_labels
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.outcomes.ordinal import ORDINAL, StudyOrdinal
from twoarm.study.result import StudyResult

__all__ = ["levels_table", "ordinal_table", "part", "scale_bars"]

_LEAST_WRITTEN = 5.0  # per cent of patients; a narrower piece has no room for its number
_LABEL_WIDTH = 16  # letters


def part(result: StudyResult) -> Part | None:
    """Draw the scale, and fold its model away; nothing where the study names no scale."""
    found = result.value(ORDINAL)
    if found is None:
        return None
    tables = (ordinal_table(result, found), levels_table(found, arm_labels(result)))
    summary = "One model of the whole scale in each arm"
    return Part(
        figures=(_drawing(result, found),), details=(Details(summary=summary, tables=tables),)
    )


def scale_bars(panel: Panel, found: StudyOrdinal, labels: tuple[str, str]) -> None:
    """Show both arms' patients over the whole scale, the best level at the left.

    As they were observed, and had all patients been in either arm.
    """
    y = np.array([4.0, 3.0, 1.3, 0.3])
    arms = [wrapped(label, _LABEL_WIDTH, 3) for label in labels]
    names = [f"{kind}, {label}" for kind in ("observed", "standardised") for label in labels]
    shares = 100 * np.vstack([found.observed_shares, found.effects.mean_shares])
    shades = rankin_shades(len(found.levels))
    start = np.zeros(4)
    for k, (level, shade) in enumerate(zip(found.levels, shades, strict=True)):
        panel.beams(f"{level:g}", names, y, shares[:, k], start=start, colour=shade, alpha=1.0,
                    edgecolor="white", linewidth=0.4)  # fmt: skip
        ink = "white" if k > 0.45 * len(shades) else INK
        for at, left, share in zip(y, start, shares[:, k], strict=True):
            if share >= _LEAST_WRITTEN:
                panel.say(left + share / 2, at, f"{share:.0f}", colour=ink, ha="center",
                          va="center", fontsize=6.5)  # fmt: skip
        start = start + shares[:, k]
        for upper in (0, 2):
            if k < len(shades) - 1:
                panel.axes.plot(start[upper : upper + 2], [y[upper] - 0.31, y[upper + 1] + 0.31],
                                color=GREY, linewidth=0.5)  # fmt: skip
    panel.row_labels([*arms, *arms], y)
    for at, text in ((4.58, "As observed"), (1.88, "Standardised: all patients in either arm")):
        panel.say(0, at, text, fontweight="bold", va="center")
    panel.axes.set_xlim(0, 100)
    panel.axes.set_ylim(-0.15, 4.9)
    panel.axes.spines["left"].set_visible(False)
    panel.axes.set_xlabel("Patients, %")
    panel.key([(f"{level:g}", shade, "s") for level, shade in zip(found.levels, shades,
                                                                  strict=True)])  # fmt: skip


def _drawing(result: StudyResult, found: StudyOrdinal) -> Drawing:
    patients = found.effects.cumulative0.shape[0]
    return draw(
        "scale",
        f"The whole scale in both arms ('{found.column}', best level at the left)",
        "Stacked bars of the share of patients at each level, both arms: as observed, and "
        "standardised to all patients.",
        lambda panel: scale_bars(panel, found, arm_labels(result)),
        legend=f"{patients} patients whose scale is known. Observed: each arm's own patients. "
        "Standardised: all patients as if in either arm, by one proportional odds model in each "
        "arm, cross-fitted, which adjusts for the predictors. Numbers are per cent; "
        "lines join the same cut of the scale.",
        height_mm=72,
        synthetic=result.plan.cohort.synthetic,
    )


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
