"""Penalized logistic regressions, against scikit-learn's on the same standardised columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from twoarm.learners import ElasticNet, Logistic, SplineLogistic

NEWTON = 1e-8  # both end with steps below 1e-10
SAGA = 1e-9  # the library's gradient steps stop at a relative change of 1e-12


def weighted_sample(seed, n=120):
    rng = np.random.default_rng(seed)
    X = np.column_stack(
        [
            rng.normal(60, 12, n),
            rng.exponential(5.0, n) * 1e4,
            rng.integers(0, 2, n),
            rng.integers(0, 5, n),
        ]
    )
    y = (rng.random(n) < expit((X[:, 0] - 60) / 12 - X[:, 2])).astype(int)
    y[:4] = 0, 1, 0, 1
    return X, y, rng.integers(1, 4, n)


def standardised(X, weight):
    mean = np.average(X, axis=0, weights=weight)
    return (X - mean) / np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weight))


def library_risk(library, design, y, weight):
    return library.fit(design, y, sample_weight=weight).predict_proba(design)[:, 1]


def spline_design(X, knots):
    """Write the columns and Harrell's terms down once more, column by column."""
    terms = [X]
    for x, row in zip(X.T, knots, strict=True):
        t = row[np.isfinite(row)]
        for k in range(t.size - 2):
            cubes = np.maximum(x - t[k], 0) ** 3
            cubes -= np.maximum(x - t[-2], 0) ** 3 * (t[-1] - t[k]) / (t[-1] - t[-2])
            cubes += np.maximum(x - t[-1], 0) ** 3 * (t[-2] - t[k]) / (t[-1] - t[-2])
            terms.append(cubes[:, None] / (t[-1] - t[0]) ** 2)
    return np.hstack(terms)


@settings(max_examples=30, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), C=sampled_from([1e-3, 0.1, 1.0, 100.0, np.inf]))
def test_ridge_equals_scikit_learns(seed, C):
    X, y, weight = weighted_sample(seed)
    library = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    expected = library_risk(library, standardised(X, weight), y, weight)
    model = Logistic(C=C).fit(X, y, sample_weight=weight)
    assert model.converged_
    assert_allclose(model.predict_proba(X)[:, 1], expected, rtol=0, atol=NEWTON)


@settings(max_examples=20, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), C=sampled_from([0.1, 1.0, 10.0]), knots=integers(3, 7))
def test_ridge_on_splines_equals_scikit_learns(seed, C, knots):
    X, y, weight = weighted_sample(seed)
    model = SplineLogistic(C=C, knots=knots).fit(X, y, sample_weight=weight)
    design = standardised(spline_design(X, model.knots_), weight)
    assert design.shape[1] == model.coef_.size > X.shape[1]
    library = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    expected = library_risk(library, design, y, weight)
    assert_allclose(model.predict_proba(X)[:, 1], expected, rtol=0, atol=NEWTON)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("C", [0.05, 0.5])  # with all slopes at 0 saga stops too early
def test_elastic_net_equals_scikit_learns(C, l1_ratio):
    X, y, weight = weighted_sample(17)
    library = LogisticRegression(
        C=C, l1_ratio=l1_ratio, solver="saga", tol=1e-12, max_iter=100_000, random_state=0
    )
    expected = library_risk(library, standardised(X, weight), y, weight)
    model = ElasticNet(C=C, l1_ratio=l1_ratio).fit(X, y, sample_weight=weight)
    assert_allclose(model.predict_proba(X)[:, 1], expected, rtol=0, atol=SAGA)
    assert_array_equal(model.coef_[0] == 0, library.coef_[0] == 0)


def test_the_elastic_net_without_its_absolute_part_is_ridge():
    X, y, weight = weighted_sample(4)
    ridge = Logistic(C=0.3).fit(X, y, sample_weight=weight)
    net = ElasticNet(C=0.3, l1_ratio=0.0).fit(X, y, sample_weight=weight)
    assert_array_equal(net.coef_, ridge.coef_)


def test_a_strong_penalty_leaves_the_share_of_events():
    X, y, weight = weighted_sample(5)
    for model in (ElasticNet(C=1e-4, l1_ratio=1.0), Logistic(C=1e-12)):
        risk = model.fit(X, y, sample_weight=weight).predict_proba(X)[:, 1]
        assert_allclose(risk, np.average(y, weights=weight), rtol=0, atol=1e-9)
    assert (ElasticNet(C=1e-4, l1_ratio=1.0).fit(X, y).coef_ == 0).all()


