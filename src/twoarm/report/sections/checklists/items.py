"""The checklists as data: every line in our own words, and what of it a run may hold."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["Checklist", "Item", "Level", "checklists"]

Level = Literal["answer", "prefill", "human"]

NAMES = ("tripod_ai", "tripod_cluster", "target", "path", "probast_ai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of a checklist.

    Attributes
    ----------
    number, asks : str
        As the statement numbers it; what it asks for.
    level : str
        What a run can do at most: hold the answer, write a text for the author, or nothing.
    text : str
        The answer or the text; after an @ the name of one in `words.py`.
    where : tuple of str
        What must be there for an answer.
    also : tuple of str
        What is linked where it is there.
    when : str
        A condition of an answer, by its name in `conditions.py`.
    otherwise : str
        The level where the condition fails.
    without : str
        What is said where the run does not hold the answer.
    """

    number: str
    asks: str
    level: Level
    text: str = ""
    where: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    when: str = ""
    otherwise: Level = "human"
    without: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A checklist: its name, source, the condition of its use, and its lines."""

    name: str
    title: str
    source: str
    doi: str
    needs: str
    note: str
    items: tuple[Item, ...]


@cache
def checklists() -> tuple[Checklist, ...]:
    """Give all checklists, in the order of the page.

    Examples
    --------
    >>> {each.title: len(each.items) for each in checklists()}["TRIPOD+AI"]
    52
    """
    return tuple(map(_read, NAMES))


def _read(name: str) -> Checklist:
    content = tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))
    lines = tuple(map(_line, content.pop("items")))
    return Checklist(items=lines, **content)


def _line(given: dict[str, Any]) -> Item:
    lists = {key: tuple(each) for key, each in given.items() if isinstance(each, list)}
    return Item(**{**given, **lists})
