"""The benefit in subgroups, on the absolute scale: the forest that PATH asks for."""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.cohort.codebook import Predictor
from twoarm.metrics import Estimate, finite
from twoarm.report.figures import INK, Drawing, ForestRow, draw, fitting, forest, forest_height
from twoarm.report.section import Details, Part
from twoarm.report.sections.ranking.learners import adjusted
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.importance.by_variable import AlongVariable, ValueGroup
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.result import StudyResult

__all__ = ["part", "subgroup_rows", "subgroups_table"]

_LABEL = 33  # letters
_ROW_MM = 4.3


def part(result: StudyResult) -> Part | None:
    """Draw the forest, and fold its numbers away; nothing where there is no cross-fit."""
    evidence, along = result.value(COMPARISON), result.along_variables
    if evidence is None or not along:
        return None
    table = subgroups_table(result, along)
    folded = Details(summary=table.title, tables=(table,))
    return Part(figures=(_drawing(result, evidence, along),), details=(folded,))


def subgroups_table(result: StudyResult, along: Sequence[AlongVariable]) -> Table:
    """Give counts, and the benefit adjusted, crude and predicted, of every subgroup."""
    codebook = result.plan.cohort.codebook
    rows: tuple[Row, ...] = tuple(
        (
            codebook[each.variable].title,
            group.label,
            *group.contrast.n,
            *group.contrast.events,
            *_numbers(group.contrast.adjusted),
            *_numbers(group.contrast.crude),
            group.contrast.predicted,
        )
        for each in along
        for group in each.halves
    )
    columns = (
        Column("outcome", "Variable"),
        Column("group", "Patients"),
        Column("n_control", "Control", "count"),
        Column("n_treated", "Treated", "count"),
        Column("events_control", "Events, control", "count"),
        Column("events_treated", "Events, treated", "count"),
        Column("adjusted", "Adjusted benefit, points", "points"),
        Column("adjusted_low", "95 % low", "points"),
        Column("adjusted_high", "95 % high", "points"),
        Column("crude", "Crude, points", "points"),
        Column("crude_low", "95 % low", "points"),
        Column("crude_high", "95 % high", "points"),
        Column("predicted", "Predicted, points", "points"),
    )
    note = (
        "Numbers are cut at their median, everything else by its levels, before any outcome is "
        "looked at. Adjusted: mean doubly robust score, where both arms have patients with and "
        "without the event. Crude: Newcombe's interval. One variable at a time: subgroups overlap, "
        "none is adjusted for the number of comparisons, and a difference between two of them "
        "can be one of baseline risk." + adjusted(result.plan.study)
    )
    title = f"Benefit in subgroups, {result.primary.spec.title}"
    return Table("subgroups", title, note, columns, rows)


def _numbers(value: Estimate | None) -> Row:
    if value is None:
        return (None, None, None)
    return finite(value.estimate), finite(value.low), finite(value.high)


def subgroup_rows(
    codebook: Sequence[Predictor], along: Sequence[AlongVariable], average: Estimate
) -> list[ForestRow]:
    """Give the rows of the forest: everybody, then every subgroup."""
    rows = [
        ForestRow(
            label="All patients", estimate=100 * average.estimate, low=100 * average.low,
            high=100 * average.high, marker="D", colour=INK, size=5.5, series="all patients",
        )
    ]  # fmt: skip
    for each in along:
        predictor = codebook[each.variable]
        rows += [_row(predictor, group) for group in each.halves]
    return rows


def _row(predictor: Predictor, group: ValueGroup) -> ForestRow:
    label = _short(predictor.title, group.label)
    found = group.contrast.adjusted
    if found is None:
        (k0, k1), (n0, n1) = group.contrast.events, group.contrast.n
        return ForestRow(label=label, note=f"events {k0}/{n0}, {k1}/{n1}")
    return ForestRow(
        label=label, estimate=100 * found.estimate, low=100 * found.low, high=100 * found.high,
        size=3.8,
    )  # fmt: skip


def _short(title: str, group: str) -> str:
    """Name variable and group in one line: what gives way is the longer of them.

    Examples
    --------
    >>> _short("Last known well to puncture", "77 to 357"), _short("mRS", "1, no disability")
    ('Last known well to ...: 77 to 357', 'mRS: 1, no disability')
    """
    room = _LABEL - len(": ")
    of_group = min(len(group), max(room - len(title), room // 2))
    return f"{fitting(title, room - of_group)}: {fitting(group, of_group)}"


def _drawing(
    result: StudyResult, evidence: BenefitEvidence, along: Sequence[AlongVariable]
) -> Drawing:
    rows = subgroup_rows(result.plan.cohort.codebook, along, evidence.average)
    spec = result.primary.spec
    return draw(
        "subgroups",
        f"Benefit in subgroups, {spec.title}",
        "Forest of the absolute benefit in points with 95 % intervals: all patients, then two "
        "halves of every number and the levels of every other variable; a line at 0.",
        lambda panel: forest(
            panel,
            rows,
            "Adjusted benefit, points",
            threshold=100 * evidence.patients.threshold,
            one_line=True,
        ),
        legend=f"{evidence.patients.outcome.size} patients with known outcome. Mean doubly robust "
        "score with its 95 % interval; numbers are cut at their median. Events (control, treated) "
        "stand where an arm has nobody with, or nobody without, the outcome. Subgroups overlap, "
        "and no interval is adjusted for their number." + adjusted(result.plan.study),
        height_mm=forest_height(rows, _ROW_MM),
        synthetic=result.plan.cohort.synthetic,
    )
