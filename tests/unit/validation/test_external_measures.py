from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import auc
from twoarm.validation.benefit import external_benefit, residual_difference, two_arm_scores
from twoarm.validation.calibration import external_calibration, observed_over_expected
from twoarm.validation.case_mix import (
    effective_sample_size,
    matching_weights,
    moment_differences,
)
from twoarm.validation.discrimination import external_discrimination
from twoarm.validation.expected import between_places, expected_auc, expected_brier
from twoarm.validation.linear_predictors import LinearPredictors
from twoarm.validation.membership import membership
from twoarm.validation.needed import needed_for_benefit


def trial(seed: int, n: int = 2000, *, gain: float = 0.0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    mu0, mu1 = expit(-0.8 + x), expit(-0.2 + 0.6 * x)
    w = (rng.random(n) < 0.4).astype(float)
    y = (rng.random(n) < np.clip(np.where(w == 1, mu1 + gain, mu0), 0, 1)).astype(float)
    return y, mu0, mu1, w


@given(p=st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.3, 0.8, 1.0]), min_size=2, max_size=25))
def test_the_expected_auc_equals_its_twin_over_all_pairs(p):
    risk = np.array(p)
    better = (risk[:, None] > risk) + 0.5 * (risk[:, None] == risk)
    pairs = np.outer(risk, 1.0 - risk)
    np.fill_diagonal(pairs, 0.0)
    if pairs.sum() == 0.0:
        assert np.isnan(expected_auc(risk))
    else:
        assert_allclose(expected_auc(risk), (pairs * better).sum() / pairs.sum(), rtol=1e-10)


def test_expected_measures_are_what_right_predictions_show():
    rng = np.random.default_rng(4)
    p = expit(rng.normal(-1, 1.2, 40_000))
    y = (rng.random(p.size) < p).astype(int)
    assert auc(y, p) == pytest.approx(expected_auc(p), abs=0.01)
    assert ((y - p) ** 2).mean() == pytest.approx(expected_brier(p), abs=0.003)
    assert LinearPredictors.of(p).auc == pytest.approx(expected_auc(p), abs=1e-4)
    assert LinearPredictors.normal(-1, 1.2).auc == pytest.approx(expected_auc(p), abs=0.01)


def test_ratio_by_hand():
    # 50 of 100 where 40 were expected: error of the logarithm sqrt(0.5 / 50) = 0.1
    found = observed_over_expected(50, 100, 40.0)
    assert found.se == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((1.0275, 1.5207), abs=1e-4)


def test_predictions_that_separate_have_no_slope_and_say_the_rest():
    p = np.linspace(0.05, 0.95, 40)
    found = external_calibration(p > 0.5, p, draws=5)
    assert np.isnan(found.slope.estimate)
    assert found.in_the_large.estimate == pytest.approx(0.0, abs=0.5)
    assert external_discrimination(p > 0.5, p).auc.estimate == 1.0


@pytest.mark.parametrize("measure", [external_calibration, external_discrimination])
def test_one_event_is_too_few(measure):
    with pytest.raises(NotEstimable, match="1 and 3"):
        measure([1, 0, 0, 0], [0.2, 0.3, 0.4, 0.5])


def test_differences_by_hand():
    X = np.array([[0.0, 1.0, 5.0], [2.0, 1.0, 5.0]])
    found = moment_differences(X, [0.0, 1.0, 4.0], [1.0, 0.0, 0.0])
    assert found[0] == pytest.approx(1.0 / np.sqrt((2.0 + 1.0) / 2.0))
    assert np.isnan(found[1])
    assert found[2] == np.inf


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), away=st.floats(-0.6, 0.6))
def test_matched_weights_match(seed, away):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.standard_normal(300), rng.random(300) < 0.4]).astype(float)
    mean, sd = np.array([away, 0.55]), np.array([0.9, np.sqrt(0.55 * 0.45)])
    found = matching_weights(X, mean, sd)
    assert_allclose(np.average(X, axis=0, weights=found.weight), mean, atol=2e-3)
    assert found.weight.mean() == pytest.approx(1.0)
    assert 1.0 <= found.effective <= 300.0
    assert found.effective == pytest.approx(effective_sample_size(found.weight))


