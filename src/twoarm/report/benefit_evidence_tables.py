"""Measures of the predicted benefit: does it rank, and is it as large as predicted?"""

from __future__ import annotations

from twoarm.metrics import Estimate, finite
from twoarm.report.evidence_notes import (
    TESTED,
    adjusted,
    errors_of,
    limits,
    models_of,
    unadjusted,
)
from twoarm.report.formats import Value
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = [
    "benefit_calibration_table",
    "calibration_curve_table",
    "concordance_table",
    "groups_table",
    "pairs_table",
    "ranking_tables",
    "targeting_table",
]

_VARIANTS = {
    ("benefit", "mean_benefit"): "C-for-benefit, matched on benefit, mean of the pair's benefits",
    ("benefit", "arm_difference"): "C-for-benefit, matched on benefit, difference of the risks",
    ("mu0", "arm_difference"): "C-for-benefit, matched on risk under control, difference of risks",
    ("covariates", "mean_benefit"): "C-for-benefit, matched on covariates, mean of the benefits",
}
_LIMITS = (Column("low", "95 % low", "points"), Column("high", "95 % high", "points"))
_LEARNER = Column("learner", "Learner")


def ranking_tables(result: StudyResult) -> list[Table]:
    """Give every table of this file; none where there is no cross-fit."""
    if result.evidence is None:
        return []
    return [
        concordance_table(result),
        pairs_table(result),
        benefit_calibration_table(result),
        calibration_curve_table(result),
        groups_table(result),
        targeting_table(result),
    ]


def concordance_table(result: StudyResult) -> Table:
    """Give C-for-benefit in every variant, and its model-based form."""
    models = models_of(result)
    columns = (
        Column("measure", "Measure"),
        *(Column(title, title, "probability") for title, _ in models),
    )
    rows: list[tuple[Value, ...]] = []
    for position, variant in enumerate(models[0][1].concordance):
        title = _VARIANTS[variant.match_on, variant.prediction]
        each = (model.concordance[position].estimate for _, model in models)
        rows.append((title, *map(finite, each)))
    rows.append(("Model-based, against recalibrated risks", *(m.model_based for _, m in models)))
    rows.append(
        (
            "Model-based, against its own risks: spread alone, no validation",
            *(finite(m.dispersion) for _, m in models),
        )
    )
    note = (
        "Chance that of two pairs of patients with different observed benefit the one with more "
        "was predicted more; 0.5 is a coin. Not to be compared with an AUC, and a model with one "
        "odds ratio for all can exceed 0.5. Mean over 100 random subsamples of the larger arm; "
        "descriptive, without interval. The variants differ in how pairs are made, so their values "
        "differ too: with a difference of risks, members of a pair who differ in risk raise it "
        "without any ranking of benefit." + unadjusted(result) + errors_of(result, "model_based")
    )
    return Table("c_for_benefit", "Concordance for benefit", note, columns, tuple(rows))


def pairs_table(result: StudyResult) -> Table:
    """Give the errors of predicted benefit in matched pairs."""
    names = ("in_the_large", "average", "median", "p90", "log_loss", "brier")
    rows = tuple(
        (title, *((None,) * 6 if m.pairs is None else (getattr(m.pairs, k) for k in names)))
        for title, m in models_of(result)
    )
    columns = (
        _LEARNER,
        Column("in_the_large", "Observed minus predicted, points", "points"),
        Column("average", "E average, points", "spread"),
        Column("median", "E50, points", "spread"),
        Column("p90", "E90, points", "spread"),
        Column("log_loss", "Log-loss", "probability"),
        Column("brier", "Brier", "probability"),
    )
    note = (
        "In pairs of a treated and a control patient matched on predicted benefit. E: distance of "
        "predicted and smoothed observed benefit, above 0 even for a perfect model. Log-loss and "
        "Brier score for benefit: smaller is better, and differences between models are small. "
        "Means over 100 matchings; descriptive, without interval."
        + unadjusted(result)
        + errors_of(result, "pairs")
    )
    return Table("e_for_benefit", "Errors in matched pairs", note, columns, rows)


