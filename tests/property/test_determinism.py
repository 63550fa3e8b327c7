"""The same seed gives the same bytes, whoever computes and whatever is computed beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import ExtraTreesClassifier

from twoarm.learners import (
    Boosting,
    ElasticNet,
    Forest,
    Logistic,
    SplineLogistic,
    Stack,
    prepare,
    replicate,
)

LEARNERS = {
    "logistic": Logistic(),
    "splines": SplineLogistic(),
    "elastic net": ElasticNet(),
    "forest": Forest(trees=10),
    "boosting": Boosting(trees=20),
    "stack": Stack(["mean", "logistic", Forest(trees=10), Boosting(trees=20)], inner_folds=3),
    "stack with a plug-in": Stack(["mean", "logistic", ExtraTreesClassifier(5)], inner_folds=2),
}
RANDOM = ["forest", "stack", "stack with a plug-in"]
each_learner = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)


def cohort():
    rng = np.random.default_rng(8)
    X = np.column_stack([rng.normal(size=(120, 3)), rng.integers(0, 3, 120)])
    y = (X[:, 0] + rng.normal(size=120) > 0.3).astype(np.int64)
    return prepare(X), y


def replicates(learner, seeds, jobs=1):
    """Give the bytes of one replicate a seed, computed by some threads at once."""
    prepared, y = cohort()
    everybody = np.ones(y.size, dtype=np.bool_)

    def one(seed):
        drawn = np.random.default_rng(seed).integers(0, y.size, y.size)
        counts = np.bincount(drawn, minlength=y.size)
        fit = replicate(learner, prepared, y, counts, wanted=everybody, seed=seed)
        return fit.risk.tobytes() + fit.weights.tobytes()

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, seeds))


@each_learner
def test_the_same_seed_gives_the_same_bytes(learner):
    assert replicates(learner, [3, 4]) == replicates(learner, [3, 4])


@each_learner
def test_threads_at_once_give_what_one_gives_after_another(learner):
    seeds = range(12)
    assert replicates(learner, seeds, jobs=4) == replicates(learner, seeds)


@each_learner
def test_a_replicate_does_not_depend_on_those_before_it(learner):
    assert replicates(learner, [9]) == replicates(learner, [1, 2, 9])[2:]


@pytest.mark.parametrize("name", LEARNERS)
def test_another_seed_gives_another_fit_where_chance_has_a_part(name):
    prepared, y = cohort()
    ones, everybody = np.ones(y.size, dtype=np.int64), np.ones(y.size, dtype=np.bool_)
    fits = [
        replicate(LEARNERS[name], prepared, y, ones, wanted=everybody, seed=seed).risk
        for seed in (0, 1, 2**63)
    ]
    assert (fits[0] != fits[1]).any() == (name in RANDOM)
    assert (fits[1] != fits[2]).any() == (name in RANDOM)


def test_trees_of_a_forest_differ_and_a_larger_forest_begins_with_the_smaller_one():
    prepared, y = cohort()
    X, ones = prepared.X, np.ones(y.size, dtype=np.int64)
    sums = []
    for trees in (1, 2, 5):
        model = Forest(trees=trees, seed=3).fit(X, y, sample_weight=ones)
        sums.append(model.predict_proba(X)[:, 1] * trees)
    first, two, five = (Forest(trees=t, seed=3).fit(X, y).trees_ for t in (1, 2, 5))
    assert_array_equal(first.threshold, two.threshold[: first.threshold.size])
    assert_array_equal(two.threshold, five.threshold[: two.threshold.size])
    assert (sums[1] != 2 * sums[0]).any()
