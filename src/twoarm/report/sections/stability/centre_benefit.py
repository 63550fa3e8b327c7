"""The benefit in centres that the models have not seen."""

from __future__ import annotations

from dataclasses import replace

from twoarm.diagnostics import BenefitByCentre, Pooled, present
from twoarm.diagnostics.stability.centre_benefit import CentreBenefit
from twoarm.metrics import finite, slope_is_told
from twoarm.report.figures import (
    GREY,
    INK,
    TREATED,
    Drawing,
    ForestRow,
    draw,
    forest,
    forest_height,
)
from twoarm.report.formats import shown
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Table
from twoarm.study.judge.stability.held_out_centres import CENTRES
from twoarm.study.result import StudyResult

__all__ = ["benefit_table", "centre_rows", "largest_centres", "part", "pooled_table"]

_MOST_ROWS = 30
_MOST_DRAWN = 25
_FOR_A_DIFFERENCE = 2  # patients in both arms
_IN_THE_MEAN = 10  # patients in both arms
_POOLED = (
    Column("low", "95 % low", "points"),
    Column("high", "95 % high", "points"),
    Column("prediction_low", "A further centre, low", "points"),
    Column("prediction_high", "A further centre, high", "points"),
)


def part(result: StudyResult) -> Part | None:
    """Show the pooled benefit, and fold the largest centres away; the file has them all."""
    centres, outcome = result.value(CENTRES), result.primary.spec.title
    found = None if centres is None else present(centres.benefit)
    if found is None:
        return None
    table = benefit_table(found, outcome)
    folded = Details(summary="Centre by centre", tables=(largest_centres(table),))
    return Part(
        figures=(_drawing(result, found),),
        tables=(pooled_table(found, outcome),),
        details=(folded,),
        files=(table,),
    )


def centre_rows(found: BenefitByCentre) -> list[ForestRow]:
    """Give the rows of the forest: the largest centres, their mean, and a further centre."""
    most = sorted(found.centres, key=lambda each: -(each.n_control + each.n_treated))
    largest = max(each.n_control + each.n_treated for each in found.centres)
    rows = [_centre_row(each, largest) for each in most[:_MOST_DRAWN]]
    if found.aipw is not None:
        pooled = found.aipw
        rows.append(
            ForestRow(
                label="Mean of the centres", estimate=100 * pooled.estimate, low=100 * pooled.low,
                high=100 * pooled.high, marker="D", colour=INK, size=6.0, series="pooled",
            )
        )  # fmt: skip
        rows.append(
            ForestRow(
                label="A further centre", estimate=100 * pooled.estimate,
                low=100 * pooled.prediction_low, high=100 * pooled.prediction_high, marker="|",
                colour=INK, series="prediction interval",
            )
        )  # fmt: skip
    return rows


def _centre_row(centre: CentreBenefit, largest: int) -> ForestRow:
    n = centre.n_control + centre.n_treated
    label = f"{centre.centre or 'not recorded'} ({centre.n_control} + {centre.n_treated})"
    low, high = centre.limits
    too_few = min(centre.n_control, centre.n_treated) < _FOR_A_DIFFERENCE
    if too_few or finite(low) is None or abs(centre.aipw) > 1.0:
        return ForestRow(label=label, note="too few patients")
    few = min(centre.n_control, centre.n_treated) < _IN_THE_MEAN
    return ForestRow(
        label=label,
        estimate=100 * centre.aipw,
        low=100 * low,
        high=100 * high,
        size=3.0 + 4.0 * (n / largest) ** 0.5,
        marker="s",
        series="centre, not in the mean" if few else "centre",
        hollow=few,
        colour=GREY if few else TREATED,
    )


def _drawing(result: StudyResult, found: BenefitByCentre) -> Drawing:
    rows, outcome = centre_rows(found), result.primary.spec.title
    left_out = max(0, len(found.centres) - _MOST_DRAWN)
    return draw(
        "centres",
        f"Benefit centre by centre, {outcome}",
        "Forest of the doubly robust benefit in points with 95 % intervals: a row for each centre, "
        "the largest first, their random-effects mean, and where a further centre is expected.",
        lambda panel: forest(panel, rows, "Doubly robust benefit, points"),
        legend="Control + treated patients in brackets; models have not seen the centre. Squares "
        "grow with the centre; hollow: fewer than 10 patients in an arm, not in the mean"
        + (" (the mean needs three other centres)" if found.aipw is None else "")
        + ". Last row: 95 % prediction interval. The scores share the cohort's confounding."
        + (f" {left_out} smaller centres are in tables/centre_benefit.csv." if left_out else ""),
        height_mm=forest_height(rows),
        synthetic=result.plan.cohort.synthetic,
    )


def pooled_table(found: BenefitByCentre, outcome: str) -> Table:
    """Give the benefit pooled over centres, and how far it is from the predicted one."""
    rows = tuple(
        (label, each.estimate, *(getattr(each, column.name) for column in _POOLED))
        for label, each in (
            ("Doubly robust benefit", found.aipw),
            ("Doubly robust minus predicted benefit", found.difference),
        )
        if isinstance(each, Pooled)
    )
    columns = (Column("measure", ""), Column("estimate", "Points", "points"), *_POOLED)
    title = f"Benefit in centres that the models have not seen, {outcome}"
    return Table("centre_pooled", title, _note(found), columns, rows)


def _note(found: BenefitByCentre) -> str:
    slope = found.slope
    note = (
        "Predicted: by models that have not seen the centre. Doubly robust: mean AIPW score, which "
        "shares the cohort's confounding. Random-effects means over centres with 10 or more "
        "patients in both arms. "
    )
    if found.spread is not None:
        note += f"{found.spread} "
    if slope_is_told(slope):
        note += (
            "Slope of the doubly robust scores on the predicted benefit, centres as clusters: "
            f"{shown(slope.estimate, 'number')} (95 % {shown(slope.low, 'number')} to "
            f"{shown(slope.high, 'number')}); 1 would mean that a predicted point is worth a "
            "point, 0 that the prediction ranks nobody."
        )
    return note.rstrip()


def benefit_table(found: BenefitByCentre, outcome: str) -> Table:
    """Give the benefit of every centre."""
    rows = tuple(
        (
            each.centre or "not recorded",
            each.n_control,
            each.n_treated,
            each.predicted,
            each.aipw,
            finite(each.se),
        )
        for each in found.centres
    )
    columns = (
        Column("centre", "Centre"),
        Column("n_control", "Control", "count"),
        Column("n_treated", "Treated", "count"),
        Column("predicted", "Predicted benefit, points", "points"),
        Column("aipw", "Doubly robust benefit, points", "points"),
        Column("se", "Standard error, points", "spread"),
    )
    title = f"Benefit centre by centre, {outcome}"
    note = "The standard error is that of the doubly robust mean; patients with a known outcome."
    return Table("centre_benefit", title, note, columns, rows)


def largest_centres(table: Table) -> Table:
    """Keep the centres with the most patients for the page; the CSV file has them all."""
    if len(table.rows) <= _MOST_ROWS:
        return table
    order = sorted(table.rows, key=lambda row: -(int(row[1] or 0) + int(row[2] or 0)))
    note = f"{table.note} The {_MOST_ROWS} largest; all are in tables/{table.name}.csv."
    return replace(table, note=note, rows=tuple(order[:_MOST_ROWS]))
