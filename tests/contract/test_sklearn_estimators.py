"""One contract for all learners: scikit-learn's own checks, and what users expect beyond them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from twoarm.learners import Boosting, ElasticNet, Forest, Logistic, Mean, SplineLogistic, Stack

LEARNERS = {
    "mean": Mean(),
    "logistic": Logistic(),
    "spline_logistic": SplineLogistic(),
    "elastic_net": ElasticNet(),
    "forest": Forest(trees=10),
    "boosting": Boosting(trees=10),
    "stack": Stack(["mean", "logistic", Forest(trees=5), Boosting(trees=5)], inner_folds=3),
    "stack by least squares": Stack(["mean", "logistic"], combine="nnls", inner_folds=2),
}

X = np.random.default_rng(0).normal(size=(80, 4))
Y = (X[:, 0] + np.random.default_rng(1).normal(size=80) > 0).astype(int)
each_learner = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)


def expected_failures(learner):
    """Say which of scikit-learn's checks cannot hold, and why."""
    equivalence = "check_sample_weight_equivalence_on_dense_data"
    if isinstance(learner, Forest):
        return {
            equivalence: "the check shuffles the repeated rows, and a bag is drawn by position; "
            "in the order of np.repeat the trees are equal (tests/property)"
        }
    if isinstance(learner, Stack):
        return {
            equivalence: "the check repeats rows without groups, but inner folds belong to "
            "patients; one of its outcomes is left with a single patient"
        }
    return {}


@parametrize_with_checks(list(LEARNERS.values()), expected_failed_checks=expected_failures)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@each_learner
def test_parameters_can_be_read_set_and_cloned(learner):
    parameters = learner.get_params(deep=False)
    copy = clone(learner)
    assert copy is not learner
    assert repr(copy) == repr(learner)
    assert set(parameters) == set(copy.get_params(deep=False))
    assert copy.set_params(seed=17).seed == 17
    with pytest.raises(ValueError, match="no_such_parameter"):
        copy.set_params(no_such_parameter=1)


@each_learner
def test_string_classes_come_back(learner):
    names = np.where(Y == 1, "dead", "alive")
    model = clone(learner).fit(X, names)
    assert model.classes_.tolist() == ["alive", "dead"]
    numbers = clone(learner).fit(X, Y).predict_proba(X)
    assert_array_equal(model.predict_proba(X), numbers)
    assert_array_equal(model.predict(X), np.where(numbers[:, 1] > 0.5, "dead", "alive"))
    assert 0.3 < model.score(X, names) <= 1.0


@each_learner
def test_probabilities_of_both_classes_add_up(learner):
    risk = clone(learner).fit(X, Y).predict_proba(X)
    assert risk.shape == (80, 2)
    assert_array_equal(risk.sum(axis=1), 1.0)


@each_learner
def test_a_data_frame_names_the_columns(learner):
    frame = pd.DataFrame(X, columns=["age", "nihss", "glucose", "passes"])
    model = clone(learner).fit(frame, pd.Series(Y))
    assert model.feature_names_in_.tolist() == list(frame)
    assert_array_equal(model.predict_proba(frame), clone(learner).fit(X, Y).predict_proba(X))
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict_proba(frame.iloc[:, ::-1])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.predict_proba(X)


@each_learner
def test_another_number_of_columns_is_refused(learner):
    with pytest.raises(ValueError, match=r"X has 3 features, but .* is expecting 4"):
        clone(learner).fit(X, Y).predict_proba(X[:, :3])


@each_learner
def test_sparse_tables_are_refused(learner):
    with pytest.raises(TypeError, match=r"Sparse data was passed.*dense data is required"):
        clone(learner).fit(csr_array(X), Y)


@each_learner
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_values_are_refused(learner, value):
    table = X.copy()
    table[5, 2] = value
    with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
        clone(learner).fit(table, Y)
    with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
        clone(learner).fit(X, Y).predict_proba(table)
    with pytest.raises(ValueError, match="Input y contains NaN"):
        clone(learner).fit(X, np.where(np.arange(80) == 3, np.nan, Y))


@each_learner
def test_three_classes_are_refused(learner):
    with pytest.raises(ValueError, match=r"Only binary classification is supported: .* found 3"):
        clone(learner).fit(X, np.arange(80) % 3)


@each_learner
def test_an_unfitted_learner_says_so(learner):
    with pytest.raises(NotFittedError):
        clone(learner).predict_proba(X)


@each_learner
def test_learners_work_inside_what_scikit_learn_builds(learner):
    pipeline = make_pipeline(StandardScaler(), clone(learner))
    assert cross_val_predict(pipeline, X, Y, cv=3, method="predict_proba").shape == (80, 2)
    search = GridSearchCV(pipeline, {f"{pipeline.steps[-1][0]}__seed": [1, 2]}, cv=2).fit(X, Y)
    assert search.predict_proba(X).shape == (80, 2)
    calibrated = CalibratedClassifierCV(clone(learner), cv=2).fit(X, Y)
    assert np.isfinite(calibrated.predict_proba(X)).all()


@each_learner
def test_a_second_fit_forgets_the_first(learner):
    model = clone(learner).fit(X[:, :2], np.where(Y, "b", "a"))
    model.fit(X, Y)
    fresh = clone(learner).fit(X, Y)
    assert_array_equal(model.predict_proba(X), fresh.predict_proba(X))
    assert_array_equal(model.classes_, fresh.classes_)
