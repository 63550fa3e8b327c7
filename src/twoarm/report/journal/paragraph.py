"""Paragraphs with citations, numbered in the order in which they are first cited."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from twoarm.report.journal.docx import Block, Heading, Text

__all__ = ["Paragraph", "blocks", "listed", "markdown", "numbered", "sentence"]

_CITED = re.compile(r" ?\[@([a-z0-9; @]+)\]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph under its heading; ``[@key]`` cites a work of ``references.toml``."""

    heading: str
    text: str


@cache
def _works() -> dict[str, dict[str, str]]:
    text = (files(__package__) / "references.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def numbered(paragraphs: Sequence[Paragraph]) -> tuple[list[Paragraph], list[str]]:
    """Put numbers in the place of citations, and give the works in their order.

    What looks like a citation and cites no work is a user's own text, and stays.

    Examples
    --------
    >>> found, works = numbered([Paragraph("A", "Of two [@efron1997; @delong1988].")])
    >>> found[0].text, works[1][-20:]
    ('Of two [1,2].', ' doi:10.2307/2531595')
    """
    order: dict[str, int] = {}
    works = _works()

    def number(match: re.Match[str]) -> str:
        keys = [key.strip(" @") for key in match[1].split(";")]
        if not works.keys() >= set(keys):
            return match[0]
        return f" [{','.join(str(order.setdefault(key, len(order) + 1)) for key in keys)}]"

    found = [Paragraph(each.heading, _CITED.sub(number, each.text)) for each in paragraphs]
    return found, [f"{works[key]['text']} doi:{works[key]['doi']}" for key in order]


def listed(parts: Iterable[str]) -> str:
    """Join parts as a sentence does.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def sentence(label: str, text: str) -> str:
    """Give a user's own words after a label, as a sentence; nothing where there are none.

    Examples
    --------
    >>> sentence("Time zero", "Randomisation. "), sentence("Time zero", " ")
    ('Time zero: Randomisation.', '')
    """
    words = " ".join(text.split()).rstrip(" .")
    return f"{label}: {words}." if words else ""


def markdown(title: str, paragraphs: Iterable[Paragraph]) -> str:
    """Give paragraphs as a page of Markdown."""
    parts = [f"# {title}", *(f"## {each.heading}\n\n{each.text}" for each in paragraphs)]
    return "\n\n".join(parts) + "\n"


def blocks(title: str, paragraphs: Iterable[Paragraph]) -> list[Block]:
    """Give paragraphs as parts of a Word document."""
    found: list[Block] = [Heading(title, 1)]
    for each in paragraphs:
        found += [Heading(each.heading, 2), Text(each.text)]
    return found
