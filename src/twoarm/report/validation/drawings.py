"""The figures of an external validation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from twoarm.diagnostics import Absent
from twoarm.metrics import CalibrationGroups, Estimate, NetBenefit
from twoarm.report.figures import (
    CONTROL,
    INK,
    TREATED,
    Drawing,
    Panel,
    draw,
    fitting,
    round_ticks,
)
from twoarm.report.validation.words import arm_label, leading, primary
from twoarm.validation import ExternalValidation
from twoarm.validation.decision import ARMS
from twoarm.validation.result import ArmValidation

__all__ = ["auc_drawing", "calibration_drawings", "case_mix_drawing", "net_benefit_drawing"]

_COLOURS = dict(zip(ARMS, (CONTROL, TREATED), strict=True))
_MOST = 16
"""Columns that a figure of the case mix shows, the farthest apart."""

_LONGEST = 36
"""Letters of a row's label, in small print."""

_NOTABLE = 0.25
_HEAD_MM, _ROW_MM, _TALL_ROW_MM = 22, 4.8, 8.5

AucRow = tuple[str, str, Estimate, float]


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
    told = "; ".join(f"{label} {by:+.2f}" for label, by in pairs[:6])
    return draw(
        "validation_case_mix",
        "How far the patients here differ from those it learnt from",
        f"Standardised differences of the means, the largest first: {told}.",
        partial(_case_mix, pairs=pairs),
        legend="Means here minus means in the development, in pooled standard deviations; dotted: "
        f"{_NOTABLE:g}. Of the development the model file holds means and standard deviations.",
        height_mm=_HEAD_MM + _ROW_MM * max(4, len(pairs)),
        synthetic=_synthetic(found),
    )


def _case_mix(panel: Panel, pairs: list[tuple[str, float]]) -> None:
    rows = np.arange(len(pairs), dtype=np.float64)[::-1]
    labels = [label for label, _ in pairs]
    panel.refer(x=0.0, colour=INK, width=0.6)
    for limit in (-_NOTABLE, _NOTABLE):
        panel.refer(x=limit, dash=":")
    panel.dots("difference", [by for _, by in pairs], rows, size=4, labels=labels)
    panel.row_labels([fitting(label) for label in labels], rows)
    widest = max([2 * _NOTABLE, *(1.1 * abs(by) for _, by in pairs)])
    panel.axes.set_xlim(-widest, widest)
    panel.axes.set_ylim(-0.7, len(pairs) - 0.3)
    panel.axes.set_xlabel("Lower here  |  higher here, SD")


def auc_drawing(found: ExternalValidation) -> Iterator[Drawing]:
    """Draw the AUC here beside what was to be expected of these patients."""
    rows: list[AucRow] = [
        (outcome.spec.title, arm, each.discrimination.auc, each.expected.auc)
        for outcome in found.outcomes.values()
        if outcome.learners
        for arm, each in leading(outcome)[1].arms.items()
        if not isinstance(each.discrimination, Absent) and not isinstance(each.expected, Absent)
    ]
    if not rows:
        return
    told = "; ".join(
        f"{title}, {arm_label(found, arm)}: {auc.estimate:.3f}, expected {expected:.3f}"
        for title, arm, auc, expected in rows
    )
    yield draw(
        "validation_auc",
        "Discrimination here and expected",
        f"AUC with 95 % interval, and the AUC expected if every risk were right. {told}.",
        partial(_aucs, found=found, rows=rows),
        legend="AUC in the patients here with 95 % intervals (DeLong, on the logit scale), and "
        "what it would be in these patients if every predicted risk were right.",
        height_mm=_HEAD_MM + _TALL_ROW_MM * len(rows),
        synthetic=_synthetic(found),
    )


