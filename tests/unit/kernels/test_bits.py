"""Random bits: splitmix64 as published, and draws below a bound."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from scipy.stats import chi2

from twoarm.kernels.bits import bit, derive, draw_below, lowest_bit

MASK = 2**64 - 1
streams = integers(0, MASK)

# First outputs of the reference C code of Sebastiano Vigna, splitmix64.c; those of seed 1234567
# are also the check values of the Rosetta Code task "Pseudo-random numbers/Splitmix64".
PUBLISHED = {
    0: [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
        0x06C45D188009454F,
        0xF88BB8A8724C81EC,
        0x1B39896A51A8749B,
    ],
    1234567: [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ],
}


@numba.njit
def position_of_lowest_bit(mask):
    return lowest_bit(mask)  # an intrinsic has no meaning outside compiled code


def derive_twin(stream, index):
    z = (stream + (index + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


@pytest.mark.parametrize("seed", PUBLISHED)
def test_children_of_a_stream_are_the_published_outputs_of_splitmix64(seed):
    assert [derive(np.uint64(seed), k) for k in range(5)] == PUBLISHED[seed]


@settings(max_examples=200, deadline=None)  # the first call compiles
@given(stream=streams, index=integers(0, 2**40))
def test_derive_equals_its_twin(stream, index):
    assert derive(np.uint64(stream), index) == derive_twin(stream, index)


@settings(max_examples=200, deadline=None)  # the first call compiles
@given(stream=streams, counter=integers(0, 2**31), bound=integers(1, 2**32))
def test_a_draw_is_the_high_half_of_a_product(stream, counter, bound):
    drawn = draw_below(np.uint64(stream), counter, bound)
    assert drawn == ((derive_twin(stream, counter) >> 32) * bound) >> 32
    assert 0 <= drawn < bound


@pytest.mark.parametrize("bound", [2, 3, 10, 64, 197])
def test_draws_are_uniform(bound):
    n = 50_000
    stream = np.uint64(20260)
    counts = np.bincount([draw_below(stream, k, bound) for k in range(n)], minlength=bound)
    statistic = ((counts - n / bound) ** 2 / (n / bound)).sum()
    # The streams are fixed: a true generator would exceed this once in ten thousand.
    assert statistic < chi2.ppf(1 - 1e-4, bound - 1)


def test_draws_of_neighbouring_streams_do_not_go_together():
    n = 20_000
    streams = [np.uint64(derive(np.uint64(7), index)) for index in range(2 * n)]
    drawn = np.array([draw_below(stream, 0, 2) for stream in streams])
    table = np.bincount(2 * drawn[::2] + drawn[1::2], minlength=4)
    assert ((table - n / 4) ** 2 / (n / 4)).sum() < chi2.ppf(1 - 1e-4, 3)  # as above


@given(mask=integers(1, MASK))
@settings(max_examples=200, deadline=None)  # the first call compiles
def test_lowest_bit_equals_its_twin(mask):
    expected = next(k for k in range(64) if mask >> k & 1)
    assert position_of_lowest_bit(np.uint64(mask)) == expected


def test_every_bit_is_its_own_lowest_bit():
    assert [position_of_lowest_bit(np.uint64(bit(k))) for k in range(64)] == list(range(64))
