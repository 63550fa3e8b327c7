"""The diagnostics of a run: in benefit direction, named, and never more than they can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.diagnostics import average_effect
from twoarm.study.judge.answers import asked
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.comparability.propensity import PROPENSITY
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.verdict import verdict


def test_average_effects_are_benefits_of_cross_fitted_models_and_one_propensity(small_result):
    plan, score = small_result.plan, small_result.value(PROPENSITY).score
    X = small_result.models.encoding.encode(plan.cohort.predictors)
    for name, sign in (("mrs_0_2", 1.0), ("death", -1.0)):
        effects = small_result.effects[name]
        direct = average_effect(
            X,
            plan.outcome(name),
            plan.cohort.treatment,
            mu=(effects.mu0, effects.mu1),
            propensity=score,
        )
        for method in ("iptw", "overlap", "aipw", "tmle"):
            found = getattr(small_result.value(AVERAGE_EFFECT, name).ate, method)
            assert_allclose(found.estimate, sign * getattr(direct, method).estimate, rtol=1e-12)
            assert found.low < found.estimate < found.high


def test_the_share_has_six_versions_for_the_primary_outcome_alone(small_result):
    summary = small_result.summary()
    shares = summary["outcomes"]["mrs_0_2"]["benefit"]["share_at_threshold"]
    versions = {"raw", "crossfit", "shrunk", "deconvolved", "no_effect", "same_effect"}
    versions.add("same_effect_crossfit")
    assert shares.keys() == versions
    found = small_result.value(HETEROGENEITY)
    assert shares["raw"] == pytest.approx(found.raw)  # the same threshold on the same kind of fit
    for null in ("no_effect", "same_effect"):
        assert 0 <= shares[null]["low"] <= shares[null]["mean"] <= shares[null]["high"] <= 1
    for other in ("mrs_0_3", "sich", "death"):
        assert summary["outcomes"][other]["benefit"]["share_at_threshold"] is None
        assert f"outcomes.{other}.benefit.share_at_threshold" in summary["absent"]


def test_no_causal_diagnostic_supports_anything_without_randomisation(small_result):
    findings = {each.name: each for each in small_result.findings}
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
    null = small_result.value(HETEROGENEITY).same_effect
    assert null.draws == small_result.replicates


def test_a_number_needed_beyond_infinity_is_null_and_listed(small_result):
    summary = small_result.summary()
    for name, outcome in summary["outcomes"].items():
        effect, needed = outcome["average_effect"]["aipw"], outcome["benefit"]["nnt_of_mean"]
        if effect["low"] > 0:
            assert needed["low"] == pytest.approx(1 / effect["high"])
            assert needed["high"] == pytest.approx(1 / effect["low"])
        else:
            assert needed["high"] is None
            assert f"outcomes.{name}.benefit.nnt_of_mean.high" in summary["absent"]
    assert np.isfinite(summary["outcomes"]["mrs_0_2"]["benefit"]["nnt_of_mean"]["estimate"])


def test_a_trial_that_harms_is_answered_as_one_that_helps(small_evidence):
    """The same patients, the primary outcome turned round, treatment said to be drawn by lot."""
    plan = small_evidence.plan
    trial = plan.file.target_trial.model_copy(update={"control_by": "randomised"})
    first, *others = plan.file.outcomes
    said = {}
    for desirable in (True, False):
        outcomes = (first.model_copy(update={"desirable": desirable}), *others)
        file = plan.file.model_copy(update={"target_trial": trial, "outcomes": outcomes})
        study = replace(plan.study, file=file)
        evidence = replace(small_evidence, plan=replace(plan, study=study))
        (said[desirable],) = verdict(asked(evidence, (AVERAGE_EFFECT,)))
    assert [each.verdict for each in said.values()] == ["supports", "supports"]
    assert "the treatment harms (a harm of" in said[False].text
    turned = said[True].text.replace("helps", "harms").replace("benefit", "harm")
    assert turned == said[False].text
