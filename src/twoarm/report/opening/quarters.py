"""Quarters of the patients: what is predicted for them beside what their outcomes say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from twoarm.diagnostics import present
from twoarm.metrics import GroupEffects
from twoarm.report.formats import points, shown
from twoarm.report.opening.drawn import Scale, dot, label, line, ring, svg
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.judge.ranking.comparison import LEARNERS
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.result import StudyResult

__all__ = ["Quarter", "by_benefit", "by_risk", "drawn"]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 460.0, 210.0, 34.0, 168.0, 14.0


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter: its name, and the benefit as predicted and as estimated.

    `estimate` and its limits are None where the patients do not carry one.
    """

    name: str
    n: int
    predicted: float
    estimate: float | None
    low: float | None
    high: float | None


def by_benefit(result: StudyResult) -> tuple[Quarter, ...]:
    """Give the quarters of rising predicted benefit, by the study's learner; or none."""
    evidence = result.value(COMPARISON)
    found: GroupEffects | None = (
        None if evidence is None else present(evidence.models[LEARNERS[0]].groups)
    )
    if found is None:
        return ()
    names = _names(len(found.n), "predicted least", "predicted most")
    parts = (found.n, found.predicted, found.estimate, *found.limits)
    rows = zip(names, *(each.tolist() for each in parts), strict=True)
    return tuple(Quarter(*row) for row in rows)


def by_risk(result: StudyResult) -> tuple[Quarter, ...]:
    """Give the quarters of rising baseline risk, by the study's learner; or none."""
    found = result.value(BASELINE_RISK)
    quarters = []
    for group in () if found is None else found.groups:
        own = None if group.aipw is None else group.aipw.benefit
        limits = (None, None, None) if own is None else (own.estimate, own.low, own.high)
        name = f"risk {shown(group.mean_risk, 'percent')}"
        quarters.append(Quarter(name, sum(group.n), group.learner.benefit.estimate, *limits))
    return tuple(quarters)


def _names(n: int, first: str, last: str) -> list[str]:
    middle = [f"{k + 1}" for k in range(1, n - 1)]
    return [first, *middle, last] if n > 1 else [first]


def drawn(quarters: Sequence[Quarter], what: str) -> Markup:
    """Draw what is predicted (open) and estimated (filled, with its interval) side by side."""
    values = [
        value
        for each in quarters
        for value in (each.predicted, each.estimate, each.low, each.high, 0.0)
        if value is not None and math.isfinite(value)
    ]
    scale = Scale(min(values), max(values) or 0.01, _BOTTOM, _TOP)
    step = (_WIDTH - _LEFT) / len(quarters)
    zero = scale(0.0)
    parts = [line(_LEFT, zero, _WIDTH, zero), label(0.0, zero + 4.0, "0", _WIDTH)]
    parts += [
        label(0.0, scale(value) + 4.0, points(value), _WIDTH)
        for value in (min(values), max(values))
        if abs(scale(value) - zero) > 16.0
    ]
    for k, each in enumerate(quarters):
        parts += _quarter(each, _LEFT + (k + 0.5) * step, scale)
    alt = "; ".join(
        f"{each.name}, {each.n} patients: predicted {points(each.predicted)}, estimated "
        f"{points(each.estimate)}"
        for each in quarters
    )
    return svg(_WIDTH, _HEIGHT, f"{what}. {alt}.", parts)


def _quarter(each: Quarter, x: float, scale: Scale) -> list[Markup]:
    parts = [
        label(x, _BOTTOM + 20.0, each.name, _WIDTH),
        label(x, _BOTTOM + 36.0, f"{each.n} patients", _WIDTH),
    ]
    if each.estimate is None:
        parts.append(label(x + 30.0, scale(each.predicted) + 4.0, "not told", _WIDTH))
    else:
        if each.low is not None and each.high is not None and math.isfinite(each.low + each.high):
            parts.append(line(x + 8, scale(each.low), x + 8, scale(each.high), "interval"))
        parts.append(dot(x + 8.0, scale(each.estimate)))
    parts.append(ring(x - 8.0, scale(each.predicted)))
    return parts
