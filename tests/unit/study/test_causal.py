"""The diagnostics of a run: in benefit direction, named, and never more than they can be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.diagnostics import average_effect
from twoarm.study.files.summary import summary_of
from twoarm.study.plan.propensity import pooled_centres


def test_average_effects_are_benefits_of_cross_fitted_models_and_one_propensity(small_result):
    plan, judged = small_result.plan, small_result.diagnostics
    X = small_result.models.encoding.encode(plan.cohort.predictors)
    for name, sign in (("mrs_0_2", 1.0), ("death", -1.0)):
        effects = small_result.effects[name]
        direct = average_effect(
            X,
            plan.outcome(name),
            plan.cohort.treatment,
            mu=(effects.mu0, effects.mu1),
            propensity=judged.propensity.score,
        )
        for method in ("iptw", "overlap", "aipw", "tmle"):
            found = getattr(judged.effects[name], method)
            assert_allclose(found.estimate, sign * getattr(direct, method).estimate, rtol=1e-12)
            assert found.low < found.estimate < found.high


def test_the_share_has_six_versions_for_the_primary_outcome_alone(small_result):
    summary = summary_of(small_result)
    shares = summary["outcomes"]["mrs_0_2"]["benefit"]["share_at_threshold"]
    versions = {"raw", "crossfit", "shrunk", "deconvolved", "no_effect", "same_effect"}
    assert shares.keys() == versions
    found = small_result.diagnostics.heterogeneity
    assert shares["raw"] == pytest.approx(found.raw)  # the same threshold on the same kind of fit
    for null in ("no_effect", "same_effect"):
        assert 0 <= shares[null]["low"] <= shares[null]["mean"] <= shares[null]["high"] <= 1
    for other in ("mrs_0_3", "sich", "death"):
        assert summary["outcomes"][other]["benefit"]["share_at_threshold"] is None
        assert f"outcomes.{other}.benefit.share_at_threshold" in summary["absent"]


def test_no_causal_diagnostic_supports_anything_without_randomisation(small_result):
    findings = {each.name: each for each in small_result.diagnostics.findings}
    expected = {
        "propensity",
        "overlap",
        "balance",
        "agreement",
        "E-value",
        "marginal sensitivity",
        "heterogeneity",
    }
    assert expected <= findings.keys()
    for name in expected:
        assert findings[name].verdict != "supports"
        assert findings[name].text


def test_draws_never_outnumber_replicates(small_result):
    null = small_result.diagnostics.heterogeneity.same_effect
    assert null.draws == small_result.replicates


def test_a_number_needed_beyond_infinity_is_null_and_listed(small_result):
    summary = summary_of(small_result)
    for name, outcome in summary["outcomes"].items():
        effect, needed = outcome["average_effect"]["g_formula"], outcome["benefit"]["nnt_of_mean"]
        if effect["low"] > 0:
            assert needed["low"] == pytest.approx(1 / effect["high"])
            assert needed["high"] == pytest.approx(1 / effect["low"])
        else:
            assert needed["high"] is None
            assert f"outcomes.{name}.benefit.nnt_of_mean.high" in summary["absent"]
    assert np.isfinite(summary["outcomes"]["mrs_0_2"]["benefit"]["nnt_of_mean"]["estimate"])


def test_small_centres_are_one_and_a_single_centre_is_none():
    arm = np.tile([0, 1], 30)
    centre = np.array(["A"] * 22 + ["B"] * 18 + ["C"] * 20)  # B has 9 in each arm
    assert np.unique(pooled_centres(centre, arm)[22:40]).tolist() == [2]
    assert pooled_centres(centre, arm)[[0, 59]].tolist() == [0, 1]
    only_treated = np.where(centre == "C", 1, arm)  # a centre that treats all is small, too
    assert pooled_centres(centre, only_treated)[[0, 30, 59]].tolist() == [0, 1, 1]
    assert pooled_centres(np.array(["A"] * 60), arm) is None
    assert pooled_centres(np.array([f"C{k}" for k in range(60)]), arm) is None
    assert pooled_centres(None, arm) is None
