import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from twoarm.diagnostics import average_effect
from twoarm.errors import ArgumentError
from twoarm.learners import Logistic


def test_the_crude_interval_by_hand():
    y = np.array([1, 0, 0, 0, 1, 1, 1, 0], float)
    w = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    crude = average_effect(np.zeros((8, 1)), y, w, mu=(y, y)).crude
    se = np.sqrt(0.25 / 4 + 0.25 / 4)  # sample variance of one in four is 0.25
    assert crude.estimate == pytest.approx(0.5)
    assert crude.se == pytest.approx(se)
    assert (crude.low, crude.high) == pytest.approx((0.5 - 1.959964 * se, 0.5 + 1.959964 * se))


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**20))
def test_with_one_binary_covariate_the_g_formula_is_the_standardised_difference(seed):
    rng = np.random.default_rng(seed)
    x, w = rng.integers(0, 2, 200), np.tile([0, 1], 100)
    y = (rng.random(200) < 0.3 + 0.3 * x + 0.1 * w).astype(float)
    found = average_effect(x[:, None], y, w, outcome_model=Logistic(C=np.inf)).g_formula.estimate
    by_hand = sum(
        (x == level).mean()
        * (y[(x == level) & (w == 1)].mean() - y[(x == level) & (w == 0)].mean())
        for level in (0, 1)
    )
    assert found == pytest.approx(by_hand, abs=1e-8)


def test_a_regressor_standardises_a_number():
    rng = np.random.default_rng(1)
    X, w = rng.normal(size=(300, 2)), np.tile([0, 1], 150)
    y = X[:, 0] + 2.0 * w
    found = average_effect(X, y, w, outcome_model=LinearRegression())
    assert found.g_formula.estimate == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treatment": np.ones(8)}, "both arms"),
        ({"y": np.r_[np.nan, np.zeros(7)]}, "complete"),
        ({"X": np.zeros((3, 1))}, "same number of rows"),
        ({"mu": (np.zeros(3), np.zeros(8))}, "two predictions a patient"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, message):
    given_arrays = {"X": np.zeros((8, 1)), "y": np.tile([0.0, 1.0], 4),
                    "treatment": np.repeat([0, 1], 4)} | change  # fmt: skip
    with pytest.raises(ArgumentError, match=message):
        average_effect(**given_arrays)
