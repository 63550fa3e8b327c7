"""The study's population, a lot's probability, and centres that gave one treatment."""

import numpy as np
import pytest

from twoarm.diagnostics import benefit_e_value, marginal_sensitivity, population_scores
from twoarm.report.sentences import sentences
from twoarm.study import make_plan, run
from twoarm.study.fit.refits import refits_of
from twoarm.study.judge.average.agreement import AGREEMENT
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.comparability.one_treatment_centres import ONE_TREATMENT_CENTRES
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.judge.comparability.propensity import PROPENSITY
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.hidden.e_value import E_VALUE
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.plan.propensity import treatment_model

N = 240


def far_controls():
    """Half of the patients are controls of another kind; treatment was open in the others."""
    rng = np.random.default_rng(5)
    near = np.arange(N) < N // 2
    arm = np.where(near, np.arange(N) % 2, 0)
    age = np.where(near, rng.normal(70, 3, N), rng.normal(25, 3, N)).round(1)
    dead = (rng.random(N) < np.where(near, 0.5 - 0.2 * arm, 0.2)).astype(int)
    return {"arm": arm, "age": age, "dead": dead}


@pytest.fixture(scope="module")
def treated(overlap_study, tmp_path_factory):
    study, cohort = overlap_study(N, population="treated", **far_controls())
    folder = tmp_path_factory.mktemp("treated") / "run"
    return run(study, cohort, out=folder, executor="serial")


@pytest.mark.seconds
def test_with_a_distant_control_group_the_treated_are_told_and_everybody_is_not(treated):
    assert set(treated.value(OVERLAP).identified.reasons) == {"all"}
    summary = treated.summary()["outcomes"]["death"]["average_effect"]
    assert summary["aipw"] is None
    assert summary["ate"] is None
    for name in ("g_formula", "iptw", "aipw", "tmle"):
        assert summary["att"][name]["estimate"] == pytest.approx(0.2, abs=0.25)
    assert "over the treated" in next(
        f.text for f in treated.findings if f.name == "average effect"
    )
    assert any(
        "averaged over the treated, adjusted for what was measured (AIPW)" in each.text
        for each in sentences(treated)
    )


@pytest.mark.seconds
def test_agreement_e_value_and_sensitivity_follow_the_treated(treated):
    cohort = treated.plan.cohort
    y, w, score = cohort.outcomes["death"], cohort.treatment, treated.value(PROPENSITY).score
    effects = treated.effects["death"]
    parts = y, w, effects.mu0, effects.mu1, score
    scores = population_scores(*parts, "treated")
    found = treated.value(AGREEMENT)
    assert found.aipw == pytest.approx(-scores.effect)
    assert found.mean_benefit == pytest.approx(effects.benefit[w == 1].mean())
    direct = benefit_e_value(*parts, desirable=False, threshold=0.05, population="treated")
    assert treated.value(E_VALUE).to_zero == direct.to_zero
    curve = treated.value(SENSITIVITY)
    bounds = marginal_sensitivity(y, w, score, strengths=curve.strength, population="treated")
    np.testing.assert_allclose(curve.low, -bounds.high)


@pytest.mark.seconds
def test_the_g_formula_of_the_treated_is_over_the_treated(treated):
    w, benefit = treated.plan.cohort.treatment, treated.in_sample["death"].benefit
    found = treated.primary.g_formula["treated"]
    assert found.estimate == pytest.approx(benefit[w == 1].mean())
    assert found.low <= found.high
    assert treated.value(AVERAGE_EFFECT).over("treated") == treated.value(AVERAGE_EFFECT).att


def test_the_overlap_population_has_no_bounds_of_its_own(overlap_study):
    plan = make_plan(*overlap_study(population="overlap"))
    evidence = Evidence(plan, None, None, None)
    with pytest.raises(ValueError, match="overlap population itself"):
        SENSITIVITY.ask(evidence)


def test_in_a_trial_the_probability_is_the_share_treated(overlap_study):
    study, cohort = overlap_study(control_by="randomised", ward=np.tile([0, 1], 60))
    assert set(treatment_model(cohort, by_lot=True).propensity.score) == {0.5}
    evidence = Evidence(make_plan(study, cohort), None, None, None)
    assert evidence.overlap.identified.reasons == {}
    assert evidence.overlap.trimming.kept.all()
    refits = refits_of(evidence.plan)
    learnt = np.arange(120) % 3 > 0
    score = refits.propensity(learnt, ~learnt, seed=1)
    assert set(score[~learnt]) == {cohort.treatment[learnt].mean()}


def test_centres_with_one_treatment_are_counted_in_the_summary(overlap_study):
    centre = np.where(np.tile([0, 1], 60) == 1, "north", "south")
    centre[:20] = "both"
    plan = make_plan(*overlap_study(centre=centre))
    value = ONE_TREATMENT_CENTRES.ask(Evidence(plan, None, None, None))
    block = ONE_TREATMENT_CENTRES.block(value, plan.study)
    assert block["overlap.one_treatment_centres"] == {
        "centres": ["north", "south"], "of": 3, "control": 50, "treated": 50, "patients": 120
    }  # fmt: skip
    found = ONE_TREATMENT_CENTRES.finding(value, plan.study)
    assert found.verdict == "questions"
    assert "100 of 120 patients" in found.text


def test_without_centres_there_is_nothing_to_count(overlap_study):
    plan = make_plan(*overlap_study())
    with pytest.raises(ValueError, match="names no column of centres"):
        ONE_TREATMENT_CENTRES.ask(Evidence(plan, None, None, None))
