import json
import math

import jsonschema
import numpy as np
import pytest

from twoarm.metalearners import Predictors, replicate_arm
from twoarm.resampling import draw_counts
from twoarm.seeds import Stream, integer


def walk(value, path=""):
    yield path, value
    children = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield from walk(child, f"{path}.{key}" if path else str(key))


def test_the_summary_follows_its_schema(small_result, validator):
    validator.validate(small_result.summary())


def test_the_schema_refuses_what_is_no_summary(small_result, validator):
    broken = small_result.summary()
    broken["outcomes"]["death"]["arms"]["control"]["auc"]["harrel"] = 0.5
    with pytest.raises(jsonschema.ValidationError, match="harrel"):
        validator.validate(broken)


def test_the_summary_on_disk_is_the_summary(small_result):
    written = json.loads((small_result.folder / "summary.json").read_text())
    assert written == small_result.summary()


def test_every_null_is_listed_as_absent_with_a_reason_and_nothing_else_is(small_result):
    summary = small_result.summary()
    absent = summary.pop("absent")
    nulls = {path for path, value in walk(summary) if value is None}
    unlisted = {path for path in nulls if path not in absent}
    # the threshold of an outcome without one is no result that could be missing
    assert {path.split(".")[-1] for path in unlisted} <= {"threshold"}
    assert set(absent) <= nulls
    assert all(absent.values())


def test_no_number_is_nan_or_infinite(small_result):
    for path, value in walk(small_result.summary()):
        if isinstance(value, float):
            assert math.isfinite(value), path


def test_a_stored_replicate_can_be_computed_again_alone(small, small_result):
    plan, cohort = small_result.plan, small[1]
    index, position, arm = 7, 1, 1
    counts = draw_counts(plan.seed, index, len(cohort), strata=cohort.treatment)
    fit = replicate_arm(
        plan.learner,
        Predictors(cohort.codebook, cohort.predictors).prepared(counts),
        cohort.outcomes["mrs_0_3"],
        cohort.treatment,
        counts,
        arm,
        wanted=np.ones(len(cohort), dtype=bool),
        seed=integer(plan.seed, Stream.REPLICATE, index, position, arm),
    )
    stored = np.load(small_result.folder / "pred" / "mu1_mrs_0_3.npy")[index]
    np.testing.assert_array_equal(stored, fit.risk.astype(np.float32))


def test_replicates_draw_within_the_arms(small):
    cohort = small[1]
    counts = draw_counts(1, 0, len(cohort), strata=cohort.treatment)
    for arm in (0, 1):
        assert counts[cohort.treatment == arm].sum() == (cohort.treatment == arm).sum()


def test_the_benefit_has_the_declared_direction(small_result):
    for name, effects in small_result.in_sample.items():
        sign = 1.0 if small_result.outcomes[name].spec.desirable else -1.0
        np.testing.assert_array_equal(effects.benefit, sign * (effects.mu1 - effects.mu0))


def test_the_full_fits_mean_benefit_is_the_g_formula(small_result):
    for name, outcome in small_result.outcomes.items():
        assert outcome.g_formula["all"].estimate == pytest.approx(
            small_result.in_sample[name].benefit.mean()
        )


def test_the_crude_difference_is_that_of_the_arms(small_result):
    cohort = small_result.plan.cohort
    death = cohort.outcomes["death"]
    by_hand = death[cohort.treatment == 0].mean() - death[cohort.treatment == 1].mean()
    assert small_result.outcomes["death"].crude.estimate == pytest.approx(by_hand)


def test_importance_and_weights_sum_to_one(small_result):
    for outcome in small_result.outcomes.values():
        assert outcome.importance.sum() == pytest.approx(1.0)
        for arm in outcome.arms.values():
            assert sum(arm.weights.values()) == pytest.approx(1.0)


def test_the_threshold_share_is_given_for_the_primary_outcome_alone(small_result):
    for outcome in small_result.outcomes.values():
        given = outcome.benefit.share_raw is not None
        assert given == outcome.spec.primary


def test_few_replicates_are_called_provisional(small_result):
    assert small_result.provisional