def benefit_calibration_table(result: StudyResult) -> Table:
    """Give the regressions that calibrate the benefit."""
    rows: list[tuple[Value, ...]] = []
    test = result.diagnostics.ranking
    if test is not None:
        rows.append(
            (TESTED, "Scores on benefit: slope, folds in sequence", 1.0, *limits(test.slope))
        )
    for title, m in models_of(result):
        parts: list[tuple[str, float, Estimate | None]] = [
            ("Scores on benefit: slope", 1.0, m.slope.slope),
            ("Best linear predictor: mean", 1.0, m.linear.mean),
            ("Best linear predictor: differences", 1.0, m.linear.differential),
            (
                "Logit scale, unadjusted: intercept",
                0.0,
                None if m.logit is None else m.logit.intercept,
            ),
            ("Logit scale, unadjusted: slope", 1.0, None if m.logit is None else m.logit.slope),
        ]
        rows += [
            (title, name, ideal, *((None,) * 3 if value is None else limits(value)))
            for name, ideal, value in parts
        ]
    columns = (
        _LEARNER,
        Column("regression", "Regression"),
        Column("ideal", "Ideal", "number"),
        Column("estimate", "Estimate", "number"),
        Column("low", "95 % low", "number"),
        Column("high", "95 % high", "number"),
    )
    note = (
        "A slope below 1: differences between patients are predicted larger than they are. On the "
        "logit scale, a learner with (nearly) the same odds ratio for all leaves intercept and "
        "slope nearly undetermined. Folds in sequence: a patient's benefit comes from models of "
        "the folds before his, and where there is nothing to rank its interval holds 0 as often "
        "as it says; those of ordinary cross-fitting, in the other rows, miss it more often."
        + adjusted(result)
        + errors_of(result, "logit")
    )
    return Table("benefit_calibration", "Calibration for benefit", note, columns, tuple(rows))


def calibration_curve_table(result: StudyResult) -> Table:
    """Give the curve of the figure: smooth with its limits, and isotonic regression."""
    rows: list[tuple[Value, ...]] = []
    for title, m in models_of(result):
        if m.curve is not None:
            steps = m.isotonic(m.curve.predicted)
            parts = (m.curve.predicted, m.curve.observed, m.curve.low, m.curve.high, steps)
            rows += [(title, *row) for row in zip(*(x.tolist() for x in parts), strict=True)]
    columns = (
        _LEARNER,
        Column("predicted", "Predicted, points", "points"),
        Column("observed", "Smoothed score, points", "points"),
        *_LIMITS,
        Column("isotonic", "Isotonic regression, points", "points"),
    )
    title = "Calibration curve for benefit"
    return Table("benefit_calibration_curve", title, "", columns, tuple(rows))


def groups_table(result: StudyResult) -> Table:
    """Give the average score in quarters of predicted benefit."""
    rows: list[tuple[Value, ...]] = []
    for title, m in models_of(result):
        if m.groups is None:
            continue
        for k in range(m.groups.n.size):
            estimate, half = float(m.groups.estimate[k]), 1.96 * float(m.groups.se[k])
            numbers = (float(m.groups.predicted[k]), estimate, estimate - half, estimate + half)
            rows.append((title, k + 1, int(m.groups.n[k]), *numbers))
    columns = (
        _LEARNER,
        Column("quarter", "Quarter", "count"),
        Column("n", "Patients", "count"),
        Column("predicted", "Predicted, points", "points"),
        Column("estimate", "Estimated, points", "points"),
        *_LIMITS,
    )
    note = (
        "Patients in quarters of rising predicted benefit, each with its average benefit. From one "
        "cross-fit, so the intervals leave out how the quarters change from split to split."
        + adjusted(result)
        + errors_of(result, "groups")
    )
    return Table("benefit_groups", "Benefit in quarters", note, columns, tuple(rows))


def targeting_table(result: StudyResult) -> Table:
    """Give the one test of the ranking, and the areas under the curves of the figure."""
    rows: list[tuple[Value, ...]] = []
    test = result.diagnostics.ranking
    if test is not None:
        area = test.rate
        rows.append(
            (TESTED, f"{area.target.upper()}, the test", area.estimate, area.low, area.high)
        )
        rows.append((TESTED, "Last quarter over first, same folds", *limits(test.difference)))
    for title, m in models_of(result):
        rows.append((title, "AUTOC, descriptive", m.autoc, None, None))
        rows.append((title, "Qini, descriptive", m.qini, None, None))
    columns = (
        _LEARNER,
        Column("measure", "Measure"),
        Column("estimate", "Estimate, points", "points"),
        *_LIMITS,
    )
    note = (
        "How much more the patients ranked first gain than the average; 0 is a ranking by lot. "
        "One test was declared in advance: folds in sequence, patients ranked by penalized "
        "interactions averaged over their strengths. The areas beside it come from ordinary "
        "cross-fitting, where a test would reject too often." + adjusted(result)
    )
    return Table("targeting", "Is the ranking better than chance?", note, columns, tuple(rows))
