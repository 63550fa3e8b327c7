"""Columns read off their sorted order, against exact arithmetic on repeated rows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_array_equal

from twoarm.kernels.columns import MOST_BINS, bin_columns, cut_points, weighted_quantiles

PERCENTAGES = (0, 5, 10, 23, 35, 50, 65, 90, 95, 100)


def sorted_order(values):
    return np.argsort(values, kind="stable").astype(np.uint32)


def random_column(seed, n, n_levels):
    """A column with ties, in no order, and weights of which some are zero."""
    rng = np.random.default_rng(seed)
    levels = rng.normal(size=n_levels) * 10.0 ** rng.integers(-6, 7)
    weight = rng.integers(0, 4, n).astype(np.float64)
    weight[rng.integers(n)] = 1.0
    return levels[rng.integers(0, n_levels, n)], weight


def quantile_twin(values, weight, percentage):
    """Give the smallest value that the share reaches, counted in whole rows."""
    rows = np.sort(np.repeat(values, weight.astype(int)))
    needed = Fraction(percentage, 100) * rows.size
    return rows[max(0, -(-needed.numerator // needed.denominator) - 1)]


def cuts_twin(values, weight):
    """Give the values behind which a cut lies, and the value that follows each."""
    rows = np.sort(np.repeat(values, weight.astype(int)))
    distinct = np.unique(rows)
    if distinct.size > MOST_BINS:
        needed = [-(-k * rows.size // MOST_BINS) for k in range(1, MOST_BINS)]
        behind = np.unique(rows[[count - 1 for count in needed]])
    else:
        behind = distinct
    behind = behind[behind < distinct[-1]]
    return behind, distinct[np.searchsorted(distinct, behind) + 1]


@settings(max_examples=100, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(1, 80))
def test_quantiles_are_those_of_repeated_rows(seed, n):
    values, weight = random_column(seed, n, 12)
    shares = np.array(PERCENTAGES) / 100
    found = weighted_quantiles(values, sorted_order(values), weight, shares)
    expected = [quantile_twin(values, weight, percentage) for percentage in PERCENTAGES]
    assert_array_equal(found, expected)


def test_quantiles_agree_with_numpys_inverted_cdf():
    values = np.random.default_rng(3).normal(size=137)
    found = weighted_quantiles(values, sorted_order(values), np.ones(137), np.array([0.1, 0.5]))
    assert_array_equal(found, np.quantile(values, [0.1, 0.5], method="inverted_cdf"))


def test_a_share_that_is_a_whole_number_of_rows_is_reached_by_them():
    assert 0.275 * 200 > 55  # in floating point
    values = np.arange(1.0, 201.0)
    found = weighted_quantiles(values, sorted_order(values), np.ones(200), np.array([0.275]))
    assert found == 55.0


def test_quantiles_of_nobody_are_missing_and_missing_values_do_not_count():
    values = np.array([2.0, np.nan, 1.0, 3.0])
    order, shares = sorted_order(values), np.array([0.5])
    assert np.isnan(weighted_quantiles(values, order, np.zeros(4), shares)).all()
    assert weighted_quantiles(values, order, np.array([1.0, 0, 1, 1]), shares) == 2.0


@settings(max_examples=150, deadline=None)  # the first call compiles
@given(
    seed=integers(0, 2**32 - 1),
    n=integers(1, 400),
    n_levels=integers(1, 300),
)
def test_cuts_lie_behind_the_quantiles_of_repeated_rows(seed, n, n_levels):
    values, weight = random_column(seed, n, n_levels)
    behind, following = cuts_twin(values, weight)
    cuts = cut_points(values, sorted_order(values), weight)
    assert cuts.size == behind.size < MOST_BINS
    assert (behind <= cuts).all()
    assert (cuts < following).all()


@settings(max_examples=100, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(2, 300))
def test_a_code_counts_the_cuts_below_a_value(seed, n):
    rng = np.random.default_rng(seed)
    columns, weight = [], rng.integers(0, 3, n).astype(np.float64)
    weight[0] = 1.0
    for n_levels in (1, 2, 64, 65, 300):
        columns.append(rng.normal(size=n_levels)[rng.integers(0, n_levels, n)])
    values = np.array(columns)
    order = np.argsort(values, axis=1, kind="stable").astype(np.uint32)
    codes, cuts, n_bins = bin_columns(values, order, weight)
    for j, column in enumerate(values):
        found = cut_points(column, order[j], weight)
        assert n_bins[j] == found.size + 1
        assert_array_equal(cuts[j, : found.size], found)
        assert (cuts[j, found.size :] == np.inf).all()
        assert_array_equal(codes[j], np.searchsorted(found, column, side="left"))


@pytest.mark.parametrize("n_distinct", [1, 2, 63, 64])
def test_at_most_64_values_lose_nothing(n_distinct):
    rng = np.random.default_rng(n_distinct)
    values = np.concatenate([np.arange(n_distinct), rng.integers(0, n_distinct, 300)]) / 7.0
    values = values[rng.permutation(values.size)][None, :]
    order = np.argsort(values, axis=1).astype(np.uint32)
    codes, _, n_bins = bin_columns(values, order, np.ones(values.size))
    assert n_bins.tolist() == [n_distinct]
    assert_array_equal(codes[0], np.unique(values[0], return_inverse=True)[1])


def test_more_values_share_64_bins_evenly():
    values = np.random.default_rng(1).normal(size=(1, 6400))
    order = np.argsort(values, axis=1).astype(np.uint32)
    codes, _, n_bins = bin_columns(values, order, np.ones(6400))
    assert n_bins.tolist() == [MOST_BINS]
    assert_array_equal(np.bincount(codes[0]), np.full(MOST_BINS, 100))


def test_a_value_at_a_cut_belongs_to_the_bin_below():
    # Weight 0: the row at the middle of 1 and 2 makes no bin of its own.
    values = np.array([[1.0, 2.0, 1.5, np.nextafter(1.5, 2)]])
    order = np.argsort(values, axis=1).astype(np.uint32)
    codes, cuts, _ = bin_columns(values, order, np.array([1.0, 1.0, 0.0, 0.0]))
    assert cuts[0, 0] == 1.5
    assert codes[0].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (1.0, np.nextafter(1.0, 2.0)),
        (-5e-324, 0.0),
        (0.0, 5e-324),
        (-1.7e308, 1.7e308),
        (1e308, 1.7e308),
    ],
)
def test_neighbours_at_the_edge_of_the_numbers_are_told_apart(low, high):
    values = np.array([low, high])
    cuts = cut_points(values, sorted_order(values), np.ones(2))
    assert cuts.size == 1
    assert low <= cuts[0] < high


def test_missing_values_and_rows_without_weight_make_no_cut():
    values = np.array([[3.0, np.nan, 1.0, 2.0]])
    order = np.argsort(values, axis=1).astype(np.uint32)
    codes, cuts, n_bins = bin_columns(values, order, np.array([1.0, 1.0, 1.0, 0.0]))
    assert (n_bins[0], cuts[0, 0]) == (2, 2.0)
    assert codes[0].tolist() == [1, 0, 0, 0]
