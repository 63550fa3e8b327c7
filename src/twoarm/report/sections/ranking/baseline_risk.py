"""Benefit in groups of rising baseline risk: the display that PATH asks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twoarm.diagnostics.finding import is_randomised
from twoarm.diagnostics.ranking.by_risk.baseline_risk_values import (
    BaselineRisk,
    GroupBenefit,
    RiskGroup,
)
from twoarm.metrics import Estimate, finite
from twoarm.report.figures import GREY, INK, TREATED, Panel, draw
from twoarm.report.formats import shown
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.result import StudyResult

__all__ = ["benefit_by_risk", "part", "risk_groups_table", "risk_odds_table"]

_INTERVAL = ("estimate", "low", "high")


def part(result: StudyResult) -> Part | None:
    """Draw the benefit by risk, give its numbers, and fold the odds ratios away."""
    found = result.value(BASELINE_RISK)
    if found is None:
        return None
    study, title = result.plan.study, result.primary.spec.title
    crude = is_randomised(study)
    figure = draw(
        "baseline_risk",
        f"Benefit by baseline risk, {title}",
        "Benefit in points by group of rising predicted risk of the undesirable outcome: doubly "
        "robust estimate with its 95 % interval, by one odds ratio for all, and as the study's "
        "learner predicts it; a line at 0.",
        lambda panel: benefit_by_risk(panel, found.groups),
        legend=f"{sum(found.everybody.n)} patients with known outcome, in {len(found.groups)} "
        "groups by predicted risk, blinded to the arm and cross-fitted. Estimated: doubly robust "
        "scores with 95 % intervals; where an arm has nobody with, or nobody without, the outcome "
        "nothing can be estimated. One odds ratio: what the same relative effect makes of "
        "different risks.",
        height_mm=68,
        synthetic=result.plan.cohort.synthetic,
    )
    odds = Details(
        summary="Odds ratios by baseline risk", tables=(risk_odds_table(found, title, crude=crude),)
    )
    return Part(
        figures=(figure,), tables=(risk_groups_table(found, title, crude=crude),), details=(odds,)
    )


def benefit_by_risk(panel: Panel, groups: Sequence[RiskGroup]) -> None:
    """Show each group's benefit by every way of estimating it, the lowest risk first."""
    place = np.arange(1, len(groups) + 1, dtype=np.float64)
    names = [("estimated", TREATED, "o"), ("predicted", INK, "D")]
    known = [k for k, each in enumerate(groups) if each.aipw]
    told = [each.aipw.benefit for each in groups if each.aipw]
    if told:
        values = (100 * np.array([getattr(one, part) for one in told]) for part in _INTERVAL)
        panel.intervals("estimated", place[known] + 0.1, *values)
    modelled = [each.risk_model.benefit.estimate for each in groups if each.risk_model]
    if modelled:
        rows = [k for k, each in enumerate(groups) if each.risk_model]
        panel.line("one odds ratio for all", place[rows], 100 * np.array(modelled), colour=GREY,
                   linestyle="--", linewidth=1)  # fmt: skip
        names.append(("one odds ratio", GREY, "--"))
    learner = 100 * np.array([each.learner.benefit.estimate for each in groups])
    panel.dots("predicted by the study's learner", place - 0.1, learner, colour=INK, marker="D",
               size=4)  # fmt: skip
    low, high = panel.axes.get_ylim()
    panel.axes.set_ylim(min(low, 0.0), high + 0.25 * (high - low))
    for x, each in zip(place, groups, strict=True):
        if each.aipw is None:
            panel.say(x, 0.98, _why_none(each), colour=GREY, ha="center", va="top", fontsize=6,
                      within=("data", "axes fraction"))  # fmt: skip
    panel.axes.set_xlim(0.5, len(groups) + 0.5)
    panel.refer(y=0, colour=INK)
    risks = [f"{100 * each.mean_risk:.0f} %\nn = {sum(each.n)}" for each in groups]
    panel.axes.set_xticks(place, risks)
    panel.axes.set_xlabel("Mean predicted risk of the undesirable outcome")
    panel.axes.set_ylabel("Benefit, points")
    panel.key(names)


def _why_none(group: RiskGroup) -> str:
    """Say why nothing is estimated in a group: the arm that cannot be compared."""
    for arm, k, n in zip(("controls", "treated"), group.events, group.n, strict=True):
        if k in (0, n):
            return f"no estimate:\n{'all' if k else 'none of'} {n}\n{arm} had it"
    return "no estimate:\ntoo few"


