"""The card of a CDS service: one, for information, that suggests nothing.

It says both arms, the difference with its range, what the numbers rest on, and what is missing.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from twoarm.service.answers import Result, Risk
from twoarm.service.fhir import leading
from twoarm.service.prefetch import Taken
from twoarm.service.shelf import Served
from twoarm.service.words import EXPIRED, LEARNERS, RESEARCH_ONLY, SYNTHETIC, not_held

__all__ = ["OVERRIDES", "card", "missing_lines", "page_link", "spoken"]

OVERRIDES = {
    "values-differ": "The values are not the patient's",
    "not-of-this-population": "The patient is not of the kind studied",
    "not-relevant": "Not relevant now",
    "other": "Another reason",
}
"""Reasons that a clinician may give for passing over a card, by code."""

Led = Mapping[str, tuple[str, Risk]]

_OPEN = "Open the calculator with these values"
_LONGEST_SUMMARY = 139
_LONGEST_TITLE = 60


def card(served: Served, taken: Sequence[Taken], said: Result, page: str) -> dict[str, Any]:
    """Give the card of one patient; without numbers it says why there are none.

    `page` is the address of the calculator; empty where the model has none.
    """
    return {
        "uuid": str(uuid.uuid4()),
        "summary": _summary(served, said, taken),
        "indicator": "info",
        "detail": "\n\n".join(_detail(served, taken, said)),
        "source": {"label": f"{_short(served.title)}, version {served.version} (research)"},
        "overrideReasons": [
            {"code": code, "system": "urn:twoarm:override", "display": text}
            for code, text in OVERRIDES.items()
        ],
        "links": [{"label": _OPEN, "url": page_link(page, taken, said), "type": "absolute"}]
        if page
        else [],
    }


def page_link(page: str, taken: Sequence[Taken], said: Result) -> str:
    """Give the calculator's address with the values that were read, in the fragment alone."""
    misread = {each.partition(":")[0] for each in said.problems}
    values = {
        each.predictor.column: _cell(each.value)
        for each in taken
        if each.state == "used" and each.predictor.column not in misread
    }
    return f"{page}#{urlencode(values)}" if values else page


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"


def _summary(served: Served, said: Result, taken: Sequence[Taken]) -> str:
    if said.learners is None:
        absent = [each.predictor.title for each in taken if each.state != "used"]
        if said.status == "withheld":
            why = "the model has not seen the like of these values"
        elif absent:
            why = f"{len(absent)} of {len(taken)} values are missing"
        else:
            why = "a value does not fit"
        return f"No estimate: {why}. Research only."[:_LONGEST_SUMMARY]
    name, risk = _primary(served, leading(said))
    label = str(served.model.outcomes[name]["label"])
    numbers = (
        f": {_hundred(risk.control)} of 100 in control, {_hundred(risk.treated)} treated; "
        f"{spoken(risk)}. Research only."
    )
    room = _LONGEST_SUMMARY - len(numbers)
    return (label if len(label) <= room else f"{label[: room - 1]}…") + numbers


def _primary(served: Served, led: Led) -> tuple[str, Risk]:
    """Give the study's primary outcome, the first one where none is marked."""
    marked = [name for name in led if served.model.outcomes[name].get("primary")]
    name = [*marked, *led][0]
    return name, led[name][1]


def spoken(risk: Risk) -> str:
    """Say a difference in points, as benefit or harm, with its range where there is one.

    Examples
    --------
    >>> spoken(Risk(control=0.1, treated=0.3, benefit=0.2, low=0.05, high=0.4))
    'benefit 20 (5 to 40)'
    >>> spoken(Risk(control=0.3, treated=0.1, benefit=-0.2, low=-0.4, high=0.05))
    'harm 20 (harm 40 to benefit 5)'
    """
    points = _hundred(abs(risk.benefit))
    word = "no difference" if points == 0 else f"{_sided(risk.benefit)} {points}"
    if risk.low is None or risk.high is None:
        return word
    low, high = _hundred(abs(risk.low)), _hundred(abs(risk.high))
    if risk.low >= 0:
        return f"{word} ({low} to {high})"
    return f"{word} ({_sided(risk.low)} {low} to {_sided(risk.high)} {high})"


def _sided(difference: float) -> str:
    return "benefit" if difference >= 0 else "harm"


def _hundred(probability: float) -> int:
    return round(100.0 * probability)


def _detail(served: Served, taken: Sequence[Taken], said: Result) -> list[str]:
    """Give the card's paragraphs: who it is for comes before any number."""
    parts = [f"**{RESEARCH_ONLY}**"]
    if served.model.synthetic:
        parts.append(f"**{SYNTHETIC}**")
    if served.expired():
        parts.append(f"**{_sentence(EXPIRED.format(expires=served.model.expires))}**")
    parts.append(f"Not for: {_sentence(str(served.content['not_for']))}")
    if said.learners is None:
        parts.append(f"No estimate. {_why(served, taken, said)}".strip())
        return [*parts, *_absent(taken), *_basis(taken)]
    return [*parts, *_numbers(served, said), *_absent(taken), *_basis(taken), *_verdict(served)]


