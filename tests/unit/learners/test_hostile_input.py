"""Whatever comes in: finite probabilities or a sentence, never a crash, a hang or a NaN."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Boosting, ElasticNet, Forest, Logistic, Mean, SplineLogistic, Stack

MEMBERS = {
    "mean": Mean(),
    "logistic": Logistic(),
    "unpenalized": Logistic(C=np.inf),
    "splines": SplineLogistic(C=np.inf, knots=7),
    "elastic net": ElasticNet(),
    "forest": Forest(trees=3, min_leaf=1),
    "boosting": Boosting(trees=5, depth=8, min_leaf=1),
}
SMALL_STACK = Stack(
    [Mean(), Logistic(), SplineLogistic(), Forest(trees=2), Boosting(trees=3)], inner_folds=50
)
each_member = pytest.mark.parametrize("learner", MEMBERS.values(), ids=MEMBERS)
each_learner = pytest.mark.parametrize(
    "learner", [*MEMBERS.values(), SMALL_STACK], ids=[*MEMBERS, "stack"]
)
RNG = np.random.default_rng(5)
X = np.column_stack([RNG.normal(size=(60, 2)), RNG.integers(0, 2, 60), RNG.integers(0, 9, 60)])
Y = (X[:, 0] + RNG.normal(size=60) > 0).astype(int)


def risk_of(learner, X, y, weight=None, new=None):
    """Fit a copy; give its risks, which must be probabilities."""
    model = clone(learner).fit(X, y, sample_weight=weight)
    risk = model.predict_proba(X if new is None else new)[:, 1]
    assert ((risk >= 0) & (risk <= 1)).all()
    return risk


@each_member
@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("p", [1, 7])
def test_a_handful_of_patients(learner, n, p):
    table = np.random.default_rng(n).normal(size=(n, p))
    risk_of(learner, table, np.arange(n) % 2)


@pytest.mark.parametrize("n", [2, 3])
def test_a_stack_says_that_a_handful_is_too_few(n):
    with pytest.raises(FitError, match="at least two different patients with the event"):
        SMALL_STACK.fit(np.arange(float(n))[:, None], np.arange(n) % 2)


@pytest.mark.parametrize("n", [4, 5])
def test_a_stack_makes_do_with_more_folds_than_patients(n):
    table = np.random.default_rng(n).normal(size=(n, 2))
    risk_of(SMALL_STACK, table, np.arange(n) % 2)


@each_learner
@pytest.mark.parametrize(
    "columns",
    [
        np.ones((60, 3)),
        np.zeros((60, 1)),
        np.column_stack([X, X, -X, 2 * X]),
        np.column_stack([X, np.full(60, 1e99)]),
        X[:, :1],
        np.eye(60),
    ],
    ids=["ones", "zeros", "duplicates", "a huge constant", "one column", "a column each"],
)
def test_columns_that_say_nothing_or_the_same(learner, columns):
    risk_of(learner, columns, Y)


@each_learner
@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-160, 1e-12, 1e12, 1e98])
def test_any_scale(learner, scale):
    risk = risk_of(learner, X * scale, Y)
    if scale > 1e-90 and learner is not MEMBERS["splines"]:  # whose optimum lies at infinity
        assert_allclose(risk, risk_of(learner, X, Y), rtol=0, atol=1e-6)


@each_learner
@pytest.mark.parametrize("offset", [1e6, 1e15, -1e17])
def test_any_offset(learner, offset):
    risk_of(learner, X + offset, Y)


@each_member
@pytest.mark.parametrize("far", [1e6, 1e30, -1e100])
def test_a_patient_far_away_and_predictions_far_out(learner, far):
    table = X.copy()
    table[7, 0] = far
    risk_of(learner, table, Y)
    risk_of(learner, X, Y, new=np.array([[far, 0, 0, 0], [0, 0, -far, far]]))


@pytest.mark.seconds
@each_learner
@pytest.mark.parametrize("factor", [10, 1000, 10**6])
def test_unbalanced_weights(learner, factor):
    weight = np.ones(60, dtype=np.int64)
    weight[[np.argmax(Y), np.argmin(Y)]] = factor
    risk_of(learner, X, Y, weight)


@each_learner
def test_an_outcome_that_the_predictors_tell_exactly(learner):
    risk_of(learner, X, (X[:, 0] > 0).astype(int))


@each_learner
@pytest.mark.parametrize("outcome", [np.zeros(60), np.ones(60), np.full(60, "alive")])
def test_one_outcome_for_all_is_refused(learner, outcome):
    with pytest.raises(ArgumentError, match="two classes; found one class only"):
        clone(learner).fit(X, outcome)
    with pytest.raises(ArgumentError, match="found one class only"):  # where anybody counts
        clone(learner).fit(X, np.r_[1, np.zeros(59)], sample_weight=np.r_[0, np.ones(59)])


@each_learner
@pytest.mark.parametrize(
    "labels",
    [
        Y.astype(bool),
        Y.astype(float),
        Y.astype(np.uint8),
        Y.tolist(),
        Y * 7 - 3,
        np.where(Y, "yes", "no"),
        np.where(Y, "1", "0"),
        np.where(Y, "yes", "no").astype(object),
        pd.Series(np.where(Y, "yes", "no"), dtype="category"),
        pd.Series(Y, dtype="Int64"),
        pd.Series(Y, index=np.arange(60)[::-1]),
    ],
)
def test_any_two_labels(learner, labels):
    assert_array_equal(risk_of(learner, X, labels), risk_of(learner, X, Y))
    model = clone(learner).fit(X, labels)
    assert set(model.predict(X)) <= set(np.asarray(labels).tolist())


LAYOUTS = {
    "list": X.tolist(),
    "Fortran": np.asfortranarray(X),
    "strided": np.repeat(X, 2, axis=1)[:, ::2],
    "backwards": np.ascontiguousarray(X[:, ::-1])[:, ::-1],
    "object": X.astype(object),
    "big-endian": X.astype(">f8"),
    "data frame": pd.DataFrame(X, columns=list("abcd")),
}


@each_learner
@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("locked", [False, True])
def test_any_layout(learner, name, locked):
    table = LAYOUTS[name]
    if isinstance(table, np.ndarray):
        table = table[:]
        table.flags.writeable = not locked
    assert_array_equal(risk_of(learner, table, Y), risk_of(learner, X, Y))


@each_learner
@pytest.mark.parametrize("kind", [bool, np.int8, np.uint64, np.float16, np.float32])
def test_any_kind_of_number(learner, kind):
    table = np.abs(X * 4).astype(kind)
    expected = risk_of(learner, table.astype(np.float64), Y)
    assert_array_equal(risk_of(learner, table, Y), expected)


@each_learner
def test_predicting_changes_nothing(learner):
    model = clone(learner).fit(X, Y)
    first = model.predict_proba(X)
    alone = np.vstack([model.predict_proba(row[None, :]) for row in X])
    assert_allclose(alone, first, rtol=0, atol=1e-15)
    assert_array_equal(model.predict_proba(X), first)


@each_learner
def test_a_fit_leaves_its_input_as_it_was(learner):
    table, outcome, weight = X.copy(), Y.copy(), np.ones(60)
    clone(learner).fit(table, outcome, sample_weight=weight).predict_proba(table)
    assert_array_equal(table, X)
    assert_array_equal(outcome, Y)
    assert_array_equal(weight, 1)
