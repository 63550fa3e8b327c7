"""Figures of the predicted benefit: net benefit, calibration for benefit, targeting."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import BenefitCurve, IsotonicBenefit, NetBenefit, TargetingCurve
from twoarm.report.evidence_notes import LEARNER_TITLES
from twoarm.report.figures import CONTROL, FAINT, INK, TREATED, Axes, Drawing, draw
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.result import StudyResult

__all__ = ["benefit_calibration", "benefit_drawings", "net_benefit_curves", "targeting_curves"]

_LINES = {
    "t": (TREATED, "-"),
    "penalized_interaction": (CONTROL, "--"),
    "risk": ("#4b5563", ":"),
}
"""Colour and dash of each learner: told apart in grey too."""

_MOST_POINTS = 400  # of a drawn curve
_LEAST_SHARE = 0.05  # before it the mean of a few scores jumps up and down


def net_benefit_curves(axes: Axes, curves: Mapping[str, NetBenefit], threshold: float) -> Axes:
    """Show net benefit over thresholds, in points; `curves` by learner, the study's first."""
    own = next(iter(curves.values()))
    cut = 100 * own.threshold
    axes.axhline(0, color=FAINT, linewidth=0.8, label="nobody")
    axes.plot(cut, 100 * own.treat_all, color=INK, linewidth=0.9, label="everybody")
    axes.plot(
        cut,
        100 * own.same_share,
        color=FAINT,
        linewidth=0.9,
        linestyle="-.",
        label="as many by lot",
    )
    for name, curve in curves.items():
        colour, dash = _LINES[name]
        axes.plot(
            cut,
            100 * curve.model,
            color=colour,
            linestyle=dash,
            linewidth=1.3,
            label=LEARNER_TITLES[name],
        )
    _threshold_line(axes, threshold)
    axes.set_xlim(cut[0], cut[-1])
    axes.set_xlabel("Smallest benefit worth treating for, points")
    axes.set_ylabel("Net benefit, points")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.4 * (high - low))  # room for the legend
    axes.legend(frameon=False, loc="upper right", bbox_to_anchor=(1.0, 0.96), ncols=2, fontsize=6)
    return axes


def _threshold_line(axes: Axes, threshold: float) -> None:
    axes.axvline(100 * threshold, color=CONTROL, linewidth=0.8, linestyle="--", alpha=0.6)
    axes.annotate(
        f"threshold {100 * threshold:g}",
        (100 * threshold, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(3, -1),
        textcoords="offset points",
        va="top",
        color=CONTROL,
        fontsize=6.5,
    )


def benefit_calibration(
    axes: Axes,
    curve: BenefitCurve,
    isotonic: IsotonicBenefit,
    benefit: NDArray[np.float64],
    threshold: float,
) -> Axes:
    """Show smoothed scores over predicted benefit, with the patients along the bottom."""
    at = 100 * curve.predicted
    axes.plot(at, at, color=FAINT, linewidth=0.8, linestyle=":", label="as predicted")
    axes.fill_between(at, 100 * curve.low, 100 * curve.high, color=TREATED, alpha=0.18, linewidth=0)
    axes.plot(at, 100 * curve.observed, color=TREATED, linewidth=1.3, label="smooth, 95 % limits")
    steps = 100 * isotonic(curve.predicted)
    axes.step(at, steps, where="mid", color=INK, linewidth=0.8, linestyle="--", label="isotonic")
    low, high = float(100 * curve.low.min()), float(100 * curve.high.max())
    low, high = min(low, float(at[0])), max(high, float(at[-1]))
    room = 0.2 * (high - low)
    counts, edges = np.histogram(100 * benefit, bins=30, range=(at[0], at[-1]))
    height = 0.85 * room * counts / max(int(counts.max()), 1)
    axes.bar(
        edges[:-1], height, np.diff(edges), low - room, align="edge", color=TREATED, alpha=0.35
    )
    axes.set_ylim(low - room, high + 0.05 * (high - low))
    axes.set_xlim(at[0], at[-1])
    _threshold_line(axes, threshold)
    axes.set_xlabel("Predicted benefit, points")
    axes.set_ylabel("Estimated benefit, points")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 0.14), fontsize=6.5)
    return axes


def targeting_curves(axes: Axes, curves: Mapping[str, TargetingCurve]) -> Axes:
    """Show how much more those ranked first gain than the average, from a share of 5 % on."""
    for name, curve in curves.items():
        colour, dash = _LINES[name]
        n = curve.share.size
        first = int(_LEAST_SHARE * n)
        shown = np.unique(np.linspace(first, n - 1, min(n, _MOST_POINTS)).astype(np.int64))
        axes.plot(
            100 * curve.share[shown],
            100 * curve.gain[shown],
            color=colour,
            linestyle=dash,
            linewidth=1.2,
            label=LEARNER_TITLES[name],
        )
    axes.axhline(0, color=FAINT, linewidth=0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel("Patients treated, those ranked first, %")
    axes.set_ylabel("Gain over the average, points")
    axes.legend(frameon=False, loc="upper right", fontsize=6.5)
    return axes


def benefit_drawings(result: StudyResult) -> list[Drawing]:
    """Draw the measures of benefit; none where there is no cross-fit."""
    found, synthetic = result.evidence, result.plan.cohort.synthetic
    if found is None:
        return []
    threshold, title = found.patients.threshold, result.primary.spec.title
    net = draw(
        "net_benefit",
        f"Net benefit of treating by the prediction, {title}",
        "Net benefit against the smallest benefit worth treating for, from 0 to 30 points: by each "
        "learner's prediction, everybody, nobody, and as many patients by lot.",
        lambda axes: net_benefit_curves(
            axes, {name: each.net_benefit for name, each in found.models.items()}, threshold
        ),
        height_mm=72,
        synthetic=synthetic,
    )
    targeting = draw(
        "targeting",
        f"Do patients ranked first gain more? {title}",
        "Average benefit of the patients ranked first minus that of all, by share treated, for "
        "each learner; descriptive.",
        lambda axes: targeting_curves(
            axes, {name: each.targeting for name, each in found.models.items()}
        ),
        synthetic=synthetic,
    )
    return [net, *_calibration_drawing(found, title, synthetic), targeting]


def _calibration_drawing(found: BenefitEvidence, title: str, synthetic: bool) -> list[Drawing]:
    own = found.models["t"]
    curve = own.curve
    if curve is None:
        return []
    benefit = found.compared.effects["t"].benefit
    return [
        draw(
            "benefit_calibration",
            f"Is the benefit as large as predicted? {title}",
            "Doubly robust scores smoothed over the predicted benefit with 95 % limits, isotonic "
            "regression, the identity, the threshold, and a histogram of the predictions.",
            lambda axes: benefit_calibration(
                axes, curve, own.isotonic, benefit, found.patients.threshold
            ),
            height_mm=72,
            synthetic=synthetic,
        )
    ]
