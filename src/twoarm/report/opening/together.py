"""The first screen put together."""

from __future__ import annotations

from markupsafe import Markup

from twoarm.report.opening.cards import cards
from twoarm.report.opening.care import not_for, shortest
from twoarm.report.opening.comparison import kicker, lead
from twoarm.report.opening.content import Opening, Panel
from twoarm.report.opening.lines import lines
from twoarm.report.opening.numbers import number_lines
from twoarm.report.opening.outcomes import outcome_lines, outcomes_note
from twoarm.report.opening.quarters import Quarter, by_benefit, by_risk, drawn
from twoarm.report.opening.spread import spread_panel
from twoarm.report.sentences import sentences
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.result import StudyResult

__all__ = ["opening"]


def opening(result: StudyResult) -> Opening:
    """Put the first screen together."""
    said = [each for each in sentences(result) if each.kind == "caution"]
    return Opening(
        kicker=kicker(result),
        title=result.plan.file.study.title,
        lead=lead(result),
        cards=cards(result),
        outcomes=outcome_lines(result),
        outcomes_note=outcomes_note(result),
        numbers=number_lines(result),
        lines=lines(result),
        panels=_panels(result),
        cautions=shortest(said),
        more=tuple(each.text for each in said),
        not_for=not_for(result),
    )


def _panels(result: StudyResult) -> tuple[Panel, ...]:
    """Draw quarters of baseline risk and of predicted benefit, and the distribution."""
    bad = "without the outcome" if result.primary.spec.desirable else "with the outcome"
    risk = _quarters(
        by_risk(result),
        "Benefit by baseline risk",
        f"Quarters of rising risk of being {bad}, predicted blind to treatment. Open: predicted "
        "benefit; filled: estimated from outcomes, with 95 % interval.",
        result.why_absent(BASELINE_RISK),
    )
    benefit = _quarters(
        by_benefit(result),
        "Benefit by predicted benefit",
        "Quarters of rising predicted benefit. Open: predicted; filled: estimated from outcomes, "
        "with 95 % interval.",
        result.why_absent(COMPARISON),
    )
    return (risk, benefit, spread_panel(result))


def _quarters(found: tuple[Quarter, ...], title: str, note: str, why: str) -> Panel:
    if not found:
        reason = why or "too few patients for quarters"
        return Panel(title=title, drawing=None, note=f"Not drawn: {reason}.", link="ranking")
    drawing: Markup = drawn(found, title)
    return Panel(title=title, drawing=drawing, note=note, link="ranking")
