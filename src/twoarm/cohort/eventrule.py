"""Which values of an outcome's column are the event, or are no event: codes, or a comparison."""

from __future__ import annotations

import operator
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from twoarm.cohort.codebook import Code, Codes, Strict, canonical, spells_number

__all__ = ["EventRule", "overlap"]

_COMPARISONS = {
    "at_most": operator.le,
    "at_least": operator.ge,
    "above": operator.gt,
    "below": operator.lt,
}


class EventRule(Strict):
    """When a value counts: exactly one of the keys."""

    at_most: float | None = None
    at_least: float | None = None
    above: float | None = None
    below: float | None = None
    equals: Code | None = None
    one_of: Annotated[Codes, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(
                "give exactly one of at_most, at_least, above, below, equals, one_of; found "
                + (", ".join(sorted(self.model_fields_set)) or "none")
            )
        if "" in self.codes:
            raise ValueError("an empty cell means that the outcome is not known; give a code")
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that count, spelled canonically; none if it compares by size."""
        given = self.one_of or (() if self.equals is None else (self.equals,))
        return tuple(canonical(code) for code in given)

    @property
    def comparison(self) -> tuple[str, float]:
        """The key and the limit of a rule that compares by size."""
        (key,) = self.model_fields_set
        return key, float(getattr(self, key))

    def holds(self, spelled: NDArray[np.str_], values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say for which cells it holds: their canonical spelling, and their number or NaN."""
        if self.codes:
            return np.isin(spelled, self.codes)
        key, limit = self.comparison
        return np.asarray(_COMPARISONS[key](values, limit), np.bool_)

    def __str__(self) -> str:
        if self.codes:
            return " or ".join(f"'{code}'" for code in self.codes)
        key, limit = self.comparison
        return f"{key.replace('_', ' ')} {limit:g}"


def overlap(first: EventRule, second: EventRule) -> str:
    """Name a value for which both rules hold, or a way to say so; empty if there is none.

    Examples
    --------
    >>> overlap(EventRule(at_most=2), EventRule(at_least=2))
    '2'
    >>> overlap(EventRule(at_most=2), EventRule(above=2))
    ''
    """
    if not first.codes and not second.codes:
        return _common(first, second)
    codes, other = (first.codes, second) if first.codes else (second.codes, first)
    spelled = np.array(codes, dtype=np.str_)
    both = spelled[
        other.holds(
            spelled, np.array([float(code) if spells_number(code) else np.nan for code in codes])
        )
    ]
    return ", ".join(f"'{code}'" for code in both)


def _common(first: EventRule, second: EventRule) -> str:
    """Compare two limits: rules that look the same way always have values in common."""
    keys = {first.comparison[0]: first.comparison[1], second.comparison[0]: second.comparison[1]}
    up = [key for key in keys if key in ("at_least", "above")]
    down = [key for key in keys if key in ("at_most", "below")]
    if not up or not down:
        return f"whatever is {first} and {second}"
    low, high = keys[up[0]], keys[down[0]]
    touches = up[0] == "at_least" and down[0] == "at_most" and low == high
    if low < high:
        return f"all from {low:g} to {high:g}"
    return f"{low:g}" if touches else ""
