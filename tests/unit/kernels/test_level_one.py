"""Who is weighed by out-of-bag predictions, and when folds take their place."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.kernels.bags import Shares
from twoarm.kernels.data import Cases
from twoarm.kernels.level_one import LEAST_TREES, predict_out_of_bag, rows_with_trees

NOBODY = np.empty(0, np.uint32)


def rows(outcome, weight, trees):
    """Give the rows that take part; the members are those with weight."""
    counts = np.array(weight)
    members = np.flatnonzero(counts).astype(np.uint32)
    cases = Cases(members, NOBODY, np.array(outcome), counts)
    return rows_with_trees(cases, np.array(trees)).tolist()


def test_patients_with_too_few_trees_leave():
    few, enough = LEAST_TREES - 1, LEAST_TREES
    assert rows([0, 1, 0, 1, 0], [1, 1, 1, 1, 0], [few, enough, enough, 90, 90]) == [1, 2, 3]


@pytest.mark.parametrize(
    ("heavy", "expected"),
    [(7, [0, 1, 2, 3, 4]), (8, [])],  # 7 of 20 are 35 %; 8 of 21 are more
)
def test_too_much_weight_left_out_leaves_nobody(heavy, expected):
    weight = [3, 3, 3, 2, 2, heavy]
    assert rows([0, 1, 0, 1, 0, 1], weight, [50, 50, 50, 50, 50, 3]) == expected


@pytest.mark.parametrize("outcome", [[1, 0, 0, 0, 0], [0, 1, 1, 1, 1]])
def test_an_outcome_left_out_leaves_nobody(outcome):
    assert rows(outcome, [1] * 5, [0, 50, 50, 50, 50]) == []


def test_a_patient_is_predicted_by_the_trees_without_him_and_by_the_forest_with_fewest():
    outside, trees = np.array([1.5, 0.0, 9.0, 2.0]), np.array([3, 0, 9, 4])
    shares = Shares(np.full(4, 50.0), outside, trees, True)
    risk, fewest = np.full(4, -1.0), np.array([2, 20, 20, 20])
    predict_out_of_bag(shares, np.array([0, 1, 3], np.uint32), risk, fewest)
    assert_allclose(risk, [0.5, np.nan, -1.0, 0.5])
    assert_array_equal(fewest, [2, 0, 20, 4])
