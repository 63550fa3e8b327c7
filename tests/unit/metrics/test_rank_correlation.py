import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import spearmanr

from twoarm.metrics import rank_correlation


@given(st.integers(0, 2**32), st.integers(3, 40), st.integers(2, 6))
def test_every_pair_has_spearmans_correlation(seed, n, variables):
    rows = np.random.default_rng(seed).integers(0, 5, (variables, n)).astype(float)
    rows[:, 0], rows[:, 1] = 0, 9  # each varies
    found = rank_correlation(rows)
    for one in range(variables):
        for other in range(variables):
            expected = spearmanr(rows[one], rows[other]).statistic
            assert_allclose(found[one, other], expected, atol=1e-12)


def test_a_variable_that_does_not_vary_spoils_its_own_pairs_alone():
    x = np.arange(5.0)
    found = rank_correlation([np.ones(5), x, x**3])
    assert np.isnan(found[0]).all()
    assert np.isnan(found[:, 0]).all()
    assert_allclose(found[1:, 1:], 1.0)


def test_one_variable_goes_with_itself():
    assert_allclose(rank_correlation([np.arange(4.0)]), [[1.0]])
