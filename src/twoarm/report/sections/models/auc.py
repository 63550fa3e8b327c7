"""Discrimination: every estimate of the AUC."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twoarm.report.figures import GREY, Drawing, Panel, draw, fitting
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.sections.models.rows import (
    ARM_COLOURS,
    BOOKKEEPING,
    ESTIMATES,
    MODEL,
    QUOTED,
    arm_rows,
    few_events_note,
    quoted,
)
from twoarm.report.table import Column, Table
from twoarm.resampling import Metric
from twoarm.study.measure.arms import ArmResult
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["auc_estimates", "auc_table", "part", "roc"]

_LEARNERS = {"stack": "stack", "fallback": "elastic net alone"}
_TITLES = {
    "apparent": "Apparent",
    "harrell": "Harrell",
    "oob": "Out-of-bag",
    "d632": ".632",
    "d632plus": ".632+",
    "nested_cv": "Nested CV",
}
_LONGEST = 36  # letters of an arm's label
INTERVAL_HELD = (0.91, 0.98)
"""How often the interval held the AUC in new patients in the worst and the best of twelve simulated
worlds: ``benchmarks/results/auc_interval_confirmation.json``, decision 0022."""

_LETTERS_ABREAST = 32  # of the arms' labels, above a figure of a column's width
_IN_FILE = (*(column.name for column in BOOKKEEPING), "arm_learner")


def part(result: StudyResult) -> Part:
    """Show every estimate of the AUC; how they were counted stands in the file."""
    table = auc_table(result)
    return Part(figures=_drawings(result), tables=(table.without(*_IN_FILE),), files=(table,))


def auc_table(result: StudyResult) -> Table:
    """Give every estimate of every model's AUC, and what the gate says of Harrell's."""
    rows = []
    for outcome, arm, label, metric in arm_rows(result, "auc"):
        fit = outcome.arms[arm]
        verdict = {True: "no failure seen", False: "not valid", None: "cannot tell"}
        rows.append(
            (
                outcome.spec.title,
                label,
                fit.events,
                fit.n,
                *(getattr(metric, column.name) for column in ESTIMATES),
                *quoted(metric),
                verdict[fit.gate.harrell_valid],
                *(getattr(metric, column.name) for column in BOOKKEEPING),
                _LEARNERS[fit.learner.kind],
            )
        )
    columns = (
        *MODEL,
        *ESTIMATES,
        *QUOTED,
        Column("harrell_gate", "Harrell"),
        *BOOKKEEPING,
        Column("arm_learner", "Learner"),
    )
    note = (
        "Apparent: the model on its own patients. Harrell: apparent minus the mean optimism, the "
        "published procedure; it fails for learners that reproduce their training labels. "
        "Out-of-bag: on patients not drawn, a little pessimistic. Nested CV: repeated "
        "cross-validation of the whole procedure. To quote: fixed in advance, "
        f"{result.primary.arms[ARMS[0]].auc.headline_name}; its interval speaks of sampling these "
        "patients and of what is learnt from them, not of another hospital; in twelve simulated "
        f"worlds it held the AUC in new patients in {100 * INTERVAL_HELD[0]:.0f} (where products "
        f"of variables are all there is to learn) to {100 * INTERVAL_HELD[1]:.0f} % of the "
        "cohorts. Harrell is called not valid where it exceeds that by more than 0.02 plus two "
        "Monte-Carlo standard errors, or "
        "where a member divides the rows of a replicate with copies of one patient on both sides. "
        "A dash: defined in fewer than 80 % of the replicates."
    )
    note += _nothing_to_quote(result) + few_events_note(result)
    return Table("auc", "Discrimination (AUC)", note, columns, tuple(rows))


def _nothing_to_quote(result: StudyResult) -> str:
    """Say of which models there is no AUC to quote, and why."""
    without = [
        f"{outcome.spec.title}, {label} ({metric.headline_reason})"
        for outcome, _, label, metric in arm_rows(result, "auc")
        if metric.headline is None
    ]
    return f" Nothing to quote: {'; '.join(without)}." if without else ""


def auc_estimates(panel: Panel, models: Sequence[tuple[str, str, Metric, bool | None]]) -> None:
    """Show the estimates of each model's AUC one under the other, and the one to quote.

    `models` holds label, colour and metric of each, and whether Harrell's estimate is valid: one
    that is not is struck through.
    """
    quoted = next(metric.headline_name for _, _, metric, _ in models)
    titles = [*_TITLES.values(), f"To quote\n({quoted})"]
    y = np.arange(len(titles), dtype=np.float64)[::-1]
    y[-1] -= 0.5  # apart from those that it is chosen among
    shifts = np.linspace(0.16, -0.16, len(models)) if len(models) > 1 else np.zeros(1)
    for (label, colour, metric, valid), shift in zip(models, shifts, strict=True):
        known = [(k, name) for k, name in enumerate(_TITLES) if getattr(metric, name) is not None]
        values = [getattr(metric, name) for _, name in known]
        names = [_TITLES[name] for _, name in known]
        panel.dots(label, values, [y[k] + shift for k, _ in known], colour=colour, labels=names)
        if valid is False and metric.harrell is not None:
            panel.dots(f"{label}: not valid", [metric.harrell], [y[1] + shift], colour=GREY,
                       marker="x", size=8, labels=["Harrell"])  # fmt: skip
        if metric.headline is not None:
            _to_quote(panel, label, colour, metric, float(y[-1] + shift))
    panel.axes.axhspan(y[-1] - 0.5, y[-1] + 0.5, color=GREY, alpha=0.08, linewidth=0)
    panel.refer(x=0.5, text="chance", dash=":")
    panel.row_labels(titles, y)
    panel.axes.set_xlim(0.45, 1.02)
    panel.axes.set_ylim(y[-1] - 0.6, y[0] + 0.6)
    panel.axes.set_xlabel("AUC")
    names_of = [(fitting(label, _LONGEST), colour, "o") for label, colour, _, _ in models]
    crossed = [("not valid", GREY, "x")] if any(valid is False for *_, valid in models) else []
    panel.key([*names_of, *crossed], columns=1 if _are_long(models) else 3)


def _are_long(models: Sequence[tuple[str, str, Metric, bool | None]]) -> bool:
    return sum(len(label) for label, *_ in models) > _LETTERS_ABREAST


def _to_quote(panel: Panel, label: str, colour: str, metric: Metric, y: float) -> None:
    """Draw the one to quote with its interval, and say both at the right."""
    assert metric.headline is not None
    if metric.ci is not None:
        panel.ranges(label, ["95 % interval"], [y], [metric.ci.low], [metric.ci.high],
                     colour=colour, width=1.2)  # fmt: skip
    panel.dots(label, [metric.headline], [y], colour=colour, labels=["to quote"], size=5.5)


def roc(panel: Panel, models: Sequence[tuple[str, str, ArmResult]]) -> None:
    """Show sensitivity over 1 - specificity of each model, cross-validated with its band.

    The broken line is the same model in the patients that it was fitted to.
    """
    panel.diagonal(0, 1)
    for label, colour, arm in models:
        found = arm.roc
        if found is not None:
            panel.band(f"{label}, 95 %", found.false_positive, found.low, found.high,
                       colour=colour, alpha=0.14)  # fmt: skip
            panel.line(label, found.false_positive, found.sensitivity, colour=colour)
        panel.line(f"{label}, apparent", *arm.apparent_roc, colour=colour, linestyle=":",
                   linewidth=0.9)  # fmt: skip
    panel.axes.set_xlim(-0.01, 1.01)
    panel.axes.set_ylim(-0.01, 1.02)
    panel.axes.set_aspect("equal")
    panel.axes.set_xlabel("1 \u2212 specificity")
    panel.axes.set_ylabel("Sensitivity")
    names = [
        (f"{fitting(label, _LONGEST)} ({arm.events} events)", colour, "-")
        for label, colour, arm in models
    ]
    panel.key([*names, ("apparent", GREY, ":")], columns=1)


def _drawings(result: StudyResult) -> tuple[Drawing, Drawing]:
    labels, spec = arm_labels(result), result.primary.spec
    arms = [result.primary.arms[arm] for arm in ARMS]
    colours = [ARM_COLOURS[arm] for arm in ARMS]
    patients = "; ".join(
        f"{label}: {arm.events} events in {arm.n}" for label, arm in zip(labels, arms, strict=True)
    )
    estimates = draw(
        "auc",
        f"Six estimates of the same AUC, {spec.title}",
        "Apparent, Harrell, out-of-bag, .632, .632+ and cross-validated AUC of both arms' models "
        "one under the other, and the one to quote with its 95 % interval; estimates by Harrell's "
        "method that are not valid are crossed out.",
        lambda panel: auc_estimates(
            panel,
            [(label, colour, arm.auc, arm.gate.harrell_valid)
             for label, colour, arm in zip(labels, colours, arms, strict=True)],
        ),
        legend=f"{patients}. {result.replicates} bootstrap replicates; the one to quote was fixed "
        "in advance, with its 95 % interval. Crossed out: Harrell's estimate exceeds it by more "
        "than 0.02 plus two Monte-Carlo standard errors, or the learner sees copies of a patient "
        "on both sides of its own division.",
        height_mm=66,
        synthetic=result.plan.cohort.synthetic,
    )  # fmt: skip
    curves = draw(
        "roc",
        f"Sensitivity and specificity, {spec.title}",
        "Receiver operating characteristic of both arms' models: cross-validated curves with 95 % "
        "bands, dotted curves in the patients the models were fitted to, a diagonal for chance.",
        lambda panel: roc(panel, list(zip(labels, colours, arms, strict=True))),
        legend=f"{patients}. Solid: out-of-fold predictions, averaged over "
        f"{int(arms[0].cv.complete.sum())} repeats of cross-validation. Shaded: hull of joint "
        "95 % rectangles (Wilson) of sensitivity and specificity; it speaks of sampling these "
        "patients and not of developing the model again. Dotted: apparent, on the patients the "
        "model has seen.",
        height_mm=88,
        synthetic=result.plan.cohort.synthetic,
    )
    return estimates, curves
