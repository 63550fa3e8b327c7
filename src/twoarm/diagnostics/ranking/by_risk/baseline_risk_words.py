"""Sentences on benefit by baseline risk; what is below 0 is called harm."""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.diagnostics.harm import amount, estimated
from twoarm.diagnostics.ranking.by_risk.baseline_risk_values import (
    BaselineRisk,
    GroupBenefit,
    RiskGroup,
)
from twoarm.metrics import Estimate

__all__ = ["on_extremes", "on_learner", "on_odds_ratio", "on_shares"]


def on_extremes(value: BaselineRisk) -> str:
    """Give the estimates of the groups at lowest and highest risk."""
    lowest, highest = value.groups[0], value.groups[-1]
    part = "quarter" if len(value.groups) == value.asked == 4 else "group"
    return (
        f"in the {part} at lowest predicted risk of the undesirable outcome "
        f"(mean {_percent(lowest.mean_risk)}) the doubly robust estimate is {_estimated(lowest)}; "
        f"in the {part} at highest risk ({_percent(highest.mean_risk)}) it is "
        f"{_estimated(highest)}."
    )


def _estimated(group: RiskGroup) -> str:
    if group.aipw is None:
        return "missing, because patients with, or without, that outcome are none or too few"
    return estimated(group.aipw.benefit)


def on_learner(value: BaselineRisk) -> str:
    """Say what the learner predicts there."""
    low, high = (value.groups[end].learner.benefit.estimate for end in (0, -1))
    return f"The study's learner predicts {amount(low)} and {amount(high)}."


def on_shares(value: BaselineRisk) -> str:
    """Say what part of the total the group at highest risk has, by each method that can tell."""
    whole = value.everybody.aipw
    if whole is None:
        return ""
    if not whole.benefit.excludes_zero:
        return "The interval of the average includes 0, so no group's share of it is given."
    top = value.groups[-1]
    ways = {
        "by the doubly robust estimate": _share(top.aipw, with_limits=True),
        "if one odds ratio holds for all": _share(top.risk_model),
        "by the learner": _share(top.learner),
    }
    given = {way: share for way, share in ways.items() if share}
    if not given:
        return ""
    total, other = ("benefit", "harm") if whole.benefit.estimate > 0.0 else ("harm", "benefit")
    note = f" (below 0: {other})" if any("-" in share for share in given.values()) else ""
    said = _listed([f"{share} {way}" for way, share in given.items()])
    return f"Of the total {total} the highest has {said}{note}."


def _share(found: GroupBenefit | None, *, with_limits: bool = False) -> str:
    share = None if found is None else found.share
    if share is None:
        return ""
    text = _percent(share.estimate)
    if with_limits:
        text += f" ({_percent(share.low)} to {_percent(share.high)})"
    return text


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def on_odds_ratio(trend: Estimate | None) -> str:
    """Say whether the relative effect is seen to change with risk."""
    if trend is None:
        return ""
    if trend.low <= 1.0 <= trend.high:
        return "That the odds ratio changes with risk is not shown."
    return (
        f"The odds ratio changes with risk, by a factor of {trend.estimate:.2f} "
        f"({trend.low:.2f} to {trend.high:.2f}) for each standard deviation of the risk's logit."
    )
