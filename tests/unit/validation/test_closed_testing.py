from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit, logit

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.validation.closed_testing import closed_test
from twoarm.validation.likelihood import fit_logistic, independent_columns


def site(seed: int, n: int = 400, *, drift: float = 0.0, slope: float = 1.0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 3))
    lp = -0.7 + X @ [0.8, -0.5, 0.3]
    y = (rng.random(n) < expit(drift + slope * lp)).astype(float)
    return y, lp, X


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), shift=st.floats(-3, 3))
def test_a_model_and_its_shifted_twin_end_at_the_same_updated_risks(seed, shift):
    y, lp, X = site(seed)
    one, other = closed_test(y, lp, X), closed_test(y, lp + shift, X)
    assert one.most == other.most
    assert_allclose(one.most_log_likelihood, other.most_log_likelihood, rtol=1e-8)
    if one.chosen == other.chosen != "none":
        first = one.intercept + one.slope * lp + X @ one.coefficients
        second = other.intercept + other.slope * (lp + shift) + X @ other.coefficients
        assert_allclose(first, second, atol=1e-6)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_order_of_patients_and_scale_of_columns_do_not_matter(seed):
    y, lp, X = site(seed)
    turned = np.random.default_rng(seed).permutation(y.size)
    one = closed_test(y, lp, X)
    other = closed_test(y[turned], lp[turned], (X * [1e5, 1e-4, 1.0])[turned])
    assert one.chosen == other.chosen
    found, expected = ([step.p for step in each.steps] for each in (other, one))
    assert_allclose(found, expected, rtol=1e-5, atol=1e-9)


def test_steps_are_ordered_by_likelihood():
    y, lp, X = site(3, drift=0.4)
    found = closed_test(y, lp, X)
    reached = [*(step.log_likelihood for step in found.steps), found.most_log_likelihood]
    assert reached == sorted(reached)


def test_an_offset_is_left_alone():
    y, lp, _ = site(5, drift=0.9)
    kept = np.where(np.arange(y.size) % 2, 0.8, -0.8)
    found = closed_test(y, lp - kept, offset=kept)
    update = fit_logistic(np.ones((y.size, 1)), y, lp)
    assert found.chosen in ("intercept", "slope")
    if found.chosen == "intercept":
        assert found.intercept == pytest.approx(update.coefficient[0])


def test_a_refit_needs_ten_events_a_coefficient():
    y, lp, X = site(7, n=90)
    assert closed_test(y, lp, X).most == "slope"
    assert closed_test(y, lp, X, events_per_coefficient=3).most == "refit"


def test_columns_that_a_linear_model_already_says_drop_out():
    y, lp, X = site(11)
    found = closed_test(y, lp, np.column_stack([X, X[:, 0], np.ones(y.size)]))
    assert [step.degrees for step in found.steps] == [4, 3, 2]
    curved = closed_test(y, lp + 0.1 * X[:, 0] ** 2, X)
    assert [step.degrees for step in curved.steps] == [5, 4, 3]


def test_everybody_predicted_the_same_has_an_intercept_to_update_and_no_slope():
    y = np.array([0.0, 1.0] * 50)
    found = closed_test(y, np.full(100, -2.0), np.ones((100, 2)))
    assert (found.most, found.chosen) == ("intercept", "intercept")
    assert found.intercept == pytest.approx(2.0)


def test_predictions_that_separate_leave_the_intercept_alone_to_be_updated():
    lp = np.linspace(-3, 3, 60)
    found = closed_test((lp > 0).astype(float), lp)
    assert found.most == "intercept"


def test_a_right_model_is_changed_in_about_five_of_a_hundred_places():
    changed = [closed_test(*site(seed)).chosen != "none" for seed in range(400)]
    assert 0.02 < np.mean(changed) < 0.09  # 0.05, standard error 0.011


@pytest.mark.parametrize(("y", "found"), [([1.0, 0, 0, 0], "1 and 3"), ([1.0] * 4, "4 and 0")])
def test_too_few_of_either_outcome_is_not_estimable(y, found):
    with pytest.raises(NotEstimable, match=found):
        closed_test(y, [0.1, 0.2, 0.3, 0.4])


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ArgumentError, match="the same rows"):
        closed_test([0, 1, 0, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ArgumentError, match="complete and finite"):
        closed_test([0, 1, 0, 1], [0.1, np.nan, 0.3, 0.2])
    with pytest.raises(ArgumentError, match="0 or 1"):
        closed_test([0, 2, 0, 1], [0.1, 0.2, 0.3, 0.2])
    with pytest.raises(ArgumentError, match="level"):
        closed_test([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.2], level=0.0)


def test_a_logistic_fit_of_one_binary_column_is_its_log_odds():
    group = np.repeat([0.0, 1.0], 50)
    y = np.concatenate([np.repeat([1.0, 0.0], [10, 40]), np.repeat([1.0, 0.0], [30, 20])])
    fit = fit_logistic(np.column_stack([np.ones(100), group]), y, np.zeros(100))
    assert_allclose(fit.coefficient, [logit(0.2), logit(0.6) - logit(0.2)], rtol=1e-8)
    assert_allclose(fit.se[1] ** 2, 1 / 10 + 1 / 40 + 1 / 30 + 1 / 20, rtol=1e-6)


def test_separation_and_empty_columns_have_no_fit():
    x = np.linspace(-1, 1, 20)
    with pytest.raises(NotEstimable, match="separate"):
        fit_logistic(np.column_stack([np.ones(20), x]), (x > 0).astype(float), np.zeros(20))
    with pytest.raises(NotEstimable):
        fit_logistic(np.zeros((4, 1)), np.array([0.0, 1, 0, 1]), np.zeros(4))


def test_leading_columns_are_kept_before_others():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 30))
    design = np.column_stack([np.ones(30), a + b, a, b, rng.standard_normal(30)])
    kept = independent_columns(design, first=2)
    assert kept[:2].tolist() == [0, 1]
    assert kept.size == 4
