"""Importance in a run: whose models, which scores, and what is absent where it cannot be had."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.diagnostics import Absent
from twoarm.importance import permuted_variable
from twoarm.learners import fit_model
from twoarm.metalearners import arm_seeds
from twoarm.report.sections.importance import modifiers as modifiers_part
from twoarm.report.sections.importance.modifiers import modifiers_table
from twoarm.report.sections.importance.side_by_side import part, side_by_side_table
from twoarm.resampling import draw_counts
from twoarm.seeds import Stream
from twoarm.study.fit.fits import FittedModels, FullFit
from twoarm.study.judge.answers import asked, none_yet
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.importance import affordable, refitted
from twoarm.study.judge.importance import modifiers as effect_modifiers
from twoarm.study.judge.importance.variables import IMPORTANCE
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.plan.plan import make_plan


def importance(result, plan, encoding=None):
    """The result, its plan another one, asked for nothing but the importance."""
    encoding = encoding or result.models.encoding
    full = FullFit(
        FittedModels(encoding, result.models.stacks),
        result.in_sample,
        {name: outcome.importance for name, outcome in result.outcomes.items()},
        result.dependence,
    )
    answers = asked(Evidence(plan, store=None, full=full, crossfit=None), (IMPORTANCE,))
    assert answers.defects == ()
    return dataclasses.replace(result, plan=plan, answers=answers)


def replicate_again(result, index, coded):
    """The primary outcome's benefit of other patients, by kept models of a replicate."""
    plan = result.plan
    spec = plan.file.primary
    counts = draw_counts(plan.seed, index, len(plan.cohort), strata=plan.cohort.treatment)
    prepared = plan.predictors.prepared(counts)
    seeds = arm_seeds(plan.seed, Stream.REPLICATE, index, plan.outcomes.index(spec))
    X = plan.predictors.spec(counts).encode(coded)
    risk = []
    for arm in (0, 1):
        counted = np.where(plan.cohort.treatment == arm, counts, 0)
        y = plan.outcome(spec.name).astype(np.int64)
        stack = plan.learner_of(spec.name, arm).stack
        model = fit_model(stack, prepared, y, counted, seed=seeds[arm])
        risk.append(model.predict_proba(X)[:, 1])
    return risk[1] - risk[0]


def test_refits_are_the_runs_own_replicates(small_result):
    benefit = refitted._Refit(small_result.plan).benefits(3)
    mu0, mu1 = (
        np.load(small_result.folder / "pred" / f"mu{arm}_mrs_0_2.npy")[3].astype(np.float64)
        for arm in (0, 1)
    )
    assert_allclose(benefit[0], mu1 - mu0, atol=1e-6)  # stored as float32


def test_permuted_patients_are_predicted_as_by_kept_models(small_result):
    plan = small_result.plan
    benefit = refitted._Refit(plan).benefits(5)
    for variable in (0, 5, 13):
        moved = permuted_variable(plan.cohort.predictors, variable, seed=plan.seed)
        assert_allclose(benefit[1 + variable], replicate_again(small_result, 5, moved), atol=1e-9)


def test_shares_sum_to_one_and_limits_are_those_of_the_refits(small_result):
    found = small_result.value(IMPORTANCE).predicted
    assert found.refits == small_result.replicates == 12
    assert_allclose(found.shares.sum(axis=1), 1.0)
    low, high = found.limits
    assert (found.shares.min(axis=0) <= low).all()
    assert (high <= found.shares.max(axis=0)).all()
    first, last = found.rank_limits
    assert first.min() >= 1
    assert last.max() <= 14
    assert (first <= last).all()


def test_ranks_of_refits_by_hand():
    shares = np.array([[0.5, 0.3, 0.2], [0.5, 0.2, 0.3], [0.6, 0.2, 0.2]])
    first, last = refitted.RefittedImportance(shares).rank_limits
    assert_array_equal(first, [1, 2, 2])
    assert_array_equal(last, [1, 3, 3])


