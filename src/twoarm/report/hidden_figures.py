"""Figures of hidden confounding: what it could make of the average and of the share."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.report.figures import CONTROL, INK, TREATED, Axes, Drawing, draw
from twoarm.study.hidden import SensitivityCurve
from twoarm.study.result import StudyResult

__all__ = ["hidden_drawings", "sensitivity_band", "sensitivity_share"]


def sensitivity_band(axes: Axes, curve: SensitivityCurve, threshold: float) -> Axes:
    """Show the averages that are possible as hidden confounding grows, with 0 and the threshold."""
    axes.fill_between(
        curve.strength, 100 * curve.low, 100 * curve.high, color=TREATED, alpha=0.2, linewidth=0
    )
    for bound in (curve.low, curve.high):
        axes.plot(curve.strength, 100 * bound, "-o", color=TREATED, markersize=2.2, linewidth=1.2)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axhline(100 * threshold, color=CONTROL, linewidth=1.2, linestyle="--")
    axes.annotate(
        f"threshold {100 * threshold:g} points",
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
    """Show the share of patients whose lowest possible benefit reaches the threshold."""
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


def hidden_drawings(result: StudyResult) -> Iterator[Drawing]:
    """Draw the marginal sensitivity curve of the average and of the share at the threshold."""
    synthetic = result.plan.cohort.synthetic
    found, spec = result.diagnostics.hidden, result.primary.spec
    if found is None or spec.threshold is None:
        return
    curve, threshold = found.curve, spec.threshold
    yield draw(
        "sensitivity",
        f"Average benefits possible under hidden confounding, {spec.title}",
        "A band that widens from the weighted estimate as hidden factors may change the odds of "
        "treatment more; lines at 0 and at the threshold.",
        lambda axes: sensitivity_band(axes, curve, threshold),
        synthetic=synthetic,
    )
    yield draw(
        "sensitivity_share",
        f"Patients whose lowest possible benefit is still {100 * threshold:g} points",
        "A falling curve: the share of patients whose lower bound reaches the threshold, by the "
        "factor up to which hidden factors may change the odds of treatment.",
        lambda axes: sensitivity_share(axes, curve),
        synthetic=synthetic,
    )