def _aucs(panel: Panel, found: ExternalValidation, rows: list[AucRow]) -> None:
    places = np.arange(len(rows), dtype=np.float64)[::-1]
    labels = [f"{title}\n{arm_label(found, arm)}" for title, arm, *_ in rows]
    panel.refer(x=0.5)
    for (_, arm, auc, _), y, label in zip(rows, places, labels, strict=True):
        if np.isfinite(auc.low):
            panel.ranges("here, 95 %", [label], [y], [auc.low], [auc.high], colour=_COLOURS[arm],
                         width=1.2)  # fmt: skip
        panel.dots("here", [auc.estimate], [y], colour=_COLOURS[arm], labels=[label])
    panel.dots("expected", [each[3] for each in rows], places, colour=INK, marker="D", size=4,
               hollow=True, labels=labels)  # fmt: skip
    named = [
        f"{fitting(title, _LONGEST)}\n{fitting(arm_label(found, arm), _LONGEST)}"
        for title, arm, *_ in rows
    ]
    panel.row_labels(named, places, size=5.0)
    panel.axes.set_ylim(-0.7, len(rows) - 0.3)
    panel.axes.set_xlabel("AUC")
    panel.key([("here", INK, "o"), ("expected of these patients", INK, "D hollow")])


def calibration_drawings(found: ExternalValidation) -> Iterator[Drawing]:
    """Draw the calibration of each arm of the primary outcome."""
    outcome = primary(found)
    if outcome is None:
        return
    for arm, each in leading(outcome)[1].arms.items():
        if isinstance(each.groups, Absent):
            continue
        smooth = " The line smooths the outcomes (lowess)." if each.curve.size else ""
        yield draw(
            f"validation_calibration_{arm}",
            f"{outcome.spec.title}, {arm_label(found, arm)}",
            "Share with the event by predicted probability, in groups of patients; on the dotted "
            "diagonal predictions are right.",
            partial(_calibration, arm=each, groups=each.groups, colour=_COLOURS[arm]),
            legend=f"{each.n} patients, {each.events} with the event, in groups of equal "
            f"information with Wilson's 95 % intervals.{smooth} On the diagonal predictions are "
            "right.",
            height_mm=72,
            synthetic=_synthetic(found),
        )


def _calibration(panel: Panel, arm: ArmValidation, groups: CalibrationGroups, colour: str) -> None:
    top = min(1.0, max(0.1, float(max(groups.high.max(), groups.predicted.max()))))
    panel.diagonal(0, top)
    if arm.curve.size:
        shown = arm.curve[1] <= top
        panel.line("smoothed", arm.curve[0][shown], arm.curve[1][shown], colour=colour,
                   linewidth=0.9)  # fmt: skip
    panel.intervals("groups of patients", groups.predicted, groups.observed, groups.low,
                    groups.high, colour=colour, hollow=bool(arm.curve.size))  # fmt: skip
    panel.axes.set_xlim(0, top)
    panel.axes.set_ylim(0, top)
    ticks = round_ticks(0, top)
    panel.axes.set_xticks(ticks)
    panel.axes.set_yticks(ticks)
    panel.axes.set_xlabel("Predicted probability")
    panel.axes.set_ylabel("Share with the event")


def net_benefit_drawing(found: ExternalValidation) -> Iterator[Drawing]:
    """Draw the net benefit of the model's advice over thresholds."""
    outcome = primary(found)
    if outcome is None:
        return
    benefit = leading(outcome)[1].benefit
    if isinstance(benefit, Absent):
        return
    doubt = "" if found.randomised else " Treatment was not drawn by lot: no effect."
    yield draw(
        "validation_net_benefit",
        f"Net benefit here, {outcome.spec.title}",
        "Net benefit by threshold of predicted benefit: treating by the model, treating all, "
        "treating nobody (0)." + doubt,
        partial(_net_benefit, curve=benefit.net_benefit, threshold=outcome.spec.threshold),
        legend="Benefit per 100 patients of treating those whose predicted benefit reaches the "
        "threshold, less the threshold for each one treated." + doubt,
        synthetic=_synthetic(found),
    )


def _net_benefit(panel: Panel, curve: NetBenefit, threshold: float | None) -> None:
    x = 100.0 * curve.threshold
    panel.refer(y=0.0)
    panel.line("all treated", x, 100.0 * curve.treat_all, colour=INK, linewidth=1.0, linestyle="--")
    panel.line("by the model", x, 100.0 * curve.model)
    if threshold is not None:
        panel.refer(x=100.0 * threshold, dash=":")
    panel.axes.set_xlabel("Threshold of benefit, points")
    panel.axes.set_ylabel("Net benefit, points")
    panel.key([("by the model", TREATED, "-"), ("all treated", INK, "--")])
