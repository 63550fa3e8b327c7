"""Benefit by baseline risk against R.

make_baseline_risk_values.R made baseline_risk_values.json.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from twoarm.diagnostics.ranking.by_risk.blinded_risk import odds_ratio_trend, one_odds_ratio
from twoarm.diagnostics.ranking.by_risk.risk_groups import Patients, risk_groups

VALUES = json.loads(
    Path(__file__).with_name("baseline_risk_values.json").read_text(encoding="utf-8")
)
RISK, EVENT, PHI0, PHI1 = (np.array(VALUES[each]) for each in ("risk", "event", "phi0", "phi1"))
ARM, GROUP = np.array(VALUES["arm"]) == 1, np.array(VALUES["group"])
PRINTED = 1e-12  # the file holds 15 digits
GLM = 1e-8  # Newton's last step, and glm's
ERRORS = 1e-6  # glm's covariance is of the step before its last; derivatives are differences


@pytest.fixture(scope="module")
def groups():
    model = one_odds_ratio(RISK, EVENT, ARM)
    patients = Patients(EVENT, ARM, RISK, RISK, PHI0, PHI1, RISK, model, randomised=True)
    return risk_groups(patients, [each == GROUP for each in range(1, 5)])[1]


@pytest.mark.parametrize(
    ("method", "close"), [("aipw", PRINTED), ("crude", GLM), ("risk_model", GLM)]
)
def test_benefits_and_odds_ratios_equal_those_of_r(groups, method, close):
    for group, made in zip(groups, VALUES["groups"], strict=True):
        found, (benefit, se) = getattr(group, method), made[method]["benefit"]
        assert found.benefit.estimate == pytest.approx(benefit, rel=close)
        assert found.benefit.se == pytest.approx(se, rel=ERRORS)
        log, log_se = made[method]["log_odds_ratio"]
        assert math.log(found.odds_ratio.estimate) == pytest.approx(log, rel=close)
        assert found.odds_ratio.se == pytest.approx(log_se, rel=ERRORS)
        assert found.odds_ratio.low == pytest.approx(math.exp(log - 1.959963984540054 * log_se))


def test_shares_of_scores_have_fiellers_interval(groups):
    for group, made in zip(groups, VALUES["groups"], strict=True):
        found = group.aipw.share
        assert (found.estimate, found.low, found.high) == pytest.approx(
            tuple(made["aipw"]["share"]), rel=PRINTED, abs=PRINTED
        )


def test_shares_of_the_risk_model_have_the_errors_of_the_delta_method(groups):
    for group, made in zip(groups, VALUES["groups"], strict=True):
        share, se = made["risk_model"]["share"]
        assert group.risk_model.share.estimate == pytest.approx(share, rel=GLM)
        assert group.risk_model.share.se == pytest.approx(se, rel=ERRORS)


def test_the_odds_ratio_and_its_trend_equal_those_of_glm():
    for found, (log, se) in (
        (one_odds_ratio(RISK, EVENT, ARM).odds_ratio, VALUES["odds_ratio"]),
        (odds_ratio_trend(RISK, EVENT, ARM), VALUES["trend"]),
    ):
        assert math.log(found.estimate) == pytest.approx(log, rel=GLM)
        assert found.se == pytest.approx(se, rel=ERRORS)
