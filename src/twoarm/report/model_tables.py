"""The outcome models: every estimate of their performance, and what the stacks are made of."""

from __future__ import annotations

from typing import Any

from twoarm.metrics import finite
from twoarm.report.cohort_tables import arm_labels
from twoarm.report.formats import Value, interval
from twoarm.report.table import Column, Table
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import OutcomeResult, StudyResult

__all__ = [
    "MODEL",
    "arm_rows",
    "auc_table",
    "brier_table",
    "calibration_table",
    "fit_table",
    "members_table",
]

_FIT = {"scaled_brier": "Scaled Brier", "log_loss": "Log-loss", "r2": "R2", "g": "g"}

_ESTIMATES = (
    Column("apparent", "Apparent", "probability"),
    Column("harrell", "Harrell", "probability"),
    Column("oob", "Out-of-bag", "probability"),
    Column("d632", ".632", "probability"),
    Column("d632plus", ".632+", "probability"),
    Column("nested_cv", "Nested CV", "probability"),
)
_BOOKKEEPING = (
    Column("mcse", "Monte-Carlo SE", "probability"),
    Column("replicates_used", "Replicates used", "count"),
    Column("failed", "Not used", "count"),
)
MODEL = (
    Column("outcome", "Outcome"),
    Column("arm", "Arm"),
    Column("events", "Events", "count"),
    Column("n", "Patients", "count"),
)
"""Columns that name a model and its patients."""

_LEARNERS = {"stack": "stack", "fallback": "elastic net alone"}


def arm_rows(result: StudyResult, name: str) -> list[tuple[OutcomeResult, str, str, Any]]:
    """Give outcome, arm, its label and one of its measures, for every model."""
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    return [
        (outcome, arm, labels[arm], getattr(outcome.arms[arm], name))
        for outcome in result.outcomes.values()
        for arm in ARMS
    ]


def auc_table(result: StudyResult) -> Table:
    """Give every estimate of every model's AUC, and what the gate says of Harrell's."""
    rows = []
    for outcome, arm, label, metric in arm_rows(result, "auc"):
        fit = outcome.arms[arm]
        low, high = (metric.ci.low, metric.ci.high) if metric.ci else (None, None)
        verdict = {True: "no failure seen", False: "not valid", None: "cannot tell"}
        rows.append(
            (
                outcome.spec.title,
                label,
                fit.events,
                fit.n,
                *(getattr(metric, column.name) for column in _ESTIMATES),
                metric.headline,
                low,
                high,
                verdict[fit.gate.harrell_valid],
                metric.mcse,
                metric.replicates_used,
                metric.failed,
                _LEARNERS[fit.learner.kind],
            )
        )
    columns = (
        *MODEL,
        *_ESTIMATES,
        Column("headline", "To quote", "probability"),
        Column("ci_low", "95 % low", "probability"),
        Column("ci_high", "95 % high", "probability"),
        Column("harrell_gate", "Harrell"),
        *_BOOKKEEPING,
        Column("arm_learner", "Learner"),
    )
    note = (
        "Apparent: the model on its own patients. Harrell: apparent minus the mean optimism, the "
        "published procedure; it fails for learners that reproduce their training labels. "
        "Out-of-bag: on patients not drawn, a little pessimistic. Nested CV: repeated "
        "cross-validation of the whole procedure. To quote: fixed in advance, "
        f"{result.primary.arms[ARMS[0]].auc.headline_name}; its interval speaks of sampling these "
        "patients, not of another hospital. Harrell is called not valid where it exceeds that by "
        "more than 0.02 plus two Monte-Carlo standard errors."
    )
    note += _few_events_note(result)
    return Table("auc", "Discrimination (AUC)", note, columns, tuple(rows))


def brier_table(result: StudyResult) -> Table:
    """Give every estimate of every model's Brier score."""
    rows = tuple(
        (
            outcome.spec.title,
            label,
            outcome.arms[arm].events,
            outcome.arms[arm].n,
            *(getattr(metric, column.name) for column in _ESTIMATES),
            metric.mcse,
            metric.replicates_used,
            metric.failed,
        )
        for outcome, arm, label, metric in arm_rows(result, "brier")
    )
    note = "Mean squared distance of predicted probability and outcome; smaller is better."
    columns = (*MODEL, *_ESTIMATES, *_BOOKKEEPING)
    return Table("brier", "Accuracy of the probabilities (Brier score)", note, columns, rows)


def fit_table(result: StudyResult) -> Table:
    """Give scaled Brier score, log-loss, R2 and g of every model."""
    rows = tuple(
        (outcome.spec.title, label, title, *(getattr(metric, c.name) for c in _ESTIMATES))
        for name, title in _FIT.items()
        for outcome, _, label, metric in arm_rows(result, name)
    )
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("measure", "Measure"),
        *_ESTIMATES,
    )
    note = (
        "Log-loss with probabilities kept within 0.001 and 0.999. R2 is Nagelkerke's, g Harrell's "
        "mean difference of the linear predictor; both recalibrate where they are measured, which "
        "the patients not drawn are too few for. A dash: not defined."
    )
    return Table("fit", "Scaled Brier score, log-loss, R2 and g", note, columns, rows)


def calibration_table(result: StudyResult) -> Table:
    """Give the calibration of every model's cross-validated predictions."""
    rows: list[tuple[Value, ...]] = []
    for outcome, _, label, parts in arm_rows(result, "calibration"):
        slope = parts.slope.nested_cv_range
        limits = "" if slope is None else interval(slope.low, slope.high, "probability")
        null = parts.ici_null
        rows.append(
            (
                outcome.spec.title,
                label,
                parts.slope.headline,
                limits,
                parts.slope.harrell,
                parts.in_the_large.headline,
                parts.ici.headline,
                interval(null.low, null.high, "probability"),
            )
        )
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("slope", "Slope", "probability"),
        Column("slope_range", "over repeats"),
        Column("slope_harrell", "Slope, Harrell", "probability"),
        Column("in_the_large", "In the large", "probability"),
        Column("ici", "ICI", "probability"),
        Column("ici_null", "ICI if perfectly calibrated"),
    )
    note = (
        "Of cross-validated predictions, the median over repeats. Slope 1: risks are as far apart "
        "as they should be; below 1: too far apart. In the large 0: right on average. ICI: mean "
        "distance between prediction and a lowess of the outcomes; it is above 0 even for perfect "
        "predictions, as far as the last column says."
    )
    return Table("calibration", "Calibration", note, columns, tuple(rows))


def _few_events_note(result: StudyResult) -> str:
    """Name the models that are no stack, if there are any."""
    alone = [
        f"{outcome.spec.title}, {label} ({learner.rarer})"
        for outcome, _, label, learner in arm_rows(result, "learner")
        if learner.kind == "fallback"
    ]
    if not alone:
        return ""
    return (
        f" Elastic net alone, since fewer than {FEW_EVENTS} are too few to choose among learners: "
        f"{'; '.join(alone)}."
    )


def members_table(result: StudyResult) -> Table:
    """Give the weights of the stacks' members."""
    rows: list[tuple[Value, ...]] = []
    for outcome, arm, label, _ in arm_rows(result, "auc"):
        fit = outcome.arms[arm]
        rows += [
            (outcome.spec.title, label, member, weight, finite(fit.mean_weights[member]))
            for member, weight in fit.weights.items()
        ]
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("member", "Member"),
        Column("weight", "Weight, full fit", "probability"),
        Column("mean_weight", "Mean weight, replicates", "probability"),
    )
    note = _few_events_note(result).strip()
    return Table("members", "What the stacks are made of", note, columns, tuple(rows))
