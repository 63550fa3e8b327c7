"""Outcomes together: which are nested, what the models' contradictions are, the whole scale."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr

from twoarm.cohort.studyfile import EventRule, OutcomeSpec
from twoarm.diagnostics import UTILITY_MRS, Absent, OrdinalEffects, coherence, ordinal_effects
from twoarm.errors import NotEstimable
from twoarm.metrics import brier
from twoarm.report.sections import outcomes
from twoarm.study.fit.fits import CrossFit
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.judge.answers import asked, none_yet
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.outcomes.coherence import COHERENCE, nested_cuts, study_coherence
from twoarm.study.judge.outcomes.ordinal import NO_UTILITY, ORDINAL, study_ordinal
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.plan.plan import make_plan

NAMES = ("mrs_0_2", "mrs_0_3", "sich", "death")


@pytest.fixture(scope="module")
def plan(small_result):
    return small_result.plan


@pytest.fixture(scope="module")
def mu(small_result):
    return np.stack([[each.mu0, each.mu1] for each in small_result.effects.values()])


def outcomes_together(plan, mu):
    """What both questions are answered, given cross-fitted predictions."""
    evidence = Evidence(plan, store=None, full=None, crossfit=CrossFit(mu[None], ()))
    answers = asked(evidence, (COHERENCE, ORDINAL))
    assert answers.defects == ()
    return answers


def with_outcomes(plan, *specs, **values):
    file = plan.file.model_copy(update={"outcomes": specs})
    study = dataclasses.replace(plan.study, file=file)
    outcomes = {
        spec.name: values.get(spec.name, plan.cohort.outcomes.get(spec.name)) for spec in specs
    }
    cohort = dataclasses.replace(plan.cohort, outcomes=outcomes)
    return dataclasses.replace(plan, study=study, cohort=cohort)


def without_ordinal(plan):
    file = plan.file.model_copy(update={"ordinal": None})
    cohort = dataclasses.replace(plan.cohort, ordinal=None)
    return dataclasses.replace(
        plan, study=dataclasses.replace(plan.study, file=file), cohort=cohort
    )


def named(plan, *names):
    by_name = {spec.name: spec for spec in plan.file.outcomes}
    return [by_name[name] for name in names]


def test_cuts_of_the_scale_are_found_with_death_turned_round(plan):
    cuts = nested_cuts(plan)
    assert [cut.name for cut in cuts] == ["mrs_0_2", "mrs_0_3", "not death"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("death", "mrs_0_3", "mrs_0_2", "sich"), ["death", "not mrs_0_3", "not mrs_0_2"]),
        (("mrs_0_3", "death", "mrs_0_2"), ["mrs_0_2", "mrs_0_3", "not death"]),
        (("sich", "death", "mrs_0_2"), ["death", "not mrs_0_2"]),
    ],
)
def test_the_order_in_the_study_file_does_not_matter(plan, order, expected):
    changed = with_outcomes(plan, *named(plan, *order))
    assert [cut.name for cut in nested_cuts(changed)] == expected


def test_an_outcome_from_the_middle_of_the_scale_is_left_out(plan):
    middle = OutcomeSpec(
        name="middle", column="mrs90", event=EventRule(one_of=(1, 4)), desirable=True
    )
    event = np.isin(plan.cohort.ordinal, (1, 4)).astype(float)
    changed = with_outcomes(plan, *named(plan, "mrs_0_2", "death"), middle, middle=event)
    assert [cut.name for cut in nested_cuts(changed)] == ["mrs_0_2", "not death"]


def test_outcomes_of_different_columns_are_not_nested(plan, mu):
    changed = with_outcomes(plan, *named(plan, "mrs_0_2", "sich"))
    with pytest.raises(NotEstimable, match="no two outcomes are cut from the same column"):
        nested_cuts(changed)
    found = outcomes_together(changed, mu[[0, 2]])
    reason = found.of(COHERENCE).reason
    assert reason.startswith("no two outcomes are cut from the same column")


def test_contradictions_are_those_of_the_cross_fitted_predictions(plan, mu):
    found = study_coherence(plan, mu)
    for arm in (0, 1):
        p = np.stack([mu[0, arm], mu[1, arm], 1 - mu[3, arm]])
        own = plan.cohort.treatment == arm
        events = [plan.outcome("mrs_0_2"), plan.outcome("mrs_0_3"), 1 - plan.outcome("death")]
        trust = [1 / brier(y[own], each[own]) for y, each in zip(events, p, strict=True)]
        twin = coherence(p, names=["mrs_0_2", "mrs_0_3", "not death"], weights=trust)
        assert found.arms[arm].share_violated == twin.share_violated
        assert found.arms[arm].share_any == (np.diff(p, axis=0) < -1e-9).any(axis=0).mean()
        assert_allclose(found.arms[arm].repaired, twin.repaired)


def test_mean_benefits_have_the_outcomes_direction_before_and_after_the_repair(plan, mu):
    found = study_coherence(plan, mu)
    for k, name in ((0, "mrs_0_2"), (1, "mrs_0_3"), (3, "death")):
        sign = -1.0 if name == "death" else 1.0
        assert found.mean_benefit[name] == pytest.approx(sign * (mu[k, 1] - mu[k, 0]).mean())
    repaired = found.arms[1].repaired - found.arms[0].repaired
    for k, name in enumerate(("mrs_0_2", "mrs_0_3", "death")):
        assert found.repaired_benefit[name] == pytest.approx(repaired[k].mean())


def test_coherent_predictions_need_no_repair(plan, mu):
    p = np.sort(np.stack([mu[0], mu[1], 1 - mu[3]]), axis=0)
    fine = np.stack([p[0], p[1], mu[2], 1 - p[2]])
    found = study_coherence(plan, fine)
    assert [arm.share_any for arm in found.arms] == [0.0, 0.0]
    assert found.repaired_benefit == pytest.approx(found.mean_benefit)


def test_incomplete_cross_fitting_is_a_reason(plan, mu):
    broken = mu.copy()
    broken[1, 0, 5] = np.nan
    found = outcomes_together(plan, broken)
    assert found.of(COHERENCE) == Absent("cross-fitting is not complete")
    assert found.of(ORDINAL).outcomes.keys() == {"mrs_0_2", "death"}


def test_the_scale_is_cross_fitted_in_the_runs_folds(plan, mu):
    found = study_ordinal(plan, mu)
    assert found.levels == tuple(map(float, range(7)))
    total = np.zeros((2, 393, 6))
    repeats = plan.file.validation.cross_fit_repeats
    for repeat in range(repeats):
        fold = cross_fit_folds(plan, repeat)
        for number in range(plan.file.validation.cross_fit_folds):
            inside = fold == number
            X = plan.predictors.prepared((~inside).astype(np.int64)).X
            each = ordinal_effects(
                X[~inside],
                plan.cohort.ordinal[~inside],
                plan.cohort.treatment[~inside],
                levels=7,
                X_new=X[inside],
            )
            total[:, inside] += np.stack([each.cumulative0, each.cumulative1]) / repeats
    assert_allclose(found.effects.cumulative0, total[0])
    assert_allclose(found.effects.cumulative1, total[1])


def test_benefits_by_the_scale_stand_beside_those_of_the_separate_models(plan, mu):
    found = study_ordinal(plan, mu)
    two = found.effects.cumulative1[:, 2] - found.effects.cumulative0[:, 2]
    dead = found.effects.cumulative1[:, 5] - found.effects.cumulative0[:, 5]
    assert found.outcomes.keys() == {"mrs_0_2", "mrs_0_3", "death"}
    assert found.outcomes["mrs_0_2"].mean == pytest.approx(two.mean())
    assert found.outcomes["death"].mean == pytest.approx(dead.mean())
    separate = mu[3, 0] - mu[3, 1]
    assert found.outcomes["death"].mean_separate == pytest.approx(separate.mean())
    assert found.outcomes["death"].rank_correlation == pytest.approx(
        spearmanr(dead, separate).statistic
    )


def test_utility_is_the_expectation_over_levels(plan, mu):
    found = study_ordinal(plan, mu)
    for name, weights in UTILITY_MRS.items():
        share = [
            np.diff(each, axis=1, prepend=0.0, append=1.0)
            for each in (found.effects.cumulative0, found.effects.cumulative1)
        ]
        assert found.utility[name] == pytest.approx(((share[1] - share[0]) @ weights).mean())


def test_observed_shares_are_those_of_each_arm(plan, mu):
    found = study_ordinal(plan, mu)
    for arm in (0, 1):
        own = plan.cohort.ordinal[plan.cohort.treatment == arm]
        assert found.observed[arm, 2] == pytest.approx((own <= 2).mean())
        assert_allclose(found.fitted[arm], found.observed[arm], atol=0.04)


def test_a_scale_whose_high_end_is_good_gives_the_same_benefits(plan, mu):
    turned = dataclasses.replace(plan.cohort, ordinal=10 - plan.cohort.ordinal)
    found = study_ordinal(dataclasses.replace(plan, cohort=turned), mu)
    straight = study_ordinal(plan, mu)
    assert found.levels == (10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0)
    assert found.utility is None
    for name, each in straight.outcomes.items():
        assert found.outcomes[name].mean == pytest.approx(each.mean)


def test_a_scale_not_known_in_all_leaves_the_others_where_they_were(plan, mu):
    ordinal = plan.cohort.ordinal.copy()
    ordinal[:30] = np.nan
    outcomes = {
        name: np.where(np.isnan(ordinal) & (name != "sich"), np.nan, plan.outcome(name))
        for name in NAMES
    }
    cohort = dataclasses.replace(plan.cohort, ordinal=ordinal, outcomes=outcomes)
    found = outcomes_together(dataclasses.replace(plan, cohort=cohort), mu)
    assert found.of(ORDINAL).effects.cumulative0.shape == (363, 6)
    assert found.of(COHERENCE).patients == 363
    assert found.of(ORDINAL).outcomes["mrs_0_2"].mean_separate == pytest.approx(
        (mu[0, 1] - mu[0, 0])[30:].mean()
    )


def test_a_study_without_a_scale_has_none_and_says_so(small_result, plan, mu):
    found = outcomes_together(without_ordinal(plan), mu)
    assert isinstance(found.of(ORDINAL), Absent)
    assert not isinstance(found.of(COHERENCE), Absent)
    result = dataclasses.replace(small_result, answers=found)
    summary = result.summary()
    assert summary["ordinal"] is None
    assert summary["absent"]["ordinal"] == "the study file names no ordinal outcome"
    assert list(outcomes.section(result).written) == ["coherence", "coherence_repaired"]


def test_a_scale_that_no_outcome_is_cut_from_has_no_good_end(plan, mu):
    changed = with_outcomes(plan, *named(plan, "sich"))
    with pytest.raises(NotEstimable, match="do not say which end of it is the good one"):
        study_ordinal(changed, mu[[2]])


def test_a_measurement_is_no_scale(plan, mu):
    values = plan.cohort.ordinal + np.linspace(0, 0.5, 393)
    cohort = dataclasses.replace(plan.cohort, ordinal=values)
    found = outcomes_together(dataclasses.replace(plan, cohort=cohort), mu)
    reason = "the ordinal outcome has 393 levels; expected 2 to 30"
    assert found.of(ORDINAL) == Absent(reason)


def test_another_scale_has_no_utilities(small_result, plan, mu):
    cohort = dataclasses.replace(plan.cohort, ordinal=np.minimum(plan.cohort.ordinal, 5))
    found = outcomes_together(dataclasses.replace(plan, cohort=cohort), mu)
    assert found.of(ORDINAL).utility is None
    summary = dataclasses.replace(small_result, answers=found).summary()
    assert summary["ordinal"]["utility"] is None
    assert summary["absent"]["ordinal.utility"] == NO_UTILITY


def test_the_summary_and_the_findings_of_a_run(small_result):
    summary = small_result.summary()
    assert summary["coherence"]["events"] == ["mrs_0_2", "mrs_0_3", "not death"]
    assert summary["coherence"]["n"] == summary["ordinal"]["n"] == 393
    assert summary["ordinal"]["utility"].keys() == {"DAWN", "Wang 2020"}
    names = [finding.name for finding in small_result.findings]
    assert "coherence" in names
    assert "ordinal outcome" in names
    tables = outcomes.section(small_result).written
    assert list(tables) == ["coherence", "coherence_repaired", "ordinal", "ordinal_levels"]


def test_an_interim_result_has_neither(small_result):
    nothing = none_yet(small_result.plan.study, QUESTIONS)
    result = dataclasses.replace(small_result, answers=nothing)
    summary = result.summary()
    for part in ("coherence", "ordinal"):
        assert summary[part] is None
        assert summary["absent"][part] == "not computed in an interim result"
    assert outcomes.section(result) is None


def test_threads_change_no_number(small, mu):
    first, other = (
        study_ordinal(make_plan(*small, executor=executor, workers=3), mu)
        for executor in ("serial", "threads")
    )
    assert_array_equal(first.effects.cumulative1, other.effects.cumulative1)
    assert first.outcomes == other.outcomes


def test_levels_are_summed_over_any_of_them():
    effects = OrdinalEffects(np.array([[0.2, 0.5]]), np.array([[0.1, 0.6]]))
    control, treated = effects.one_of([0, 2])
    assert_allclose(control, [0.7])
    assert_allclose(treated, [0.5])
