"""What treating by the predicted benefit would do: policies, net benefit, numbers needed."""

from __future__ import annotations

import numpy as np

from twoarm.metrics import Estimate, NetBenefit, number_needed
from twoarm.report.evidence_notes import adjusted, evidence_of, limits, models_of
from twoarm.report.formats import Value, shown
from twoarm.report.table import Column, Table
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.benefit_measures import ModelEvidence
from twoarm.study.result import StudyResult

__all__ = [
    "needed_table",
    "needed_text",
    "net_benefit_curve_table",
    "net_benefit_table",
    "policy_table",
    "policy_tables",
]

_SENSITIVITY = (0.05, 0.10, 0.15, 0.20, 0.25)
_LIMITS = (Column("low", "95 % low", "points"), Column("high", "95 % high", "points"))
_LEARNER = Column("learner", "Learner")


def policy_tables(result: StudyResult) -> list[Table]:
    """Give every table of this file; none where there is no cross-fit."""
    if result.evidence is None:
        return []
    return [
        policy_table(result),
        net_benefit_table(result),
        net_benefit_curve_table(result),
        needed_table(result),
    ]


def policy_table(result: StudyResult) -> Table:
    """Give the event rate if all followed one policy, and what it gains over the others."""
    found = evidence_of(result)
    threshold = shown(100 * found.patients.threshold, "number")
    policies = {"Nobody treated": found.treat_none, "Everybody treated": found.treat_all}
    policies |= {f"From {threshold} points on, {title}": m.policy for title, m in models_of(result)}
    rows = tuple(
        (
            name,
            each.share_treated,
            each.value.estimate,
            *limits(each.over_none),
            *limits(each.over_all),
        )
        for name, each in policies.items()
    )
    columns = (
        Column("policy", "Policy"),
        Column("share_treated", "Treated", "percent"),
        Column("value", "With the outcome", "percent"),
        Column("over_none", "Gain over nobody, points", "points"),
        *_LIMITS,
        Column("over_all", "Gain over everybody, points", "points"),
        Column("over_all_low", "95 % low", "points"),
        Column("over_all_high", "95 % high", "points"),
    )
    note = (
        f"{result.primary.spec.title} had all patients followed the policy; learners' "
        "policies treat from the threshold on. A gain is positive "
        "where the policy is better. No cost of treatment is counted here; net benefit counts it. "
        "Intervals take the predictions as given." + adjusted(result)
    )
    return Table("policy", "What treating by the prediction would do", note, columns, rows)


def net_benefit_table(result: StudyResult) -> Table:
    """Give net benefit at the study's threshold and around it."""
    found = evidence_of(result)
    cuts = sorted({*_SENSITIVITY, round(found.patients.threshold, 10)})
    rows = tuple(_net_row(found, cut) for cut in cuts)
    columns = (
        Column("threshold", "Threshold, points", "spread"),
        *(Column(title, f"{title}, points", "points") for title, _ in models_of(result)),
        Column("treat_all", "Everybody, points", "points"),
        Column("same_share", "As many by lot, points", "points"),
        Column("over_all", "T-learner over everybody, points", "points"),
        *_LIMITS,
    )
    note = (
        "Good outcomes won (or bad ones avoided) per 100 patients, less the threshold for each "
        "patient treated; treating nobody has 0. The threshold is the smallest absolute benefit "
        "that would be worth the treatment, and different people set it differently. By lot: as "
        "many patients as the T-learner selects, drawn at random. Intervals take the "
        "predictions as given." + adjusted(result)
    )
    return Table("net_benefit", "Net benefit of treating by the prediction", note, columns, rows)


def _net_row(found: BenefitEvidence, cut: float) -> tuple[Value, ...]:
    curves = [_at(each, cut) for each in found.models.values()]
    own = curves[0]
    gain, half = own["model"] - own["treat_all"], 1.96 * own["over_all_se"]
    values = [curve["model"] for curve in curves]
    return (cut, *values, own["treat_all"], own["same_share"], gain, gain - half, gain + half)


