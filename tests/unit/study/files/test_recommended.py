"""The recommended learner of a run: what is fitted, put in order, and left out."""

import dataclasses

import numpy as np
import pytest

from twoarm.metalearners import recommended_learner
from twoarm.study.files.recommended import fit_recommended


@pytest.fixture(scope="module")
def fitted(small_result):
    return fit_recommended(small_result.plan, small_result.models.encoding)


def test_an_outcome_that_stands_alone_is_the_learners_own(small_result, fitted):
    plan, encoding = small_result.plan, small_result.models.encoding
    X = encoding.encode(plan.cohort.predictors)
    spec = next(each for each in plan.outcomes if each.name == "sich")
    learner = recommended_learner(desirable=spec.desirable)
    effects = learner.fit(X, plan.outcome("sich"), treatment=plan.cohort.treatment).effects(X)
    mu0, mu1 = fitted.risks(X)["sich"]
    np.testing.assert_array_equal([mu0, mu1], [effects.mu0, effects.mu1])
    np.testing.assert_allclose(mu0 - mu1, effects.benefit, atol=1e-15)


def test_nested_outcomes_are_in_their_order(fitted):
    assert [cut.name for cut, _ in fitted.order] == ["mrs_0_2", "mrs_0_3", "not death"]
    assert all(trust > 1.0 for _, trust in fitted.order)


def test_an_outcome_that_nobody_has_is_left_out_with_its_reason(small_result):
    plan = small_result.plan
    cohort = plan.cohort
    nobody = dict(cohort.outcomes) | {"sich": np.zeros(len(cohort))}
    changed = dataclasses.replace(plan, cohort=dataclasses.replace(cohort, outcomes=nobody))
    found = fit_recommended(changed, small_result.models.encoding)
    assert set(found.models) == {"mrs_0_2", "mrs_0_3", "death"}
    assert "found 0 with it" in found.absent["sich"]


def test_patients_without_a_known_outcome_take_no_part(small_result):
    plan, encoding = small_result.plan, small_result.models.encoding
    X = encoding.encode(plan.cohort.predictors)
    values = plan.outcome("sich").copy()
    values[:40] = np.nan
    some = dict(plan.cohort.outcomes) | {"sich": values}
    changed = dataclasses.replace(plan, cohort=dataclasses.replace(plan.cohort, outcomes=some))
    found = fit_recommended(changed, encoding).models["sich"]
    again = recommended_learner(desirable=False).fit(
        X[40:], values[40:], treatment=plan.cohort.treatment[40:]
    )
    np.testing.assert_array_equal(found.arms(X), again.learnt_.arms(X))
