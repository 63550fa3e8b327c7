import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

from twoarm.diagnostics import AverageEffect, average_effect
from twoarm.diagnostics.average.average_effect import finding
from twoarm.errors import ArgumentError
from twoarm.learners import Logistic
from twoarm.metrics import Estimate, wald


def test_the_crude_interval_by_hand():
    y = np.array([1, 0, 0, 0, 1, 1, 1, 0], float)
    w = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    crude = average_effect(np.zeros((8, 1)), y, w, mu=(y, y)).crude
    se = np.sqrt(0.25 / 4 + 0.25 / 4)  # sample variance of one in four is 0.25
    assert crude.estimate == pytest.approx(0.5)
    assert crude.se == pytest.approx(se)
    # Half the width is 0.69: the upper limit ends where the possible does.
    assert (crude.low, crude.high) == pytest.approx((0.5 - 1.959964 * se, 1.0))


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**20))
def test_with_one_binary_covariate_the_g_formula_is_the_standardised_difference(seed):
    rng = np.random.default_rng(seed)
    x, w = rng.integers(0, 2, 200), np.tile([0, 1], 100)
    y = (rng.random(200) < 0.3 + 0.3 * x + 0.1 * w).astype(float)
    model = Logistic(C=np.inf)
    found = average_effect(x[:, None], y, w, outcome_model=model, replicates=0).g_formula.estimate
    by_hand = sum(
        (x == level).mean()
        * (y[(x == level) & (w == 1)].mean() - y[(x == level) & (w == 0)].mean())
        for level in (0, 1)
    )
    assert found == pytest.approx(by_hand, abs=1e-8)


def test_a_regressor_standardises_a_number():
    rng = np.random.default_rng(1)
    X, w = rng.normal(size=(300, 2)), np.tile([0, 1], 150)
    y = X[:, 0] + 2.0 * w
    found = average_effect(X, y, w, outcome_model=LinearRegression())
    assert found.g_formula.estimate == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treatment": np.ones(8)}, "both arms"),
        ({"y": np.r_[np.nan, np.zeros(7)]}, "complete"),
        ({"X": np.zeros((3, 1))}, "same number of rows"),
        ({"mu": (np.zeros(3), np.zeros(8))}, "two predictions a patient"),
        ({"propensity": np.linspace(0, 1, 8)}, "strictly between 0 and 1"),
        ({"cross_fit": 1}, "between 2 and"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, message):
    given_arrays = {"X": np.zeros((8, 1)), "y": np.tile([0.0, 1.0], 4),
                    "treatment": np.repeat([0, 1], 4)} | change  # fmt: skip
    with pytest.raises(ArgumentError, match=message):
        average_effect(**given_arrays)


ADJUSTED = ("g_formula", "iptw", "overlap", "aipw", "tmle")


def confounded(seed, n=400):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    w = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
    return X, (rng.random(n) < 1 / (1 + np.exp(-(X[:, 0] + 0.5 * w)))).astype(float), w


def test_with_one_binary_covariate_all_saturated_estimates_agree():
    rng = np.random.default_rng(3)
    x, w = rng.integers(0, 2, 400), rng.integers(0, 2, 400)
    y = (rng.random(400) < 0.2 + 0.3 * x + 0.2 * w).astype(float)
    plain = Logistic(C=np.inf)
    found = average_effect(
        x[:, None], y, w, outcome_model=plain, propensity_model=plain, replicates=0
    )
    for name in ("iptw", "aipw", "tmle"):
        assert getattr(found, name).estimate == pytest.approx(found.g_formula.estimate, abs=1e-7)


def test_a_constant_propensity_and_arm_means_give_the_crude_difference():
    X, y, w = confounded(1)
    means = [np.full(y.size, y[w == arm].mean()) for arm in (0, 1)]
    found = average_effect(X, y, w, mu=means, propensity=np.full(y.size, w.mean()))
    for name in ADJUSTED:
        assert getattr(found, name).estimate == pytest.approx(found.crude.estimate)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**20))
def test_relabelled_arms_and_turned_outcomes_change_the_sign(seed):
    X, y, w = confounded(seed, 200)
    found = average_effect(X, y, w, replicates=0)
    for other in (
        average_effect(X, y, 1 - w, replicates=0),
        average_effect(X, 1 - y, w, replicates=0),
    ):
        for name in ("crude", *ADJUSTED):
            one, turned = getattr(found, name), getattr(other, name)
            assert turned.estimate == pytest.approx(-one.estimate, abs=1e-7)
            if np.isfinite(one.se):
                assert turned.se == pytest.approx(one.se, abs=1e-7)
                assert turned.low == pytest.approx(-one.high, abs=1e-7)


