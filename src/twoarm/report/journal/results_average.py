"""The average benefit in words: one number to quote for each outcome, the others beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from twoarm.diagnostics import Absent, present
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.harm import amount, excluded, span, welfare
from twoarm.metrics import Estimate
from twoarm.report.formats import interval, shown
from twoarm.report.journal.methods_parts import reasoned
from twoarm.report.journal.paragraph import Paragraph, listed
from twoarm.report.needed import needed_text
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.result import StudyResult

__all__ = ["average"]

_NEEDED = "NNTB: patients to treat for one more to benefit; NNTH: for one more to be harmed."


def average(result: StudyResult) -> Paragraph:
    """Quote the average benefit of every outcome, the primary one first."""
    first = result.primary
    others = [each for each in result.outcomes.values() if each is not first]
    parts = [_quoted(result, first), _beside(result, first)]
    parts += [_quoted(result, each) for each in others]
    if any("NNT" in part for part in parts):
        parts.append(_NEEDED)
    return Paragraph("Average benefit", " ".join(part for part in parts if part))


def _quoted(result: StudyResult, outcome: OutcomeResult) -> str:
    """Quote one outcome's average and the number needed, or say why there is none."""
    population = result.plan.file.target_trial.population
    crude = f"as the arms are, {welfare(outcome.crude.estimate)}"
    quoted = result.quoted(outcome.spec.name)
    if isinstance(quoted.average, Absent):
        why = reasoned(quoted.average.reason)
        return f"{outcome.spec.title}: no average benefit {OVER[population]} ({why}); {crude}."
    average, needed = quoted.average, present(quoted.needed)
    number = "" if needed is None else f"; {needed_text(needed)}"
    return (
        f"{outcome.spec.title}: {OVER[population]}, {_interval(average)} by the doubly robust "
        f"estimate; {excluded(average)}{number}; {crude}."
    )


def _interval(average: Estimate) -> str:
    """Give an average with its interval, and say what the interval is."""
    if not math.isfinite(average.low + average.high):
        return amount(average.estimate)
    return f"{amount(average.estimate)} (95 % interval {span(average.low, average.high)})"


def _beside(result: StudyResult, outcome: OutcomeResult) -> str:
    """Set the other adjusted estimates of the primary outcome beside the quoted one."""
    if isinstance(result.quoted(outcome.spec.name).average, Absent):
        return ""
    known = [f"{name} {_plain(found)}" for name, found in _others(result, outcome)]
    return f"Other estimates of it, in points: {listed(known)}." if known else ""


def _plain(found: Estimate) -> str:
    """Give an estimate in points with its sign, and its limits where there are any."""
    limits = interval(found.low, found.high, "points")
    own = shown(found.estimate, "points")
    return own if "–" in limits else f"{own} ({limits})"


def _others(result: StudyResult, outcome: OutcomeResult) -> Iterator[tuple[str, Estimate]]:
    population = result.plan.file.target_trial.population
    g_formula = outcome.g_formula[population] if outcome.has_models else Absent("no models")
    effects = result.value(AVERAGE_EFFECT, outcome.spec.name)
    found: dict[str, Estimate | Absent] = {"g-formula": g_formula}
    if effects is not None:
        over = effects.over(population)
        found |= {"weighting": over.iptw, "overlap weighting": over.overlap, "TMLE": over.tmle}
        if population == "overlap":
            del found["weighting"]  # it is the same
    for name, each in found.items():
        if not isinstance(each, Absent):
            yield name, each
