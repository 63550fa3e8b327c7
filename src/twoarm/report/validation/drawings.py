"""The figures of an external validation."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.diagnostics import Absent
from twoarm.report.figures import CONTROL, FAINT, INK, TREATED, Axes, Drawing, draw, fitting
from twoarm.report.validation.words import arm_label, leading, primary
from twoarm.validation import ExternalValidation
from twoarm.validation.decision import ARMS
from twoarm.validation.result import ArmValidation

__all__ = ["auc_drawing", "calibration_drawings", "case_mix_drawing", "net_benefit_drawing"]

_COLOURS = dict(zip(ARMS, (CONTROL, TREATED), strict=True))
_MOST = 16
"""Columns that a figure of the case mix shows, the farthest apart."""

_HEAD_MM, _ROW_MM = 20, 4.6


def _synthetic(found: ExternalValidation) -> bool:
    return bool(found.model.content["synthetic"] or found.site.cohort.synthetic)


def case_mix_drawing(found: ExternalValidation) -> Drawing:
    """Draw how far the means lie apart."""
    mix, file = found.case_mix, found.site.study.file
    pairs = [
        (file.column_title(column), by)
        for column, by in zip(mix.columns, mix.difference.tolist(), strict=True)
        if abs(by) < float("inf")
    ]
    pairs = sorted(pairs, key=lambda each: -abs(each[1]))[:_MOST]

    def paint(axes: Axes) -> Axes:
        axes.axvline(0.0, color=INK, linewidth=0.6)
        for limit in (-0.25, 0.25):
            axes.axvline(limit, color=FAINT, linewidth=0.6, linestyle=":")
        values = [by for _, by in pairs]
        axes.plot(values, range(len(pairs)), "o", color=TREATED, markersize=4)
        axes.set_yticks(range(len(pairs)), [fitting(label) for label, _ in pairs])
        axes.set_ylim(len(pairs) - 0.5, -0.5)
        widest = max([0.5, *(1.1 * abs(by) for by in values)])
        axes.set_xlim(-widest, widest)
        axes.set_xlabel("Lower here  |  higher here, SD")
        return axes

    told = "; ".join(f"{label} {by:+.2f}" for label, by in pairs[:6])
    return draw(
        "validation_case_mix",
        "How far the patients here differ from those it learnt from",
        f"Standardised differences of the means, the largest first: {told}. Dotted: 0.25.",
        paint,
        height_mm=_HEAD_MM + _ROW_MM * len(pairs),
        synthetic=_synthetic(found),
    )


def _rows(found: ExternalValidation) -> list[tuple[str, str, ArmValidation]]:
    """Give outcome, arm and what was found of it, by the learner that leads."""
    return [
        (outcome.spec.title, arm, each)
        for outcome in found.outcomes.values()
        if outcome.learners
        for arm, each in leading(outcome)[1].arms.items()
    ]


def auc_drawing(found: ExternalValidation) -> Iterator[Drawing]:
    """Draw the AUC here beside what was to be expected of these patients."""
    rows = [
        (title, arm, each.discrimination.auc, each.expected.auc)
        for title, arm, each in _rows(found)
        if not isinstance(each.discrimination, Absent) and not isinstance(each.expected, Absent)
    ]
    if not rows:
        return

    def paint(axes: Axes) -> Axes:
        axes.axvline(0.5, color=FAINT, linewidth=0.6)
        for y, (_, arm, auc, expected) in enumerate(rows):
            colour = _COLOURS[arm]
            axes.plot([auc.low, auc.high], [y, y], color=colour, linewidth=1.1)
            axes.plot([auc.estimate], [y], "o", color=colour, markersize=4.5)
            axes.plot([expected], [y], "D", color=INK, markersize=4, markerfacecolor="white")
        labels = [f"{fitting(title)}\n{fitting(arm_label(found, arm))}" for title, arm, *_ in rows]
        axes.set_yticks(range(len(rows)), labels, fontsize=6)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlabel("AUC (dot: here, diamond: expected)")
        return axes

    told = "; ".join(
        f"{title}, {arm_label(found, arm)}: {auc.estimate:.3f}, expected {expected:.3f}"
        for title, arm, auc, expected in rows
    )
    yield draw(
        "validation_auc",
        "Discrimination here and expected",
        f"AUC with 95 % interval, and the AUC expected if every risk were right. {told}.",
        paint,
        height_mm=_HEAD_MM + 8.5 * len(rows),
        synthetic=_synthetic(found),
    )


def calibration_drawings(found: ExternalValidation) -> Iterator[Drawing]:
    """Draw the calibration of each arm of the primary outcome."""
    outcome = primary(found)
    if outcome is None:
        return
    for arm, each in leading(outcome)[1].arms.items():
        if each.curve.shape[1] == 0:
            continue
        label = arm_label(found, arm)

        def paint(axes: Axes, each: ArmValidation = each, arm: str = arm) -> Axes:
            predicted, observed = each.curve
            top = min(1.0, max(0.1, 1.05 * float(max(predicted[-1], observed.max()))))
            axes.plot([0, top], [0, top], color=FAINT, linewidth=0.8, linestyle=":")
            axes.plot(predicted, observed, color=_COLOURS[arm], linewidth=1.3)
            axes.plot(
                predicted, [-0.03 * top] * predicted.size, "|", color=_COLOURS[arm], alpha=0.35,
                markersize=5,
            )  # fmt: skip
            axes.set_xlim(0, top)
            axes.set_ylim(-0.06 * top, top)
            axes.set_xlabel("Predicted probability")
            axes.set_ylabel("Share with the event")
            return axes

        yield draw(
            f"validation_calibration_{arm}",
            f"{outcome.spec.title}, {label}",
            "Smoothed share with the event by predicted probability; on the dotted diagonal "
            "predictions are right. Strokes below: patients.",
            paint,
            height_mm=64,
            synthetic=_synthetic(found),
        )


def net_benefit_drawing(found: ExternalValidation) -> Iterator[Drawing]:
    """Draw the net benefit of the model's advice over thresholds."""
    outcome = primary(found)
    if outcome is None:
        return
    benefit = leading(outcome)[1].benefit
    if isinstance(benefit, Absent):
        return
    curve, cut = benefit.net_benefit, outcome.spec.threshold

    def paint(axes: Axes) -> Axes:
        x = 100.0 * curve.threshold
        axes.axhline(0.0, color=FAINT, linewidth=0.8)
        axes.plot(x, 100.0 * curve.treat_all, color=INK, linewidth=1.0, linestyle="--", label="all")
        axes.plot(x, 100.0 * curve.model, color=TREATED, linewidth=1.4, label="by the model")
        if cut is not None:
            axes.axvline(100.0 * cut, color=FAINT, linewidth=0.8, linestyle=":")
        axes.set_xlabel("Threshold of benefit, points")
        axes.set_ylabel("Net benefit, points")
        axes.legend(frameon=False, fontsize=7)
        return axes

    yield draw(
        "validation_net_benefit",
        f"Net benefit here, {outcome.spec.title}",
        "Net benefit by threshold of predicted benefit: treating by the model, treating all "
        "(dashed), treating nobody (0)."
        + ("" if found.randomised else " Not drawn by lot: no effect."),
        paint,
        synthetic=_synthetic(found),
    )
