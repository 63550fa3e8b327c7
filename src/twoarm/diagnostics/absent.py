"""A part that is not there, and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Absent"]


@dataclass(frozen=True, slots=True)
class Absent:
    """What stands in place of a value that could not be had.

    Attributes
    ----------
    reason : str
        Why, for the reader of the results.
    defect : bool
        Whether twoarm is at fault; else the data do not carry the value.

    Examples
    --------
    >>> Absent("fewer than three centres have enough events")
    Absent(reason='fewer than three centres have enough events', defect=False)
    """

    reason: str
    defect: bool = False
