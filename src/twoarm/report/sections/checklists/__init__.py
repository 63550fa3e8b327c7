"""Reporting checklists: what this run answers, what is prefilled, what only people can say."""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.report.section import Details, Section
from twoarm.report.sections.checklists.conditions import CONDITIONS, WHY_NOT
from twoarm.report.sections.checklists.emulation import emulation_table
from twoarm.report.sections.checklists.items import Checklist, checklists
from twoarm.report.sections.checklists.status import (
    ANSWERED,
    HUMAN,
    PREFILLED,
    Judged,
    addresses,
    judged,
)
from twoarm.report.sections.checklists.words import WORDS
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["judged_items", "section"]

_STATES = (ANSWERED, PREFILLED, HUMAN)
_LEAD = (
    "What reporting checklists ask, line by line: answered by this run, with the place; prefilled "
    "for the author to edit; or for people alone. The lines are in our own words: have the "
    "statements themselves at hand."
)


def section(result: StudyResult, others: Sequence[Section]) -> Section:
    """Judge every checklist that is of use here; `others` are the sections that lines may lead to.

    What a line needs and the others lack is not answered, so no link leads nowhere.
    """
    found = judged_items(result, others)
    filled = {each.name for each, _ in found}
    return Section(
        name="checklists",
        link="Checklists",
        title="Reporting checklists",
        lead=_LEAD,
        notes=tuple(
            f"{each.title} is not filled in: {WHY_NOT[each.needs]}."
            for each in checklists()
            if each.name not in filled
        ),
        tables=(_overview(found),) if found else (),
        details=tuple(_details(result, each, lines) for each, lines in found),
    )


def _details(result: StudyResult, checklist: Checklist, lines: Sequence[Judged]) -> Details:
    """Fold a checklist away; before TARGET stand specification and emulation side by side."""
    beside = (emulation_table(result),) if checklist.name == "target" else ()
    return Details(
        summary=f"{checklist.title}: {_counted(lines)}",
        tables=(*beside, _table(checklist, lines, result)),
    )


def judged_items(
    result: StudyResult, others: Sequence[Section]
) -> list[tuple[Checklist, list[Judged]]]:
    """Give every line of the checklists that are of use here, judged."""
    there = addresses(result, others)
    if CONDITIONS["observational"](result):
        there |= {f"#table-{emulation_table(result).name}"}
    return [
        (each, [judged(item, result, there) for item in each.items])
        for each in checklists()
        if CONDITIONS[each.needs](result)
    ]


def _counted(lines: Sequence[Judged]) -> str:
    return ", ".join(f"{sum(each.status == state for each in lines)} {state}" for state in _STATES)


def _overview(found: Sequence[tuple[Checklist, list[Judged]]]) -> Table:
    columns = (
        Column("checklist", "Checklist"),
        Column("lines", "Lines", "count"),
        Column("answered", "Answered", "count"),
        Column("prefilled", "Prefilled", "count"),
        Column("human", "Human only", "count"),
        Column("source", "Source"),
        Column("doi", "DOI"),
    )
    rows: list[Row] = [
        (
            each.title,
            len(lines),
            *(sum(line.status == state for line in lines) for state in _STATES),
            each.source,
            each.doi,
        )
        for each, lines in found
    ]
    note = "A count is no grade: a line that is answered can be answered badly for a study."
    return Table("checklists", "Checklists and this run", note, columns, tuple(rows))


def _table(checklist: Checklist, lines: Sequence[Judged], result: StudyResult) -> Table:
    columns = (
        Column("item", "Item"),
        Column("asks", "Asks for"),
        Column("status", "Status"),
        Column("text", "Answer, or a text for the author"),
        Column("where", "Where", "links"),
    )
    rows = tuple(
        (each.item.number, each.item.asks, each.status, each.text, " ".join(each.links))
        for each in lines
    )
    note = checklist.note
    if note.startswith("@"):
        note = WORDS[note[1:]](result)
    name = f"checklist_{checklist.name}"
    title = f"{checklist.title} ({checklist.source}, doi {checklist.doi})"
    return Table(name, title, note, columns, rows)
