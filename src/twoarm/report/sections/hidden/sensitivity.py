"""What hidden confounding could make of the average and of the share."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import SensitivityCurve
from twoarm.report.figures import CONTROL, INK, Drawing, Panel, draw
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Table
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.result import StudyResult

__all__ = ["part", "sensitivity_band", "sensitivity_share", "sensitivity_table"]


_LEGEND = (
    "Marginal sensitivity model: hidden factors may change a patient's odds of treatment by up to "
    "the factor on the axis, either way. "
)


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
        lambda panel: sensitivity_band(panel, curve),
        legend=_LEGEND + "The band holds every average that is then possible; sampling error is "
        "not in it.",
        synthetic=synthetic,
    )
    yield draw(
        "sensitivity_share",
        f"Patients who would still have {_reached(curve)} at least",
        "A falling curve: the share of patients whose smallest bound reaches the threshold, by the "
        "factor up to which hidden factors may change the odds of treatment.",
        lambda panel: sensitivity_share(panel, curve),
        legend=_LEGEND + "The curve starts at the predicted share and has all the noise of the "
        "predictions in it: it is no share of patients who gain so much.",
        synthetic=synthetic,
    )


def sensitivity_band(panel: Panel, curve: SensitivityCurve) -> None:
    """Show the averages that are possible as hidden confounding grows, with 0 and the threshold."""
    threshold = -curve.threshold if curve.harm else curve.threshold
    panel.band("possible averages", curve.strength, 100 * curve.low, 100 * curve.high)
    for name, bound in (("lowest", curve.low), ("highest", curve.high)):
        panel.line(f"{name} possible", curve.strength, 100 * bound, marker="o", markersize=2.2)
    panel.refer(y=0, colour=INK)
    panel.refer(y=100 * threshold, text=_reached(curve), colour=CONTROL, dash="--", width=1.2,
                below=curve.harm)  # fmt: skip
    panel.axes.set_ylabel("Average benefit, points")
    _odds_axis(panel, curve)


def sensitivity_share(panel: Panel, curve: SensitivityCurve) -> None:
    """Show the share of patients who would still have the effect at its threshold."""
    panel.line("patients", curve.strength, 100 * curve.share, marker="o", markersize=2.2)
    panel.axes.set_ylim(0, 100)
    panel.axes.set_ylabel("Patients, %")
    _odds_axis(panel, curve)


def _odds_axis(panel: Panel, curve: SensitivityCurve) -> None:
    axes = panel.axes
    axes.set_xscale("log")
    ticks = [each for each in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0) if each <= curve.strength[-1]]
    axes.set_xticks(ticks, [f"{each:g}" if each > 1 else "1\nno hidden\nfactor" for each in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("Hidden factors change the odds of treatment up to")
