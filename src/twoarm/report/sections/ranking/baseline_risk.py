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
from twoarm.report.figures import CONTROL, FAINT, INK, TREATED, Axes, draw
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
        lambda axes: benefit_by_risk(axes, found.groups),
        height_mm=68,
        synthetic=result.plan.cohort.synthetic,
    )
    odds = Details(
        summary="Odds ratios by baseline risk", tables=(risk_odds_table(found, title, crude=crude),)
    )
    return Part(
        figures=(figure,), tables=(risk_groups_table(found, title, crude=crude),), details=(odds,)
    )


def benefit_by_risk(axes: Axes, groups: Sequence[RiskGroup]) -> Axes:
    """Show each group's benefit at its mean risk, by every way of estimating it."""
    risk = 100 * np.array([each.mean_risk for each in groups])
    known = [(x, each.aipw.benefit) for x, each in zip(risk, groups, strict=True) if each.aipw]
    axes.axhline(0, color=INK, linewidth=0.8)
    for x, one in known:
        axes.plot([x, x], [100 * one.low, 100 * one.high], color=TREATED, linewidth=1.2)
    middle = [(x, 100 * one.estimate) for x, one in known]
    if middle:
        axes.plot(*zip(*middle, strict=True), "o", color=TREATED, markersize=5, label="estimated")
    modelled = [
        (x, 100 * each.risk_model.benefit.estimate)
        for x, each in zip(risk, groups, strict=True)
        if each.risk_model
    ]
    if modelled:
        axes.plot(
            *zip(*modelled, strict=True), "--", color=INK, linewidth=1, label="one odds ratio"
        )
    learner = [100 * each.learner.benefit.estimate for each in groups]
    axes.plot(risk, learner, "D", color=CONTROL, markersize=4, label="the study's learner")
    axes.set_xlabel("Predicted risk of the undesirable outcome, %")
    axes.set_ylabel("Benefit, points")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.35 * (high - low))  # room for the legend
    axes.grid(axis="y", color=FAINT, linewidth=0.3)
    axes.legend(frameon=False, loc="upper right", bbox_to_anchor=(1.0, 0.97), fontsize=6.5)
    return axes


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
