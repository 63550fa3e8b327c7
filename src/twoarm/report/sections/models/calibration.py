"""Does the event happen as often as predicted?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from twoarm.report.figures import (
    FAINT,
    INK,
    TREATED,
    Axes,
    Drawing,
    draw,
    round_ticks,
)
from twoarm.report.formats import interval
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.sections.models.rows import ARM_COLOURS, arm_rows, quoted
from twoarm.report.table import Column, Row, Table
from twoarm.resampling import Performance
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["calibration", "calibration_drawings", "calibration_table", "part"]

_BAR_SHARE = 0.16  # height of the bars below the curves, of the range of probabilities
_BARS = 40


def part(result: StudyResult) -> Part:
    """Show the calibration of both arms' models of the primary outcome, and that of all."""
    return Part(figures=tuple(calibration_drawings(result)), tables=(calibration_table(result),))


def calibration_table(result: StudyResult) -> Table:
    """Give the calibration of every model's cross-validated predictions."""
    rows: list[Row] = []
    for outcome, _, label, parts in arm_rows(result, "calibration"):
        slope = parts.slope.nested_cv_range
        limits = "" if slope is None else interval(slope.low, slope.high, "probability")
        null = parts.ici_null
        rows.append(
            (
                outcome.spec.title,
                label,
                *quoted(parts.slope),
                limits,
                parts.slope.harrell,
                parts.in_the_large.headline,
                parts.ici.headline,
                interval(null.low, null.high, "probability"),
            )
        )
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("slope", "Slope", "probability"),
        Column("slope_low", "95 % low", "probability"),
        Column("slope_high", "95 % high", "probability"),
        Column("slope_range", "over repeats"),
        Column("slope_harrell", "Slope, Harrell", "probability"),
        Column("in_the_large", "In the large", "probability"),
        Column("ici", "ICI", "probability"),
        Column("ici_null", "ICI if perfectly calibrated"),
    )
    note = (
        "Of cross-validated predictions, the median over repeats. Slope 1: risks are as far apart "
        "as they should be; below 1: too far apart; an interval where its standard error is at "
        "most a quarter of it. In the large 0: right on average. ICI: mean distance between "
        "prediction and a lowess of the outcomes; it is above 0 even for perfect predictions, as "
        "far as the last column says."
    )
    return Table("calibration", "Calibration", note, columns, tuple(rows))


def calibration_drawings(result: StudyResult) -> Iterator[Drawing]:
    """Draw the calibration of both arms' models of the primary outcome."""
    for arm, label in zip(ARMS, arm_labels(result), strict=True):
        yield draw(
            f"calibration_{arm}",
            f"Calibration, {label}, {result.primary.spec.title}",
            "Share with the event, smoothed, by predicted probability: one line for each repeat "
            "of cross-validation, a dashed one for the patients the model was fitted to, a dotted "
            "diagonal for perfect predictions; bars count patients.",
            partial(calibration, result.primary.arms[arm], colour=ARM_COLOURS[arm]),
            height_mm=72,
            synthetic=result.plan.cohort.synthetic,
        )


def calibration(result: Performance, ax: Axes, *, colour: str = TREATED) -> Axes:
    """Show whether the event happens as often as predicted.

    Each thin line smooths the outcome over the predictions of one repeat of nested
    cross-validation; the dashed one over the model's predictions for the patients it was fitted to
    (apparent). The smoother is that of `twoarm.metrics.calibration_curve`. On the diagonal,
    predictions are right. Bars below: how many patients are predicted each risk, by
    cross-validation, or else apparent.

    Parameters
    ----------
    result : Performance
        From `twoarm.validate`, or one arm of a study's outcome.
    ax : matplotlib.axes.Axes
        Drawn on; probabilities are 0-1 on both axes.
    colour : str
        Of the cross-validated curves and the bars.

    Returns
    -------
    matplotlib.axes.Axes
        The same.

    Notes
    -----
    The curves have no interval. Beyond a few patients at either end they follow single outcomes.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from sklearn.datasets import load_breast_cancer
    >>> from twoarm import validate
    >>> from twoarm.learners import Logistic
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> result = validate(Logistic(), X, y, replicates=20, cv_repeats=2)
    >>> calibration(result, Figure().add_subplot()).get_xlabel()
    'Predicted probability'
    """
    apparent, repeats = result.apparent_curve, result.cross_validated_curves
    curves = repeats or (apparent,)
    predicted = np.concatenate([each.predicted for each in curves])
    top = _round_up(max(float(predicted.max()), float(result.risk.max())))
    ax.plot([0, top], [0, top], color=FAINT, linewidth=0.6, linestyle=":", label="perfect")
    ax.plot(
        apparent.predicted,
        apparent.observed,
        color=INK,
        linewidth=0.9,
        linestyle="--",
        label=f"apparent{_ici(result.calibration.ici.apparent)}",
    )
    for number, curve in enumerate(repeats):
        label = f"cross-validated{_ici(result.calibration.ici.nested_cv)}" if not number else None
        ax.plot(
            curve.predicted, curve.observed, color=colour, linewidth=0.7, alpha=0.7, label=label
        )
    _risk_bars(ax, predicted, top, colour)
    ax.set_xlim(0, top)
    ax.set_ylim(-_BAR_SHARE * top, top)
    ticks = round_ticks(0, top)
    ax.set_xticks(ticks)
    ax.set_yticks(ticks)
    ax.set_xlabel("Predicted probability")
    ax.set_ylabel("Share with the event")
    above_bars = (1.0, _BAR_SHARE / (1.0 + _BAR_SHARE))
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=above_bars, fontsize=7)
    return ax


def _round_up(risk: float) -> float:
    return min(1.0, float(np.ceil(10 * risk)) / 10)


def _ici(value: float | None) -> str:
    return "" if value is None or not np.isfinite(value) else f", ICI {value:.3f}"


def _risk_bars(ax: Axes, risk: NDArray[np.float64], top: float, colour: str) -> None:
    """Hang a histogram of the predictions below 0, the commonest at full height."""
    counts, edges = np.histogram(risk, bins=_BARS, range=(0.0, top))
    height = 0.9 * _BAR_SHARE * top * counts / counts.max()
    floor = -_BAR_SHARE * top
    ax.bar(
        edges[:-1],
        height,
        np.diff(edges),
        floor,
        align="edge",
        color=colour,
        alpha=0.35,
        linewidth=0,
    )