def test_coefficients_speak_in_the_columns_own_units():
    X, y, _ = weighted_sample(6)
    model = Logistic().fit(X, y)
    lp = model.intercept_ + X @ model.coef_[0]
    assert_allclose(model.predict_proba(X)[:, 1], expit(lp), rtol=0, atol=1e-12)
    scaled = Logistic().fit(X * [1e3, 1, 1, 1], y)
    assert_allclose(scaled.coef_[0] * [1e3, 1, 1, 1], model.coef_[0], rtol=1e-8)


def test_knots_stand_at_observed_percentiles_and_two_levels_stay_linear():
    X, y, _ = weighted_sample(7)
    model = SplineLogistic().fit(X, y)
    shares = [0.05, 0.35, 0.65, 0.95]
    for column in (0, 1):
        expected = np.quantile(X[:, column], shares, method="inverted_cdf")
        assert_array_equal(model.knots_[column], expected)
    assert np.isnan(model.knots_[2]).all()


def test_beyond_the_outer_knots_the_logit_is_a_straight_line():
    X, y, _ = weighted_sample(8)
    model = SplineLogistic(C=100.0).fit(X[:, :1], y)
    first, last = model.knots_[0, [0, -1]]
    for x in (np.linspace(first - 60, first, 7), np.linspace(last, last + 60, 7)):
        line = logit(model.predict_proba(x[:, None])[:, 1])
        assert_allclose(np.diff(line, 2), 0, rtol=0, atol=1e-6)
    inside = np.linspace(first, last, 7)
    assert abs(np.diff(logit(model.predict_proba(inside[:, None])[:, 1]), 2)).max() > 1e-3


@pytest.mark.parametrize("learner", [Logistic(C=2.0), SplineLogistic(), ElasticNet(C=0.1)])
def test_the_plain_form_predicts_the_same(learner):
    X, y, weight = weighted_sample(9)
    model = learner.fit(X, y, sample_weight=weight)
    plain = model.to_plain()
    assert plain["kind"] == "logistic"
    longest = max(map(len, plain["knots"]))
    knots = [row + [np.nan] * (longest - len(row)) for row in plain["knots"]]
    lp = plain["intercept"] + spline_design(X, np.array(knots)) @ plain["slopes"]
    assert_allclose(model.predict_proba(X)[:, 1], expit(lp), rtol=0, atol=1e-11)


def test_separation_is_told():
    X = np.arange(20.0)[:, None]
    separated = Logistic(C=np.inf).fit(X, X[:, 0] > 9)
    assert separated.separated_
    assert np.isfinite(separated.coef_).all()
    mixed = Logistic(C=np.inf).fit(X, np.arange(20) % 3 == 0)
    assert (mixed.separated_, mixed.converged_) == (False, True)


@pytest.mark.parametrize("shuffled", [True, False])
def test_a_large_sample_starts_from_a_part_of_it_and_ends_where_the_library_ends(shuffled):
    # 40 000 rows: the first steps see every 16th row; sorted by outcome, or not.
    X, y, weight = weighted_sample(11, n=40_000)
    if not shuffled:
        order = np.argsort(y, kind="stable")
        X, y, weight = X[order], y[order], weight[order]
    library = LogisticRegression(C=2.0, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    expected = library_risk(library, standardised(X, weight), y, weight)
    found = Logistic(C=2.0).fit(X, y, sample_weight=weight).predict_proba(X)[:, 1]
    assert_allclose(found, expected, rtol=0, atol=NEWTON)


def test_a_large_sample_whose_part_has_no_event_is_fitted_all_the_same():
    X, _, weight = weighted_sample(12, n=40_000)
    y = np.zeros(40_000, dtype=int)
    y[1:400:2] = 1  # never a 16th row
    library = LogisticRegression(C=2.0, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    expected = library_risk(library, standardised(X, weight), y, weight)
    found = Logistic(C=2.0).fit(X, y, sample_weight=weight).predict_proba(X)[:, 1]
    assert_allclose(found, expected, rtol=0, atol=NEWTON)
