"""What was compared, in how many, and what came out on average."""

from __future__ import annotations

import math

from markupsafe import Markup

from twoarm.diagnostics import Absent
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.finding import is_randomised
from twoarm.diagnostics.harm import kind, welfare
from twoarm.metrics import Estimate
from twoarm.report.formats import shown
from twoarm.report.labels import arm_labels
from twoarm.report.opening.effects import limits_text, per_hundred
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["kicker", "lead"]


def kicker(result: StudyResult) -> str:
    """Give patients, centres and replicates in one line."""
    cohort = result.plan.cohort
    parts = [f"{len(cohort)} patients"]
    centres = None if cohort.centre is None else len({each for each in cohort.centre if each})
    if centres:
        parts.append(f"{centres} centre{'s' if centres > 1 else ''}")
    if result.primary.has_models:
        parts.append(f"{result.replicates} replicates")
    return " · ".join(parts)


def lead(result: StudyResult) -> Markup:
    """Give both arms' counts of the primary outcome, and the average benefit."""
    primary = result.primary
    (control, treated), (label0, label1) = (primary.arms[arm] for arm in ARMS), arm_labels(result)
    counts = Markup(
        '<span data-answers="compared"><b>{}</b> compared with <b>{}</b>:</span> '
        '<span data-answers="how-many">{} in <b>{} of {}</b> against <b>{} of {}</b> patients.'
        "</span>"
    ).format(
        label1, label0, primary.spec.title, treated.events, treated.n, control.events, control.n
    )
    return Markup('{} <span data-answers="mean">{}</span>').format(counts, _average(result))


def _average(result: StudyResult) -> Markup:
    found, spec = result.quoted(), result.primary.spec
    if isinstance(found.average, Absent):
        return Markup("There is no average effect {}: {}. As the arms are, {}.").format(
            OVER[found.population], found.average.reason, welfare(result.primary.crude.estimate)
        )
    adjusted = (
        "On average" if is_randomised(result.plan.study) else "Adjusted for what was measured"
    )
    return Markup("{}: <b>{}</b>{}, {}.").format(
        f"{adjusted}, {OVER[found.population]}" if found.population != "all" else adjusted,
        per_hundred(found.average.estimate, spec),
        limits_text(found.average),
        _sure(found.average),
    )


def _sure(average: Estimate) -> str:
    """Say benefit or harm, and how sure chance alone leaves that."""
    if not math.isfinite(average.low + average.high):
        return f"a {kind(average.estimate)}, without an interval"
    if average.excludes_zero:
        return f"a {kind(average.estimate)} beyond what chance makes"
    least, most = (shown(100 * abs(each), "decimal") for each in (average.low, average.high))
    return (
        f"neither benefit nor harm is shown; benefits above {most} and harms above {least} in 100 "
        "are excluded"
    )
