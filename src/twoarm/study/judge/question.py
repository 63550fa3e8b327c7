"""The one shape of everything that a run asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar, get_type_hints

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, Finding
from twoarm.study.judge.evidence import Evidence

__all__ = ["Key", "Line", "Question", "Scope"]

Value = TypeVar("Value")
Plain = Any
"""What JSON knows, with `Absent` wherever there is nothing."""


class Scope(Enum):
    """What a question is asked of.

    Of every outcome and of each negative control, `ask` gives a value by name; the finding of a
    question to every outcome is that of the primary one.
    """

    COHORT = "whole cohort"
    PRIMARY = "primary outcome"
    OUTCOMES = "every outcome"
    CONTROLS = "each negative control"

    @property
    def is_several(self) -> bool:
        """Whether there is a value for each of several outcomes."""
        return self in (Scope.OUTCOMES, Scope.CONTROLS)


class Line(Enum):
    """The line of the verdict that a finding speaks to."""

    CAUSAL = "causal"
    RANKING = "ranking"
    DESCRIPTIVE = "descriptive"


@dataclass(frozen=True, slots=True)
class Key:
    """A place in ``summary.json`` that a question fills.

    Attributes
    ----------
    path : str
        Dotted; ``{outcome}`` in it is the outcome's name.
    schema : dict
        JSON schema of what stands there.
    after : str or None
        The key that it follows; by default it comes last, and with ``""`` first.
    elsewhere : str
        Why it is null for outcomes that are not asked.
    """

    path: str
    schema: Mapping[str, Any]
    after: str | None = None
    elsewhere: str = "primary outcome only"

    def of(self, outcome: str) -> str:
        """Give the path for an outcome."""
        return self.path.replace("{outcome}", outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[Value]):
    """One question to the cohort and its models.

    Attributes
    ----------
    name : str
        Also of its finding.
    scope : Scope
        What it is asked of.
    line : Line
        The line of the verdict that its finding speaks to.
    doubt : str
        In words, what a finding that questions something points at.
    ask : callable of Evidence
        Gives the value; the result of the function is annotated with its type, by which stored
        values are read back. It raises `NotEstimable` where the data do not carry the value.
    finding : callable of value and Study, optional
        Puts the value into words; none where there is nothing to say.
    block : callable of value and Study, optional
        Gives what stands at each of the `keys`, by their path.
    keys : tuple of Key
        The places in ``summary.json`` that it fills.
    of_models : bool
        Whether it asks of models of benefit: absent in a study without predictors.
    """

    name: str
    scope: Scope
    line: Line = Line.DESCRIPTIVE
    doubt: str = ""
    ask: Callable[[Evidence], Value | Mapping[str, Value | Absent]]
    finding: Callable[[Value, Study], Finding | None] | None = None
    block: Callable[[Value, Study], Mapping[str, Plain]] | None = None
    keys: tuple[Key, ...] = ()
    of_models: bool = False

    def __post_init__(self) -> None:
        if bool(self.doubt) != (self.finding is not None):
            raise TypeError(f"The question {self.name!r}: a finding has words of doubt.")
        if bool(self.keys) != (self.block is not None):
            raise TypeError(f"The question {self.name!r}: a block has keys.")

    @property
    def value_type(self) -> Any:
        """Type of what `ask` gives, read off its annotation."""
        return get_type_hints(self.ask)["return"]
