"""One statement of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Sentence"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement; a `caution` limits what the numbers can carry.

    `short` says a caution in a line for the first screen; empty where that has it already.
    """

    kind: Literal["finding", "caution"]
    text: str
    short: str = ""
