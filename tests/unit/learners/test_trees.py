"""Forest and boosting as estimators: what is kept, in the predictors' own units."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from twoarm.learners import Boosting, Forest
from twoarm.learners.trees import Trees

LEARNERS = {
    "forest": Forest(trees=6, seed=2),
    "fully grown": Forest(trees=3, min_leaf=1, max_features=99),
    "shallow": Forest(trees=4, max_depth=1),
    "boosting": Boosting(trees=12),
    "deep boosting": Boosting(trees=5, depth=8, min_leaf=1),
}
each_learner = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)


def cohort(seed=1, n=180):
    rng = np.random.default_rng(seed)
    X = np.column_stack(
        [rng.normal(size=n), rng.integers(0, 2, n), rng.integers(-3, 4, n) * 1e5, np.ones(n)]
    )
    return X, (rng.random(n) < expit(2 * X[:, 0] + X[:, 1])).astype(int)


def walk(tree, row):
    """Go down one plain tree."""
    node = 0
    while tree["column"][node] >= 0:
        right = row[tree["column"][node]] > tree["threshold"][node]
        node = tree["left"][node] + int(right)
    return tree["value"][node]


@each_learner
def test_the_plain_form_predicts_the_same(learner):
    X, y = cohort()
    new = cohort(2)[0]
    plain = learner.fit(X, y).to_plain()
    total = np.array([sum(walk(tree, row) for tree in plain["trees"]) for row in new])
    if plain["kind"] == "forest":
        expected = total / len(plain["trees"])
    else:
        expected = expit(plain["start"] + total)
    assert_allclose(learner.predict_proba(new)[:, 1], expected, rtol=0, atol=1e-13)


@each_learner
def test_thresholds_lie_between_observed_values(learner):
    X, y = cohort()
    trees = learner.fit(X, y).trees_
    inner = trees.column >= 0
    assert inner.any()
    assert not (trees.column == 3).any()  # it does not vary
    for column, threshold in zip(trees.column[inner], trees.threshold[inner], strict=True):
        assert X[:, column].min() <= threshold < X[:, column].max()
    assert (trees.left[inner] > np.flatnonzero(inner)).all()


@each_learner
def test_columns_may_be_scaled_and_shifted(learner):
    X, y = cohort(n=60)  # at most 64 values, so that no bin edge moves
    expected = learner.fit(X, y).predict_proba(X)
    assert_array_equal(learner.fit(X * [1e12, -1, 1e-12, 1] + [0, 5, 0, 0], y).classes_, [0, 1])
    moved = X * [1e12, 1, 1e-12, 1] + [0, 5, 0, 0]
    assert_array_equal(learner.fit(moved, y).predict_proba(moved), expected)


def test_a_stump_knows_both_of_its_leaves():
    X = np.array([[1.0], [2.0], [4.0], [8.0]])
    model = Boosting(trees=1, depth=1, learning_rate=1.0, min_leaf=1).fit(X, [0, 0, 1, 1])
    (tree,) = model.to_plain()["trees"]
    assert tree["column"] == [0, -1, -1]
    assert tree["threshold"][0] == 3.0
    assert_allclose(tree["value"][1:], [-2.0, 2.0], rtol=1e-11)


def test_a_forest_is_the_mean_of_its_trees():
    X, y = cohort()
    model = Forest(trees=5, seed=9).fit(X, y)
    roots = [*model.trees_.roots, model.trees_.column.size]
    risks = []
    for first, last in pairwise(roots):
        part = slice(first, last)
        alone = Trees(
            np.array([0]),
            model.trees_.column[part],
            model.trees_.threshold[part],
            np.maximum(model.trees_.left[part] - first, 0),
            model.trees_.value[part],
        )
        risks.append(alone.sum_of_values(np.ascontiguousarray(X.T)))
    assert_allclose(model.predict_proba(X)[:, 1], np.mean(risks, axis=0), rtol=0, atol=1e-14)
    assert len({risk.tobytes() for risk in risks}) == 5


def test_a_fitted_forest_does_not_mind_new_parameters():
    X, y = cohort()
    model = Forest(trees=5).fit(X, y)
    before = model.predict_proba(X)
    assert_array_equal(model.set_params(trees=50).predict_proba(X), before)


@pytest.mark.parametrize("learner", [Forest(min_leaf=1000), Boosting(min_leaf=1000)])
def test_a_leaf_larger_than_the_cohort_leaves_one_leaf(learner):
    X, y = cohort()
    risk = learner.fit(X, y).predict_proba(X)[:, 1]
    assert np.ptp(risk) == 0
    # A bag has its own share; boosting has that of the cohort.
    assert_allclose(risk, y.mean(), rtol=0, atol=0.02 if isinstance(learner, Forest) else 1e-12)


@pytest.mark.parametrize("looked_at", ["sqrt", 1, 4, 1000, np.int64(2)])
def test_any_number_of_columns_may_be_looked_at(looked_at):
    X, y = cohort()
    risk = Forest(trees=3, max_features=looked_at).fit(X, y).predict_proba(X)[:, 1]
    assert np.ptp(risk) > 0.1


def test_a_forest_looks_on_when_the_first_columns_do_not_vary():
    rng = np.random.default_rng(1)
    X = np.ones((60, 30))
    X[:, 29] = rng.normal(size=60)
    y = (X[:, 29] > 0).astype(int)
    model = Forest(trees=20, max_features=1, min_leaf=1).fit(X, y)
    assert ((model.predict_proba(X)[:, 1] > 0.5) == y).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ours", "library"),
    [
        (Forest(), RandomForestClassifier(200, min_samples_leaf=5, random_state=1)),
        (Boosting(), GradientBoostingClassifier(max_depth=2, min_samples_leaf=5, random_state=1)),
    ],
)
def test_bins_cost_no_accuracy_on_a_real_cohort(ours, library):
    X, y = load_breast_cancer(return_X_y=True)
    folds = StratifiedKFold(10, shuffle=True, random_state=3)
    areas = [
        roc_auc_score(y, cross_val_predict(each, X, y, cv=folds, method="predict_proba")[:, 1])
        for each in (ours, library)
    ]
    # The two differ by chance by about 0.001 between seeds.
    assert areas[0] > areas[1] - 0.003
