"""Are the arms alike in what was measured, before and after weighting?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import Balance
from twoarm.metrics import finite
from twoarm.report.figures import CONTROL, GREY, TREATED, Panel, draw, rows_height, wrapped
from twoarm.report.formats import Value
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Table
from twoarm.study.judge.comparability.balance import BALANCE
from twoarm.study.result import StudyResult

__all__ = ["balance_table", "love_plot", "part"]

_IMBALANCE = 0.1
_LABEL_WIDTH = 30  # letters in a line


def part(result: StudyResult) -> Part | None:
    """Draw the balance of the arms, and fold the numbers away."""
    found, titled = result.value(BALANCE), result.plan.file.column_title
    if found is None:
        return None
    titles = tuple(map(titled, found.names))
    figure = draw(
        "love_plot",
        "Balance of the arms before and after weighting",
        "Size of the standardised difference of every column, unweighted, by inverse and by "
        "overlap weights; a line at 0.1.",
        lambda panel: love_plot(panel, replace(found, names=titles)),
        legend=f"{len(result.plan.cohort)} patients. Standardised difference of the arms' means, "
        "unweighted and after weighting by the propensity; columns with the largest difference "
        "first; the dotted line is at 0.1. Balance in what was measured says nothing about what "
        "was not.",
        height_mm=rows_height([wrapped(title, _LABEL_WIDTH) for title in titles]),
        synthetic=result.plan.cohort.synthetic,
    )
    table = balance_table(found, titles)
    shown = table.without("column")  # the titles say what it is
    folded = Details(summary="Balance of the arms, column by column", tables=(shown,))
    return Part(figures=(figure,), details=(folded,), files=(table,))


def balance_table(found: Balance, titles: Sequence[str]) -> Table:
    """Give the standardised differences of every column, before and after weighting."""
    weighted = (found.before, found.inverse, found.overlap)
    rows = tuple(
        (name, title, *(_cell(float(each[k])) for each in weighted))
        for k, (name, title) in enumerate(zip(found.names, titles, strict=True))
    )
    columns = (
        Column("column", "Column"),
        Column("title", "Measured"),
        Column("before", "Before", "probability"),
        Column("inverse", "Inverse weights", "probability"),
        Column("overlap", "Overlap weights", "probability"),
    )
    note = (
        "Standardised differences, treated minus control; above 0.1 in size is usually called "
        "imbalance; infinite: the same for a whole arm, another for the other. Balance in what was "
        "measured says nothing about what was not."
    )
    return Table("balance", "Balance before and after weighting", note, columns, rows)


def _cell(difference: float) -> Value:
    return "infinite" if math.isinf(difference) else finite(difference)


def love_plot(panel: Panel, found: Balance) -> None:
    """Show the size of every column's standardised difference before and after weighting.

    An infinite one stands beyond all others, and its label says so.
    """
    shown = ~np.isnan(found.before)
    sizes = np.abs(np.concatenate([found.before, found.inverse, found.overlap]))
    beyond = 1.1 * float(sizes[np.isfinite(sizes)].max(initial=_IMBALANCE))
    names = [
        f"{name} (infinite)" if np.isinf(size) else name
        for name, size in zip(found.names, found.before, strict=True)
        if not np.isnan(size)
    ]
    y = np.arange(len(names), dtype=np.float64)[::-1]
    series: tuple[tuple[NDArray[np.float64], str, str, str], ...] = (
        (found.before, "o", GREY, "before"),
        (found.inverse, "s", TREATED, "inverse weights"),
        (found.overlap, "D", CONTROL, "overlap weights"),
    )
    for values, marker, colour, label in series:
        panel.dots(
            label,
            np.minimum(np.abs(values[shown]), beyond),
            y,
            marker=marker,
            colour=colour,
            size=3.5,
            hollow=marker == "o",
            labels=names,
        )
    panel.refer(x=_IMBALANCE, dash=":")
    panel.row_labels([wrapped(name, _LABEL_WIDTH) for name in names], y, size=6.5)
    panel.axes.set_xlim(left=0)
    panel.axes.set_ylim(-0.7, len(names) - 0.3)
    panel.axes.set_xlabel("Standardised difference, size")
    panel.key([("before", GREY, "o hollow"), ("inverse\nweights", TREATED, "s"),
               ("overlap\nweights", CONTROL, "D")])  # fmt: skip
