"""What a diagnostic says, in one shape for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twoarm.cohort.load import Study

__all__ = ["Cell", "Finding", "FindingTable", "Verdict", "at_most", "is_randomised"]

Verdict = Literal["supports", "questions", "cannot tell", "refutes"]
Cell = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class FindingTable:
    """The numbers behind a finding.

    Attributes
    ----------
    columns : tuple of str
        Names in snake case, unit included where there is one.
    rows : tuple of tuple
        Raw values: texts, counts, probabilities 0-1; None where there is none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic's answer.

    Attributes
    ----------
    name : str
        What was looked at.
    verdict : str
        What it does to the claim that the treatment's benefit is as predicted: `supports`,
        `questions`, `refutes`, or `cannot tell`.
    table : FindingTable
        The numbers.
    text : str
        A sentence or two that a clinician can read, saying no more than the numbers do.
    """

    name: str
    verdict: Verdict
    table: FindingTable
    text: str


def is_randomised(study: Study) -> bool:
    """Whether the study file says that treatment was drawn by lot."""
    return study.file.target_trial.control_by == "randomised"


def at_most(verdict: Verdict, study: Study) -> Verdict:
    """Give the verdict that a causal diagnostic may reach: never `supports` without randomisation.

    No measured quantity can tell a real effect from a hidden difference between the arms.
    """
    return "cannot tell" if verdict == "supports" and not is_randomised(study) else verdict
