"""The measures of replicates: their properties, and what is missing when."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.resampling import SCORES, score, score_all


def replicates(seed, n=60, n_replicates=3):
    """Give rounded predictions, so that many patients are tied, and how often each is drawn."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    risk = np.round(np.clip(0.3 * y + 0.7 * rng.random((n_replicates, n)), 0, 1), 1)
    counts = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in risk])
    return risk, y, counts


@settings(max_examples=40, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed):
    risk, y, counts = replicates(seed)
    order = np.random.default_rng(seed).permutation(y.size)
    shuffled = score_all(risk[:, order], y[order], counts[:, order])
    assert_allclose(shuffled, score_all(risk, y, counts), rtol=1e-6, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_replicates_are_measured_one_by_one(seed):
    risk, y, counts = replicates(seed)
    table = score_all(risk.astype(np.float32), y, counts.astype(np.int32))
    for row, (p, drawn) in enumerate(zip(risk.astype(np.float32), counts, strict=True)):
        assert_array_equal(table[row], score(p.astype(float), y, drawn))


def test_a_replicate_with_a_prediction_that_is_not_finite_has_no_measure():
    risk, y, counts = replicates(1)
    risk[1, 4] = np.nan
    table = score_all(risk, y, counts)
    assert np.isnan(table[1]).all()
    assert np.isfinite(table[[0, 2], 0]).all()


def test_what_is_measured_where():
    risk, y, counts = replicates(2)
    defined = dict(zip(SCORES, np.isfinite(score(risk[0], y, counts[0])).tolist(), strict=True))
    everywhere, regressed, smoothed = [True] * 3, [True, True, False], [False, True, False]
    assert [defined[name] for name in ("auc", "brier", "log_loss")] == [everywhere] * 3
    assert [defined[name] for name in ("r2", "g", "gp", "intercept", "slope")] == [regressed] * 5
    rest = ("in_the_large", "ici", "e50", "e90", "emax")
    assert [defined[name] for name in rest] == [smoothed] * 5


def test_everybody_drawn_leaves_nobody_out():
    risk, y, _ = replicates(3)
    assert np.isnan(score(risk[0], y, np.ones(60, dtype=np.int64))[:, 2]).all()
