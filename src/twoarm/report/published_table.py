"""Our numbers beside those of a publication."""

from __future__ import annotations

from twoarm.cohort.studyfile import PublishedEstimate
from twoarm.metrics import as_benefit
from twoarm.report.cohort_tables import arm_labels
from twoarm.report.formats import Value, interval, points, shown
from twoarm.report.table import Column, Table
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import OutcomeResult, StudyResult

__all__ = ["published_table"]


def published_table(result: StudyResult) -> Table:
    """Give each published number, ours by the same procedure, and the one to ask for."""
    published = result.plan.file.published
    assert published is not None
    rows: list[tuple[Value, ...]] = []
    for name, claim in published.outcomes.items():
        outcome = result.outcomes[name]
        for arm, label in zip(ARMS, arm_labels(result), strict=True):
            stated = getattr(claim, f"auc_{arm}")
            if stated is not None:
                rows.append(_auc_row(outcome, arm, label, stated))
        if claim.mean_difference is not None:
            rows.append(_difference_row(outcome, claim.mean_difference))
        shares = outcome.benefit
        crossfit = shares.crossfit.share_positive if shares.crossfit else None
        if claim.share_positive is not None:
            rows.append(
                _share_row(
                    "Predicted to benefit",
                    outcome,
                    claim.share_positive,
                    shares.in_sample.share_positive,
                    crossfit,
                )
            )
        if claim.share_at_threshold is not None and outcome.spec.threshold is not None:
            title = f"Predicted benefit of at least {100 * outcome.spec.threshold:g} points"
            rows.append(
                _share_row(
                    title,
                    outcome,
                    claim.share_at_threshold,
                    shares.share_raw,
                    shares.share_crossfit,
                )
            )
    codebook = [predictor.column for predictor in result.plan.cohort.codebook]
    for column, value in published.importance.items():
        k = codebook.index(column)
        ours = float(result.primary.importance[k])
        title = f"Importance for the benefit: {result.plan.cohort.codebook[k].title}"
        rows.append((title, shown(value, "probability"), shown(ours, "probability"), ""))
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
        "predictions for a benefit, the crude difference for a mean."
    )
    return Table("published", "The published numbers and this run's", note, columns, tuple(rows))


def _auc_row(
    outcome: OutcomeResult, arm: str, label: str, stated: PublishedEstimate
) -> tuple[Value, ...]:
    auc = outcome.arms[arm].auc
    limits = interval(stated.low, stated.high, "probability")
    beside = f"{auc.headline_name} {shown(auc.headline, 'probability')}"
    if auc.ci is not None:
        beside += f" ({interval(auc.ci.low, auc.ci.high, 'probability')})"
    ours = f"Harrell {shown(auc.harrell, 'probability')}"
    if outcome.arms[arm].gate.harrell_valid is False:
        ours += ", not valid for this learner"
    title = f"AUC, {outcome.spec.title}, {label}"
    return (title, f"{shown(stated.estimate, 'probability')} ({limits})", ours, beside)


def _difference_row(outcome: OutcomeResult, stated: float) -> tuple[Value, ...]:
    def as_published(benefit: float) -> str:
        return points(as_benefit(benefit, desirable=outcome.spec.desirable))  # turned back

    spread = outcome.benefit.crossfit
    crossfit = "" if spread is None else f"cross-fitted {as_published(spread.mean)}, "
    return (
        f"Mean difference, {outcome.spec.title}, treated minus control, points",
        points(stated),
        as_published(outcome.benefit.in_sample.mean),
        f"{crossfit}crude {as_published(outcome.crude.estimate)}",
    )


def _share_row(
    title: str, outcome: OutcomeResult, stated: float, ours: float | None, beside: float | None
) -> tuple[Value, ...]:
    return (
        f"{title}, {outcome.spec.title}",
        shown(stated, "percent"),
        shown(ours, "percent"),
        f"cross-fitted {shown(beside, 'percent')}",
    )