def test_the_summary_has_both_kinds_for_the_primary_outcome_alone(small_result):
    summary = small_result.summary()
    modifiers = small_result.value(IMPORTANCE).modifiers
    columns = [each.column for each in small_result.plan.cohort.codebook]
    for row in summary["outcomes"]["mrs_0_2"]["importance"]:
        predicted, effect = row["predicted_benefit"], row["effect_modifier"]
        assert predicted["low"] <= predicted["high"]
        assert predicted["refits"] == 12
        group = modifiers.group_of(columns.index(row["variable"]))
        measured = modifiers.measures["loss"]
        low, high = (each[group] for each in measured.limits)
        assert (effect["low"], effect["value"], effect["high"]) == (
            low,
            measured.value[group],
            high,
        )
        assert row["variable"] in effect["together"]
        assert 0 < effect["reference"]["p"] <= 1
        assert effect["reference"]["permutations"] == 12
        assert 1 <= effect["rank"]["low"] <= effect["rank"]["high"] <= 14
    row = summary["outcomes"]["death"]["importance"][0]
    assert row["effect_modifier"] is None
    assert row["predicted_benefit"]["low"] is None
    path = "outcomes.death.importance.0"
    assert summary["absent"][f"{path}.effect_modifier"] == "primary outcome only"
    assert summary["absent"][f"{path}.predicted_benefit.low"] == "primary outcome only"


def test_predictors_are_in_one_group_each_and_a_nominal_one_is_whole(small_result):
    groups = small_result.value(IMPORTANCE).modifiers.groups
    assert sorted(k for group in groups for k in group) == list(range(14))
    encoding = small_result.models.encoding
    assert len(encoding.names) == 15  # the site has two columns
    site = next(k for k, each in enumerate(encoding.predictors) if each.column == "site")
    assert sum(site in group for group in groups) == 1


def with_predictors(plan, predictors):
    cohort = dataclasses.replace(plan.cohort, predictors=predictors)
    return dataclasses.replace(
        plan, cohort=cohort, predictors=type(plan.predictors)(cohort.codebook, predictors)
    )


def test_correlated_predictors_are_judged_together(small_result):
    plan = small_result.plan
    predictors = plan.cohort.predictors.copy()
    predictors[:, 3] = predictors[:, 0] + 1  # NIHSS follows age
    copied = with_predictors(plan, predictors)
    result = importance(small_result, copied, copied.predictors.spec())
    found = result.value(IMPORTANCE)
    assert (0, 3) in found.modifiers.groups
    row = next(
        each
        for each in result.summary()["outcomes"]["mrs_0_2"]["importance"]
        if each["variable"] == "nihss"
    )
    assert row["effect_modifier"]["together"] == ["age", "nihss"]
    assert "judged as one: Age with NIHSS" in side_by_side_table(result, found).note


def test_threads_change_no_number(small, small_result):
    plan = make_plan(*small, executor="threads", workers=3)
    found = importance(small_result, plan).value(IMPORTANCE)
    serially = small_result.value(IMPORTANCE)
    assert_array_equal(found.predicted.shares, serially.predicted.shares)
    assert repr(found.modifiers) == repr(serially.modifiers)


def test_few_replicates_have_no_range_and_say_so(small, small_result):
    result = importance(small_result, make_plan(*small, replicates=9))
    found = result.value(IMPORTANCE)
    assert found.predicted.reason.startswith("not computed for 9 replicates")
    assert found.modifiers.half_samples == 9
    path = "outcomes.mrs_0_2.importance.0.predicted_benefit.high"
    assert result.summary()["absent"][path] == found.predicted.reason
    assert "The first has no range: not computed for 9" in side_by_side_table(result, found).note


def test_many_patients_are_not_refitted_and_a_random_part_of_them_is_scored(
    small_result, monkeypatch
):
    for module in (refitted, effect_modifiers):
        monkeypatch.setattr(module, "MOST_PATIENTS", 300)
    found = importance(small_result, small_result.plan).value(IMPORTANCE)
    assert found.predicted == Absent(
        "not computed for 393 patients: it takes refits in at least 10 replicates and at most 300 "
        "patients"
    )
    assert found.modifiers.patients == 300
    monkeypatch.setattr(affordable, "_MOST_ROWS", 1500)
    again = importance(small_result, small_result.plan).value(IMPORTANCE)
    assert again.modifiers.half_samples == again.modifiers.permutations == 5


