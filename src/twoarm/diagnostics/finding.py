"""What a diagnostic says, in one shape for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from twoarm.cohort.load import Study

__all__ = ["FINDINGS", "Finding", "Verdict", "at_most", "is_randomised", "says"]

Verdict = Literal["supports", "questions", "cannot tell"]
Words = TypeVar("Words", bound=Callable[..., Any])

FINDINGS: dict[str, Callable[..., Any]] = {}
"""Every function that puts a value into words, by the name of its finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic's answer.

    Attributes
    ----------
    name : str
        What was looked at.
    verdict : str
        What it does to the claim that the treatment does what was found, benefit or harm:
        `supports`, `questions`, or `cannot tell`.
    text : str
        A sentence or two that a clinician can read, saying no more than the numbers do.
    """

    name: str
    verdict: Verdict
    text: str


def says(name: str) -> Callable[[Words], Words]:
    """Mark a function as the one that gives the finding of this name.

    The registry of a study's questions refuses to load while a marked function belongs to none of
    them: no finding can be dropped for want of a question.

    Raises
    ------
    TypeError
        If two functions give the same finding.
    """

    def mark(function: Words) -> Words:
        if FINDINGS.setdefault(name, function) is not function:
            raise TypeError(f"Two functions give the finding {name!r}.")
        return function

    return mark


def is_randomised(study: Study) -> bool:
    """Whether the study file says that treatment was drawn by lot."""
    return study.file.target_trial.control_by == "randomised"


def at_most(verdict: Verdict, study: Study) -> Verdict:
    """Give the verdict that a causal diagnostic may reach: never `supports` without randomisation.

    No measured quantity can tell a real effect from a hidden difference between the arms.
    """
    return "cannot tell" if verdict == "supports" and not is_randomised(study) else verdict
