"""Discrimination: every estimate of the AUC."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twoarm.report.figures import (
    FAINT,
    Axes,
    Drawing,
    draw,
)
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
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["auc_estimates", "auc_table", "part"]

_LEARNERS = {"stack": "stack", "fallback": "elastic net alone"}
_IN_FILE = (*(column.name for column in BOOKKEEPING), "arm_learner")


def part(result: StudyResult) -> Part:
    """Show every estimate of the AUC; how they were counted stands in the file."""
    table = auc_table(result)
    return Part(figures=(_drawing(result),), tables=(table.without(*_IN_FILE),), files=(table,))


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
        "patients and of what is learnt from them, not of another hospital. Harrell is called not "
        "valid where it exceeds that by more than 0.02 plus two Monte-Carlo standard errors, or "
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


def auc_estimates(axes: Axes, models: Sequence[tuple[str, str, Metric]]) -> Axes:
    """Show the estimates of each model's AUC side by side, and the headline's interval.

    `models` holds label, colour and metric of each.
    """
    names = ("apparent", "harrell", "oob", "d632", "d632plus", "nested_cv", "headline")
    titles = ("Apparent", "Harrell", "OOB", ".632", ".632+", "CV", "To quote")
    shifts = np.linspace(-0.14, 0.14, len(models)) if len(models) > 1 else [0.0]
    for (label, colour, metric), shift in zip(models, shifts, strict=True):
        values = [getattr(metric, name) for name in names]
        x = np.arange(len(names)) + shift
        known = [(a, b) for a, b in zip(x, values, strict=True) if b is not None]
        axes.plot(*zip(*known, strict=True), "o", color=colour, markersize=4.5, label=label)
        if metric.ci is not None and metric.headline is not None:
            axes.plot([x[-1]] * 2, [metric.ci.low, metric.ci.high], color=colour, linewidth=1.2)
    axes.axhline(0.5, color=FAINT, linewidth=0.6, linestyle=":")
    axes.set_xticks(range(len(names)), titles, fontsize=7)
    axes.set_ylim(0.45, 1.02)
    axes.set_ylabel("AUC")
    axes.legend(frameon=False, loc="lower left", fontsize=7)
    return axes


def _drawing(result: StudyResult) -> Drawing:
    models = [
        (label, ARM_COLOURS[arm], result.primary.arms[arm].auc)
        for arm, label in zip(ARMS, arm_labels(result), strict=True)
    ]
    return draw(
        "auc",
        f"Six estimates of the same AUC, {result.primary.spec.title}",
        "Apparent, Harrell, out-of-bag, .632, .632+ and cross-validated AUC of both arms' models, "
        "and the one to quote with its 95 % interval.",
        lambda axes: auc_estimates(axes, models),
        synthetic=result.plan.cohort.synthetic,
    )