def risk_groups_table(found: BaselineRisk, outcome: str, *, crude: bool) -> Table:
    """Give counts, risk, benefit by every way, and each group's part of the total."""
    columns = [
        Column("group", "Risk"),
        Column("mean_risk", "Mean risk", "percent"),
        Column("n_control", "Control", "count"),
        Column("n_treated", "Treated", "count"),
        Column("events_control", "Events, control", "count"),
        Column("events_treated", "Events, treated", "count"),
        *_interval_columns("aipw", "Benefit (AIPW), points", "points"),
        *(_interval_columns("crude", "Crude, points", "points") if crude else ()),
        Column("risk_model", "By one odds ratio, points", "points"),
        Column("learner", "By the learner, points", "points"),
        Column("share_aipw", "Share of the total", "percent"),
        Column("share_risk_model", "Share, one odds ratio", "percent"),
        Column("share_learner", "Share, learner", "percent"),
    ]
    rows = [
        *(_row(str(number), each, crude=crude) for number, each in enumerate(found.groups, 1)),
        _row("all", found.everybody, crude=crude),
    ]
    title = f"Benefit by baseline risk, {outcome}"
    return Table("baseline_risk", title, _note(found), tuple(columns), tuple(rows))


def _interval_columns(name: str, title: str, kind: str) -> tuple[Column, ...]:
    return (
        Column(name, title, kind),
        Column(f"{name}_low", "95 % low", kind),
        Column(f"{name}_high", "95 % high", kind),
    )


def _row(name: str, group: RiskGroup, *, crude: bool) -> Row:
    ways = (group.aipw, group.risk_model, group.learner)
    return (
        name,
        group.mean_risk,
        *group.n,
        *group.events,
        *_numbers(None if group.aipw is None else group.aipw.benefit),
        *(_numbers(None if group.crude is None else group.crude.benefit) if crude else ()),
        *(None if way is None else way.benefit.estimate for way in ways[1:]),
        *map(_share, ways),
    )


def _numbers(value: Estimate | None) -> Row:
    return tuple(None if value is None else finite(getattr(value, name)) for name in _INTERVAL)


def _share(found: GroupBenefit | None) -> float | None:
    return None if found is None or found.share is None else found.share.estimate


def _note(found: BaselineRisk) -> str:
    average = found.everybody.aipw
    note = (
        "Groups of equal size by the predicted risk of the undesirable outcome: one logistic model "
        f"of both arms, blinded to the arm, cross-fitted (AUC {shown(found.auc, 'probability')}). "
        "AIPW: doubly robust scores, averaged. One odds ratio: the absolute benefit that the same "
        "relative effect makes of different risks. Events are the undesirable outcome. "
    )
    if average is None or not average.benefit.excludes_zero:
        return note + "No shares: the interval of the average includes 0."
    return note + "Shares of the summed benefit are estimates, wide in small cohorts."


def risk_odds_table(found: BaselineRisk, outcome: str, *, crude: bool) -> Table:
    """Give the odds ratios of the undesirable outcome by every way."""
    columns = [
        Column("group", "Risk"),
        *_interval_columns("aipw", "AIPW", "number"),
        *(_interval_columns("crude", "Crude", "number") if crude else ()),
        Column("risk_model", "One odds ratio for all, of the group's mean risks", "number"),
        Column("learner", "Learner", "number"),
    ]
    named = [*((str(k), each) for k, each in enumerate(found.groups, 1)), ("all", found.everybody)]
    rows = tuple(
        (
            name,
            *_numbers(_odds(each.aipw)),
            *(_numbers(_odds(each.crude)) if crude else ()),
            *(
                None if _odds(way) is None else _numbers(_odds(way))[0]
                for way in (each.risk_model, each.learner)
            ),
        )
        for name, each in named
    )
    note = (
        "Odds of the undesirable outcome with treatment over those without, of the group's mean "
        "risks; below 1 where treatment helps."
    )
    title = f"Odds ratios by baseline risk, {outcome}"
    return Table("baseline_risk_odds", title, note, tuple(columns), rows)


def _odds(found: GroupBenefit | None) -> Estimate | None:
    return None if found is None else found.odds_ratio