def test_without_events_effect_modification_is_absent_with_the_reason(small_result):
    plan = small_result.plan
    outcomes = dict(plan.cohort.outcomes)
    outcomes["mrs_0_2"] = np.where(plan.cohort.treatment == 0, 0.0, outcomes["mrs_0_2"])
    cohort = dataclasses.replace(plan.cohort, outcomes=outcomes)
    result = importance(small_result, dataclasses.replace(plan, cohort=cohort))
    found = result.value(IMPORTANCE)
    assert isinstance(found.modifiers, Absent)
    assert "refits failed" in found.predicted.reason
    path = "outcomes.mrs_0_2.importance.0.effect_modifier"
    assert result.summary()["absent"][path] == found.modifiers.reason
    assert modifiers_part.part(result) is None
    assert "The second was not computed" in side_by_side_table(result, found).note


def test_patients_without_the_outcome_take_no_part_in_the_scores(small_result):
    plan = small_result.plan
    outcomes = dict(plan.cohort.outcomes)
    outcomes["mrs_0_2"] = outcomes["mrs_0_2"].copy()
    outcomes["mrs_0_2"][:20] = np.nan
    cohort = dataclasses.replace(plan.cohort, outcomes=outcomes)
    result = importance(small_result, dataclasses.replace(plan, cohort=cohort))
    assert result.value(IMPORTANCE).modifiers.patients == len(cohort) - 20


def test_an_interim_result_has_neither(small_result):
    nothing = none_yet(small_result.plan.study, QUESTIONS)
    result = dataclasses.replace(small_result, answers=nothing)
    path = "outcomes.mrs_0_2.importance"
    assert result.summary()["absent"][path] == "not computed in an interim result"
    assert part(result) is None


def test_the_tables_hold_what_was_found(small_result):
    found = small_result.value(IMPORTANCE)
    both = side_by_side_table(small_result, found)
    assert len(both.rows) == 14
    assert [row[1] for row in both.rows] == sorted((row[1] for row in both.rows), reverse=True)
    modifiers = found.modifiers
    measures = modifiers_table(small_result.plan.cohort.codebook, modifiers)
    assert len(measures.rows) == 3 * len(modifiers.groups)
    best = measures.rows[len(modifiers.groups)]
    assert best[2] == max(modifiers.measures["loss"].value)
    shown = {row[0]: row[5] for row in both.rows}
    assert shown[best[1]] == pytest.approx(np.sqrt(best[2] / 2))
    assert "What the model uses, and what changes the effect" in both.title


@pytest.mark.parametrize("desirable", [True, False])
def test_a_modifier_is_found_whatever_the_direction_of_the_outcome(small_result, desirable):
    plan = small_result.plan
    rng = np.random.default_rng(5)
    treated = plan.cohort.treatment == 1
    strong = plan.cohort.predictors[:, 0] > np.median(plan.cohort.predictors[:, 0])
    risk = np.where(treated, np.where(strong, 0.9, 0.1), 0.5)
    events = (rng.random(risk.size) < risk).astype(float)
    cohort = dataclasses.replace(plan.cohort, outcomes={**plan.cohort.outcomes, "mrs_0_2": events})
    spec = plan.file.primary.model_copy(update={"desirable": desirable})
    file = plan.file.model_copy(update={"outcomes": (spec, *plan.file.outcomes[1:])})
    study = dataclasses.replace(plan.study, file=file)
    changed = dataclasses.replace(plan, cohort=cohort, study=study)
    found = importance(small_result, changed).value(IMPORTANCE)
    age = found.modifiers.group_of(0)
    for measured in found.modifiers.measures.values():
        assert measured.rank[age] == 1
    assert found.modifiers.measures["loss"].p[age] == pytest.approx(1 / 13)
