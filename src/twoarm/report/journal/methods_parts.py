"""What was done for a question: said where there is an answer, else why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from twoarm.report.journal.paragraph import Paragraph, listed
from twoarm.study.judge.answers import FAULT
from twoarm.study.judge.question import Question
from twoarm.study.result import StudyResult

__all__ = ["Method", "method", "reasoned", "told"]


@dataclass(frozen=True, slots=True)
class Method:
    """What was done for a question: its name, and words for a value that there is."""

    question: Question[Any]
    name: str
    words: Callable[[StudyResult, Any], str]


def method(question: Question[Any], name: str, words: str) -> Method:
    """Give a method whose words are the same for every value."""
    return Method(question, name, lambda _result, _value: words)


def told(
    heading: str, result: StudyResult, methods: Iterable[Method], *, first: str = ""
) -> Paragraph:
    """Say what was done, and what was not and why."""
    done = [first] if first else []
    left: dict[str, list[str]] = {}
    for each in methods:
        value = result.value(each.question)
        if value is None:
            why = reasoned(result.why_absent(each.question))
            left.setdefault(why, []).append(each.name)
        else:
            done.append(each.words(result, value))
    if left:
        texts = (f"{listed(names)} ({why})" for why, names in left.items())
        done.append(f"Not computed: {'; '.join(texts)}.")
    return Paragraph(heading, " ".join(each for each in done if each))


def reasoned(reason: str) -> str:
    """Give a reason as it stands in brackets; of a defect no more than that it is one.

    Examples
    --------
    >>> reasoned("nothing is missing."), reasoned("a defect of twoarm, please report it (x: y)")
    ('nothing is missing', 'a defect of twoarm, please report it')
    """
    return FAULT if reason.startswith(FAULT) else reason.rstrip(".")
