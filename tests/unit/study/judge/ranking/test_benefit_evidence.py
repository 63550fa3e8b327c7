"""The measures of benefit in a run: what they are fed, and what the summary makes of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit, logit

from twoarm.diagnostics import Absent
from twoarm.errors import NotEstimable
from twoarm.metalearners import Effects, arm_scores
from twoarm.metrics import (
    brier_for_benefit,
    calibration,
    concordance_of_pairs,
    e_for_benefit,
    isotonic_benefit,
    log_loss_for_benefit,
    match_pairs,
    model_based_c_for_benefit,
    net_benefit,
    targeting_curve,
)
from twoarm.seeds import generator
from twoarm.study.fit.fits import CrossFit, FullFit
from twoarm.study.judge.answers import asked
from twoarm.study.judge.comparability.propensity import PROPENSITY
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.ranking.benefit_evidence import EVIDENCE_ON, benefit_evidence
from twoarm.study.judge.ranking.benefit_measures import EvidenceTask, Patients, _groups_of, _mean_of
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.pair_errors import pair_errors


@pytest.fixture(scope="module")
def found(small_result):
    return small_result.value(COMPARISON)


def trial(n=400, seed=3, desirable=True):
    """A trial with known risks, which are also the predictions."""
    rng = np.random.default_rng(seed)
    w = rng.integers(0, 2, n)
    mu0 = rng.uniform(0.1, 0.5, n)
    mu1 = np.clip(mu0 + rng.uniform(-0.1, 0.4, n), 0.02, 0.98)
    y = (rng.random(n) < np.where(w == 1, mu1, mu0)).astype(float)
    half = np.full(n, 0.5)
    phi0, phi1 = arm_scores(y, w, mu0, mu1, half)
    X = np.column_stack([mu0, mu1])
    fold = np.arange(n) % 4
    patients = Patients(y, w, half, fold, X, mu0, mu1, phi0, phi1, desirable, 0.15)
    return patients, Effects(mu0, mu1, mu1 - mu0 if desirable else mu0 - mu1)


def measured(patients, effects):
    return EvidenceTask(patients, {"t": effects}, 100, 5)("t")


def test_scores_are_those_of_the_first_cross_fit_and_the_runs_propensity(small_result, found):
    plan, own = small_result.plan, found.compared.effects["t"]
    y, w = plan.outcome("mrs_0_2"), plan.cohort.treatment
    score = small_result.value(PROPENSITY).score
    phi0, phi1 = arm_scores(y, w, own.mu0, own.mu1, score)
    assert_allclose(found.patients.scores, phi1 - phi0)
    assert_allclose(found.average.estimate, (phi1 - phi0).mean())
    assert_allclose(found.treat_none.value.estimate, phi0.mean())
    assert_allclose(found.treat_all.value.estimate, phi1.mean())


def test_three_learners_are_measured_by_the_same_scores(found):
    assert tuple(found.models) == EVIDENCE_ON
    for name, each in found.models.items():
        benefit = found.compared.effects[name].benefit
        curve = net_benefit(found.patients.scores, benefit, each.net_benefit.threshold)
        assert_allclose(each.net_benefit.model, curve.model)
        assert_allclose(each.targeting.gain, targeting_curve(found.patients.scores, benefit).gain)
        assert_allclose(each.at_threshold.threshold, [0.15])
        assert each.around_threshold.threshold.tolist() == [0.05, 0.10, 0.15, 0.20, 0.25]
        assert each.around_threshold.model[2] == each.at_threshold.model[0]
        assert each.around_threshold.model[0] == each.net_benefit.model[5]
        steps = isotonic_benefit(found.patients.scores, benefit)
        assert_allclose(each.isotonic, steps(each.curve.predicted))
        assert_allclose(each.needed.estimate, 1 / each.reaching.estimate)
    assert_allclose(found.needed.estimate, 1 / found.average.estimate)
    nothing_to_choose = [each.net_benefit.treat_all for each in found.models.values()]
    assert_allclose(*nothing_to_choose[:2])


def test_a_threshold_off_the_grid_has_a_place_of_its_own():
    patients, effects = trial()
    found = measured(replace(patients, threshold=0.125), effects)
    assert found.around_threshold.threshold.tolist() == [0.05, 0.10, 0.125, 0.15, 0.20, 0.25]
    assert found.around_threshold.model[2] == found.at_threshold.model[0]


def test_net_benefit_is_the_policys_gain_less_the_threshold_for_each_treated(found):
    for each in found.models.values():
        gain = each.policy.over_none.estimate
        assert_allclose(each.at_threshold.model[0], gain - 0.15 * each.policy.share_treated)


def test_those_who_reach_the_threshold_bring_the_policys_whole_gain(found):
    for each in found.models.values():
        assert_allclose(
            each.reaching.estimate * each.policy.share_treated, each.policy.over_none.estimate
        )


def test_pair_errors_are_means_over_the_matchings_of_c_for_benefit():
    patients, effects = trial()
    values = []
    for number in range(3):
        pairs = match_pairs(
            patients.outcome,
            effects.mu0,
            effects.mu1,
            patients.treatment,
            desirable=True,
            rng=generator(5, number),
        )
        errors = e_for_benefit(pairs)
        values.append(
            (
                errors.in_the_large,
                errors.average,
                errors.median,
                errors.p90,
                log_loss_for_benefit(pairs),
                brier_for_benefit(pairs),
                concordance_of_pairs(pairs),
            )
        )
    mean = np.mean(values, axis=0)
    each = pair_errors(
        patients.outcome,
        effects.mu0,
        effects.mu1,
        patients.treatment,
        desirable=True,
        matchings=3,
        seed=5,
    )
    names = ("in_the_large", "average", "median", "p90", "log_loss", "brier")
    assert_allclose([getattr(each, name) for name in names], mean[:6])
    assert each.matchings == 3
    assert_allclose(np.mean(measured(patients, effects).concordance[0].matchings[:3]), mean[6])


def test_model_based_c_takes_risks_recalibrated_in_each_arm_for_the_truth():
    patients, effects = trial()
    updated = []
    for arm, risk in enumerate((effects.mu0, effects.mu1)):
        own = patients.treatment == arm
        fit = calibration(patients.outcome[own], risk[own])
        updated.append(expit(fit.intercept + fit.slope * logit(risk)))
    direct = model_based_c_for_benefit(effects.mu0, effects.mu1, updated=tuple(updated))
    each = measured(patients, effects)
    assert_allclose(each.model_based, direct)
    assert each.dispersion == model_based_c_for_benefit(effects.mu0, effects.mu1)


def test_risks_unrelated_to_the_outcome_are_spread_and_not_validated():
    patients, _ = trial(n=4000)
    rng = np.random.default_rng(9)
    noise = Effects(rng.uniform(0.1, 0.5, 4000), rng.uniform(0.1, 0.9, 4000), np.empty(0))
    each = measured(patients, replace(noise, benefit=noise.mu1 - noise.mu0))
    assert each.dispersion > 0.6
    assert abs(each.model_based - 0.5) < 0.05
    assert abs(each.slope.slope.estimate) < 3 * each.slope.slope.se


def test_true_risks_are_calibrated():
    each = measured(*trial(n=4000))
    for value, ideal in (
        (each.slope.slope, 1.0),
        (each.linear.mean, 1.0),
        (each.linear.differential, 1.0),
        (each.logit.intercept, 0.0),
        (each.logit.slope, 1.0),
    ):
        assert abs(value.estimate - ideal) < 3 * value.se
    se = (each.curve.high - each.curve.observed) / 1.96
    assert (np.abs(each.curve.observed - each.curve.predicted) < 3.5 * se).all()


def test_an_outcome_to_avoid_is_the_mirror_of_its_opposite():
    patients, effects = trial()
    good = measured(patients, effects)
    mirrored = replace(
        patients,
        outcome=1 - patients.outcome,
        mu0=1 - patients.mu0,
        mu1=1 - patients.mu1,
        phi0=1 - patients.phi0,
        phi1=1 - patients.phi1,
        desirable=False,
    )
    bad = measured(mirrored, Effects(1 - effects.mu0, 1 - effects.mu1, effects.benefit))
    assert_allclose(bad.slope.slope.estimate, good.slope.slope.estimate)
    assert_allclose(bad.net_benefit.model, good.net_benefit.model, atol=1e-12)
    assert_allclose(bad.policy.over_none.estimate, good.policy.over_none.estimate)
    assert_allclose(bad.concordance[0].estimate, good.concordance[0].estimate)
    assert_allclose(bad.linear.differential.estimate, good.linear.differential.estimate)


def test_matching_on_covariates_is_left_out_where_it_would_take_long():
    small, large = (measured(*trial(n=n)) for n in (300, 2400))
    assert [each.match_on for each in small.concordance] == [
        "benefit",
        "benefit",
        "mu0",
        "covariates",
    ]
    assert [each.match_on for each in large.concordance] == ["benefit", "benefit", "mu0"]


def test_what_cannot_be_computed_has_a_reason():
    patients, effects = trial()
    same = Effects(
        np.full_like(effects.mu0, 0.2),
        np.full_like(effects.mu0, 0.3),
        np.full_like(effects.mu0, 0.1),
    )
    each = measured(patients, same)
    for absent in (each.model_based, each.groups, each.curve, each.isotonic, each.reaching):
        assert isinstance(absent, Absent)
        assert absent.reason
        assert not absent.defect
    assert each.needed is None
    assert np.isnan(each.slope.slope.estimate)
    assert each.autoc == pytest.approx(0.0, abs=1e-12)


def test_areas_are_means_of_the_targeting_curve():
    each = measured(*trial())
    n = each.targeting.gain.size
    share = np.arange(1, n + 1) / n
    assert each.autoc == pytest.approx(each.targeting.gain.mean())
    assert each.qini == pytest.approx((share * each.targeting.gain).mean())


def test_the_summary_has_them_for_the_primary_outcome_alone(small_result, found):
    summary = json.loads(json.dumps(small_result.summary(), allow_nan=False))
    own = summary["outcomes"]["mrs_0_2"]
    t = own["benefit_metrics"]["learners"]["t"]
    assert t["c_for_benefit"][0]["estimate"] == found.models["t"].concordance[0].estimate
    assert t["policy"]["over_all"]["estimate"] == found.models["t"].policy.over_all.estimate
    assert len(t["net_benefit"]) == 31
    assert own["comparison"]["rank_correlation"]["t"]["t"] == pytest.approx(1.0)
    assert own["comparison"]["learners"]["dr"]["mean"] == found.compared.page.learners[4].mean
    for other in ("mrs_0_3", "sich", "death"):
        for part in ("comparison", "benefit_metrics"):
            assert summary["outcomes"][other][part] is None
            assert summary["absent"][f"outcomes.{other}.{part}"] == "primary outcome only"


def test_a_run_without_a_cross_fit_says_so(small_result):
    plan = small_result.plan
    shape = (1, len(plan.outcomes), 2, len(plan.cohort))
    score = small_result.value(PROPENSITY).score
    models, nothing = small_result.models, np.full(shape, np.nan)
    with pytest.raises(NotEstimable, match="cross-fitting failed"):
        benefit_evidence(plan, nothing, models.encoding, score)
    full = FullFit(models, small_result.in_sample, {}, ())
    evidence = Evidence(plan, store=None, full=full, crossfit=CrossFit(nothing, ()))
    without = replace(small_result, answers=asked(evidence, (COMPARISON,))).summary()
    assert without["outcomes"]["mrs_0_2"]["comparison"] is None
    assert without["absent"]["outcomes.mrs_0_2.benefit_metrics"] == "cross-fitting failed"


def test_an_average_of_scores_beyond_the_possible_is_no_number():
    scores = np.array([-1.6, -1.2, -0.9, 0.1, 0.2, 0.3, 0.2, 0.1])
    for refused in (lambda: _mean_of(scores[:3]), lambda: _groups_of(scores, np.arange(8.0))):
        with pytest.raises(NotEstimable, match="beyond what is possible"):
            refused()
    assert _mean_of(scores[3:]).estimate == pytest.approx(0.18)
