"""Our numbers beside those of a publication."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.cohort.studyfile import Published, PublishedEstimate, PublishedOutcome
from twoarm.diagnostics import present
from twoarm.metrics import Estimate, as_benefit
from twoarm.report.formats import interval, points, shown
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.resampling import Metric
from twoarm.study.measure.arms import ArmResult
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["part", "published_table"]


def part(result: StudyResult) -> Part | None:
    """Set this run beside the publication that the study file names."""
    published = result.plan.file.published
    return None if published is None else Part(tables=(published_table(result, published),))


def published_table(result: StudyResult, published: Published) -> Table:
    """Give each published number, ours by the same procedure, and the one to ask for."""
    rows: list[Row] = []
    for name, claim in published.outcomes.items():
        average = present(result.quoted(name).average)
        rows += _outcome_rows(result.outcomes[name], claim, arm_labels(result), average)
    rows += _importance_rows(result, published)
    columns = (
        Column("item", ""),
        Column("published", "Published"),
        Column("same_procedure", "This run, the published procedure"),
        Column("beside", "The number to ask for"),
    )
    note = (
        f"{published.source}. {published.note} Published and this run are different patients; the "
        "last column gives, for the same run, what stands up better: "
        f"{result.primary.arms[ARMS[0]].auc.headline_name} with its interval for AUC, cross-fitted "
        "predictions for a share, the doubly robust average (AIPW) for a mean."
    )
    return Table("published", "The published numbers and this run's", note, columns, tuple(rows))


def _outcome_rows(
    outcome: OutcomeResult,
    claim: PublishedOutcome,
    labels: tuple[str, str],
    average: Estimate | None,
) -> Iterator[Row]:
    for arm, label in zip(ARMS, labels, strict=True):
        stated = getattr(claim, f"auc_{arm}")
        if stated is not None:
            yield _auc_row(outcome, arm, label, stated)
    if claim.mean_difference is not None:
        yield _difference_row(outcome, claim.mean_difference, average)
    found, threshold = outcome.benefit, outcome.spec.threshold
    if claim.share_positive is not None:
        crossfit = None if found.crossfit is None else found.crossfit.share_positive
        ours = None if found.in_sample is None else found.in_sample.share_positive
        yield _share_row("Predicted to benefit", outcome, claim.share_positive, ours, crossfit)
    if claim.share_at_threshold is not None and threshold is not None:
        title = f"Predicted benefit of at least {100 * threshold:g} points"
        stated = claim.share_at_threshold
        yield _share_row(title, outcome, stated, found.share_raw, found.share_crossfit)


def _importance_rows(result: StudyResult, published: Published) -> Iterator[Row]:
    codebook = result.plan.cohort.codebook
    columns = [predictor.column for predictor in codebook]
    for column, value in published.importance.items():
        k = columns.index(column)
        ours = float(result.primary.importance[k])
        title = f"Importance for the benefit: {codebook[k].title}"
        yield title, shown(value, "probability"), shown(ours, "probability"), ""


def _auc_row(outcome: OutcomeResult, arm: str, label: str, stated: PublishedEstimate) -> Row:
    fit = outcome.arms[arm]
    limits = interval(stated.low, stated.high, "probability")
    title = f"AUC, {outcome.spec.title}, {label}"
    published = f"{shown(stated.estimate, 'probability')} ({limits})"
    return (title, published, _harrell(fit), _to_quote(fit.auc))


def _harrell(fit: ArmResult) -> str:
    auc = fit.auc
    if auc.harrell is None:
        total = auc.replicates_used + auc.failed
        return f"Harrell not given: defined in {auc.replicates_used} of {total} replicates"
    failure = ", not valid for this learner" if fit.gate.harrell_valid is False else ""
    return f"Harrell {shown(auc.harrell, 'probability')}{failure}"


def _to_quote(auc: Metric) -> str:
    if auc.headline is None:
        return f"none: {auc.headline_reason}"
    value = f"{auc.headline_name} {shown(auc.headline, 'probability')}"
    if auc.ci is None:
        return value
    return f"{value} ({interval(auc.ci.low, auc.ci.high, 'probability')})"


def _difference_row(outcome: OutcomeResult, stated: float, average: Estimate | None) -> Row:
    def as_published(benefit: float) -> str:
        return points(as_benefit(benefit, desirable=outcome.spec.desirable))  # turned back

    raw = outcome.benefit.in_sample
    adjusted = "" if average is None else f"AIPW {as_published(average.estimate)}, "
    return (
        f"Mean difference, {outcome.spec.title}, treated minus control, points",
        points(stated),
        "" if raw is None else as_published(raw.mean),
        f"{adjusted}crude {as_published(outcome.crude.estimate)}",
    )


def _share_row(
    title: str, outcome: OutcomeResult, stated: float, ours: float | None, beside: float | None
) -> Row:
    return (
        f"{title}, {outcome.spec.title}",
        shown(stated, "percent"),
        shown(ours, "percent"),
        f"cross-fitted {shown(beside, 'percent')}",
    )
