"""Inner folds belong to patients, and each has its share of events."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_array_equal

from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Stack, inner_folds

N = 60


def resample(seed, n=N):
    """Give outcome and counts of a bootstrap with two event patients and two others at least."""
    rng = np.random.default_rng(seed)
    outcome = (rng.random(n) < rng.uniform(0.05, 0.95)).astype(np.int64)
    counts = np.bincount(rng.integers(0, n, n), minlength=n)
    outcome[:4], counts[:4] = [0, 0, 1, 1], 1
    return outcome, counts


def test_no_patient_stands_on_both_sides_of_a_fold():
    for seed in range(1000):
        outcome, counts = resample(seed)
        fold, n_folds = inner_folds(outcome, counts, 5, seed)
        # The resample as a table of rows with copies, as another program would hold it.
        drawn = np.repeat(np.arange(N), counts)
        from_copies, as_many = inner_folds(outcome[drawn], np.ones(drawn.size, int), 5, seed, drawn)
        assert n_folds == as_many
        assert_array_equal(from_copies, fold[drawn])
        for number in range(n_folds):
            inside = from_copies == number
            assert not set(drawn[inside]) & set(drawn[~inside])
            assert outcome[drawn[inside]].sum() >= 1
        assert_array_equal(fold == -1, counts == 0)


@settings(max_examples=200, deadline=None)
@given(seed=integers(0, 2**32 - 1), wanted=integers(2, 12))
def test_each_fold_has_its_share_of_events_and_of_patients(seed, wanted):
    outcome, counts = resample(seed)
    fold, n_folds = inner_folds(outcome, counts, wanted, seed)
    rarer = min(outcome[counts > 0].sum(), (1 - outcome[counts > 0]).sum())
    assert n_folds == min(wanted, rarer)
    for label in (0, 1):
        sizes = np.bincount(fold[(counts > 0) & (outcome == label)], minlength=n_folds)
        assert np.ptp(sizes) <= 1
        assert sizes.min() >= 1
    assert np.ptp(np.bincount(fold[counts > 0])) <= 1


@settings(max_examples=200, deadline=None)
@given(seed=integers(0, 2**32 - 1), n_groups=integers(2, 20))
def test_groups_stay_together_and_every_fold_leaves_both_outcomes_outside(seed, n_groups):
    rng = np.random.default_rng(seed)
    outcome, counts = resample(seed)
    groups = rng.choice([f"centre {k}" for k in range(n_groups)], N)
    kept = [groups[counts > 0][outcome[counts > 0] == label] for label in (0, 1)]
    if min(len(set(names)) for names in kept) < 2:
        with pytest.raises(FitError):
            inner_folds(outcome, counts, 5, seed, groups)
        return
    fold, n_folds = inner_folds(outcome, counts, 5, seed, groups)
    assert n_folds == min(5, *(len(set(names)) for names in kept))
    for name in set(groups[counts > 0]):
        assert len(set(fold[(groups == name) & (counts > 0)])) == 1
    for number in range(n_folds):
        outside = outcome[(fold != number) & (fold >= 0)]
        assert set(outside) == {0, 1}


def test_centres_that_all_have_events_can_be_folded():
    outcome, groups = np.tile([0, 1], 12), np.repeat(np.arange(4), 6)
    fold, n_folds = inner_folds(outcome, np.ones(24, dtype=np.int64), 5, 0, groups)
    assert n_folds == 4
    assert sorted(fold[::6]) == [0, 1, 2, 3]


def test_fewer_events_than_folds_make_as_many_folds_as_events():
    outcome = np.zeros(40, dtype=np.int64)
    outcome[:3] = 1
    fold, n_folds = inner_folds(outcome, np.ones(40, dtype=np.int64), 5, 0)
    assert n_folds == 3
    assert sorted(fold[:3]) == [0, 1, 2]
    assert Stack(["mean", "logistic"]).fit(np.arange(40.0)[:, None], outcome).n_folds_ == 3


@pytest.mark.parametrize(("label", "found"), [(1, "1 with and 19 without"), (0, "19 with and 1")])
def test_two_patients_of_each_outcome_are_needed(label, found):
    # Drawn nine times, one patient is still one patient.
    outcome = np.full(20, 1 - label)
    outcome[7] = label
    counts = np.ones(20, dtype=np.int64)
    counts[7] = 9
    with pytest.raises(FitError, match=found):
        inner_folds(outcome, counts, 5, 0)
    with pytest.raises(FitError, match="at least two different patients"):
        Stack(["mean"]).fit(np.arange(20.0)[:, None], outcome, sample_weight=counts)


@pytest.mark.parametrize("folds", [0, 1, -3, 2.5, "5", None])
def test_a_number_of_folds_that_is_none_is_refused(folds):
    X, y = np.arange(20.0)[:, None], np.tile([0, 1], 10)
    with pytest.raises(ArgumentError, match="'inner_folds' must be a whole number, at least 2"):
        Stack(["mean"], inner_folds=folds).fit(X, y)


def test_groups_need_one_label_a_row():
    X, y = np.arange(20.0)[:, None], np.tile([0, 1], 10)
    with pytest.raises(ArgumentError, match=r"`groups` needs one label a row \(20\)"):
        Stack(["mean"]).fit(X, y, groups=np.arange(19))


def test_the_seed_decides_the_folds():
    outcome, counts = resample(5)
    first, again, other = (inner_folds(outcome, counts, 5, seed)[0] for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).any()
