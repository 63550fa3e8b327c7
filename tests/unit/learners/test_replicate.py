"""One fit and its predictions: the arrays that go in."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from twoarm.errors import ArgumentError, FitError
from twoarm.kernels.forest import grow_forest
from twoarm.learners import Boosting, Forest, Logistic, Mean, Stack, fit_model, prepare, replicate

LEARNERS = [Mean(), Logistic(), Forest(trees=3), Boosting(trees=3), Stack(["mean", "logistic"])]
Y = np.tile([0, 1], 15)
X = np.column_stack([np.arange(30.0), np.arange(30) % 4])
ONES, EVERYBODY = np.ones(30, dtype=np.int64), np.ones(30, dtype=np.bool_)


def predicted(learner, prepared, y=Y, weight=ONES, wanted=EVERYBODY):
    return replicate(learner, prepared, y, weight, wanted=wanted, seed=0).risk


def read_only(values):
    copy = np.array(values)
    copy.flags.writeable = False
    return copy


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize(
    "changed",
    [
        {"y": Y.astype(bool)},
        {"y": Y.astype(np.int8)},
        {"y": Y.astype(float)},
        {"y": np.repeat(Y, 2)[::2]},
        {"weight": ONES.astype(np.uint8)},
        {"weight": read_only(ONES)},
        {"wanted": EVERYBODY.astype(int)},
    ],
)
def test_arrays_may_be_of_any_type_and_layout(learner, changed):
    expected = predicted(learner, prepare(X))
    assert_array_equal(predicted(learner, prepare(X), **changed), expected)


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y": Y[:-1]}, "X has 30 rows; found outcome and weight of shapes"),
        ({"weight": np.append(ONES, 1)}, "X has 30 rows; found outcome and weight of shapes"),
        ({"weight": -ONES}, "Weights count how often .* from -1 to -1"),
        ({"weight": ONES * 0.5}, "Found float64"),
        ({"weight": ONES * 2**20}, "together at most 16777216"),
        ({"y": Y + 1}, "Outcomes must be 0 or 1"),
        ({"wanted": EVERYBODY[:5]}, r"one entry a row; found shape \(5,\)"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(learner, changed, message):
    # The kernels check no bounds: such arrays would read and write anywhere.
    with pytest.raises(ArgumentError, match=message):
        predicted(learner, prepare(X), **changed)


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("label", [0, 1])
def test_one_class_alone_supports_no_fit(learner, label):
    weight = np.where(label == Y, 2, 0)
    with pytest.raises(FitError, match="events and non-events; found"):
        predicted(learner, prepare(X), weight=weight)
    with pytest.raises(FitError, match="events and non-events"):
        fit_model(learner, prepare(X), Y, weight, seed=0)
    with pytest.raises(FitError, match="0 events among 0 patients"):
        predicted(learner, prepare(X), weight=0 * ONES)


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_model_fitted_to_a_data_frame_knows_its_columns(learner):
    frame = pd.DataFrame(X, columns=["age", "site"])
    model = fit_model(learner, prepare(frame), Y, ONES, seed=0)
    assert model.feature_names_in_.tolist() == ["age", "site"]
    assert_array_equal(model.predict_proba(frame)[:, 1], predicted(learner, prepare(X)))
    with pytest.raises(ValueError, match="feature names"):
        model.predict_proba(frame[["site", "age"]])


def test_prepared_predictors_travel_as_they_came():
    prepared = prepare(read_only(X), ONES)
    expected = predicted(Forest(trees=3), prepared)
    arrived = pickle.loads(pickle.dumps(prepared))
    assert "columns" not in vars(arrived)
    assert_array_equal(predicted(Forest(trees=3), arrived), expected)


@pytest.mark.parametrize("layout", ["C", "F"])
def test_no_layout_of_the_input_makes_the_kernels_compile_again(layout):
    predicted(Forest(trees=2), prepare(X))
    before = len(getattr(grow_forest, "signatures", []))
    given = read_only(X[:, :1]) if layout == "C" else np.asfortranarray(X)
    given.flags.writeable = False
    model = Forest(trees=2).fit(given, read_only(Y), sample_weight=read_only(ONES))
    model.predict_proba(given)
    predicted(Forest(trees=2), prepare(given), weight=read_only(ONES))
    columns = prepare(given).columns
    assert columns.values.flags.writeable
    assert columns.values.flags.c_contiguous
    assert len(getattr(grow_forest, "signatures", [])) == before


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1.0, 2.0], r"must be a table \(n, p\)"),
        (np.empty((0, 3)), "with a row and a column at least"),
        (np.empty((3, 0)), "with a row and a column at least"),
    ],
)
def test_predictors_must_be_a_table(given, message):
    with pytest.raises(ArgumentError, match=message):
        prepare(given)


def test_predictors_must_be_numbers():
    frame = pd.DataFrame({"age": [1.0, 2.0], "site": ["M1", "ICA"]})
    with pytest.raises(ArgumentError, match="need predictors that are numbers"):
        _ = prepare(frame).columns


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_missing_and_infinite_predictors_are_refused_by_column(value):
    table = X.copy()
    table[3, 1] = value
    with pytest.raises(ArgumentError, match="column 1 of X holds missing or infinite values"):
        predicted(Forest(trees=2), prepare(table))


@pytest.mark.parametrize("value", [1e101, -1.7e308])
def test_predictors_that_cannot_be_squared_are_refused_by_column(value):
    table = X.copy()
    table[3, 1] = value
    with pytest.raises(ArgumentError, match=r"column 1 of X holds .*the code of a missing value"):
        Logistic().fit(table, Y)
    model = Logistic().fit(X, Y)
    with pytest.raises(ArgumentError, match="column 1 of X holds"):
        model.predict_proba(table)
