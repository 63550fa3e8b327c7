import numpy as np

from twoarm.cohort import Predictor
from twoarm.metalearners import Predictors

CODEBOOK = (
    Predictor(column="age", type="number", may_be_missing=True),
    Predictor(
        column="site",
        type="nominal",
        levels=({"code": "M1"}, {"code": "M2"}, {"code": "ICA"}),
        may_be_missing=True,
    ),
)


def test_complete_predictors_are_prepared_once():
    coded = np.array([[60.0, 0], [70, 1], [80, 2]])
    predictors = Predictors(CODEBOOK, coded)
    one = predictors.prepared(np.array([1, 1, 0]))
    assert one is predictors.prepared(np.array([0, 2, 1]))
    np.testing.assert_array_equal(one.X, [[60, 0, 0], [70, 1, 0], [80, 0, 1]])


def test_missing_values_are_filled_from_the_counted_patients_alone():
    coded = np.array([[60.0, 0], [70, 1], [np.nan, np.nan], [10, 2], [10, 2]])
    predictors = Predictors(CODEBOOK, coded)
    counts = np.array([1, 3, 1, 0, 0])
    np.testing.assert_array_equal(predictors.prepared(counts).X[2], [70, 1, 0])
    counts = np.array([0, 0, 1, 2, 1])
    np.testing.assert_array_equal(predictors.prepared(counts).X[2], [10, 0, 1])


def test_the_imputer_never_sees_patients_left_out():
    rng = np.random.default_rng(0)
    coded = np.column_stack([rng.normal(60, 10, 50), rng.integers(0, 3, 50)]).astype(float)
    coded[:10, 0] = np.nan
    counts = rng.integers(0, 3, 50)
    one = Predictors(CODEBOOK, coded).prepared(counts).X
    other = coded.copy()
    other[counts == 0, 0] += 1000
    two = Predictors(CODEBOOK, other).prepared(counts).X
    np.testing.assert_array_equal(one[:10][np.isnan(coded[:10, 0])],
                                  two[:10][np.isnan(coded[:10, 0])])  # fmt: skip
