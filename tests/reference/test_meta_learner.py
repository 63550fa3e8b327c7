"""Member weights against R's SuperLearner 2.0-40 (its method functions), run in R 4.2.2.

Polley, LeDell, Kennedy, van der Laan: SuperLearner, CRAN. The same twelve patients and the same
predictions were given to its method functions; the exact minimum of the deviance was found there
by golden section as well.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator, ClassifierMixin

from twoarm.kernels.combine import _nonnegative_quadratic, convex_loglik, discrete, nnls
from twoarm.learners import Stack

PRINTED = 1e-6

Y = np.array([0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1])
PREDICTIONS = np.array(
    [
        [0.10, 0.80, 0.35, 0.60, 0.55, 0.90, 0.25, 0.30, 0.40, 0.15, 0.55, 0.25],
        [0.30, 0.55, 0.20, 0.45, 0.10, 0.35, 0.60, 0.20, 0.70, 0.40, 0.15, 0.60],
        [0.25, 0.40, 0.50, 0.30, 0.30, 0.60, 0.45, 0.60, 0.65, 0.10, 0.40, 0.35],
    ]
)
ONES = np.ones(12)
RAW_NNLS = [0.2518939619, 1.252571864, 0.0]
NNLS = [0.16743083, 0.83256917, 0.0]
CONVEX_LEAST_SQUARES = [0.1536885246, 0.8463114754, 0.0]  # method.CC_LS
CONVEX_LOGLIK = [0.213813, 0.786187, 0.0]
DEVIANCE = 10.5378319  # -2 log-likelihood
MEAN_SQUARED_ERROR = [0.2120833, 0.1416667, 0.2325]


class Reciter(ClassifierMixin, BaseEstimator):
    """Predicts what stands in one column of X."""

    def __init__(self, column=0):
        self.column = column

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.column_stack([1 - X[:, self.column], X[:, self.column]])


def test_least_squares_weights():
    raw = nnls(PREDICTIONS, Y.astype(float), ONES)
    assert_allclose(raw, RAW_NNLS, rtol=0, atol=PRINTED)


def test_least_squares_weights_with_sum_one():
    # No way to combine of ours; the solver behind both of them can do it.
    hessian, pull = PREDICTIONS @ PREDICTIONS.T, PREDICTIONS @ Y
    weights = _nonnegative_quadratic(hessian, pull, True)
    assert_allclose(weights, CONVEX_LEAST_SQUARES, rtol=0, atol=PRINTED)


def test_convex_weights_and_their_deviance():
    weights = convex_loglik(PREDICTIONS, Y.astype(float), ONES)
    assert_allclose(weights, CONVEX_LOGLIK, rtol=0, atol=PRINTED)
    lp = weights @ np.log(PREDICTIONS / (1 - PREDICTIONS))
    assert_allclose(2 * (np.logaddexp(0, lp) - Y * lp).sum(), DEVIANCE, rtol=0, atol=PRINTED)


def test_the_best_member_by_squared_error():
    assert_allclose(((PREDICTIONS - Y) ** 2).mean(axis=1), MEAN_SQUARED_ERROR, rtol=0, atol=PRINTED)
    assert discrete(PREDICTIONS, Y.astype(float), ONES).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("combine", "expected"),
    [("nnls", NNLS), ("convex_loglik", CONVEX_LOGLIK), ("discrete", [0, 1, 0])],
)
def test_a_stack_of_these_predictions_has_these_weights(combine, expected):
    members = [(name, Reciter(column)) for column, name in enumerate("abc")]
    stack = Stack(members, combine=combine, inner_folds=2).fit(PREDICTIONS.T, Y)
    assert_allclose(stack.weights_, expected, rtol=0, atol=PRINTED)
    assert_allclose(stack.out_of_fold_, PREDICTIONS, rtol=0, atol=1e-15)
