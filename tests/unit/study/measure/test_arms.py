"""Measuring stored predictions: each arm in its own patients, cross-fitting as nested CV."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.metrics import auc, auc_within, brier, calibration
from twoarm.resampling import FitFailure
from twoarm.study.fit.fits import CrossFit
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.measure.arms import arm_result
from twoarm.study.measure.draws import draws

REPLICATES = 70  # more than one chunk
SINGLE = 1e-6  # the store keeps predictions in single precision


class Store:
    """Random predictions and weights under the names that a run gives them."""

    def __init__(self, plan):
        rng = np.random.default_rng(5)
        n, members = len(plan.cohort), len(plan.member_names)
        self.risk = rng.random((REPLICATES, n), dtype=np.float32)
        self.risk[3] = np.nan
        self.weights = rng.dirichlet(np.ones(members), REPLICATES)
        self.weights[3] = np.nan
        self.flags = np.zeros((REPLICATES, 1), dtype=np.uint8)

    def array(self, name):
        kinds = {"mu": self.risk, "we": self.weights, "fl": self.flags}
        return kinds[name[:2]]


def cross_fit_of(plan, treated, errors=()):
    """Give a cross-fit that says the same of every outcome, for the treated arm alone."""
    mu = np.full((len(treated), len(plan.outcomes), 2, treated.shape[1]), np.nan)
    mu[:, :, 1] = treated[:, None]
    return CrossFit(mu, errors)


@pytest.fixture(scope="module")
def measured(small_result):
    plan, arm = small_result.plan, 1
    spec, store, done = plan.outcomes[0], Store(plan), np.arange(REPLICATES)
    rng = np.random.default_rng(6)
    full, crossfit = rng.random(len(plan.cohort)), rng.random((2, len(plan.cohort)))
    counts, weights = draws(plan, done), np.ones(len(plan.member_names))
    fits = cross_fit_of(plan, crossfit)
    found = arm_result(plan, store, done, counts, spec, arm, full, weights, fits)
    own = plan.cohort.treatment == arm
    y = plan.outcome(spec.name)[own].astype(int)
    return plan, found, store, counts[:, own], own, y, full, crossfit


def test_replicates_are_measured_in_the_arms_own_patients(measured):
    _, found, store, counts, own, y, full, _ = measured
    kept = [i for i in range(REPLICATES) if i != 3]
    risk = store.risk[:, own].astype(float)
    oob = [auc(y[counts[i] == 0], risk[i, counts[i] == 0]) for i in kept]
    assert_allclose(found.auc.oob, np.mean(oob), rtol=0, atol=SINGLE)
    assert_allclose(found.auc.apparent, auc(y, full[own]), rtol=1e-12)
    optimism = [brier(y, risk[i], weight=counts[i]) - brier(y, risk[i]) for i in kept]
    harrell = brier(y, full[own]) - np.mean(optimism)
    assert_allclose(found.brier.harrell, harrell, rtol=0, atol=SINGLE)
    slope = np.mean([calibration(y, risk[i]).slope for i in kept])
    assert_allclose(found.calibration.slope.harrell, slope, rtol=0, atol=SINGLE)
    assert (found.auc.replicates_used, found.auc.failed) == (REPLICATES - 1, 1)
    assert found.n == own.sum()
    assert found.events == y.sum()


def test_cross_fitted_predictions_of_own_patients_are_nested_cross_validation(measured):
    plan, found, _, _, own, y, _, crossfit = measured
    within = [
        auc_within(y, crossfit[r][own], cross_fit_folds(plan, r)[own])
        for r in range(crossfit.shape[0])
    ]
    assert_allclose(found.auc.nested_cv, np.mean(within), rtol=1e-12)
    slopes = [calibration(y, each[own]).slope for each in crossfit]
    assert_allclose(found.calibration.slope.nested_cv, np.median(slopes), rtol=1e-9)


def test_mean_weights_leave_failed_replicates_out(measured):
    plan, found, store, *_ = measured
    expected = np.nanmean(store.weights, axis=0)
    assert_allclose(list(found.mean_weights.values()), expected, rtol=1e-12)
    assert list(found.mean_weights) == list(plan.member_names)


def again(measured, crossfit, done=range(REPLICATES)):
    """Measure the same arm of the same outcome with another cross-fit, or other replicates."""
    plan, _, store, *_, full, _ = measured
    done, weights = np.array(done), np.ones(len(plan.member_names))
    counts, spec = draws(plan, done), plan.outcomes[0]
    return arm_result(plan, store, done, counts, spec, 1, full, weights, crossfit)


def test_why_no_repeat_is_complete_is_the_error_of_the_arms_own_fit(measured):
    plan, *_, crossfit = measured
    holed = crossfit.copy()
    holed[:, np.flatnonzero(plan.cohort.treatment == 1)[0]] = np.nan
    name = plan.outcomes[0].name
    errors = (FitFailure(f"control/{name}", "not this"), FitFailure(f"treated/{name}", "this one"))
    found = again(measured, cross_fit_of(plan, holed, errors))
    assert found.auc.headline is None
    assert found.auc.headline_reason.endswith("in each of them a fit failed. this one")
    assert found.auc.oob is not None


def test_a_plug_in_that_holds_rows_back_shuts_the_gate(measured, monkeypatch):
    plan, *_, crossfit = measured
    monkeypatch.setattr("twoarm.study.measure.arms.seeing_copies", lambda stack, n: ("Plug in",))
    found = again(measured, cross_fit_of(plan, crossfit))
    assert found.gate.harrell_valid is False
    assert "copies of one patient on both sides, in Plug in" in found.gate.reason


def test_shares_of_replicates_are_none_where_none_could_be_fitted(measured):
    plan, *_, crossfit = measured
    found = again(measured, cross_fit_of(plan, crossfit), done=[3])
    assert found.share_separated is found.share_mean_only is found.auc.harrell is None
    assert found.auc.replicates_used == 0
