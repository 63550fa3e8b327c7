"""What an external validation says on the terminal."""

from __future__ import annotations

import textwrap
from pathlib import Path

from twoarm.report.validation.words import answers, leading, learner_title, primary
from twoarm.validation import ExternalValidation

__all__ = ["validation_lines"]

_WIDTH = 96


def validation_lines(found: ExternalValidation, model: Path | None) -> list[str]:
    """Give the questions with their answers, what cannot be told, and what became of an update."""
    content = found.model.content
    lines = [f"{content['title']}, version {content['version']}"]
    if content["synthetic"] or found.site.cohort.synthetic:
        lines.append("SYNTHETIC patients: no clinical finding")
    outcome = primary(found)
    if outcome is not None:
        name, _ = leading(outcome)
        lines.append(f"{outcome.spec.title}, {learner_title(name)} learner")
    for each in answers(found):
        lines += ["", f"{each.question}  {each.word.upper()}", *_wrapped(each.text)]
    if found.cannot:
        lines += ["", "What these patients cannot tell"]
        for text in found.cannot:
            lines += _wrapped(text)
    notices = found.site.cohort.notices
    if notices:
        lines += ["", "In the data", *(f"  {each}" for each in notices)]
    if model is None and found.updated:
        lines += ["", "An update was decided on and not written (--no-update)."]
    return lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")
