"""Every outcome in 100 patients, benefit and harm together."""

from __future__ import annotations

from markupsafe import Markup

from twoarm.diagnostics import Absent
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.harm import welfare
from twoarm.metrics import Estimate
from twoarm.report.formats import shown
from twoarm.report.labels import arm_labels
from twoarm.report.opening.content import OutcomeLine
from twoarm.report.opening.drawn import Scale, bar, line, svg
from twoarm.report.opening.effects import quoted_text
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["outcome_lines", "outcomes_note"]

_WIDTH, _HEIGHT, _ROOM = 180.0, 30.0, 34.0


def outcome_lines(result: StudyResult) -> tuple[OutcomeLine, ...]:
    """Give a line an outcome: both arms in 100 patients, and the difference."""
    most = max(max(_risks(result, each)) for each in result.outcomes.values())
    scale = Scale(0.0, max(most, 1e-9), 0.0, _WIDTH - _ROOM)
    return tuple(_line(result, each, scale) for each in result.outcomes.values())


def outcomes_note(result: StudyResult) -> str:
    """Say what the bars are."""
    population = result.quoted().population
    if all(_adjusted(result, each) for each in result.outcomes.values()):
        return f"adjusted{'' if population == 'all' else ' ' + OVER[population]}, points (95 %)"
    return "bars as observed; differences adjusted, points (95 %)"


def _adjusted(result: StudyResult, outcome: OutcomeResult) -> bool:
    return not isinstance(result.quoted(outcome.spec.name).risks, Absent)


def _risks(result: StudyResult, outcome: OutcomeResult) -> tuple[float, float]:
    """Give both arms' shares, adjusted where they can be, else as they were observed."""
    risks = result.quoted(outcome.spec.name).risks
    if not isinstance(risks, Absent):
        return risks
    control, treated = (outcome.arms[arm].events / max(outcome.arms[arm].n, 1) for arm in ARMS)
    return control, treated


def _line(result: StudyResult, outcome: OutcomeResult, scale: Scale) -> OutcomeLine:
    average, kind = result.quoted(outcome.spec.name).average, "open"
    if isinstance(average, Absent):
        said = Markup("no adjusted difference: {}. As the arms are, {}").format(
            average.reason, welfare(outcome.crude.estimate)
        )
    else:
        kind = _kind(average)
        said = Markup("<b>{}</b>").format(quoted_text(average))
    return OutcomeLine(
        title=outcome.spec.title,
        drawing=_bars(_risks(result, outcome), arm_labels(result), outcome.spec.title, scale),
        said=said,
        kind=kind,
    )


def _kind(average: Estimate) -> str:
    if not average.excludes_zero:
        return "open"
    return "harm" if average.estimate < 0.0 else "benefit"


def _bars(risks: tuple[float, float], labels: tuple[str, str], title: str, scale: Scale) -> Markup:
    numbers = [shown(100 * each, "decimal") for each in risks]
    parts = [line(0.0, 0.0, 0.0, _HEIGHT)]
    for row, (risk, number, kind) in enumerate(
        zip(risks, numbers, ("control", "treated"), strict=True)
    ):
        y = 1.0 + 15.0 * row
        parts.append(bar(0.0, y, scale(risk), 13.0, kind))
        parts.append(
            Markup('<text class="value" x="{:.1f}" y="{:.1f}">{}</text>').format(
                scale(risk) + 5.0, y + 10.5, number
            )
        )
    alt = f"{title} in 100 patients: {labels[0]} {numbers[0]}, {labels[1]} {numbers[1]}."
    return svg(_WIDTH, _HEIGHT, alt, parts)
