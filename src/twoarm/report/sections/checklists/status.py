"""Whether this run holds what a line of a checklist asks for: a function of the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from twoarm.report.section import Section
from twoarm.report.sections.checklists.conditions import CONDITIONS, WHY_NOT
from twoarm.report.sections.checklists.items import Item
from twoarm.report.sections.checklists.words import WORDS
from twoarm.study.result import StudyResult

__all__ = ["ANSWERED", "HUMAN", "PREFILLED", "Judged", "addresses", "judged"]

ANSWERED, PREFILLED, HUMAN = "answered", "prefilled for the author", "human only"
_FORMS = {
    "table": "#table-{}",
    "section": "#{}",
    "page": "#{}",
    "csv": "tables/{}.csv",
    "file": "{}",
}
_ON_EVERY_PAGE = ("#short", "#provenance")
_FILES = ("model.json", "model_card.md")


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of a checklist in this run.

    Attributes
    ----------
    item : Item
    status : str
        `ANSWERED`, `PREFILLED` or `HUMAN`.
    text : str
        The answer, a text for the author, or why there is none.
    links : tuple of str
        Where it stands: anchors of the page, files of the run folder.
    """

    item: Item
    status: str
    text: str
    links: tuple[str, ...]


def addresses(result: StudyResult, sections: Sequence[Section]) -> frozenset[str]:
    """Give everything that a line may lead to: sections, tables with rows, files that are there."""
    shown = chain.from_iterable(
        chain(each.tables, *(folded.tables for folded in each.details)) for each in sections
    )
    written = chain.from_iterable(each.written.values() for each in sections)
    files = [result.folder / name for name in _FILES]
    return frozenset(
        [
            *_ON_EVERY_PAGE,
            *(f"#{each.name}" for each in sections),
            *(f"#table-{each.name}" for each in shown if each.rows),
            *(f"tables/{each.name}.csv" for each in written if each.rows),
            *(path.name for path in files if path.is_file() and path.stat().st_size),
        ]
    )


def judged(item: Item, result: StudyResult, there: frozenset[str]) -> Judged:
    """Judge a line: answered only where the run holds everything that the answer rests on.

    `there` is what `addresses` gives.
    """
    needed, also = (tuple(map(_address, each)) for each in (item.where, item.also))
    linked = tuple(each for each in also if each in there)
    level, why = item.level, item.without
    if item.when and not CONDITIONS[item.when](result):
        level, why = item.otherwise, why or _sentence(WHY_NOT[item.when])
    missing = [each for each in needed if each not in there]
    if level == "answer" and not missing:
        return Judged(item, ANSWERED, _text(item, result), (*needed, *linked))
    text = _text(item, result) if level == "prefill" else ""
    if text:
        return Judged(item, PREFILLED, text, linked)
    if level == "answer":
        return Judged(item, HUMAN, why or "This run does not hold it.", ())
    return Judged(item, HUMAN, why or _plain(item), ())


def _address(where: str) -> str:
    kind, _, name = where.partition(":")
    return _FORMS[kind].format(name)


def _plain(item: Item) -> str:
    """Give the text of a line that no run can answer, which says why; most have none."""
    return "" if item.text.startswith("@") else item.text


def _text(item: Item, result: StudyResult) -> str:
    if not item.text.startswith("@"):
        return item.text
    return WORDS[item.text[1:]](result)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
