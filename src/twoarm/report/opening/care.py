"""What to be careful about, in at most five lines, and what the page is not for."""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.report.sentence import Sentence
from twoarm.study.result import StudyResult

__all__ = ["MOST", "not_for", "shortest"]

MOST = 5


def shortest(cautions: Sequence[Sentence]) -> tuple[str, ...]:
    """Give the first cautions that have a short form, at most five."""
    return tuple(each.short for each in cautions if each.short)[:MOST]


def not_for(result: StudyResult) -> tuple[str, ...]:
    """Say what nothing on the page can be used for."""
    eligible = result.plan.file.target_trial.eligibility
    return (
        "No advice on any patient's treatment: it describes groups, and is no medical device.",
        "Nothing about what a treatment does in one person: nobody was seen with and without it.",
        f"No patients other than these: {eligible[:1].lower()}{eligible[1:].rstrip('.')}.",
    )
