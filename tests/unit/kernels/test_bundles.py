"""Bundled histograms, against sums over rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists
from numpy.testing import assert_array_equal

from twoarm.kernels.bundles import add_rows, bundle_columns, bundled_codes, running_sums
from twoarm.kernels.jit import kernel


@kernel
def sums_of(codes, rows, packed, bundles):
    """Give the running sums of the rows."""
    shared = bundled_codes(codes, codes.shape[1], bundles)
    table = np.empty(64 * bundles.end.shape[0], np.int64)
    sums = np.empty(bundles.first[-1], np.int64)
    add_rows(shared, rows, 0, rows.shape[0], packed, table)
    running_sums(table, bundles, sums)
    return sums


@settings(max_examples=100, deadline=None)  # the first call compiles
@given(
    seed=integers(0, 2**32 - 1),
    n=integers(1, 80),
    n_bins=lists(integers(1, 64), min_size=1, max_size=12),
    small=lists(integers(1, 4), max_size=12),
)
def test_running_sums_are_those_over_rows(seed, n, n_bins, small):
    rng = np.random.default_rng(seed)
    n_bins = rng.permutation(np.array(n_bins + small))
    codes = np.array([rng.integers(0, bins, n) for bins in n_bins]).astype(np.uint8)
    packed = rng.integers(-(2**50), 2**50, n)
    rows = np.flatnonzero(rng.random(n) < 0.7).astype(np.uint32)
    expected = [
        packed[rows][codes[j, rows] <= code].sum()
        for j, bins in enumerate(n_bins)
        for code in range(bins - 1)
    ]
    assert_array_equal(sums_of(codes, rows, packed, bundle_columns(n_bins)), expected)


@given(n_bins=lists(integers(1, 64), min_size=1, max_size=30))
def test_every_column_is_in_one_bundle_of_at_most_64_codes(n_bins):
    n_bins = np.array(n_bins)
    bundles = bundle_columns(n_bins)
    assert sorted(bundles.column) == list(range(n_bins.size))
    starts = np.concatenate([[0], bundles.end[:-1]])
    for start, end, n_codes in zip(starts, bundles.end, bundles.n_codes, strict=True):
        assert start < end
        assert n_bins[bundles.column[start:end]].prod() == n_codes <= 64
    assert_array_equal(bundles.first, np.concatenate([[0], np.cumsum(n_bins - 1)]))


@pytest.mark.parametrize(("n_columns", "n_bundles"), [(1, 1), (6, 1), (7, 2), (12, 2), (13, 3)])
def test_six_yes_no_columns_share_a_bundle(n_columns, n_bundles):
    bundles = bundle_columns(np.full(n_columns, 2))
    assert bundles.end.size == n_bundles
    assert bundles.first[-1] == n_columns
