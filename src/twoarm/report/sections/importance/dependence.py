"""How the mean predicted benefit moves with one variable."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from twoarm.cohort.codebook import Predictor
from twoarm.importance import Dependence
from twoarm.report.figures import (
    FAINT,
    TREATED,
    Axes,
    Drawing,
    draw,
)
from twoarm.report.formats import Value
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["dependence", "dependence_table", "part"]

_NOTE = (
    "Partial dependence: the mean predicted benefit of all patients had they this value of one "
    "variable, everything else as it is; combinations that no patient has are included. The curves "
    "have no interval: they describe the fitted model."
)


def part(result: StudyResult) -> Part:
    """Draw the curves of the leading variables."""
    curves, cohort = result.dependence, result.plan.cohort
    figures = (
        _drawing(curve, cohort.codebook[curve.variable], synthetic=cohort.synthetic)
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


def dependence(axes: Axes, curve: Dependence, xlabel: str, levels: Sequence[str] | None) -> Axes:
    """Show how the mean predicted benefit moves with one variable."""
    points = 100 * curve.benefit
    if levels is None:
        axes.plot(curve.values, points, "-o", color=TREATED, markersize=2.2, linewidth=1.2)
    else:
        axes.plot(curve.values, points, "o", color=TREATED, markersize=5)
        axes.set_xticks(curve.values, [levels[int(value)] for value in curve.values])
        axes.margins(x=0.2)
    axes.axhline(0, color=FAINT, linewidth=0.6)
    axes.set_ylim(min(0.0, float(points.min())) - 2, max(0.0, float(points.max())) * 1.1 + 2)
    axes.set_xlabel(xlabel)
    axes.set_ylabel("Mean benefit, points")
    return axes


def _drawing(curve: Dependence, predictor: Predictor, *, synthetic: bool) -> Drawing:
    xlabel = f"{predictor.title}, {predictor.unit}" if predictor.unit else predictor.title
    levels = None if predictor.is_number else [level.text for level in predictor.all_levels]
    return draw(
        f"dependence_{predictor.column}",
        f"Mean predicted benefit by {predictor.title}",
        f"Partial dependence of the predicted benefit on {predictor.title}.",
        partial(dependence, curve=curve, xlabel=xlabel, levels=levels),
        height_mm=50,
        synthetic=synthetic,
    )
