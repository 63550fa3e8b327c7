"""Repeated nested cross-validation against a plain loop, and its folds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from twoarm.errors import ArgumentError
from twoarm.learners import Logistic, Stack
from twoarm.metrics import auc_within, calibration
from twoarm.resampling import CrossValidated, nested_cv, validate
from twoarm.resampling.nested_cv import cv_scores


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(8)
    X = rng.normal(size=(103, 3))
    y = (rng.random(103) < 1 / (1 + np.exp(1 - X[:, 0]))).astype(int)
    return X, y


def test_predictions_are_those_of_models_that_have_not_seen_the_patient(data):
    X, y = data
    found = nested_cv(Logistic(C=np.inf), X, y, repeats=2, seed=4)
    for risk, fold in zip(found.risk, found.fold, strict=True):
        assert_array_equal(np.unique(fold), np.arange(10))
        for number in range(10):
            inside = fold == number
            model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000)
            model.fit(X[~inside], y[~inside])
            expected = model.predict_proba(X[inside])[:, 1]
            assert_allclose(risk[inside], expected, rtol=0, atol=1e-7)
    assert (found.fold[0] != found.fold[1]).any()
    assert found.complete.all()


def test_folds_have_their_share_of_events_and_do_not_depend_on_who_computes(data):
    X, y = data
    stack = Stack(["mean", "logistic"], inner_folds=3)
    runs = [
        nested_cv(stack, X, y, repeats=3, seed=1, executor=executor, workers=workers)
        for executor, workers in (("serial", 1), ("threads", 2))
    ]
    assert_array_equal(runs[0].risk, runs[1].risk)
    for fold in runs[0].fold:
        events = np.bincount(fold, y)
        assert events.max() - events.min() <= 1


def test_groups_stay_in_one_fold(data):
    X, y = data
    groups = np.arange(103) // 4
    found = nested_cv(Logistic(), X, y, repeats=2, groups=groups)
    for fold in found.fold:
        assert all(np.unique(fold[groups == group]).size == 1 for group in np.unique(groups))


def test_fewer_events_than_folds_mean_fewer_folds():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 2)), np.repeat([1, 0], [4, 36])
    found = nested_cv(Logistic(), X, y, repeats=1)
    assert np.unique(found.fold).size == 4
    one_event = np.repeat([1, 0], [1, 39])
    nothing = nested_cv(Logistic(), X, one_event, repeats=2)
    assert not nothing.complete.any()
    assert len(nothing.errors) == 1


def test_each_repeat_is_measured_as_a_whole(data):
    X, y = data
    found = validate(Logistic(), X, y, replicates=5, cv_repeats=3)
    risk, fold = found.cv.risk, found.cv.fold
    within = [auc_within(y, risk[r], fold[r]) for r in range(3)]
    assert_allclose(found.auc.nested_cv, np.mean(within), rtol=1e-12)
    brier = [brier_score_loss(y, each) for each in risk]
    assert_allclose(found.brier.nested_cv, np.mean(brier), rtol=1e-12)
    slopes = [calibration(y, each).slope for each in risk]
    assert_allclose(found.calibration.slope.nested_cv, np.median(slopes), rtol=1e-9)
    span = found.calibration.slope.nested_cv_range
    assert_allclose([span.low, span.high], [min(slopes), max(slopes)], rtol=1e-9)


def test_a_repeat_with_a_failed_fold_is_left_out(data):
    X, y = data

    class Fragile(LogisticRegression):
        def fit(self, X, y):
            if X[:, 0].max() < 2.5:
                raise RuntimeError("the largest is missing")
            return super().fit(X, y)

    wide = np.clip(X, None, 2.0)
    wide[5, 0] = 3.0
    found = nested_cv(Fragile(), wide, y, repeats=2)
    assert found.errors == ("RuntimeError: the largest is missing",) * 2
    missing = np.isnan(found.risk)
    assert_array_equal(missing, found.fold == found.fold[:, [5]])
    assert not found.complete.any()
    risk = np.array([np.full(103, 0.5), np.full(103, 0.5)])
    risk[0, 3] = np.nan
    partly = CrossValidated(risk, np.zeros((2, 103), dtype=np.int64))
    assert cv_scores(y, partly)["auc"].tolist() == [0.5]


def test_what_does_not_fit_is_refused(data):
    X, y = data
    with pytest.raises(ArgumentError, match="same number of rows"):
        nested_cv(Logistic(), X[:50], y)
    with pytest.raises(ArgumentError, match="repeats be 1 or more"):
        nested_cv(Logistic(), X, y, repeats=0)
