"""Every error about a parameter names it, says what is expected, and shows what was found."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from twoarm.errors import ArgumentError
from twoarm.learners import Boosting, ElasticNet, Forest, Logistic, Mean, SplineLogistic, Stack

X = np.random.default_rng(1).normal(size=(40, 3))
Y = np.tile([0, 1], 20)

POSITIVE = "a number above 0"
COUNT = "a whole number, at least 1"
REFUSED = [
    (Logistic, "C", [0, -1.0, np.nan, "1", None, -np.inf], POSITIVE),
    (Logistic, "C", [1e-310], "a number above 0, at least 1e-300"),
    (SplineLogistic, "C", [0.0], POSITIVE),
    (SplineLogistic, "knots", [2, 8, 4.0, "4", None], "a whole number, 3 to 7"),
    (ElasticNet, "C", [0.0], POSITIVE),
    (ElasticNet, "l1_ratio", [-0.1, 1.1, np.nan, "half"], "a number, 0 to 1"),
    (Forest, "trees", [0, -3, 2.5, "10", None], COUNT),
    (Forest, "min_leaf", [0, 0.5, None], COUNT),
    (Forest, "max_features", [0, 1.5, None], COUNT),
    (Forest, "max_features", ["log2"], '"sqrt" or a whole number'),
    (Forest, "max_depth", [0, -1, 2.5], COUNT),
    (Boosting, "trees", [0, 1.5], COUNT),
    (Boosting, "depth", [0, 9, 2.0], "a whole number, 1 to 8"),
    (Boosting, "learning_rate", [0.0, -0.1, np.nan, "slow"], POSITIVE),
    (Boosting, "learning_rate", [1e3, np.inf], "a number above 0, at most 100"),
    (Boosting, "min_leaf", [0, 2.5], COUNT),
    *[
        (learner, "seed", [-1, 1.5, None, 2**64], "a whole number, 0 to 18446744073709551615")
        for learner in (Mean, Logistic, Forest, Boosting)
    ],
]
CASES = [
    (learner, name, value, expected)
    for learner, name, values, expected in REFUSED
    for value in values
]


@pytest.mark.parametrize(("learner", "name", "value", "expected"), CASES)
def test_an_error_names_the_parameter(learner, name, value, expected):
    message = re.escape(f"Parameter '{name}' must be {expected}; found {value!r}.")
    with pytest.raises(ArgumentError, match=message):
        learner(**{name: value}).fit(X, Y)
    if name != "seed":
        with pytest.raises(ArgumentError, match=message):
            Stack([learner(**{name: value})]).fit(X, Y)


@pytest.mark.parametrize("seed", [-1, 1.5, None])
def test_a_stack_needs_a_seed_that_is_one(seed):
    with pytest.raises(ArgumentError, match="whole number"):
        Stack(["mean"], seed=seed).fit(X, Y)
    with pytest.raises(ArgumentError, match="whole number"):
        Stack(["mean"], seed=seed).fit(X, Y, folds=np.arange(40) // 2 % 2)


@pytest.mark.parametrize(
    ("learner", "same"),
    [
        (Logistic(C=np.float32(2)), Logistic(C=2)),
        (SplineLogistic(knots=np.int64(5)), SplineLogistic(knots=5)),
        (ElasticNet(l1_ratio=1), ElasticNet(l1_ratio=1.0)),
        (Forest(trees=np.int32(3), min_leaf=np.uint8(2)), Forest(trees=3, min_leaf=2)),
        (Forest(trees=3, max_features=np.int64(2)), Forest(trees=3, max_features=2)),
        (Boosting(trees=np.int64(3), depth=np.int64(2)), Boosting(trees=3)),
        (Forest(trees=2, seed=np.int64(4)), Forest(trees=2, seed=4)),
        (Forest(trees=2, seed=2**64 - 1), Forest(trees=2, seed=np.uint64(2**64 - 1))),
    ],
)
def test_numbers_of_numpy_are_numbers(learner, same):
    assert_array_equal(learner.fit(X, Y).predict_proba(X), same.fit(X, Y).predict_proba(X))


@pytest.mark.parametrize("learner", [Mean, Logistic, SplineLogistic, ElasticNet, Forest, Boosting])
def test_parameters_are_given_by_name(learner):
    with pytest.raises(TypeError, match="positional"):
        learner(1)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.full(40, 0.5), r"whole numbers, 0 or larger\. Found \[0\.5, 0\.5, 0\.5\]"),
        (np.full(40, -1), r"0 or larger\. Found \[-1\.0"),
        (np.full(40, np.nan), r"Found \[nan"),
        (np.full(40, np.inf), r"Found \[inf"),
        (np.zeros(40), "All sample weights are zero"),
        (np.ones(39), r"Expected 40 sample weights, one a row; found shape \(39,\)"),
        (np.ones((40, 1)), r"found shape \(40, 1\)"),
        (np.full(40, 2**20), "at most 16777216 rows can be learnt from, found 41943040"),
    ],
)
def test_weights_that_are_none_are_refused(weight, message):
    for learner in (Mean(), Boosting(trees=2), Stack(["mean"])):
        with pytest.raises(ArgumentError, match=message):
            learner.fit(X, Y, sample_weight=weight)
