"""Instability plots: what the models of the bootstrap say beside the model fitted to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from twoarm.diagnostics import CalibrationInstability, InstabilityPlot
from twoarm.report.cohort_tables import arm_labels
from twoarm.report.figures import CONTROL, TREATED, Axes, Drawing, draw
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["calibration_curves", "instability", "stability_drawings"]

_GREY = "0.6"
_MOST_PATIENTS = 2000  # in the cloud; the two lines rest on everybody

_OPAQUE_POINTS = 5000  # so many points are drawn opaque; the more there are, the fainter each


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


def stability_drawings(result: StudyResult) -> Iterator[Drawing]:
    """Draw the instability of the benefit and of both models' calibration, primary outcome."""
    if result.reliability is None:
        return
    found, spec = result.reliability.stability, result.primary.spec
    synthetic = result.plan.cohort.synthetic
    if found.plot.full.size:
        yield draw(
            "instability",
            f"Instability of the predicted benefit, {spec.title}",
            "Cloud of the benefit that models developed on resampled cohorts predict, over that "
            "of the model fitted to everybody; two lines hold the middle 95 %, a dotted diagonal "
            "is where all would agree, dashed lines are the threshold.",
            lambda axes: instability(axes, found.plot, spec.threshold),
            height_mm=72,
            synthetic=synthetic,
        )
    models = zip(ARMS, arm_labels(result), (CONTROL, TREATED), found.calibration, strict=True)
    for arm, label, colour, curves in models:
        if np.isfinite(curves.curves).any():
            yield draw(
                f"calibration_instability_{arm}",
                f"Instability of the calibration, {label}, {spec.title}",
                "Calibration curves, in the cohort, of models developed on resampled cohorts; a "
                "dotted diagonal is where predictions are right.",
                partial(calibration_curves, found=curves, colour=colour),
                height_mm=72,
                synthetic=synthetic,
            )
