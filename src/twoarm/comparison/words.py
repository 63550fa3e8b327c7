"""What two runs say: verdict and findings whose words changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Said", "changed_words"]

_NOTHING = "no answer"


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the verdict, or a finding, in two runs.

    Attributes
    ----------
    place : str
        ``verdict`` or ``finding``.
    name : str
        The question, or the finding's name.
    verdict_a, verdict_b : str
        ``supports``, ``questions``, ``cannot tell``, or ``no answer``.
    text_a, text_b : str
    """

    place: str
    name: str
    verdict_a: str
    verdict_b: str
    text_a: str
    text_b: str

    @property
    def is_turned(self) -> bool:
        """Whether the verdict is another one, not the wording alone."""
        return self.verdict_a != self.verdict_b


def changed_words(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Said, ...]:
    """Give the lines of two summaries that differ, those with another verdict first."""
    found = [
        *_changed("verdict", a["verdict"], b["verdict"], "question"),
        *_changed("finding", a["findings"], b["findings"], "name"),
    ]
    return tuple(sorted(found, key=lambda each: (each.place != "verdict", not each.is_turned)))


def _changed(place: str, a: list[dict[str, Any]], b: list[dict[str, Any]], key: str) -> list[Said]:
    first, second = _by_name(a, key), _by_name(b, key)
    nothing = {"verdict": _NOTHING, "text": ""}
    found = []
    for name in dict.fromkeys([*first, *second]):
        one, other = first.get(name, nothing), second.get(name, nothing)
        said = Said(place, name, one["verdict"], other["verdict"], one["text"], other["text"])
        if said.is_turned or said.text_a != said.text_b:
            found.append(said)
    return found


def _by_name(lines: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    """Name the lines; a further one of the same name is numbered."""
    named: dict[str, dict[str, Any]] = {}
    for line in lines:
        name, k = line[key], 1
        while name in named:
            k += 1
            name = f"{line[key]} ({k})"
        named[name] = line
    return named
