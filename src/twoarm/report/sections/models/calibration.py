"""Does the event happen as often as predicted?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import CalibrationGroups
from twoarm.report.figures import (
    INK,
    TREATED,
    Axes,
    Drawing,
    Panel,
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
_NO_ROOM = 0.15  # of the axis: to the left of it nothing can be written
_EVENTS_FOR_A_CURVE = 20  # and as many without: fewer make a line of noise


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
    for name, label in zip(ARMS, arm_labels(result), strict=True):
        arm = result.primary.arms[name]
        yield draw(
            f"calibration_{name}",
            f"Calibration, {label}, {result.primary.spec.title}",
            "Share with the event by predicted probability: groups of patients with 95 % "
            "intervals; where events are not few also one smooth line for each repeat of "
            "cross-validation and a dashed one for the patients the model was fitted to; a dotted "
            "diagonal for perfect predictions; bars count patients.",
            partial(_painted, result=arm, colour=ARM_COLOURS[name]),
            legend=f"{arm.events} events in {arm.n} patients. Points: groups that carry equal "
            "information, by the mean out-of-fold prediction, with Wilson's 95 % intervals. "
            + (
                "Thin lines: lowess of the outcome over the predictions, a line for each repeat "
                "of cross-validation; dashed: the model on the patients it has seen. ICI: mean "
                "distance of such a line from the diagonal. "
                if _carries_curves(arm)
                else f"No smooth line: fewer than {_EVENTS_FOR_A_CURVE} patients with, or "
                "without, the event. "
            )
            + "Bars along the bottom count patients.",
            height_mm=80,
            synthetic=result.plan.cohort.synthetic,
        )


def _painted(panel: Panel, result: Performance, colour: str) -> None:
    _calibration(panel, result, colour)


def calibration(result: Performance, ax: Axes, *, colour: str = TREATED) -> Axes:
    """Show whether the event happens as often as predicted.

    Points are groups of patients (`twoarm.metrics.calibration_groups`) with their 95 % intervals.
    Where at least 20 patients have the event, and as many have not, each thin line smooths the
    outcome over the predictions of one repeat of nested cross-validation, and the dashed one over
    the model's predictions for the patients it was fitted to (apparent), by the smoother of
    `twoarm.metrics.calibration_curve`. On the diagonal, predictions are right. Bars below: how many
    patients are predicted each risk, by cross-validation, or else apparent.

    Parameters
    ----------
    result : Performance
        From `twoarm.validate`, or one arm of a study's outcome.
    ax : matplotlib.axes.Axes
        Drawn on; probabilities are 0-1 on both axes.
    colour : str
        Of the cross-validated curves, the points and the bars.

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
    _calibration(Panel(ax), result, colour)
    return ax


def _calibration(panel: Panel, result: Performance, colour: str) -> None:
    groups, curves = result.groups, _carries_curves(result)
    held = result.cv.risk[result.cv.complete]
    predicted = held.ravel() if held.size else result.risk
    told = [groups.high, groups.predicted, *([predicted, result.risk] if curves else [])]
    top = _round_up(max(float(each.max()) for each in told))
    names = [("groups, 95 % interval", colour, "o")]
    panel.diagonal(0, top)
    if curves:
        names += _smooth_lines(panel, result, colour)
    panel.intervals("groups of patients", groups.predicted, groups.observed, groups.low,
                    groups.high, colour=colour, hollow=curves)  # fmt: skip
    if not curves:
        _counts(panel, groups, top)
    _risk_bars(panel, predicted, top, colour)
    ax = panel.axes
    ax.set_xlim(0, top)
    ax.set_ylim(-_BAR_SHARE * top, top)
    ticks = round_ticks(0, top)
    ax.set_xticks(ticks)
    ax.set_yticks(ticks)
    ax.set_xlabel("Predicted probability")
    ax.set_ylabel("Share with the event")
    panel.key(names, columns=1)


def _counts(panel: Panel, groups: CalibrationGroups, top: float) -> None:
    """Write events and patients beside each point, on its side of the diagonal."""
    places = (groups.predicted, groups.observed, groups.events, groups.n)
    for x, y, k, n in zip(*places, strict=True):
        above, near = y > x, x < _NO_ROOM * top
        panel.say(
            x, y, f"{k} of {n}", fontsize=6.5,
            shift=(5, -9) if near else (-4, 4) if above else (4, -9),
            ha="right" if above and not near else "left",
        )  # fmt: skip


def _carries_curves(result: Performance) -> bool:
    return min(result.events, result.n - result.events) >= _EVENTS_FOR_A_CURVE


def _smooth_lines(panel: Panel, result: Performance, colour: str) -> list[tuple[str, str, str]]:
    """Draw the smoothed outcomes, and give what they are called."""
    apparent, repeats = result.apparent_curve, result.cross_validated_curves
    names = [(f"apparent{_ici(result.calibration.ici.apparent)}", INK, "--")]
    panel.line("apparent", apparent.predicted, apparent.observed, colour=INK, linewidth=0.9,
               linestyle="--")  # fmt: skip
    for number, curve in enumerate(repeats, start=1):
        series = f"cross-validated, repeat {number}"
        panel.line(series, curve.predicted, curve.observed, colour=colour, linewidth=0.6,
                   alpha=0.55)  # fmt: skip
    if repeats:
        names.append((f"cross-validated{_ici(result.calibration.ici.nested_cv)}", colour, "-"))
    return names


def _round_up(risk: float) -> float:
    return min(1.0, float(np.ceil(10 * risk)) / 10)


def _ici(value: float | None) -> str:
    return "" if value is None or not np.isfinite(value) else f", ICI {value:.3f}"


def _risk_bars(panel: Panel, risk: NDArray[np.float64], top: float, colour: str) -> None:
    """Stand a histogram of the predictions below 0, the commonest at full height."""
    counts, edges = np.histogram(risk, bins=_BARS, range=(0.0, top))
    panel.columns(
        "predictions", (edges[:-1] + edges[1:]) / 2, counts, np.diff(edges),
        base=-_BAR_SHARE * top, scale=0.9 * _BAR_SHARE * top / max(int(counts.max()), 1),
        colour=colour, alpha=0.35,
    )  # fmt: skip
