"""The standardised average rests on enough replicates, or has no interval."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.study.measure.draws import draws
from twoarm.study.measure.outcomes import g_formula_benefit

REPLICATES = 20


@pytest.mark.parametrize(("failed", "given"), [(0, True), (4, True), (5, False), (20, False)])
def test_no_interval_where_more_than_a_fifth_of_the_replicates_failed(small_result, failed, given):
    plan, spec = small_result.plan, small_result.plan.file.primary
    rng, done = np.random.default_rng(1), np.arange(REPLICATES)
    mu = {f"mu{arm}_{spec.name}": rng.random((REPLICATES, len(plan.cohort))) for arm in (0, 1)}
    mu[f"mu1_{spec.name}"][:failed] = np.nan
    counts, own = draws(plan, done), small_result.in_sample[spec.name]
    store, everybody = SimpleNamespace(array=mu.__getitem__), np.ones(len(plan.cohort))
    found = g_formula_benefit(plan, store, done, counts, spec, own, everybody)
    assert_allclose(found.estimate, own.benefit.mean(), rtol=1e-12)
    assert np.isfinite([found.se, found.low, found.high]).tolist() == [given] * 3
    if given:
        difference = (mu[f"mu1_{spec.name}"] - mu[f"mu0_{spec.name}"])[failed:]
        sign = 1 if spec.desirable else -1
        each = sign * (difference * counts[failed:]).sum(axis=1) / counts[failed:].sum(axis=1)
        assert_allclose([found.low, found.high], np.quantile(each, [0.025, 0.975]), rtol=1e-9)
