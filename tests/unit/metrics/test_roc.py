"""The ROC curve and its band: against scikit-learn, and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers
from numpy.testing import assert_allclose
from scipy.stats import norm
from sklearn.metrics import roc_curve as of_sklearn

from twoarm.errors import ArgumentError
from twoarm.metrics import auc, roc_curve, roc_points


def sample(seed, n=60):
    rng = np.random.default_rng(seed)
    y = (np.arange(n) < max(2, n // 5)).astype(int)
    return y, np.round(norm.cdf(rng.normal(size=n) + y), 2)  # with ties


@given(seed=integers(0, 10**6), n=integers(10, 80))
def test_points_are_those_of_scikit_learn(seed, n):
    y, p = sample(seed, n)
    false_positive, sensitivity, _ = of_sklearn(y, p, drop_intermediate=False)
    found = roc_points(y, p)
    assert_allclose(found[0], false_positive, atol=1e-12)
    assert_allclose(found[1], sensitivity, atol=1e-12)
    assert np.trapezoid(found[1], found[0]) == pytest.approx(auc(y, p))


@given(seed=integers(0, 10**6))
def test_the_band_holds_the_curve_and_rises(seed):
    y, p = sample(seed)
    curve = roc_curve(y, np.stack([p, p[::-1] * 0 + p]))
    assert (curve.low <= curve.sensitivity + 1e-12).all()
    assert (curve.sensitivity <= curve.high + 1e-12).all()
    assert (np.diff(curve.sensitivity) >= -1e-12).all()
    assert curve.sensitivity[-1] == curve.low[-1] == 1.0


def test_fewer_events_have_a_wider_band():
    y, p = sample(1, 400)
    few = roc_curve(y[::8], p[::8])
    many = roc_curve(y, p)
    assert (few.high - few.low).mean() > 1.5 * (many.high - many.low).mean()


def test_repeats_are_averaged():
    y, p = sample(3)
    q = sample(4)[1]
    both = roc_curve(y, np.stack([p, q])).sensitivity
    mean = (roc_curve(y, p).sensitivity + roc_curve(y, q).sensitivity) / 2
    assert_allclose(both[:-1], mean[:-1], atol=1e-12)


def test_the_band_holds_the_truth_as_often_as_it_says():
    """Binormal, 12 events in 60: the true sensitivity at each place, pointwise."""
    grid = np.linspace(0, 1, 101)[5:96]
    truth = norm.cdf(1 + norm.ppf(grid))
    inside = []
    for seed in range(300):
        curve = roc_curve(*sample(seed))
        inside.append((curve.low[5:96] <= truth) & (truth <= curve.high[5:96]))
    assert np.mean(inside, axis=0).min() >= 0.95


def test_one_class_has_no_curve():
    with pytest.raises(ArgumentError, match="with the event and patients without"):
        roc_points([0, 0], [0.1, 0.2])
