import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoarm.errors import ArgumentError
from twoarm.metalearners.scores import arm_scores, dr_scores


def draw(seed, n=60):
    rng = np.random.default_rng(seed)
    w = rng.permutation(np.arange(n) % 2)
    return rng.integers(0, 2, n), w, rng.random(n), rng.random(n), rng.uniform(0.1, 0.9, n)


def test_by_hand():
    phi0, phi1 = arm_scores([1.0, 0.0], [1, 0], [0.3, 0.3], [0.6, 0.6], [0.8, 0.4])
    assert phi1 == pytest.approx([0.6 + 0.4 / 0.8, 0.6])
    assert phi0 == pytest.approx([0.3, 0.3 - 0.3 / 0.6])


@settings(deadline=None)
@given(st.integers(0, 2**20))
def test_relabelled_arms_change_the_sign(seed):
    y, w, mu0, mu1, e = draw(seed)
    np.testing.assert_allclose(dr_scores(y, 1 - w, mu1, mu0, 1 - e), -dr_scores(y, w, mu0, mu1, e))


@settings(deadline=None)
@given(st.integers(0, 2**20))
def test_constant_propensity_and_arm_means_give_the_difference_in_means(seed):
    y, w, *_ = draw(seed)
    means = [np.full(y.size, y[w == arm].mean()) for arm in (0, 1)]
    phi = dr_scores(y, w, *means, np.full(y.size, w.mean()))
    assert phi.mean() == pytest.approx(y[w == 1].mean() - y[w == 0].mean())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"propensity": [0.5, 1.0]}, "strictly between"),
        ({"outcome": [np.nan, 1.0]}, "complete"),
        ({"treatment": [0, 2]}, "0 or 1"),
        ({"mu0": [0.5]}, "one length"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, message):
    arrays = {"outcome": [0, 1], "treatment": [0, 1], "mu0": [0.5, 0.5], "mu1": [0.5, 0.5],
              "propensity": [0.5, 0.5]} | change  # fmt: skip
    with pytest.raises(ArgumentError, match=message):
        dr_scores(**arrays)
