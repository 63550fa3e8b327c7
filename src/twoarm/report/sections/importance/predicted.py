"""What the predicted benefit depends on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import present
from twoarm.report.figures import CONTROL, TREATED, Drawing, Panel, draw, rows_height, wrapped
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.importance.refitted import RefittedImportance
from twoarm.study.judge.importance.variables import IMPORTANCE
from twoarm.study.result import StudyResult

__all__ = ["importance_bars", "importance_table", "part"]

_LABEL_WIDTH = 26  # letters in a line


def part(result: StudyResult) -> Part:
    """Draw the importance for the primary outcome, and fold that for every outcome away."""
    found = result.value(IMPORTANCE)
    refitted = None if found is None else present(found.predicted)
    folded = Details(
        summary="Importance of the predicted benefit for every outcome",
        tables=(importance_table(result),),
    )
    return Part(figures=(_drawing(result, refitted),), details=(folded,))


def importance_table(result: StudyResult) -> Table:
    """Give the importance of every variable, most important for the primary outcome first."""
    codebook = result.plan.cohort.codebook
    order = sorted(range(len(codebook)), key=lambda k: -float(result.primary.importance[k]))
    rows: tuple[Row, ...] = tuple(
        (
            codebook[k].title,
            codebook[k].column,
            *(float(outcome.importance[k]) for outcome in result.outcomes.values()),
        )
        for k in order
    )
    columns = (
        Column("variable", "Variable"),
        Column("column", "Column"),
        *(
            Column(name, outcome.spec.title, "probability")
            for name, outcome in result.outcomes.items()
        ),
    )
    note = (
        "Mean squared change of the predicted benefit when the variable is permuted, scaled to sum "
        "1, by the models of all patients. It says what the prediction depends on, not what "
        "modifies the effect."
    )
    return Table("importance", "What each predicted benefit depends on", note, columns, rows)


def importance_bars(
    panel: Panel,
    labels: Sequence[str],
    values: Sequence[float],
    published: Sequence[float | None],
    ranges: Sequence[tuple[float, float]] = (),
) -> None:
    """Show the importance of variables, most important on top, published values as rings.

    `ranges` are drawn as lines, one a variable: where a share lies in other fits of the model.
    """
    y = np.arange(len(labels), dtype=np.float64)[::-1]
    panel.beams("this study", labels, y, values)
    names = [("this study", TREATED, "s")]
    if ranges:
        low, high = np.array(ranges).T
        panel.ranges("95 % of refitted models", labels, y, low, high)
    known = [k for k, value in enumerate(published) if value is not None]
    if known:
        shares = [float(published[k] or 0.0) for k in known]
        panel.dots("published", shares, y[known], colour=CONTROL, hollow=True, size=5,
                   labels=[labels[k] for k in known])  # fmt: skip
        names.append(("published", CONTROL, "o hollow"))
    panel.row_labels([wrapped(label, _LABEL_WIDTH) for label in labels], y)
    panel.axes.set_xlabel("Importance (shares, sum 1)")
    panel.axes.set_xlim(left=0)
    panel.axes.set_ylim(-0.7, len(labels) - 0.3)
    if known:
        panel.key(names)


def _drawing(result: StudyResult, refitted: RefittedImportance | None) -> Drawing:
    codebook, values = result.plan.cohort.codebook, result.primary.importance
    published: dict[str, float] = {}
    if result.plan.file.published is not None:
        published = dict(result.plan.file.published.importance)
    order = np.argsort(-values, kind="stable")
    labels = [codebook[k].title for k in order]
    return draw(
        "importance",
        f"What the predicted benefit depends on, {result.primary.spec.title}",
        "Bars of permutation importance, one a variable; lines hold 95 % of refitted models.",
        lambda panel: importance_bars(
            panel,
            labels,
            [float(values[k]) for k in order],
            [published.get(codebook[k].column) for k in order],
            ranges=_ranges(refitted, order),
        ),
        legend=f"{len(result.plan.cohort)} patients. Mean squared change of the predicted benefit "
        "when the variable is permuted, by the models of all patients, scaled to sum 1"
        + ("; lines hold 95 % of refitted models. " if refitted is not None else ". ")
        + "It says what the prediction depends on, not what modifies the effect.",
        height_mm=rows_height([wrapped(label, _LABEL_WIDTH) for label in labels]),
        synthetic=result.plan.cohort.synthetic,
    )


def _ranges(
    refitted: RefittedImportance | None, order: NDArray[np.intp]
) -> list[tuple[float, float]]:
    if refitted is None:
        return []
    low, high = refitted.limits
    return [(float(low[k]), float(high[k])) for k in order]