@pytest.mark.parametrize("cross_fit", [0, 5])
def test_numbers_are_estimated_on_their_own_scale(cross_fit):
    X, _, w = confounded(2)
    y = 50 + 10 * X[:, 0] + 7 * w + np.random.default_rng(4).normal(size=w.size)
    found = average_effect(X, y, w, cross_fit=cross_fit, replicates=20)
    # The noise has SD 1, so every adjusted estimate but the weighted ones is near 7.
    for name in ("g_formula", "aipw", "tmle"):
        one = getattr(found, name)
        assert one.estimate == pytest.approx(7, abs=0.5)
        assert one.low < one.estimate < one.high
    shifted = average_effect(X, 3 * y + 2, w, cross_fit=cross_fit, replicates=0)
    assert shifted.tmle.estimate == pytest.approx(3 * found.tmle.estimate)


def test_an_arm_without_events_has_a_targeted_estimate_of_zero_there():
    y = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0])
    w, flat = np.repeat([0, 1], 4), np.full(8, 0.3)
    found = average_effect(np.zeros((8, 1)), y, w, mu=(flat, flat), propensity=np.full(8, 0.5))
    assert found.tmle.estimate == pytest.approx(0.75)


def test_cross_fitting_depends_on_the_seed_alone():
    X, y, w = confounded(5)
    same = [average_effect(X, y, w, cross_fit=4, seed=9, replicates=5) for _ in range(2)]
    assert same[0] == same[1]
    assert average_effect(X, y, w, cross_fit=4, seed=8, replicates=5).aipw != same[0].aipw


def test_cross_fitting_protects_from_models_that_know_their_patients():
    rng = np.random.default_rng(6)
    X, w = rng.normal(size=(300, 3)), np.tile([0, 1], 150)
    y = rng.integers(0, 2, 300).astype(float)
    half = np.full(300, 0.5)
    forest = RandomForestClassifier(30, random_state=0)
    inside = average_effect(X, y, w, outcome_model=forest, propensity=half, replicates=0)
    outside = average_effect(
        X, y, w, outcome_model=forest, propensity=half, cross_fit=5, replicates=0
    )
    truth = 2 * y.std() / np.sqrt(300)
    assert inside.aipw.se < 0.8 * truth < truth < 1.3 * outside.aipw.se


def test_without_refits_the_g_formula_has_no_error():
    X, y, w = confounded(7)
    assert np.isnan(average_effect(X, y, w, replicates=0).g_formula.se)
    assert np.isnan(average_effect(X, y, w, mu=(y, y)).g_formula.se)


def all_alike(one):
    return AverageEffect(**dict.fromkeys(("crude", *ADJUSTED), one))


def test_the_finding_never_supports_a_cause_in_observational_data(stenting, aspirin):
    clear = all_alike(wald(0.3, 0.02))
    assert finding(clear, stenting).verdict == "cannot tell"
    # Aspirin's primary outcome is one to be avoided: fewer is a benefit. Drawn by lot, harm is
    # answered as benefit is.
    harm, benefit = (finding(each, aspirin) for each in (clear.as_benefit(desirable=False), clear))
    assert harm.verdict == benefit.verdict == "supports"
    assert "a harm of 30.0 points (26.1 to 33.9); the interval excludes 0." in harm.text
    assert "a benefit of 30.0 points (26.1 to 33.9); the interval excludes 0." in benefit.text


def test_a_crude_effect_that_adjustment_takes_away_is_questioned(stenting):
    parts = dict.fromkeys(ADJUSTED, wald(0.0, 0.05)) | {"crude": wald(0.2, 0.05)}
    found = finding(AverageEffect(**parts), stenting)
    assert found.verdict == "questions"
    assert "as the arms are, the treated fare better by 20.0 points" in found.text


def test_turned_estimates_have_their_limits_swapped(aspirin):
    turned = all_alike(Estimate(-0.1, 0.01, -0.12, -0.08)).as_benefit(desirable=False)
    assert turned.crude == Estimate(0.1, 0.01, 0.08, 0.12)
    assert "the treated fare better by 10.0 points" in finding(turned, aspirin).text
    assert turned.as_benefit(desirable=True) == turned
