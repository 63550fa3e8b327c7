"""How far the predictions move from refit to refit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from twoarm.diagnostics import CalibrationInstability, InstabilityPlot
from twoarm.metrics import finite
from twoarm.report.figures import (
    CONTROL,
    TREATED,
    Axes,
    Drawing,
    draw,
)
from twoarm.report.labels import arm_labels
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.stability.refits import STABILITY, RefitStability
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["calibration_curves", "instability", "part", "stability_table"]

_GREY = "0.6"
_MOST_PATIENTS = 2000  # in the cloud; the two lines rest on everybody
_OPAQUE_POINTS = 5000  # so many points are drawn opaque; the more there are, the fainter each


def part(result: StudyResult) -> Part | None:
    """Show how far benefit and risks move, and fold the calibration of the refits away."""
    found, every = result.value(STABILITY), result.answers.each(STABILITY)
    if found is None:
        return None
    folded = Details(
        summary="Calibration of the refits", figures=tuple(_calibration_drawings(result, found))
    )
    return Part(
        figures=tuple(_instability_drawings(result, found)),
        tables=(stability_table(result, every),),
        details=(folded,) if folded.figures else (),
    )


def stability_table(result: StudyResult, found: Mapping[str, RefitStability]) -> Table:
    """Give the instability of both arms' risks and of the benefit, of every outcome."""
    control, treated = arm_labels(result)
    rows: list[Row] = []
    for name, outcome in found.items():
        effects = outcome.effects
        parts = {
            f"Risk, {control}": effects.mu0,
            f"Risk, {treated}": effects.mu1,
            "Benefit": effects.benefit,
        }
        title = result.outcomes[name].spec.title
        rows += [
            (
                title,
                label,
                int(part.replicates.max()),
                finite(part.mean_mape),
                finite(part.mean_width),
                part.mean_instability_index,
                part.share_unstable,
            )
            for label, part in parts.items()
        ]
    columns = (
        Column("outcome", "Outcome"),
        Column("prediction", "Predicted"),
        Column("models", "Models", "count"),
        Column("mape", "Mean absolute difference, points", "spread"),
        Column("width", "Mean width of the stability interval, points", "spread"),
        Column("classification_instability", "Other side of the threshold", "percent"),
        Column("share_unstable", "Unstable patients", "percent"),
    )
    threshold = 100 * (result.primary.spec.threshold or 0.0)
    note = (
        "Each of the bootstrap's models that could be fitted might have been developed instead of "
        "this one. Mean absolute difference: between their predictions for a patient "
        "and that of the model fitted to everybody, mean over patients. Stability interval: the "
        "middle 95 % of what they predict for one patient, a spread of refitted predictions and "
        "not a confidence interval; those of the benefit stand in tables/patients.csv. Other side "
        f"of the threshold: mean share of models that put a patient on the other side of "
        f"{threshold:g} points of benefit; unstable patients: those whom more than a quarter do. "
        "Stable predictions may be wrong all the same."
    )
    return Table("stability", "Stability of the predictions across refits", note, columns,
                 tuple(rows))  # fmt: skip


def _instability_drawings(result: StudyResult, found: RefitStability) -> Iterator[Drawing]:
    spec, plot = result.primary.spec, found.plot
    if plot is not None and plot.full.size:
        yield draw(
            "instability",
            f"Instability of the predicted benefit, {spec.title}",
            "Cloud of the benefit that models developed on resampled cohorts predict, over that "
            "of the model fitted to everybody; two lines hold the middle 95 %, a dotted diagonal "
            "is where all would agree, dashed lines are the threshold.",
            lambda axes: instability(axes, plot, spec.threshold),
            height_mm=72,
            synthetic=result.plan.cohort.synthetic,
        )


def _calibration_drawings(result: StudyResult, found: RefitStability) -> Iterator[Drawing]:
    if found.calibration is None:
        return
    models = zip(ARMS, arm_labels(result), (CONTROL, TREATED), found.calibration, strict=True)
    for arm, label, colour, curves in models:
        if np.isfinite(curves.curves).any():
            yield draw(
                f"calibration_instability_{arm}",
                f"Instability of the calibration, {label}, {result.primary.spec.title}",
                "Calibration curves, in the cohort, of models developed on resampled cohorts; a "
                "dotted diagonal is where predictions are right.",
                partial(calibration_curves, found=curves, colour=colour),
                height_mm=72,
                synthetic=result.plan.cohort.synthetic,
            )


def instability(axes: Axes, plot: InstabilityPlot, threshold: float | None) -> Axes:
    """Show every refit's prediction of the benefit over that of the full fit, in points.

    The cloud is drawn as pixels, so that the file stays small.
    """
    step = max(1, -(-plot.full.size // _MOST_PATIENTS))
    refits = 100 * plot.replicates[:, ::step]
    full = np.broadcast_to(100 * plot.full[::step], refits.shape)
    axes.plot(
        full.ravel(),
        refits.ravel(),
        ".",
        color=TREATED,
        markersize=2.0,
        markeredgewidth=0.0,
        alpha=float(np.clip(_OPAQUE_POINTS / refits.size, 0.06, 0.6)),
        rasterized=True,
        zorder=1,
    )
    ends = [100 * float(plot.full[0]), 100 * float(plot.full[-1])]
    axes.plot(ends, ends, color=_GREY, linewidth=0.8, linestyle=":")
    for limit, label in ((plot.low, "middle 95 % of the refits, smoothed"), (plot.high, None)):
        axes.plot(100 * plot.full, 100 * limit, color="black", linewidth=1.0, label=label)
    if threshold is not None:
        axes.axhline(100 * threshold, color=CONTROL, linewidth=0.9, linestyle="--")
        axes.axvline(
            100 * threshold,
            color=CONTROL,
            linewidth=0.9,
            linestyle="--",
            label=f"threshold, {100 * threshold:g} points",
        )
    axes.set_xlabel("Predicted benefit, points")
    axes.set_ylabel("By models of the bootstrap, points")
    axes.legend(frameon=False, loc="lower right", fontsize=7)
    return axes


def calibration_curves(axes: Axes, found: CalibrationInstability, colour: str) -> Axes:
    """Show the calibration curve of every refit in the patients of the cohort."""
    known = found.grid[np.isfinite(found.curves).any(axis=0)]
    top = min(1.0, float(np.ceil(10 * known.max(initial=0.1))) / 10)
    axes.plot(
        found.grid,
        found.curves.T,
        color=colour,
        linewidth=0.5,
        alpha=0.2,
        rasterized=True,
        zorder=1,
    )
    axes.plot([0, top], [0, top], color=_GREY, linewidth=0.8, linestyle=":")
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
    axes.set_xlabel("Predicted probability")
    axes.set_ylabel("Share with the event")
    return axes
