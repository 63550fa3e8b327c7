"""Whom it helps, what is missing, and what would settle it: a few sentences each."""

from __future__ import annotations

from markupsafe import Markup

from twoarm.diagnostics.finding import is_randomised
from twoarm.diagnostics.harm import span
from twoarm.report.formats import points, shown
from twoarm.report.labels import arm_labels
from twoarm.report.opening.content import Lines
from twoarm.report.opening.quarters import Quarter, by_benefit
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["lines"]


def lines(result: StudyResult) -> tuple[Lines, ...]:
    """Give the three short texts."""
    return (
        Lines(title="Who gains", texts=_who(result), link="ranking", answers="whom"),
        Lines(title="What is missing", texts=_missing(result), link="limits", answers="missing"),
        Lines(title="What would settle it", texts=_now(result), link="limits", answers="now"),
    )


def _who(result: StudyResult) -> tuple[Markup, ...]:
    quarters = by_benefit(result)
    if len(quarters) < 2:
        return (Markup("Not told: the patients cannot be ranked by what they are predicted."),)
    least, most = quarters[0], quarters[-1]
    return (
        Markup("Quarter predicted most: {}.").format(_quarter(most)),
        Markup("Quarter predicted least: {}.").format(_quarter(least)),
    )


def _quarter(each: Quarter) -> Markup:
    said = Markup("{}, ").format(points(each.predicted))
    if each.estimate is None:
        return said + Markup("outcomes do not tell")
    limits = ""
    if each.low is not None and each.high is not None:
        limits = f" ({span(each.low, each.high)})"
    return said + Markup("by outcomes <b>{}</b>{}").format(points(each.estimate), limits)


def _missing(result: StudyResult) -> tuple[Markup, ...]:
    cohort, spec = result.plan.cohort, result.primary.spec
    shares = {name: share for name, share in cohort.missing_shares().items() if share > 0.0}
    unknown = shares.pop(spec.name, 0.0)
    outcomes = {each.name for each in result.plan.file.outcomes}
    gaps = {name: share for name, share in shares.items() if name not in outcomes}
    texts = []
    if unknown:
        texts.append(
            Markup("Outcome not known in <b>{}</b> of the patients.").format(
                shown(unknown, "percent")
            )
        )
    if gaps:
        worst = max(gaps, key=lambda name: gaps[name])
        texts.append(
            Markup("Gaps in <b>{}</b> of {} columns, most in {} ({}).").format(
                len(gaps),
                len([name for name in cohort.missing_shares() if name not in outcomes]),
                result.plan.file.column_title(worst),
                shown(gaps[worst], "percent"),
            )
        )
    if not texts:
        texts.append(Markup("No value is missing in the data."))
    reasons = len(set(result.summary()["absent"].values()))
    texts.append(Markup("What could not be computed is listed ({} reasons).").format(reasons))
    return tuple(texts)


def _now(result: StudyResult) -> tuple[Markup, ...]:
    trial = result.plan.file.target_trial
    texts = []
    if trial.control_by == "final_reperfusion":
        texts.append(Markup("Controls known at the decision."))
    if not is_randomised(result.plan.study):
        texts.append(Markup("Treatment drawn by lot in such patients."))
    if result.primary.has_models:
        where = "" if result.plan.cohort.centre is None else " of other centres"
        texts.append(Markup("The models tried in other patients{}.").format(where))
    few = [
        label
        for arm, label in zip(ARMS, arm_labels(result), strict=True)
        if min(result.primary.arms[arm].events, _others(result, arm)) < 2 * FEW_EVENTS
    ]
    if few:
        where = "both arms" if len(few) == len(ARMS) else few[0]
        texts.append(Markup("More patients with the outcome: {}.").format(where))
    return (Markup(" ").join(texts) or Markup("The same comparison in other patients."),)


def _others(result: StudyResult, arm: str) -> int:
    return result.primary.arms[arm].n - result.primary.arms[arm].events
