"""What modifies the effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from twoarm.cohort.codebook import Predictor
from twoarm.diagnostics import present
from twoarm.report.figures import CONTROL, TREATED, Drawing, Panel, draw, rows_height, wrapped
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.importance.modifiers import Modifiers
from twoarm.study.judge.importance.variables import IMPORTANCE
from twoarm.study.result import StudyResult

__all__ = ["modifier_bars", "modifiers_table", "part"]

_LABEL_WIDTH = 26  # letters in a line
_MEASURES = {
    "projection": "Best linear projection, variance",
    "loss": "Rise of the loss when permuted",
    "te_vim": "TE-VIM, variance",
}


def part(result: StudyResult) -> Part | None:
    """Draw the measure to quote, and fold all three away."""
    both = result.value(IMPORTANCE)
    found = None if both is None else present(both.modifiers)
    if found is None:
        return None
    table = modifiers_table(result.plan.cohort.codebook, found)
    folded = Details(summary=table.title, tables=(table,))
    return Part(figures=(_drawing(result, found),), details=(folded,))


def modifiers_table(codebook: Sequence[Predictor], modifiers: Modifiers) -> Table:
    """Give every measure of every group of variables."""
    shown = [name for name in _MEASURES if name in modifiers.measures]
    rows = tuple(row for name in shown for row in _measure_rows(codebook, modifiers, name))
    columns = (
        Column("outcome", "Measure"),
        Column("variable", "Variable"),
        Column("value", "Value", "number"),
        Column("rank", "Rank", "number"),
        Column("rank_low", "95 % low", "number"),
        Column("rank_high", "95 % high", "number"),
        Column("reference_mean", "Permuted treatment, mean", "number"),
        Column("reference_high", "95th percentile", "number"),
        Column("p", "As large when permuted", "probability"),
    )
    note = (
        "Squared benefit (0.01 is the square of 10 points). Projection: variance of the best "
        "linear projection of the benefit that is lost without the variable; loss: rise of the "
        "squared error on held-out folds; TE-VIM: rise of the squared error when the model of the "
        "benefit is fitted without the variable. The last column is the share of permutations with "
        "a value as large, the data counted as one: it tests that treatment does nothing to "
        "anybody, and is not adjusted for the number of variables."
    )
    number = "Three" if len(shown) == len(_MEASURES) else "Two"
    title = f"{number} measures of effect modification"
    return Table("effect_modifiers", title, note, columns, rows)


def _measure_rows(codebook: Sequence[Predictor], modifiers: Modifiers, name: str) -> Iterator[Row]:
    found = modifiers.measures[name]
    reference = found.reference_mean, found.reference_high, found.p
    for number in sorted(range(len(modifiers.groups)), key=lambda k: float(found.rank[k])):
        yield (
            _MEASURES[name],
            ", ".join(codebook[k].title for k in modifiers.groups[number]),
            float(found.value[number]),
            float(found.rank[number]),
            float(found.rank_low[number]),
            float(found.rank_high[number]),
            *(None if each is None else float(each[number]) for each in reference),
        )


def modifier_bars(
    panel: Panel,
    labels: Sequence[str],
    values: Sequence[float],
    ranges: Sequence[tuple[float, float]],
    reference: Sequence[float],
) -> None:
    """Show the spread of benefit that goes with each variable, in points, beside noise.

    Bars are estimates, lines their intervals, diamonds what permuted treatment reaches in 95 %.
    """
    y = np.arange(len(labels), dtype=np.float64)[::-1]
    low, high = np.array(ranges).T
    panel.beams("estimate", labels, y, values)
    panel.ranges("95 % interval", labels, y, low, high)
    panel.dots("permuted treatment, 95 %", reference, y, colour=CONTROL, marker="D", size=3.5,
               labels=labels)  # fmt: skip
    panel.row_labels([wrapped(label, _LABEL_WIDTH) for label in labels], y)
    panel.axes.set_xlabel("SD of benefit, points")
    panel.axes.set_xlim(left=0)
    panel.axes.set_ylim(-0.7, len(labels) - 0.3)
    panel.key([("estimate", TREATED, "s"), ("by noise alone, 95 %", CONTROL, "D")])


def _drawing(result: StudyResult, found: Modifiers) -> Drawing:
    codebook, measured = result.plan.cohort.codebook, found.measures["loss"]
    spread, reference = 100 * measured.spread, measured.spread_reference
    low, high = (100 * limit for limit in measured.spread_limits)
    assert reference is not None  # a run always permutes treatment
    order = np.argsort(measured.rank, kind="stable").tolist()
    labels = [", ".join(codebook[k].title for k in found.groups[number]) for number in order]
    return draw(
        "effect_modifiers",
        f"What modifies the effect, {result.primary.spec.title}",
        "Bars of the spread of benefit that goes with each variable (root of half the rise of the "
        "loss), in points; diamonds: the 95th percentile under permuted treatment.",
        lambda panel: modifier_bars(
            panel,
            labels,
            [float(spread[number]) for number in order],
            [(float(low[number]), float(high[number])) for number in order],
            [100 * float(reference[number]) for number in order],
        ),
        legend=f"{len(result.plan.cohort)} patients. Root of half the rise of the squared error "
        "of the benefit on held-out folds when the variable is permuted, with 95 % intervals. "
        "Diamonds: the 95th percentile of the same under permuted treatment; a bar that does not "
        "pass it cannot be told from noise.",
        height_mm=rows_height([wrapped(label, _LABEL_WIDTH) for label in labels]),
        synthetic=result.plan.cohort.synthetic,
    )
