"""Predictions that ride along a fit are those of the kept model, and influence nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from twoarm.learners import (
    Boosting,
    ElasticNet,
    Forest,
    Logistic,
    Mean,
    SplineLogistic,
    Stack,
    fit_model,
    prepare,
    replicate,
)

SAME = 1e-12  # the same sums, of members in another order at most

MEMBERS = [
    Mean(),
    Logistic(),
    SplineLogistic(),
    ElasticNet(),
    Forest(trees=5),
    Boosting(trees=10),
]
BAGGED = [Mean(), Logistic(), Forest(trees=250, min_leaf=10), Boosting(trees=5)]
KERNELS = {
    "mean": Mean(),
    "logistic": Logistic(),
    "unpenalized": Logistic(C=np.inf),
    "splines": SplineLogistic(knots=5),
    "elastic net": ElasticNet(),
    "forest": Forest(trees=7),
    "deep forest": Forest(trees=4, min_leaf=1, max_features=100),
    "boosting": Boosting(trees=15),
    "deep boosting": Boosting(trees=4, depth=8, min_leaf=1),
    "stack": Stack(MEMBERS, inner_folds=3),
    "stack by least squares": Stack(MEMBERS, combine="nnls", inner_folds=3),
    "best of a stack": Stack(MEMBERS, combine="discrete", inner_folds=3),
    "stack out of bag": Stack(BAGGED, inner_folds=3),
    "best of a stack out of bag": Stack(BAGGED, combine="discrete", inner_folds=3),
    "stack in folds": Stack(BAGGED, inner_folds=3, inner="folds"),
}
OTHERS = {
    "stack with a plug-in": Stack(
        ["mean", ExtraTreesClassifier(5, min_samples_leaf=3)], inner_folds=2
    ),
    "stack out of bag with a plug-in": Stack(
        [*BAGGED, ExtraTreesClassifier(5, min_samples_leaf=3)], inner_folds=2
    ),
    "scikit-learn": LogisticRegression(),
    "pipeline": make_pipeline(StandardScaler(), Forest(trees=3)),
    "pipeline with a stack": make_pipeline(StandardScaler(), Stack(["mean", "logistic"])),
}
each_kernel = pytest.mark.parametrize("learner", KERNELS.values(), ids=KERNELS)
each_learner = pytest.mark.parametrize(
    "learner", [*KERNELS.values(), *OTHERS.values()], ids=[*KERNELS, *OTHERS]
)


def cohort(seed, n):
    """Predictors of every kind, outcome, and counts of a bootstrap."""
    rng = np.random.default_rng(seed)
    X = np.column_stack(
        [rng.normal(size=n) * 50, rng.integers(0, 2, n), rng.integers(0, 6, n), rng.random(n)]
    )
    y = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0] / 50 - X[:, 1]))).astype(np.int64)
    counts = np.bincount(rng.integers(0, n, n), minlength=n)
    y[:4], counts[:4] = [0, 1, 0, 1], 1
    return X, y, counts


def predicted(learner, prepared, y, counts, wanted=None, seed=11):
    asked = np.ones(y.size, dtype=np.bool_) if wanted is None else wanted
    return replicate(learner, prepared, y, counts, wanted=asked, seed=seed)


@pytest.mark.seconds
@each_learner
@settings(max_examples=10, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(20, 150))
def test_a_replicate_predicts_what_the_kept_model_predicts(learner, seed, n):
    X, y, counts = cohort(seed, n)
    prepared = prepare(X)
    model = fit_model(learner, prepared, y, counts, seed=11)
    found = predicted(learner, prepared, y, counts)
    assert_allclose(found.risk, model.predict_proba(X)[:, 1], rtol=0, atol=SAME)
    if isinstance(learner, Stack):
        assert_array_equal(found.weights, model.weights_)


@each_kernel
@settings(max_examples=10, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(20, 64))
def test_a_replicate_is_a_fit_of_the_estimator(learner, seed, n):
    X, y, counts = cohort(seed, n)
    fitted = clone(learner).set_params(seed=11).fit(X, y, sample_weight=counts)
    direct = fitted.predict_proba(X)[:, 1]
    found = predicted(learner, prepare(X, counts), y, counts)
    assert_allclose(found.risk, direct, rtol=0, atol=SAME)


@each_kernel
@settings(max_examples=10, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(20, 150))
def test_rows_without_weight_influence_nothing(learner, seed, n):
    X, y, counts = cohort(seed, n)
    idle = counts == 0
    changed, relabelled = X.copy(), y.copy()
    changed[idle] = np.random.default_rng(seed).normal(size=changed[idle].shape) * 1e6
    relabelled[idle] = 1 - relabelled[idle]
    first = predicted(learner, prepare(X, counts), y, counts)
    second = predicted(learner, prepare(changed, counts), relabelled, counts)
    assert_array_equal(first.risk[~idle], second.risk[~idle])
    assert_array_equal(first.weights, second.weights)
    assert first.flags == second.flags


@each_kernel
def test_the_outcome_of_a_row_without_weight_is_not_even_read(learner):
    X, y, counts = cohort(1, 60)
    nonsense = np.where(counts == 0, -(2**40), y)
    first = predicted(learner, prepare(X), y, counts)
    assert_array_equal(first.risk, predicted(learner, prepare(X), nonsense, counts).risk)


@each_learner
def test_only_the_wanted_rows_are_predicted_and_the_same_as_with_all(learner):
    X, y, counts = cohort(2, 70)
    wanted = np.arange(70) % 3 == 0
    everybody = predicted(learner, prepare(X), y, counts).risk
    some = predicted(learner, prepare(X), y, counts, wanted)
    assert_array_equal(some.risk[wanted], everybody[wanted])
    assert np.isnan(some.risk[~wanted]).all()
    nobody = predicted(learner, prepare(X), y, counts, np.zeros(70, dtype=np.bool_))
    assert np.isnan(nobody.risk).all()


@each_learner
def test_the_estimator_itself_stays_as_it_is(learner):
    X, y, counts = cohort(3, 50)
    mine = clone(learner)
    before = repr(vars(mine))
    predicted(mine, prepare(X), y, counts)
    fit_model(mine, prepare(X), y, counts, seed=5)
    assert repr(vars(mine)) == before
