"""One seed in, one child per piece of work out; folds spread evenly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists
from numpy.testing import assert_array_equal

from twoarm.errors import ArgumentError
from twoarm.seeds import Stream, child, fold_numbers, generator, integer

paths = lists(integers(0, 2**32 - 1), max_size=4).map(tuple)


def state(seed, *path):
    return child(seed, *path).generate_state(4).tolist()


@settings(max_examples=200)
@given(seed=integers(0, 2**64), first=paths, second=paths)
def test_different_paths_lead_to_different_children(seed, first, second):
    assert (state(seed, *first) == state(seed, *second)) == (first == second)


@settings(max_examples=100)
@given(first=integers(0, 2**80), second=integers(0, 2**80), path=paths)
def test_different_seeds_lead_to_different_children(first, second, path):
    assert (state(first, *path) == state(second, *path)) == (first == second)


@pytest.mark.seconds
def test_a_hundred_thousand_pieces_of_work_have_integers_of_their_own():
    numbers = {integer(1, stream, i) for stream in (0, 1, 2, 3) for i in range(25_000)}
    assert len(numbers) == 100_000


def test_kinds_of_work_are_kept_apart():
    assert len({integer(5, stream, 0) for stream in Stream}) == len(Stream)


def test_a_child_is_that_of_numpys_seed_sequence():
    # The same as SeedSequence(7).spawn: replicate i can be rerun alone.
    spawned = np.random.SeedSequence(7).spawn(4)[3]
    assert state(7, 3) == spawned.generate_state(4).tolist()


def test_a_generator_starts_afresh_each_time():
    first, again = (generator(3, Stream.REPLICATE, 2).random(5) for _ in range(2))
    assert_array_equal(first, again)
    assert (generator(3, Stream.REPLICATE, 3).random(5) != first).all()


def test_generators_of_neighbouring_paths_are_not_correlated():
    draws = np.array([generator(1, Stream.REPLICATE, i).random(1000) for i in range(40)])
    correlation = np.corrcoef(draws)[np.triu_indices(40, 1)]
    # 780 coefficients with a standard error of 0.032 each.
    assert abs(correlation).max() < 5 * 0.032


@given(seed=integers(0, 2**40))
def test_integers_fit_a_signed_word(seed):
    assert 0 <= integer(seed, Stream.FULL_FIT) < 2**63
    assert isinstance(integer(seed), int)


@pytest.mark.parametrize(
    "path", [(-1,), (1, -1), (1, 2, -3), (1.5,), (1, 0.5), (None,), ("1",), (np.nan,)]
)
def test_what_is_no_whole_number_is_refused(path):
    with pytest.raises(ArgumentError, match="whole numbers, 0 or larger; found"):
        child(*path)


def test_numbers_of_numpy_and_names_of_streams_will_do():
    assert state(np.int64(4), Stream.REPLICATE, np.uint8(9)) == state(4, 0, 9)


@settings(max_examples=200)
@given(seed=integers(0, 2**32 - 1), n=integers(2, 80), n_folds=integers(2, 12))
def test_folds_and_strata_are_spread_as_evenly_as_they_can_be(seed, n, n_folds):
    rng = np.random.default_rng(seed)
    strata = rng.integers(0, rng.integers(1, 6), n)
    n_folds = min(n_folds, n)
    folds = fold_numbers(strata, n_folds, generator(seed))
    assert np.ptp(np.bincount(folds, minlength=n_folds)) <= 1
    assert set(folds) == set(range(n_folds))
    for stratum in set(strata):
        assert np.ptp(np.bincount(folds[strata == stratum], minlength=n_folds)) <= 1


def test_folds_are_drawn_at_random():
    together = 0
    for seed in range(2000):
        folds = fold_numbers(np.zeros(10), 5, generator(seed))
        together += folds[0] == folds[1]
    # Two of ten share one of five folds with probability 1/9; four standard errors.
    assert abs(together / 2000 - 1 / 9) < 4 * np.sqrt(1 / 9 * 8 / 9 / 2000)


def test_strata_may_have_names():
    folds = fold_numbers(["alive", "dead"] * 6, 3, generator(1))
    assert np.bincount(folds[::2]).tolist() == [2, 2, 2]


@pytest.mark.parametrize("n_folds", [0, 1, 7, -2, 2.5])
def test_a_number_of_folds_that_is_none_is_refused(n_folds):
    with pytest.raises(ArgumentError, match=f"between 2 and the 6 patients; found {n_folds}"):
        fold_numbers([0, 1] * 3, n_folds, generator(0))


def test_strata_must_be_one_column():
    with pytest.raises(ArgumentError, match=r"one label a patient; found shape \(3, 2\)"):
        fold_numbers(np.zeros((3, 2)), 2, generator(0))
