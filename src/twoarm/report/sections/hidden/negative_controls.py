"""Outcomes that treatment cannot change."""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.cohort.studyfile import StudyFile
from twoarm.diagnostics import present
from twoarm.diagnostics.hidden.negative_control import chance_of_any
from twoarm.report.formats import shown
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.hidden.negative_controls import NEGATIVE_CONTROL, ControlRun
from twoarm.study.result import StudyResult

__all__ = ["controls_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Show the run on each negative control; nothing if the study has none."""
    controls = tuple(result.answers.each(NEGATIVE_CONTROL).values())
    return Part(tables=(controls_table(result.plan.file, controls),)) if controls else None


def controls_table(file: StudyFile, controls: Sequence[ControlRun]) -> Table:
    """Give the run on each outcome that treatment cannot change."""
    chance = chance_of_any(len(controls))
    columns = (
        Column("control", "Outcome"),
        Column("removed", "Left out of the models"),
        Column("n", "Patients", "count"),
        Column("effect", "Difference", "points"),
        Column("low", "95 % low", "points"),
        Column("high", "95 % high", "points"),
        Column("p", "p", "probability"),
        Column("detectable", "Found 4 times in 5 from", "spread"),
        Column("ranking_p", "p of the ranking", "probability"),
        Column("share", "Share at threshold", "percent"),
        Column("share_permuted", "Share, treatment permuted", "percent"),
        Column("share_p", "p of the share", "probability"),
    )
    note = (
        "Known before the decision, so treatment cannot change them: a difference between the arms "
        "that adjustment leaves is bias. Positive: the treated fare better. The difference is the "
        "test (doubly robust, cross-fitted); ranking and share should look as they do by chance, "
        "and are described. No difference does not exclude confounding by factors unrelated to "
        f"this outcome. Without any bias, {shown(chance, 'percent')} of studies with as many "
        "controls, independent of each other, would show a difference in at least one."
    )
    title = "Outcomes that treatment cannot change"
    rows = tuple(
        (
            each.spec.title,
            ", ".join(file.column_title(name) for name in each.removed),
            *_control(each),
        )
        for each in controls
    )
    return Table("negative_controls", title, note, columns, rows)


def _control(run: ControlRun) -> Row:
    found, ranking, share = present(run.effect), present(run.ranking), present(run.share)
    effect: Row = (None,) * 5
    if found is not None:
        one = found.effect
        effect = (one.estimate, one.low, one.high, found.p, found.detectable)
    shares: Row = (None,) * 3 if share is None else (share.raw, share.permuted.mean, share.p)
    return (
        run.n,
        *effect,
        None if ranking is None else ranking.p,
        *shares,
    )
