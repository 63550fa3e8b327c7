"""Can it be causal, is the ranking real: findings, balance, and the share in all versions."""

from __future__ import annotations

from twoarm.diagnostics import Heterogeneity
from twoarm.metrics import finite
from twoarm.report.cohort_tables import arm_labels
from twoarm.report.formats import Value
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = [
    "OFF_BY",
    "balance_table",
    "findings_table",
    "overlap_table",
    "share_table",
    "support_reasons",
]

_VERSIONS = {
    "raw": "Predicted, in-sample",
    "crossfit": "Predicted, cross-fitted",
    "shrunk": "Predicted, shrunk by its own calibration",
    "deconvolved": "Estimated share who have it",
    "no_effect": "Null: no effect at all",
    "same_effect": "Null: the same odds ratio for all",
}

OFF_BY = {
    "raw": (-0.018, 0.108),
    "crossfit": (0.0, 0.11),
    "shrunk": (-0.153, 0.171),
    "deconvolved": (-0.08, 0.133),
}
"""Mean error of each version against the share that the cohort identifies, smallest and largest
over the synthetic worlds: ``benchmarks/results/worlds_table.json``."""


def findings_table(result: StudyResult) -> Table:
    """Give every diagnostic's verdict and sentence."""
    rows = tuple((each.name, each.verdict, each.text) for each in result.findings)
    columns = (Column("name", "Looked at"), Column("verdict", "Verdict"), Column("text", "Finding"))
    note = (
        "What each diagnostic does to the claim that the benefit is as predicted. No measured "
        "quantity can support a causal reading where treatment was not assigned at random: the "
        "best such a diagnostic can say is 'cannot tell'."
    )
    return Table("findings", "What the diagnostics say", note, columns, rows)


def share_table(result: StudyResult) -> Table:
    """Give the share of patients at or above the threshold, in every version."""
    found = result.diagnostics.heterogeneity
    rows: tuple[tuple[Value, ...], ...] = ()
    threshold = result.primary.spec.threshold or 0.0
    if found is not None:
        numbers = _versions(found) | {
            "crossfit": (result.primary.benefit.share_crossfit, None, None)
        }
        rows = tuple((title, *numbers[name], _off(name)) for name, title in _VERSIONS.items())
    columns = (
        Column("version", "Version"),
        Column("share", "Share", "percent"),
        Column("low", "95 % low", "percent"),
        Column("high", "95 % high", "percent"),
        Column("off", "Off by in synthetic worlds"),
    )
    note = (
        "The first three are shares of patients predicted to reach the threshold; only the fourth "
        "estimates how many have such a benefit, under the assumption that benefits are normally "
        "distributed. The nulls show what the same learner reports where nobody's benefit differs "
        "beyond what one odds ratio makes of different risks: only an excess over that band is "
        f"evidence of differing benefit. {_slope(found)} Off by: how far a version's mean lay from "
        "the true share (of the contrast) in each of seven synthetic worlds of 393 patients, least "
        "to most."
    )
    title = f"Patients with a benefit of at least {100 * threshold:g} points"
    return Table("share_at_threshold", f"{title}, {result.primary.spec.title}", note, columns, rows)


def _off(version: str) -> str:
    if version not in OFF_BY:
        return ""
    low, high = (f"{100 * value:+.0f}".replace("-", "−") for value in OFF_BY[version])
    return f"{low} to {high} points"


def _versions(found: Heterogeneity) -> dict[str, tuple[Value, ...]]:
    bounded = {name: getattr(found, name) for name in ("shrunk", "deconvolved")}
    nulls = {name: getattr(found, name) for name in ("no_effect", "same_effect")}
    return {
        "raw": (found.raw, None, None),
        **{
            name: tuple(map(finite, (each.estimate, each.low, each.high)))
            for name, each in bounded.items()
        },
        **{name: (each.mean, each.low, each.high) for name, each in nulls.items()},
    }


def _slope(found: Heterogeneity | None) -> str:
    if found is None:
        return "It could not be computed for this cohort."
    slope = found.slope
    if not slope.estimable:
        return "The calibration slope of the benefit is not estimable in so few patients."
    return (
        f"Calibration slope of the cross-fitted benefit: {slope.estimate:.2f} (SE {slope.se:.2f}); "
        "1 would mean that a predicted point is worth a point."
    )


def overlap_table(result: StudyResult) -> Table:
    """Give patients, effective sample sizes and propensities of both arms, and who is outside."""
    judged, cohort = result.diagnostics, result.plan.cohort
    found, score = judged.overlap, judged.propensity
    outside = judged.support.flags.outside
    rows = tuple(
        (
            label,
            found.n[arm],
            score.lowest[arm],
            score.highest[arm],
            found.ess_inverse[arm],
            found.ess_overlap[arm],
            int((~found.trimming.kept & (cohort.treatment == arm)).sum()),
            int((outside & (cohort.treatment == arm)).sum()),
        )
        for arm, label in enumerate(arm_labels(result))
    )
    columns = (
        Column("arm", "Arm"),
        Column("patients", "Patients", "count"),
        Column("lowest", "Lowest propensity", "probability"),
        Column("highest", "Highest", "probability"),
        Column("effective_inverse", "Worth after inverse weights", "number"),
        Column("effective_overlap", "After overlap weights", "number"),
        Column("trimmed", "Treatment all but decided", "count"),
        Column("outside", "Outside support", "count"),
    )
    note = (
        f"AUC of the propensity {score.auc:.2f}. Worth: how many equally weighted patients carry "
        "as much information (Kish). Treatment all but decided: outside Crump's bounds "
        f"({_bounds(found.trimming.alpha)}). Outside support, for that or because nobody is near "
        "or a level occurs in one arm alone: no individual number is shown for these patients, "
        "and they count in every average."
    )
    return Table("overlap", "Overlap of the arms", note, columns, rows)


def _bounds(alpha: float) -> str:
    return f"{alpha:.3f} to {1 - alpha:.3f}" if alpha > 0 else "nobody is trimmed"


def support_reasons(result: StudyResult) -> list[str]:
    """Say for every patient why no individual number is shown; empty where it is."""
    flags = result.diagnostics.support.flags
    reasons = (
        (flags.propensity, "treatment all but decided"),
        (flags.distance, "nobody near"),
        (flags.category, "a level missing in one arm"),
    )
    return [
        "; ".join(text for mask, text in reasons if mask[row]) for row in range(flags.outside.size)
    ]


def balance_table(result: StudyResult) -> Table:
    """Give the standardised differences of every column, before and after weighting."""
    found, titled = result.diagnostics.balance, result.plan.file.column_title
    weighted = (found.before, found.inverse, found.overlap)
    rows = tuple(
        (name, titled(name), *(finite(float(each[k])) for each in weighted))
        for k, name in enumerate(found.names)
    )
    columns = (
        Column("column", "Column"),
        Column("title", "Measured"),
        Column("before", "Before", "probability"),
        Column("inverse", "Inverse weights", "probability"),
        Column("overlap", "Overlap weights", "probability"),
    )
    note = (
        "Standardised differences, treated minus control; above 0.1 in size is usually called "
        "imbalance. Balance in what was measured says nothing about what was not."
    )
    return Table("balance", "Balance before and after weighting", note, columns, rows)
