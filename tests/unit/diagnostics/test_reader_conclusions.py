"""What a reader would conclude from the numbers is said to him."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from twoarm.diagnostics import Absent
from twoarm.diagnostics.outcomes.discrimination import ArmAuc, Discrimination
from twoarm.diagnostics.outcomes.discrimination import finding as auc_finding
from twoarm.diagnostics.outcomes.separation import Separation, separation
from twoarm.diagnostics.outcomes.separation import finding as separation_finding
from twoarm.diagnostics.ranking.worth import Worth, benefit_worth
from twoarm.diagnostics.ranking.worth import finding as worth_finding
from twoarm.errors import NotEstimable
from twoarm.metrics import benefit_slope, slope_is_told, wald

CLEAR, COIN = ArmAuc(0.80, 0.72, 0.87), ArmAuc(0.55, 0.47, 0.63)


@pytest.mark.parametrize(
    ("control", "treated", "verdict", "named"),
    [
        (CLEAR, CLEAR, "cannot tell", None),
        (COIN, CLEAR, "questions", "Failed thrombectomy only"),
        (CLEAR, COIN, "questions", "Rescue stenting"),
        (COIN, COIN, "questions", "Failed thrombectomy only and Rescue stenting"),
        (ArmAuc(0.3, 0.2, 0.4), CLEAR, "questions", "Failed thrombectomy only"),
    ],
)
def test_a_model_that_does_not_discriminate_is_questioned(
    stenting, control, treated, verdict, named
):
    found = auc_finding(Discrimination(control, treated), stenting)
    assert found.verdict == verdict
    if named:
        assert f"For {named} the interval does not lie above 0.5" in found.text
    else:
        assert "0.800 (0.720 to 0.870)" in found.text


def test_an_arm_without_an_auc_is_named(stenting):
    found = auc_finding(Discrimination(Absent("no events"), CLEAR), stenting)
    assert found.verdict == "cannot tell"
    assert "None is given for Failed thrombectomy only (no events)." in found.text


def overlapping(n=200, seed=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X, (rng.random(n) < expit(X[:, 0])).astype(float)


def test_separation_is_found_in_the_data_whatever_the_learner(stenting):
    X, y = overlapping()
    none = separation(X, y)
    assert (none.complete, none.partial) == (False, False)
    leak = separation(np.column_stack([X, y]), y)
    assert (leak.events, leak.others) == (int(y.sum()), 200 - int(y.sum()))
    assert leak.complete
    rare = (np.arange(200) < 9) & (y == 1)  # a level that only patients with the event have
    part = separation(np.column_stack([X, rare]), y)
    assert (part.complete, part.partial) == (False, True)
    assert separation_finding(Separation(none, none), stenting) is None
    said = separation_finding(Separation(leak, none), stenting)
    assert said.verdict == "questions"
    assert f"Failed thrombectomy only ({leak.events} with the event" in said.text
    assert "of whatever library" in said.text
    partly = separation_finding(Separation(none, part), stenting)
    assert partly.verdict == "cannot tell"
    assert "for some of the patients" in partly.text


def test_as_many_columns_as_patients_separate_anything():
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], 6)
    assert separation(rng.normal(size=(12, 12)), y).complete
    with pytest.raises(NotEstimable, match="or none"):
        separation(rng.normal(size=(12, 2)), np.ones(12))


def chains(sign, n=600, seed=2):
    """Scores about a true benefit, and predictions that follow it or run against it."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0.05, 0.1, n)
    fold = np.tile(np.arange(n) % 5, (3, 1))
    benefit = 0.05 + sign * (truth - 0.05) + rng.normal(0, 0.02, (3, n))
    return truth + rng.normal(0, 0.9, (3, n)), benefit, fold


def test_predictions_that_run_backwards_are_questioned(stenting):
    back = worth_finding(benefit_worth(*chains(-2, n=4000)), stenting)
    assert back.verdict == "questions"
    assert "run backwards: patients predicted to gain more gained less" in back.text
    forth = worth_finding(benefit_worth(*chains(1, n=4000)), stenting)
    assert forth.verdict == "cannot tell"
    assert "backwards" not in forth.text
    assert worth_finding(Worth(wald(-1.7, 0.69), 5), stenting).verdict == "questions"
    assert (
        "-1.70 points (-3.05 to -0.35)" in worth_finding(Worth(wald(-1.7, 0.69), 5), stenting).text
    )
    assert worth_finding(Worth(wald(-0.5, 0.4), 5), stenting).verdict == "cannot tell"


def test_the_worth_is_the_median_over_the_cross_fits():
    scores, benefit, fold = chains(1)
    each = [
        benefit_slope(phi, t, fold=number).slope
        for phi, t, number in zip(scores, benefit, fold, strict=True)
    ]
    found = benefit_worth(scores, benefit, fold)
    assert found.slope.estimate == np.median([one.estimate for one in each])
    assert found.slope.se == np.median([one.se for one in each])
    benefit[1] = 0.1  # a cross-fit that tells nobody apart has no slope
    assert benefit_worth(scores, benefit, fold).cross_fits == 2
    with pytest.raises(NotEstimable, match="the same benefit"):
        benefit_worth(scores, np.full_like(benefit, 0.1), fold)


def test_a_slope_of_absurd_size_is_no_number(stenting):
    scores, benefit, fold = chains(1)
    nearly_flat = benefit_worth(scores, 0.05 + 1e-4 * (benefit - 0.05), fold)
    assert abs(nearly_flat.slope.estimate) > 100
    assert not slope_is_told(nearly_flat.slope)
    said = worth_finding(nearly_flat, stenting)
    assert said.verdict == "cannot tell"
    assert "cannot be told" in said.text
    assert not any(digit in said.text.split(":")[1] for digit in "0123456789")
    assert not slope_is_told(wald(np.nan))
