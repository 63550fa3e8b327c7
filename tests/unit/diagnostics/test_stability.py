from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.cohort import load_study
from twoarm.diagnostics import (
    calibration_instability,
    effect_stability,
    instability_plot,
    stability,
)
from twoarm.diagnostics.stability.stability import finding
from twoarm.errors import ArgumentError
from twoarm.metrics import calibration_curve

MODULE = sys.modules[
    "twoarm.diagnostics.stability.stability"
]  # the package offers the function of its name


def random_replicates(seed, replicates=30, n=12, failed=3):
    rng = np.random.default_rng(seed)
    full = rng.random(n)
    drawn = np.clip(full + 0.2 * rng.standard_normal((replicates, n)), 0, 1).astype(np.float32)
    drawn[rng.choice(replicates, failed, replace=False)] = np.nan
    return drawn, full


@settings(deadline=None)
@given(seed=integers(0, 2**32 - 1), threshold=floats(0.1, 0.9))
def test_stability_equals_a_loop_over_patients(seed, threshold):
    drawn, full = random_replicates(seed)
    found = stability(drawn, full, threshold=threshold)
    for i in range(full.size):
        values = drawn[:, i].astype(np.float64)
        values = values[~np.isnan(values)]
        low, median, high = np.quantile(values, [0.025, 0.5, 0.975])
        assert_allclose([found.low[i], found.median[i], found.high[i]], [low, median, high])
        assert_allclose(found.mape[i], np.mean(np.abs(values - full[i])))
        other = np.mean((values >= threshold) != (full[i] >= threshold))
        assert_allclose(found.instability_index[i], other)
        assert found.replicates[i] == values.size == 27
    assert_allclose(found.mean_mape, found.mape.mean())
    assert_allclose(found.mean_instability_index, found.instability_index.mean())


def test_a_memory_map_in_small_pieces_gives_the_same(tmp_path, monkeypatch):
    drawn, full = random_replicates(1)
    np.save(tmp_path / "mu.npy", drawn)
    mapped = np.load(tmp_path / "mu.npy", mmap_mode="r")
    whole = stability(drawn, full, threshold=0.5)
    widest = []
    monkeypatch.setattr(MODULE, "_CELLS", 3 * drawn.shape[0])
    real = MODULE._quantiles
    monkeypatch.setattr(
        MODULE, "_quantiles", lambda v, *args: widest.append(v.shape[1]) or real(v, *args)
    )
    pieces = stability(mapped, full, threshold=0.5)
    assert max(widest) == 3
    for name in ("low", "median", "high", "mape", "instability_index", "replicates"):
        assert_allclose(getattr(pieces, name), getattr(whole, name), rtol=1e-14)


def test_models_that_all_agree_are_stable():
    full = np.array([0.1, 0.15, 0.5])
    found = stability(np.tile(full, (10, 1)), full, threshold=0.15)
    assert_array_equal(found.mape, 0)
    assert_array_equal(found.instability_index, 0)  # at the threshold counts as above, in both
    assert_array_equal(found.low, full)


def test_out_of_bag_looks_only_at_replicates_without_the_patient():
    drawn = np.array([[0.1, 0.2], [0.3, 0.9], [0.5, 0.4]])
    counts = np.array([[0, 1], [2, 1], [0, 3]])
    found = stability(drawn, [0.3, 0.5], threshold=0.4, counts=counts)
    assert_array_equal(found.replicates, [2, 0])
    assert_allclose(found.mape, [0.2, np.nan])
    assert_allclose(found.instability_index, [0.5, np.nan])
    assert_allclose(found.mean_mape, 0.2)


@settings(deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_the_benefit_is_the_difference_of_the_arms_in_its_direction(seed):
    mu0, full0 = random_replicates(seed)
    mu1, full1 = random_replicates(seed + 1)
    found = effect_stability(mu0, mu1, full0, full1, desirable=False, threshold=0.15)
    direct = stability(mu0.astype(float) - mu1, full0 - full1, threshold=0.15)
    for name in ("full", "low", "high", "mape", "instability_index", "replicates"):
        assert_allclose(getattr(found.benefit, name), getattr(direct, name), atol=1e-12)
    assert found.mu0.threshold is None
    assert found.mu0.instability_index is None
    assert_allclose(found.mu1.mape, stability(mu1, full1).mape)


def test_a_plot_is_sorted_and_smooth_limits_follow_a_straight_line():
    full = np.array([0.5, 0.1, 0.3, 0.2, 0.4, 0.7, 0.6])
    drawn = np.stack([full - 0.1, full, full + 0.1])
    plot = instability_plot(stability(drawn, full, threshold=0.35), drawn, shown=2)
    assert_array_equal(plot.full, np.sort(full))
    assert_allclose(plot.low, np.sort(full) - 0.095, atol=1e-12)
    assert_allclose(plot.high, np.sort(full) + 0.095, atol=1e-12)
    assert_allclose(plot.replicates, np.stack([np.sort(full) - 0.1, np.sort(full)]))
    assert_array_equal(plot.instability_index > 0, [False, False, True, True, False, False, False])


def test_calibration_curves_are_those_of_each_replicate():
    rng = np.random.default_rng(3)
    risk = rng.random((2, 60))
    y = (rng.random(60) < risk[0]).astype(int)
    drawn = np.stack([risk[0], np.full(60, np.nan), risk[1]])
    found = calibration_instability(y, drawn, points=51)
    assert np.isnan(found.curves[1]).all()
    order = np.argsort(risk[0])
    expected = np.interp(found.grid, risk[0][order], calibration_curve(y, risk[0])[order])
    inside = (found.grid >= risk[0].min()) & (found.grid <= risk[0].max())
    assert_allclose(found.curves[0][inside], expected[inside])
    assert np.isnan(found.curves[0][~inside]).all()


def test_the_finding_questions_unstable_advice_and_never_supports():
    study = load_study("rescue-stenting")
    mu0 = np.tile([[0.0], [0.3]], (50, 4))
    mu1 = np.full((100, 4), 0.3)
    shaky = effect_stability(
        mu0, mu1, np.full(4, 0.1), np.full(4, 0.3), desirable=True, threshold=0.15
    )
    found = finding(shaky, study)
    assert found.verdict == "questions"
    assert "100 % of the patients" in found.text
    steady = effect_stability(
        mu1, mu1, np.full(4, 0.3), np.full(4, 0.3), desirable=True, threshold=0.15
    )
    assert finding(steady, study).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((np.zeros((3, 2)), [0.1]), {}, "one row a replicate"),
        ((np.zeros(3), [0.1]), {}, "one row a replicate"),
        ((np.zeros((3, 2)), [0.1, 0.2]), {"level": 0.0}, "level"),
        ((np.zeros((3, 2)), [0.1, 0.2]), {"counts": np.zeros((2, 2), int)}, "Counts"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arguments, options, message):
    with pytest.raises(ArgumentError, match=message):
        stability(*arguments, **options)