def test_the_same_moments_ask_for_no_weights():
    X = np.random.default_rng(1).standard_normal((200, 3))
    found = matching_weights(X, X.mean(axis=0), X.std(axis=0))
    assert_allclose(found.weight, 1.0, atol=1e-4)


def test_moments_out_of_reach_have_no_weights():
    X = np.random.default_rng(1).random((50, 2))
    with pytest.raises(NotEstimable, match="outside what is seen here"):
        matching_weights(X, [2.0, 0.5], [0.3, 0.3])
    with pytest.raises(NotEstimable, match="never varied"):
        matching_weights(X, [0.5, 0.5], [0.3, 0.0])


def test_spread_that_cannot_be_matched_leaves_the_means():
    X = np.random.default_rng(1).random((80, 1))
    found = matching_weights(X, [0.5], [3.0])
    assert not found.squares
    assert np.average(X[:, 0], weights=found.weight) == pytest.approx(0.5, abs=1e-3)


def test_range_between_places_by_hand():
    found = between_places(0.9, 0.0)
    assert (found.low, found.high) == pytest.approx((0.7922, 1.0), abs=1e-4)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_scores_average_to_prediction_plus_residuals(seed):
    y, mu0, mu1, w = trial(seed, 200)
    scores = two_arm_scores(y, mu0, mu1, w, desirable=False)
    difference = residual_difference(y, mu0, mu1, w, desirable=False)
    assert scores.mean() == pytest.approx(-(mu1 - mu0).mean() + difference.estimate, abs=1e-9)


def test_a_right_benefit_is_found_right_and_a_wrong_one_wrong():
    thresholds = np.linspace(0, 0.3, 7)
    right = external_benefit(*trial(1, 20_000), desirable=True, thresholds=thresholds)
    assert abs(right.difference.estimate) < 3 * right.difference.se
    assert right.slope.slope.low < 1.0 < right.slope.slope.high
    assert right.ranking.low > 0.0
    less = external_benefit(*trial(1, 20_000, gain=-0.1), desirable=True, thresholds=thresholds)
    assert less.difference.estimate == pytest.approx(-0.1, abs=0.03)
    assert less.net_benefit.treat_all[0] == pytest.approx(less.predicted - 0.1, abs=0.03)


def test_relabelled_arms_turn_the_benefit_round():
    y, mu0, mu1, w = trial(2, 500)
    one = residual_difference(y, mu0, mu1, w, desirable=True)
    other = residual_difference(y, mu1, mu0, 1 - w, desirable=True)
    assert other.estimate == pytest.approx(-one.estimate)


def test_nine_patients_in_an_arm_are_too_few_for_a_benefit():
    y, mu0, mu1, w = trial(3, 60)
    w[:] = 0.0
    w[:9] = 1.0
    with pytest.raises(NotEstimable, match="smaller one has 9"):
        external_benefit(y, mu0, mu1, w, desirable=True, thresholds=[0.0])
    with pytest.raises(NotEstimable, match="both arms"):
        external_benefit(y, mu0, mu1, 0 * w, desirable=True, thresholds=[0.0])


def test_like_cohorts_cannot_be_told_apart_and_others_can():
    rng = np.random.default_rng(0)
    same = membership(rng.standard_normal((300, 3)), rng.standard_normal((400, 3)))
    assert 0.4 < same.auc < 0.6
    assert same.effective > 250
    other = membership(rng.normal(1, 1, (300, 3)), rng.standard_normal((400, 3)))
    assert other.auc > 0.8
    assert other.effective < same.effective
    with pytest.raises(NotEstimable, match="10 patients"):
        membership(np.zeros((4, 2)), np.zeros((40, 2)))
    with pytest.raises(ArgumentError, match="same columns"):
        membership(np.zeros((20, 2)), np.zeros((40, 3)))


def test_a_benefit_update_needs_more_patients_than_the_shipped_cohort_has():
    lp = LinearPredictors.of_auc(0.8, 0.3)
    found = needed_for_benefit(lp)
    assert found.n == max(found.development, found.slope) > 198
    with pytest.raises(NotEstimable, match="too much alike"):
        needed_for_benefit(LinearPredictors.of([0.3] * 20))
