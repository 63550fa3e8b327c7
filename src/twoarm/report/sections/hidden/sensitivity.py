"""What hidden confounding could make of the average and of the share."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import SensitivityCurve
from twoarm.report.figures import (
    CONTROL,
    INK,
    TREATED,
    Axes,
    Drawing,
    draw,
)
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Table
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.result import StudyResult

__all__ = ["part", "sensitivity_band", "sensitivity_share", "sensitivity_table"]


def part(result: StudyResult) -> Part | None:
    """Draw both curves, and fold their numbers away."""
    curve, spec = result.value(SENSITIVITY), result.primary.spec
    if curve is None:
        return None
    return Part(
        figures=tuple(_drawings(spec, curve, synthetic=result.plan.cohort.synthetic)),
        details=(
            Details(summary="The sensitivity curve", tables=(sensitivity_table(spec, curve),)),
        ),
    )


def _reached(curve: SensitivityCurve) -> str:
    return f"a {'harm' if curve.harm else 'benefit'} of {100 * curve.threshold:g} points"


def sensitivity_table(spec: OutcomeSpec, curve: SensitivityCurve) -> Table:
    """Give what is left of average and share as hidden confounding grows."""
    numbers = (curve.strength, curve.low, curve.high, curve.share)
    rows = tuple(tuple(float(each) for each in row) for row in zip(*numbers, strict=True))
    reached = _reached(curve)
    columns = (
        Column("odds_ratio", "Odds of treatment changed up to", "number"),
        Column("benefit_low", "Average benefit, low", "points"),
        Column("benefit_high", "high", "points"),
        Column("share_at_threshold", f"Patients still at {reached}", "percent"),
    )
    note = (
        "Marginal sensitivity model: hidden factors may change a patient's odds of treatment by up "
        "to this factor, either way; 1 is no hidden confounding. The range holds every average "
        "benefit that is then possible (weighted estimate, sampling error aside). The last column: "
        f"patients who would still have {reached} at least; it starts at the predicted "
        "share and has all the noise of the predictions in it."
    )
    title = f"What is left under hidden confounding, {spec.title}"
    return Table("sensitivity", title, note, columns, rows)


def _drawings(spec: OutcomeSpec, curve: SensitivityCurve, *, synthetic: bool) -> Iterator[Drawing]:
    yield draw(
        "sensitivity",
        f"Average benefits possible under hidden confounding, {spec.title}",
        "A band that widens from the weighted estimate as hidden factors may change the odds of "
        "treatment more; lines at 0 and at the threshold.",
        lambda axes: sensitivity_band(axes, curve),
        synthetic=synthetic,
    )
    yield draw(
        "sensitivity_share",
        f"Patients who would still have {_reached(curve)} at least",
        "A falling curve: the share of patients whose smallest bound reaches the threshold, by the "
        "factor up to which hidden factors may change the odds of treatment.",
        lambda axes: sensitivity_share(axes, curve),
        synthetic=synthetic,
    )


def sensitivity_band(axes: Axes, curve: SensitivityCurve) -> Axes:
    """Show the averages that are possible as hidden confounding grows, with 0 and the threshold."""
    threshold = -curve.threshold if curve.harm else curve.threshold
    axes.fill_between(
        curve.strength, 100 * curve.low, 100 * curve.high, color=TREATED, alpha=0.2, linewidth=0
    )
    for bound in (curve.low, curve.high):
        axes.plot(curve.strength, 100 * bound, "-o", color=TREATED, markersize=2.2, linewidth=1.2)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axhline(100 * threshold, color=CONTROL, linewidth=1.2, linestyle="--")
    axes.annotate(
        _reached(curve),
        (curve.strength[-1], 100 * threshold),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        color=CONTROL,
        fontsize=7,
    )
    axes.set_ylabel("Average benefit, points")
    return _odds_axis(axes, curve)


def sensitivity_share(axes: Axes, curve: SensitivityCurve) -> Axes:
    """Show the share of patients who would still have the effect at its threshold."""
    axes.plot(curve.strength, 100 * curve.share, "-o", color=TREATED, markersize=2.2, linewidth=1.2)
    axes.set_ylim(0, 100)
    axes.set_ylabel("Patients, %")
    return _odds_axis(axes, curve)


def _odds_axis(axes: Axes, curve: SensitivityCurve) -> Axes:
    axes.set_xscale("log")
    ticks = [each for each in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0) if each <= curve.strength[-1]]
    axes.set_xticks(ticks, [f"{each:g}" for each in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("Odds of treatment changed by hidden factors, up to")
    return axes
