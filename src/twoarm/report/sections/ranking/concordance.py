"""Matched pairs: concordance for benefit, and errors of the predicted benefit."""

from __future__ import annotations

from twoarm.cohort.load import Study
from twoarm.diagnostics import present
from twoarm.metrics import finite
from twoarm.report.section import Details, Part
from twoarm.report.sections.ranking.learners import (
    LEARNER,
    errors_of,
    models_of,
    unadjusted,
)
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.result import StudyResult

__all__ = ["concordance_table", "pairs_table", "part"]

_VARIANTS = {
    ("benefit", "mean_benefit"): "C-for-benefit, matched on benefit, mean of the pair's benefits",
    ("benefit", "arm_difference"): "C-for-benefit, matched on benefit, difference of the risks",
    ("mu0", "arm_difference"): "C-for-benefit, matched on risk under control, difference of risks",
    ("covariates", "mean_benefit"): "C-for-benefit, matched on covariates, mean of the benefits",
}


def part(result: StudyResult) -> Part | None:
    """Fold both away; nothing where there is no cross-fit."""
    evidence, study = result.value(COMPARISON), result.plan.study
    if evidence is None:
        return None
    tables = (concordance_table(study, evidence), pairs_table(study, evidence))
    return Part(details=(Details(summary="Concordance, errors in pairs", tables=tables),))


def concordance_table(study: Study, found: BenefitEvidence) -> Table:
    """Give C-for-benefit in every variant, and its model-based form."""
    models = models_of(found)
    columns = (
        Column("measure", "Measure"),
        *(Column(title, title, "probability") for title, _ in models),
    )
    rows: list[Row] = []
    for position, variant in enumerate(models[0][1].concordance):
        title = _VARIANTS[variant.match_on, variant.prediction]
        each = (model.concordance[position].estimate for _, model in models)
        rows.append((title, *map(finite, each)))
    rows.append(
        ("Model-based, against recalibrated risks", *(present(m.model_based) for _, m in models))
    )
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
        "without any ranking of benefit." + unadjusted(study) + errors_of(found, "model_based")
    )
    return Table("c_for_benefit", "Concordance for benefit", note, columns, tuple(rows))


def pairs_table(study: Study, found: BenefitEvidence) -> Table:
    """Give the errors of predicted benefit in matched pairs."""
    names = ("in_the_large", "average", "median", "p90", "log_loss", "brier")
    rows = tuple(
        (title, *(getattr(m.pairs, k, None) for k in names)) for title, m in models_of(found)
    )
    columns = (
        LEARNER,
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
        + unadjusted(study)
        + errors_of(found, "pairs")
    )
    return Table("e_for_benefit", "Errors in matched pairs", note, columns, rows)
