"""How the benefit moves with one variable: as the model predicts it, and as the cohort shows it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.diagnostics import present
from twoarm.importance import Dependence
from twoarm.metrics import Estimate
from twoarm.report.figures import (
    FAINT,
    GREY,
    INK,
    TREATED,
    Drawing,
    Panel,
    draw,
    wrapped,
)
from twoarm.report.formats import Value
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.importance.by_variable import AlongVariable, ValueGroup
from twoarm.study.result import StudyResult

__all__ = ["dependence", "dependence_table", "levels", "part", "value_bins"]

_NOTE = (
    "Predicted: the mean predicted benefit of all patients had they this value of one variable, "
    "everything else as it is (partial dependence); combinations that no patient has are included, "
    "and the curve has no interval: it describes the fitted model. Adjusted: what the patients who "
    "have this value show, by doubly robust scores. Crude: the arms as they are. Where predicted "
    "and adjusted part, the model says something that the cohort does not."
)
_MOST_TICKS = 60  # different values that each have a tick of their own in the rug
_AXIS_WIDTH = 44  # letters of a line beneath the axis
_LEVELS_WIDTH = 42  # letters of all levels beneath the axis


def part(result: StudyResult) -> Part:
    """Draw the curves of the leading variables."""
    curves, cohort = result.dependence, result.plan.cohort
    along = {each.variable: each for each in result.along_variables}
    figures = (
        _drawing(result, curve, cohort.codebook[curve.variable], along.get(curve.variable))
        for curve in curves
    )
    table = dependence_table(curves, cohort.codebook)
    return Part(figures=tuple(figures), notes=(_NOTE,), files=(table,))


def dependence_table(curves: Sequence[Dependence], codebook: Sequence[Predictor]) -> Table:
    """Give the curves of partial dependence."""
    rows: tuple[Row, ...] = tuple(
        (codebook[each.variable].column, _value_of(codebook[each.variable], value), benefit)
        for each in curves
        for value, benefit in zip(each.values.tolist(), each.benefit.tolist(), strict=True)
    )
    columns = (
        Column("variable", "Variable"),
        Column("value", "Value", "number"),
        Column("benefit", "Mean predicted benefit, points", "points"),
    )
    return Table("dependence", "Partial dependence of the benefit", "", columns, rows)


def _value_of(predictor: Predictor, value: float) -> Value:
    return value if predictor.is_number else str(predictor.all_levels[int(value)].code)


def dependence(panel: Panel, curve: Dependence, along: AlongVariable | None) -> None:
    """Show how the benefit moves with a number: predicted, and adjusted with its band and rug."""
    predicted = 100 * curve.benefit
    names = [("predicted", INK, "-")]
    smooth = None if along is None else present(along.curve)
    if smooth is not None:
        panel.band("adjusted, 95 % limits", smooth.predicted, 100 * smooth.low, 100 * smooth.high)
        panel.line("adjusted", smooth.predicted, 100 * smooth.observed)
        names.append(("adjusted, 95 % limits", TREATED, "-"))
    panel.line("predicted (partial dependence)", curve.values, predicted, colour=INK)
    low, high = panel.axes.get_ylim()
    low, high = min(low, 0.0), max(high, 0.0)
    if along is not None:
        _rug(panel, along, low, 0.1 * (high - low))
        low -= 0.12 * (high - low)
    panel.axes.set_ylim(low, high + 0.04 * (high - low))
    panel.refer(y=0)
    panel.axes.set_ylabel("Benefit, points")
    panel.key(names)


def _rug(panel: Panel, along: AlongVariable, low: float, height: float) -> None:
    """Stand a tick at every value, as high as patients have it, and shade where few are."""
    values, counts = np.unique(along.values, return_counts=True)
    span = float(values[-1] - values[0])
    width = 0.5 * span / _MOST_TICKS
    if values.size > _MOST_TICKS:
        counts, edges = np.histogram(along.values, bins=_MOST_TICKS)
        values, width = (edges[:-1] + edges[1:]) / 2, span / _MOST_TICKS
    panel.columns("patients", values, counts, width, base=low - height,
                  scale=0.9 * height / int(counts.max()), colour=GREY, alpha=0.7)  # fmt: skip
    few = [
        (left, right)
        for left, right in ((values[0], along.usual[0]), (along.usual[1], values[-1]))
        if right > left
    ]
    for left, right in few:
        panel.axes.axvspan(left, right, color=FAINT, alpha=0.15, linewidth=0)


def value_bins(panel: Panel, groups: Sequence[ValueGroup]) -> None:
    """Show the crude and the adjusted difference of the arms in groups of a number."""
    middle = np.array([(each.low + each.high) / 2 for each in groups])
    nudge = 0.012 * float(groups[-1].high - groups[0].low)
    _contrasts(panel, groups, middle, nudge)
    for each in groups:
        panel.axes.axvspan(each.low, each.high, ymax=0.03, color=GREY, alpha=0.5, linewidth=0)
    panel.axes.set_ylabel("Benefit, points")


def levels(
    panel: Panel, curve: Dependence, groups: Sequence[ValueGroup], titles: Sequence[str]
) -> None:
    """Show the benefit at each level: predicted, adjusted and crude."""
    place = np.array(curve.values, dtype=np.float64)
    panel.dots("predicted (partial dependence)", place - 0.2, 100 * curve.benefit, colour=INK,
               marker="D", size=4)  # fmt: skip
    names = [("predicted", INK, "D")]
    if groups:
        names += _contrasts(panel, groups, np.array([each.low for each in groups]), 0.1)
    panel.refer(y=0)
    width = max(6, _LEVELS_WIDTH // max(place.size, 1))
    texts = [wrapped(titles[int(value)], width, 3) for value in place]
    panel.axes.set_xticks(place, texts)
    panel.axes.set_xlim(place[0] - 0.5, place[-1] + 0.5)
    panel.axes.set_ylabel("Benefit, points")
    panel.key(names)


def _contrasts(
    panel: Panel,
    groups: Sequence[ValueGroup],
    place: NDArray[np.float64],
    nudge: float,
) -> list[tuple[str, str, str]]:
    """Draw both differences of the arms, side by side, and give what they are called."""
    for series, colour, hollow, shift in (
        ("adjusted", TREATED, False, -nudge),
        ("crude", GREY, True, nudge),
    ):
        known = [
            (x + shift, found)
            for x, each in zip(place, groups, strict=True)
            if (found := getattr(each.contrast, series)) is not None
        ]
        if known:
            at, found = zip(*known, strict=True)
            panel.intervals(series, at, *_points(found), colour=colour, hollow=hollow,
                            size=4)  # fmt: skip
    names = [("adjusted", TREATED, "o"), ("crude", GREY, "o hollow")]
    if panel.name:
        panel.refer(y=0)
        panel.key(names)
    return names


def _points(found: Sequence[Estimate]) -> list[list[float]]:
    return [[100 * getattr(each, part) for each in found] for part in ("estimate", "low", "high")]


def _drawing(
    result: StudyResult, curve: Dependence, predictor: Predictor, along: AlongVariable | None
) -> Drawing:
    xlabel = f"{predictor.title}, {predictor.unit}" if predictor.unit else predictor.title
    bins = () if along is None else along.bins
    panels: tuple[str, ...] = ("by value", "in groups") if predictor.is_number and bins else ("",)

    def paint(first: Panel, second: Panel | None = None) -> None:
        if predictor.is_number:
            dependence(first, curve, along)
        else:
            levels(first, curve, bins, [level.text for level in predictor.all_levels])
        if second is not None:
            value_bins(second, bins)
        (first if second is None else second).axes.set_xlabel(wrapped(xlabel, _AXIS_WIDTH))

    return draw(
        f"dependence_{predictor.column}",
        f"Benefit by {predictor.title}, {result.primary.spec.title}",
        f"Benefit in points by {predictor.title}: predicted, adjusted with 95 % limits, and the "
        "crude difference of the arms in groups of patients.",
        paint,
        legend=_legend(along, predictor.is_number),
        height_mm=92 if len(panels) > 1 else 62,
        panels=panels,
        sizes=(1.15, 1.0)[: len(panels)],
        shared=True,
        synthetic=result.plan.cohort.synthetic,
    )


def _legend(along: AlongVariable | None, is_number: bool) -> str:
    if along is None:
        return "Partial dependence of the fitted model; the arms do not tell what to set beside it."
    counts = "; ".join(
        f"{each.label}: {each.contrast.n[0]} and {each.contrast.n[1]}" for each in along.bins
    )
    text = f"{along.values.size} patients with known outcome and value. "
    if is_number:
        text += (
            "Adjusted: restricted cubic spline of doubly robust scores with pointwise 95 % limits; "
            "ticks count patients; shaded: beyond the 2.5th and 97.5th percentile few patients "
            "carry what is drawn. Below: groups of about equal size, cut by the variable alone, "
        )
    else:
        text += "For each level: predicted; "
    return (
        text + "adjusted by mean doubly robust score and crude with Newcombe's interval, 95 %. "
        "Nothing is adjusted where an arm has nobody with, or nobody without, the event. "
        f"Control and treated: {counts}."
    )
