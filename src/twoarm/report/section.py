"""A topic of the report: what is shown of it, in one shape for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import chain

from twoarm.diagnostics import Finding
from twoarm.report.figures import Drawing
from twoarm.report.table import Table

__all__ = ["Details", "Part", "Section", "joined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is folded away until the reader asks for it.

    Attributes
    ----------
    summary : str
        The line that stays in sight.
    figures, tables : tuple of Drawing, tuple of Table
    items : tuple of str
        Lines of a list.
    """

    summary: str
    figures: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one part brings to its section.

    Attributes
    ----------
    alarms : tuple of Finding
        What puts everything below in doubt.
    figures, tables : tuple of Drawing, tuple of Table
        In sight.
    notes : tuple of str
        Between figures and tables.
    details : tuple of Details
    files : tuple of Table
        Written as CSV and not shown; in place of the shown table of the same name, if there is one:
        that one is then shorter.
    """

    alarms: tuple[Finding, ...] = ()
    figures: tuple[Drawing, ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    details: tuple[Details, ...] = ()
    files: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Part):
    """A topic, put together from its parts.

    Attributes
    ----------
    name, link : str
        Its place on the page, and the words that lead there.
    title, lead : str
        Heading, and what the reader must know first; a lead may be empty.
    """

    name: str
    link: str
    title: str
    lead: str

    @property
    def written(self) -> dict[str, Table]:
        """The tables that are written as CSV, by name."""
        folded = chain.from_iterable(each.tables for each in self.details)
        return {each.name: each for each in (*self.tables, *folded, *self.files)}

    @property
    def holds_published(self) -> bool:
        """Whether numbers of publications stand in its tables."""
        return any(name.startswith("published") for name in self.written)

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """Every figure, also those that are folded away."""
        return (*self.figures, *chain.from_iterable(each.figures for each in self.details))


def joined(
    name: str, link: str, title: str, lead: str, *, parts: Iterable[Part | None]
) -> Section | None:
    """Put the parts that there are into one section; give None if there are none."""
    found = [part for part in parts if part is not None]
    if not found:
        return None
    content = {
        each.name: tuple(chain.from_iterable(getattr(part, each.name) for part in found))
        for each in fields(Part)
    }
    return Section(name=name, link=link, title=title, lead=lead, **content)
