"""What the finding on baseline risk says, and when it questions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twoarm.diagnostics.ranking.by_risk.baseline_risk import finding
from twoarm.diagnostics.ranking.by_risk.baseline_risk_values import (
    BaselineRisk,
    GroupBenefit,
    RiskGroup,
)
from twoarm.metrics import Estimate, wald


def estimate(value, half=None):
    if half is None:
        return wald(value)
    return Estimate(value, half / 2, value - half, value + half)


def group(risk, aipw, learner, *, half=0.02, shares=(None, None, None)):
    ratio = estimate(0.8)
    scored = None if aipw is None else GroupBenefit(estimate(aipw, half), ratio, shares[0])
    return RiskGroup(
        n=(60, 40),
        events=(20, 10),
        lowest_risk=risk - 0.05,
        mean_risk=risk,
        highest_risk=risk + 0.05,
        untreated=None,
        treated=None,
        aipw=scored,
        crude=None,
        risk_model=GroupBenefit(estimate(0.03, 0.01), ratio, shares[1]),
        learner=GroupBenefit(estimate(learner), ratio, shares[2]),
    )


def display(*groups, asked=4, average=0.03, trend=(1.0, 0.2)):
    whole = group(0.3, average, 0.03)
    return BaselineRisk(asked, groups, whole, 0.8, estimate(0.8, 0.1), estimate(*trend))


RISKS = (0.1, 0.2, 0.3, 0.4)


def quarters(aipw, learner, shares=(None, None, None)):
    return [
        group(risk, one, two, shares=shares)
        for risk, one, two in zip(RISKS, aipw, learner, strict=True)
    ]


def test_it_says_where_the_benefit_lies_and_what_the_learner_says(aspirin):
    shares = estimate(0.61, 0.2), estimate(0.63, 0.01), estimate(0.995)
    value = display(*quarters((-0.01, 0.01, 0.02, 0.06), (0.0, 0.01, 0.02, 0.075), shares))
    found = finding(value, aspirin)
    assert found.name == "baseline risk"
    assert found.verdict == "cannot tell"
    assert found.text == (
        "Dead or dependent at 6 months: in the quarter at lowest predicted risk of the undesirable "
        "outcome (mean 10 %) the doubly robust estimate is a harm of 1.0 points (harm of 3.0 to "
        "benefit of 1.0); in the quarter at highest risk (40 %) it is a benefit of 6.0 points (4.0 "
        "to 8.0). The study's learner predicts a difference of 0.0 points and a benefit of 7.5 "
        "points. Of the total benefit the highest has 61 % (41 % to 81 %) by the doubly robust "
        "estimate, 63 % if one odds ratio holds for all and 100 % by the learner. That the odds "
        "ratio changes with risk is not shown."
    )


@pytest.mark.parametrize(("missed", "verdict"), [(1, "cannot tell"), (2, "questions")])
def test_a_learner_outside_two_intervals_is_a_question(aspirin, missed, verdict):
    learner = [0.055 if k < missed else 0.03 for k in range(4)]
    found = finding(display(*quarters((0.03,) * 4, learner)), aspirin)
    assert found.verdict == verdict
    assert ("outside the interval in 2 of 4 groups" in found.text) == (missed == 2)


def test_a_quarter_without_an_estimate_is_no_miss_and_is_said(aspirin):
    found = finding(display(*quarters((None, None, None, 0.03), (0.5,) * 4)), aspirin)
    assert found.verdict == "cannot tell"
    assert (
        "is missing, because patients with, or without, that outcome are none or too few"
        in found.text
    )


def test_no_shares_where_the_average_may_be_0(aspirin):
    text = finding(display(*quarters((0.03,) * 4, (0.03,) * 4), average=0.01), aspirin).text
    assert "The interval of the average includes 0" in text
    assert "Of the total" not in text


def test_a_harm_is_called_so(aspirin):
    shares = estimate(-0.04, 0.5), None, None
    value = display(*quarters((-0.05,) * 4, (-0.05,) * 4, shares), average=-0.05)
    text = finding(value, aspirin).text
    assert "a harm of 5.0 points (3.0 to 7.0)" in text
    assert "Of the total harm the highest has -4 % (-54 % to 46 %)" in text
    assert "(below 0: benefit)" in text
    assert "benefit of" not in text


def test_fewer_groups_are_said(aspirin):
    value = display(group(0.1, 0.03, 0.03), group(0.4, 0.03, 0.03))
    text = finding(value, aspirin).text
    assert "in the group at lowest" in text
    assert "there are 2 groups, not 4" in text
    one = finding(replace(value, groups=value.groups[:1], odds_ratio_trend=None), aspirin)
    assert one.text.endswith("the same predicted risk, so there are no groups by risk.")
    assert one.verdict == "cannot tell"


def test_an_odds_ratio_that_changes_is_said(aspirin):
    value = display(*quarters((0.03,) * 4, (0.03,) * 4), trend=(1.3, 0.2))
    assert "by a factor of 1.30 (1.10 to 1.50)" in finding(value, aspirin).text


def test_without_a_lottery_it_speaks_of_differences(stenting):
    value = display(*quarters((0.03,) * 4, (0.03,) * 4))
    assert "Treatment was not drawn by lot" in finding(value, stenting).text