def _numbers(served: Served, said: Result) -> list[str]:
    """Say both arms, the difference, its range, where the threshold lies, and what to know."""
    led, people, arms = leading(said), served.content["population"], served.content["labels"]
    parts = [
        _table(served, led),
        f"Numbers are of 100 people like this one, by models of {people['n_control']} patients "
        f"with {arms['control']} and {people['n_treated']} with {arms['treated']}.",
    ]
    if any(risk.low is not None for _, risk in led.values()):
        parts.append(f"In brackets the 95 % range. {not_held(served.content)}")
    parts += [
        _threshold(str(outcome["label"]), float(outcome["threshold"]), led[name][1])
        for name, outcome in served.model.outcomes.items()
        if name in led and outcome["threshold"] is not None
    ]
    return [*parts, _sentence(_titled(served, said.note))] if said.note else parts


def _why(served: Served, taken: Sequence[Taken], said: Result) -> str:
    """Say why there are no numbers; what is missing is listed apart, by the way it is."""
    if said.status == "withheld":
        return _sentence(_titled(served, said.note))
    absent = {f"{each.predictor.column} is missing" for each in taken if each.state != "used"}
    misfits = [_sentence(_titled(served, each)) for each in said.problems if each not in absent]
    return " ".join(misfits)


def _titled(served: Served, text: str) -> str:
    """Put the labels of predictors in place of their columns' names."""
    titles = {each.column: each.title for each in served.model.codebook}
    names = "|".join(re.escape(name) for name in sorted(titles, key=len, reverse=True))
    return re.sub(rf"\b(?:{names})\b", lambda found: titles[found[0]], text)


def _sentence(text: str) -> str:
    """Begin with a capital and end with one point."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _table(served: Served, led: Led) -> str:
    arms = served.content["labels"]
    rows = [
        f"| Outcome | {arms['control']} | {arms['treated']} | Difference |",
        "|---|---|---|---|",
    ]
    for name, (learner, risk) in led.items():
        label = str(served.model.outcomes[name]["label"])
        mark = "" if learner == "recommended" else f" ({LEARNERS[learner]})"
        rows.append(
            f"| {label}{mark} | {_hundred(risk.control)} | {_hundred(risk.treated)} | "
            f"{spoken(risk)} |"
        )
    return "\n".join(rows)


def _threshold(label: str, threshold: float, risk: Risk) -> str:
    """Say where the study's threshold lies; the study set it, and it decides nothing here."""
    points = f"{100.0 * threshold:g}"
    said = f"The study's threshold of benefit for {label} is {points} of 100"
    if risk.low is None or risk.high is None:
        return f"{said}; without a range nothing is said of it."
    lies = "contains"
    if risk.low > threshold:
        lies = "lies above"
    elif risk.high < threshold:
        lies = "lies below"
    said = f"{said}; the range {lies} {points}."
    if risk.chance is None:
        return said
    return (
        f"{said} The chance that the benefit is above {points}, by this model alone: "
        f"{_likely(risk.chance)}. In simulations in which nobody gained that much it still said up "
        "to 80 of 100."
    )


def _likely(chance: float) -> str:
    """Say a chance of 100; at the ends only that it is less or more than what could be said."""
    if chance < 0.01:
        return "less than 1 of 100"
    if chance > 0.99:
        return "more than 99 of 100"
    return f"about {_hundred(chance)} of 100"


def _verdict(served: Served) -> list[str]:
    """Repeat the verdict of the run: the numbers are worth what it says."""
    lines = [f"- {each['question']} {each['text']}" for each in served.content["verdict"]]
    return ["What the study itself says of these numbers:\n" + "\n".join(lines)] if lines else []


def _absent(taken: Sequence[Taken]) -> list[str]:
    lines = missing_lines(taken)
    return ["\n".join(f"- {line}" for line in lines)] if lines else []


def missing_lines(taken: Sequence[Taken]) -> list[str]:
    """Name what is not there, by the reason: these call for different steps."""
    words = {
        "not sent": "Not sent by this system",
        "no data": "No data in the record",
        "error": "Could not be fetched",
    }
    lines = [
        f"{text}: {', '.join(each.predictor.title for each in taken if each.state == state)}."
        for state, text in words.items()
        if any(each.state == state for each in taken)
    ]
    return lines + [
        f"Not used: {each.predictor.title}, {each.why}."
        for each in taken
        if each.state == "unusable"
    ]


def _basis(taken: Sequence[Taken]) -> list[str]:
    """Say when each value was measured, where that is known."""
    dated = [
        f"{each.predictor.title} ({', '.join(filter(None, [_when(each), each.why]))})"
        for each in taken
        if each.state == "used" and (each.at or each.why)
    ]
    return [f"Measured: {', '.join(dated)}."] if dated else []


def _when(each: Taken) -> str:
    return each.at.isoformat(" ", "minutes") if each.at else ""
