"""The spread between replicates' models: by hand, against its truth, and by its properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose
from scipy.special import expit, logit

from twoarm import metrics
from twoarm.resampling import (
    ModelSpread,
    model_spread,
    replicates_needed,
    variance_between_models,
)

seeds = integers(0, 2**32 - 1)


def cohort(seed, *, n=90, replicates=30, disagreement=0.5):
    """Draw outcomes, resamples, and predictions by models that differ by `disagreement`."""
    rng = np.random.default_rng(seed)
    outcome = (rng.random(n) < 0.4).astype(np.int64)
    X = rng.normal(size=(n, 3)) + 0.8 * outcome[:, None] * np.array([1.0, 0.5, 0.0])
    slope = np.array([1.0, 0.5, 0.0]) + disagreement * rng.normal(size=(replicates, 3))
    counts = rng.multinomial(n, np.full(n, 1 / n), size=replicates)
    return expit(slope @ X.T - 0.8), outcome, counts


def two_way_twin(value, part, measured, group):
    """The additive layout by least squares on a matrix of dummies, models and patients."""
    models, n = part.shape
    adjusted, chance = value.copy(), np.zeros(models)
    for label in np.unique(group):
        rows, columns = np.nonzero(measured & (group == label))
        dummies = np.zeros((rows.size, models + n))
        dummies[np.arange(rows.size), rows] = 1.0
        dummies[np.arange(rows.size), models + columns] = 1.0
        effects = np.linalg.lstsq(dummies, part[rows, columns], rcond=None)[0]
        for b in range(models):
            own = columns[rows == b]
            adjusted[b] -= effects[models + own].mean()
            left = part[b, own] - effects[models + own]
            chance[b] += left.var(ddof=1) / own.size
    return max(0.0, adjusted.var(ddof=1) - chance.mean())


def test_two_models_by_hand():
    # Both saw everybody, so the patients' effects are in both alike: 0.1 apart on average, a
    # variance of 0.005. Around its own mean each model disagrees with the patients' effects by
    # -/+ 0.05: a variance of 0.005 in two patients, 0.0025 of their mean.
    part = np.array([[0.2, 0.4], [0.4, 0.4]])
    everybody = np.ones((2, 2), dtype=bool)
    found = variance_between_models(part.mean(axis=1), part, everybody, np.zeros(2, dtype=int))
    assert_allclose(found, 0.005 - 0.0025, rtol=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_it_is_that_of_a_least_squares_layout(seed):
    risk, outcome, counts = cohort(seed, n=80, replicates=15)
    out = counts == 0
    loss = (outcome - risk) ** 2
    value = np.where(out, loss, 0.0).sum(axis=1) / out.sum(axis=1)
    for group in (np.zeros(80, dtype=np.int64), (np.arange(80) % 2).astype(np.int64)):
        found = variance_between_models(value, loss, out, group)
        # Two groups: their means do not add up to this value, which the twin does not mind.
        assert_allclose(found, two_way_twin(value, loss, out, group), rtol=1e-6, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_the_spread_of_each_measure_is_that_of_its_parts(seed):
    risk, outcome, counts = cohort(seed)
    out = counts == 0
    loss, everybody = (outcome - risk) ** 2, np.zeros(outcome.size, dtype=np.int64)
    value = np.array([loss[b, own].mean() for b, own in enumerate(out)])
    found = model_spread(risk, outcome, counts)
    assert_allclose(
        found.brier, variance_between_models(value, loss, out, everybody), rtol=1e-9, atol=1e-18
    )
    enough = [min(np.bincount(outcome[own], minlength=2)) >= 2 for own in out]
    risk, out = risk[enough], out[enough]
    part = np.zeros(risk.shape)
    for b, own in enumerate(out):
        part[b, own] = metrics.placement_values(outcome[own], risk[b, own])
    area = np.array([metrics.auc(outcome[own], risk[b, own]) for b, own in enumerate(out)])
    assert_allclose(
        found.auc, variance_between_models(area, part, out, outcome), rtol=1e-9, atol=1e-18
    )


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_models_that_are_all_the_same_have_none(seed):
    risk, outcome, counts = cohort(seed, disagreement=0.0)
    found = model_spread(risk, outcome, counts)
    assert found.brier < 1e-15
    # Placement values depend on who else was not drawn: second order, a tenth of the whole.
    whole = metrics.auc_variance(outcome, risk[0])
    assert found.auc < 0.15 * whole


@pytest.mark.parametrize("disagreement", [0.3, 0.6])
def test_it_is_the_variance_of_the_models_in_new_patients(disagreement):
    """Mean over cohorts of the same models, against their measures in 20 000 patients."""
    rng = np.random.default_rng(5)
    slopes = np.array([1.0, 0.5, 0.0]) + disagreement * rng.normal(size=(60, 3))

    def patients(n):
        y = (rng.random(n) < 0.4).astype(np.int64)
        return y, rng.normal(size=(n, 3)) + 0.8 * y[:, None] * np.array([1.0, 0.5, 0.0])

    y, X = patients(20_000)
    risk = expit(slopes @ X.T - 0.8)
    truth = [
        np.var([measure(y, each) for each in risk], ddof=1)
        for measure in (metrics.auc, metrics.brier)
    ]
    found = []
    for _ in range(60):
        y, X = patients(150)
        counts = rng.multinomial(150, np.full(150, 1 / 150), size=60)
        one = model_spread(expit(slopes @ X.T - 0.8), y, counts)
        found.append([one.auc, one.brier])
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(60)
    assert (np.abs(mean - truth) < 3 * error + 0.1 * np.array(truth)).all()


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_the_order_of_patients_and_of_replicates_is_nothing(seed):
    risk, outcome, counts = cohort(seed)
    rng = np.random.default_rng(seed)
    of_patients, of_replicates = rng.permutation(outcome.size), rng.permutation(risk.shape[0])
    found = model_spread(risk, outcome, counts)
    other = model_spread(
        risk[of_replicates][:, of_patients],
        outcome[of_patients],
        counts[of_replicates][:, of_patients],
    )
    assert_allclose([other.auc, other.brier], [found.auc, found.brier], rtol=1e-6, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, slope=floats(0.2, 3.0), shift=floats(-2.0, 2.0))
def test_that_of_the_auc_asks_for_ranks_alone_and_mirrors(seed, slope, shift):
    risk, outcome, counts = cohort(seed)
    found = model_spread(risk, outcome, counts)
    moved = model_spread(expit(shift + slope * logit(risk)), outcome, counts)
    assert_allclose(moved.auc, found.auc, rtol=1e-9, atol=1e-15)
    mirrored = model_spread(1.0 - risk, 1 - outcome, counts)
    assert_allclose([mirrored.auc, mirrored.brier], [found.auc, found.brier], rtol=1e-6, atol=1e-12)


def test_models_that_disagree_more_have_more():
    found = [model_spread(*cohort(3, disagreement=k, n=300)) for k in (0.1, 0.4, 1.0)]
    assert found[0].auc < found[1].auc < found[2].auc
    assert found[0].brier < found[1].brier < found[2].brier


def test_a_replicate_that_failed_is_left_out_and_too_many_leave_nothing():
    risk, outcome, counts = cohort(1, replicates=40)
    broken = risk.copy()
    broken[:8] = np.nan
    assert model_spread(broken, outcome, counts) == model_spread(risk[8:], outcome, counts[8:])
    broken[8, 3] = np.nan
    assert model_spread(broken, outcome, counts) == ModelSpread(None, None)
    few = model_spread(risk[:9], outcome, counts[:9])
    assert few == ModelSpread(None, None)
    assert model_spread(risk[:10], outcome, counts[:10]).auc is not None


def test_two_events_are_too_few_for_the_auc_but_not_for_the_brier_score():
    risk, outcome, counts = cohort(1)
    outcome = np.zeros_like(outcome)
    outcome[:2] = 1
    found = model_spread(risk, outcome, counts)
    assert found.auc is None
    assert found.brier is not None


def test_large_cohorts_need_fewer_replicates():
    needed = [replicates_needed(n) for n in (50, 8000, 16_000, 4_000_000)]
    assert needed == [500, 500, 250, 10]
