"""From the rows of the file to the patients of the cohort."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Excluded", "Flow"]


@dataclass(frozen=True, slots=True)
class Excluded:
    """Patients who left the cohort for one reason."""

    reason: str
    n: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Who came in, who left and why, who stayed.

    Attributes
    ----------
    read : int
        Rows of the file.
    excluded : tuple of Excluded
        In the order in which the rules were applied; nobody is counted twice.
    n : int
        Eligible patients with a known arm.
    """

    read: int
    excluded: tuple[Excluded, ...]
    n: int
