"""The one loop over folds: who is learnt from, who is predicted, and where the results go."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from twoarm.errors import ArgumentError
from twoarm.learners import Split, cross_fitted, over_folds


@dataclass(frozen=True)
class MeanOfOthers:
    y: NDArray[np.float64]

    def __call__(self, split: Split) -> NDArray[np.float64]:
        return np.full(split.held.sum(), self.y[split.learnt].mean()) + split.repeat


def some_folds(seed, n=30, folds=4, left_out=3):
    fold = np.random.default_rng(seed).integers(0, folds, n)
    fold[:folds] = np.arange(folds)
    fold[n - left_out :] = -1
    return fold


@given(st.integers(0, 2**32))
def test_everybody_with_a_fold_is_held_out_once_and_learnt_from_in_the_other_folds(seed):
    fold = some_folds(seed)
    splits = [split for split, _ in over_folds(fold, lambda split: None)]
    held, learnt = (
        np.sum([getattr(s, part) for s in splits], axis=0) for part in ("held", "learnt")
    )
    assert_array_equal(held, fold >= 0)
    assert_array_equal(learnt, np.where(fold >= 0, len(splits) - 1, 0))
    assert not any((s.held & s.learnt).any() for s in splits)
    assert [s.number for s in splits] == sorted(set(fold[fold >= 0].tolist()))


@given(st.integers(0, 2**32))
def test_a_prediction_is_that_of_the_other_folds_alone(seed):
    fold, y = some_folds(seed), np.random.default_rng(seed).normal(size=30)
    found = cross_fitted(fold, MeanOfOthers(y))
    for patient in range(30):
        others = (fold >= 0) & (fold != fold[patient])
        expected = y[others].mean() if fold[patient] >= 0 else np.nan
        assert found[patient] == pytest.approx(expected, nan_ok=True)


def test_leading_axes_and_repeats_come_first():
    fold = np.array([[0, 0, 1], [1, 0, 0]])

    def predict(split):
        return np.stack([np.flatnonzero(split.held), 10.0 * np.flatnonzero(split.held)])

    expected = np.array([[0.0, 1.0, 2.0], [0.0, 10.0, 20.0]])
    assert_array_equal(cross_fitted(fold, predict), [expected, expected])
    assert_array_equal(cross_fitted(fold[0], predict), expected)


@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_whoever_works_the_result_is_the_same(executor):
    fold = np.stack([some_folds(1), some_folds(2)])
    task = MeanOfOthers(np.random.default_rng(3).normal(size=30))
    assert_array_equal(
        cross_fitted(fold, task, executor=executor, workers=2), cross_fitted(fold, task)
    )


@pytest.mark.parametrize("fold", [[0, 0, 0], [-1, -1], [[0, 1], [1, 1]]])
def test_a_single_fold_leaves_nobody_to_learn_from(fold):
    with pytest.raises(ArgumentError, match="two folds"):
        cross_fitted(np.array(fold), MeanOfOthers(np.zeros(3)))