def _at(model: ModelEvidence, cut: float) -> dict[str, float]:
    """Give the curves' values at a threshold of the grid, or at the study's."""
    for curve in (model.at_threshold, model.net_benefit):
        place = np.flatnonzero(np.isclose(curve.threshold, cut))
        if place.size:
            return _values(curve, int(place[0]))
    raise KeyError(cut)


def _values(curve: NetBenefit, place: int) -> dict[str, float]:
    names = ("model", "treat_all", "same_share", "over_all_se")
    return {name: float(getattr(curve, name)[place]) for name in names}


def net_benefit_curve_table(result: StudyResult) -> Table:
    """Give the curves of the figure."""
    rows: list[tuple[Value, ...]] = []
    for title, m in models_of(result):
        curve = m.net_benefit
        parts = (
            curve.threshold, curve.model, curve.treat_all, curve.same_share, curve.share_treated,
        )  # fmt: skip
        rows += [(title, *row) for row in zip(*(x.tolist() for x in parts), strict=True)]
    columns = (
        _LEARNER,
        Column("threshold", "Threshold, points", "spread"),
        Column("model", "By the prediction, points", "points"),
        Column("treat_all", "Everybody, points", "points"),
        Column("same_share", "As many by lot, points", "points"),
        Column("share_treated", "Treated", "percent"),
    )
    return Table("net_benefit_curve", "Net benefit by threshold", "", columns, tuple(rows))


def needed_table(result: StudyResult) -> Table:
    """Give numbers needed to treat with their limits."""
    found = evidence_of(result)
    threshold = shown(100 * found.patients.threshold, "number")
    groups: dict[str, Estimate | None] = {"All patients": found.average}
    groups |= {f"From {threshold} points on, {title}": m.reaching for title, m in models_of(result)}
    rows = [
        (name, *((None,) * 4 if each is None else (*limits(each), needed_text(each))))
        for name, each in groups.items()
    ]
    columns = (
        Column("patients", "Patients"),
        Column("benefit", "Benefit, points", "points"),
        *_LIMITS,
        Column("nnt", "Number needed to treat"),
    )
    note = (
        "Learners' rows are the patients predicted to reach the threshold. "
        "NNTB: patients to treat for one more to benefit; NNTH: for one more to be harmed. Where "
        "the interval of the benefit holds 0, the numbers run through infinity (Altman 1998). The "
        "threshold is a benefit, not a number needed." + adjusted(result)
    )
    return Table("number_needed", "Numbers needed to treat", note, columns, tuple(rows))


def needed_text(benefit: Estimate) -> str:
    """Write a number needed with its limits as Altman 1998 does.

    Examples
    --------
    >>> needed_text(Estimate(0.25, 0.06, 0.125, 0.5))
    'NNTB 4.0 (2.0 to 8.0)'
    >>> needed_text(Estimate(0.25, 0.1, -0.05, 0.5))
    'NNTB 4.0 (NNTB 2.0 to ∞ to NNTH 20.0)'
    """
    low, high = max(benefit.low, -1.0), min(benefit.high, 1.0)
    found = number_needed(benefit.estimate, low, high)
    if found.low is not None and found.high is not None:
        inside = sorted((abs(found.low), abs(found.high)))
        return f"{_needed(found.estimate)} ({inside[0]:.1f} to {inside[1]:.1f})"
    ends = [_needed(1.0 / limit) for limit in (high, low) if limit != 0.0]
    if high == 0.0 or low == 0.0:
        return f"{_needed(found.estimate)} ({ends[0]} to ∞)"
    return f"{_needed(found.estimate)} ({ends[0]} to ∞ to {ends[1]})"


def _needed(value: float | None) -> str:
    if value is None:
        return "∞"
    return f"{'NNTB' if value > 0 else 'NNTH'} {abs(value):.1f}"
