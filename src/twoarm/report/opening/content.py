"""What stands on the first screen: ready to be shown, nothing left to decide."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

__all__ = ["Card", "Lines", "NumberLine", "Opening", "OutcomeLine", "Panel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One answer.

    Attributes
    ----------
    question : str
    state : str
        ``supported``, ``question`` or ``open``: how it looks.
    mark, word : str
        The same for those who see no colour, and in a word.
    text : str
        One sentence.
    link : str
        Section with the evidence.
    answers : str
        Which of a reader's questions it answers, for the tests.
    """

    question: str
    state: str
    mark: str
    word: str
    text: str
    link: str
    answers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """One outcome in 100 patients of either arm.

    Attributes
    ----------
    title : str
    drawing : Markup
        A bar an arm.
    said : Markup
        The difference with its interval, or why there is none.
    kind : str
        ``benefit``, ``harm`` or ``open``.
    """

    title: str
    drawing: Markup
    said: Markup
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """A number beside the one to ask for.

    Attributes
    ----------
    name, unit : str
    drawing : Markup or None
        None where there is nothing to draw; `said` then gives the reason.
    said : Markup
    link, answers : str
        As of `Card`.
    """

    name: str
    unit: str
    drawing: Markup | None
    said: Markup
    link: str
    answers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A larger drawing with its title and how to read it; without one, why."""

    title: str
    drawing: Markup | None
    note: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A short text under a heading."""

    title: str
    texts: tuple[Markup, ...]
    link: str
    answers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first screen.

    Attributes
    ----------
    kicker, title : str
    lead : Markup
        The comparison in a sentence, and the average.
    cards : tuple of Card
        None in an interim result.
    outcomes : tuple of OutcomeLine
    outcomes_note : str
    numbers : tuple of NumberLine
    lines : tuple of Lines
        Who gains, what is missing, what now.
    panels : tuple of Panel
    cautions : tuple of str
        At most five short ones.
    more : tuple of str
        All of them, in full.
    not_for : tuple of str
    """

    kicker: str
    title: str
    lead: Markup
    cards: tuple[Card, ...]
    outcomes: tuple[OutcomeLine, ...]
    outcomes_note: str
    numbers: tuple[NumberLine, ...]
    lines: tuple[Lines, ...]
    panels: tuple[Panel, ...]
    cautions: tuple[str, ...]
    more: tuple[str, ...]
    not_for: tuple[str, ...]
