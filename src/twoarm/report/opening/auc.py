"""Discrimination: the AUC to quote beside the one by Harrell's correction."""

from __future__ import annotations

from markupsafe import Markup

from twoarm.report.formats import interval, shown
from twoarm.report.labels import arm_labels
from twoarm.report.opening.content import NumberLine
from twoarm.report.opening.drawn import Scale, dot, label, line, ring, svg
from twoarm.study.measure.arms import ArmResult
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["auc_line"]

_WIDTH = 240.0
_ROWS = {"control": 18.0, "treated": 42.0}
_LOWEST = 0.5


def auc_line(result: StudyResult) -> NumberLine:
    """Give both arms' AUC, drawn, and whether Harrell's holds."""
    drawing = None
    said = Markup("None: {}.").format(NO_PREDICTORS)
    if result.primary.has_models:
        found = [result.primary.arms[arm] for arm in ARMS]
        if any(each.auc.headline is not None for each in found):
            drawing = _drawn(result)
        said = Markup(" ").join(
            (Markup("; ").join(map(_said, found, arm_labels(result))) + ".", _harrell(found))
        )
    return NumberLine(
        name="AUC",
        unit="discrimination of both outcome models",
        drawing=drawing,
        said=said,
        link="models",
        answers="auc",
    )


def _said(fit: ArmResult, name: str) -> Markup:
    auc = fit.auc
    if auc.headline is None:
        return Markup("{}: none, {}").format(name, auc.headline_reason)
    limits = "no interval"
    if auc.ci is not None:
        limits = interval(auc.ci.low, auc.ci.high, "probability")
    return Markup("<b>{}</b> ({})").format(shown(auc.headline, "probability"), limits)


def _harrell(found: list[ArmResult]) -> Markup:
    """Say whether Harrell's correction can be quoted beside it."""
    values = [
        "none" if fit.auc.harrell is None else shown(fit.auc.harrell, "probability")
        for fit in found
    ]
    verdicts = [fit.gate.harrell_valid for fit in found]
    said = Markup("Harrell's (open): {} and {}").format(*values)
    if all(each is None for each in verdicts):
        return Markup("Whether Harrell's (open) holds cannot be told.")
    if not any(each is False for each in verdicts):
        return Markup("{}, not too high.").format(said)
    wrong = " and ".join(
        value for value, each in zip(values, verdicts, strict=True) if each is False
    )
    return Markup("{}, {} not valid here.").format(
        said, "both" if all(each is False for each in verdicts) else wrong
    )


def _drawn(result: StudyResult) -> Markup:
    """Draw a line an arm: the interval, the AUC to quote, Harrell's."""
    arms, labels = result.primary.arms, arm_labels(result)
    known = [
        value
        for fit in (arms[arm] for arm in ARMS)
        for value in (fit.auc.headline, getattr(fit.auc.ci, "low", None), fit.auc.harrell)
        if value is not None
    ]
    scale = Scale(min(_LOWEST, *known), 1.0, 6.0, _WIDTH - 6.0)
    parts, alts = [], []
    for arm, name in zip(ARMS, labels, strict=True):
        auc, y = arms[arm].auc, _ROWS[arm]
        parts += [line(scale.start, y, scale.end, y), label(0.0, y - 8.0, name, _WIDTH)]
        if auc.ci is not None:
            parts.append(line(scale(auc.ci.low), y, scale(auc.ci.high), y, "interval"))
        if auc.headline is not None:
            parts.append(dot(scale(auc.headline), y))
        if auc.harrell is not None:
            parts.append(ring(scale(auc.harrell), y))
        alts.append(
            f"{name}: {shown(auc.headline, 'probability')}, Harrell "
            f"{shown(auc.harrell, 'probability')}"
        )
    return svg(_WIDTH, 49.0, f"AUC. {'; '.join(alts)}.", parts)
