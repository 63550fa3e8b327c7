"""One statement of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Sentence"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement; a `caution` limits what the numbers can carry."""

    kind: Literal["finding", "caution"]
    text: str
