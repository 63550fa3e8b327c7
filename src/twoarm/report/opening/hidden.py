"""How strong one hidden factor would have to be, beside the strongest that was measured."""

from __future__ import annotations

from markupsafe import Markup

from twoarm.diagnostics import BenefitEValue, CovariateStrength
from twoarm.diagnostics.harm import kind
from twoarm.diagnostics.hidden.e_value import EValue
from twoarm.report.formats import shown
from twoarm.report.opening.content import NumberLine
from twoarm.report.opening.drawn import Scale, dot, label, line, ring, svg, ticks
from twoarm.study.judge.hidden.e_value import E_VALUE
from twoarm.study.result import StudyResult

__all__ = ["hidden_line"]

_WIDTH, _HEIGHT = 240.0, 46.0


def hidden_line(result: StudyResult) -> NumberLine:
    """Give the E-value, drawn beside the strongest measured covariate."""
    found = result.value(E_VALUE)
    drawing, said = None, Markup("Not asked: {}.").format(result.why_absent(E_VALUE))
    if found is not None:
        target, value = _target(found)
        drawing = _drawn(value, found.measured)
        said = _said(found, target, value)
    return NumberLine(
        name="Hidden factor needed",
        unit="with treatment and outcome",
        drawing=drawing,
        said=said,
        link="hidden",
        answers="causal",
    )


def _target(found: BenefitEValue) -> tuple[float, EValue]:
    """Give the size to be reached: the threshold, or nothing where the average is below it."""
    threshold, value = found.threshold, found.to_threshold
    if threshold is not None and value is not None and not value.already_below[0]:
        return threshold, value
    return 0.0, found.to_zero


def _said(found: BenefitEValue, target: float, value: EValue) -> Markup:
    size = f"to {100 * target:g} points" if target else "to nothing"
    said = Markup("A risk ratio of <b>{}</b> would bring the {} down {}. {}")
    return said.format(
        shown(value.estimate, "decimal"), kind(found.benefit), size, _measured(found.measured)
    )


def _measured(strongest: CovariateStrength | None) -> Markup:
    if strongest is None:
        return Markup("Nothing measured has a risk ratio to compare it with.")
    return Markup("Strongest measured (open): <b>{}</b> and <b>{}</b>.").format(
        shown(strongest.with_treatment, "decimal"),
        shown(strongest.with_outcome, "decimal"),
    )


def _drawn(value: EValue, strongest: CovariateStrength | None) -> Markup:
    measured = () if strongest is None else (strongest.with_treatment, strongest.with_outcome)
    most = max(value.estimate, *measured, 2.0) * 1.08
    scale, y = Scale(1.0, most, 6.0, _WIDTH - 6.0), 24.0
    parts = [ticks(scale, y, [(1.0, "1: no factor")], _WIDTH)]
    if measured:
        parts.append(line(scale(min(measured)), y, scale(max(measured)), y, "beside"))
        parts += [ring(scale(each), y) for each in measured]
    number = shown(value.estimate, "decimal")
    parts += [
        dot(scale(value.estimate), y),
        label(scale(value.estimate), y - 12.0, number, _WIDTH, "value"),
    ]
    alt = f"A hidden factor needs a risk ratio of {number}"
    if measured:
        alt += f"; the strongest measured has {shown(measured[0], 'decimal')} with treatment and "
        alt += f"{shown(measured[1], 'decimal')} with the outcome"
    return svg(_WIDTH, _HEIGHT, f"{alt}.", parts)
