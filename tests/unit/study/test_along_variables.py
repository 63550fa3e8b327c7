"""The benefit along every variable of a run, counted again from the cohort."""

import numpy as np
import pytest

from twoarm.diagnostics import Absent
from twoarm.study.judge.ranking.learners import COMPARISON


def test_bins_and_halves_count_every_patient_once(small_result):
    cohort = small_result.plan.cohort
    outcome = cohort.outcomes["mrs_0_2"]
    for each in small_result.along_variables:
        values = cohort.predictors[:, each.variable]
        known = np.isfinite(values) & np.isfinite(outcome)
        for groups in (each.bins, each.halves):
            assert sum(sum(group.contrast.n) for group in groups) == known.sum()
            for group in groups:
                own = known & (values >= group.low) & (values <= group.high)
                for arm in (0, 1):
                    in_arm = own & (cohort.treatment == arm)
                    assert group.contrast.n[arm] == in_arm.sum()
                    assert group.contrast.events[arm] == outcome[in_arm].sum()


def test_numbers_are_cut_and_levels_are_not(small_result):
    codebook = small_result.plan.cohort.codebook
    for each in small_result.along_variables:
        predictor = codebook[each.variable]
        if predictor.is_number:
            assert len(each.halves) == 2
            assert 2 <= len(each.bins) <= 5
            assert not isinstance(each.curve, Absent)
        else:
            assert len(each.bins) == len(each.halves) <= len(predictor.all_levels)
            assert isinstance(each.curve, Absent)


def test_adjusted_means_are_those_of_the_scores(small_result):
    evidence = small_result.value(COMPARISON)
    scores = evidence.patients.scores
    age = next(
        each
        for each in small_result.along_variables
        if small_result.plan.cohort.codebook[each.variable].column == "age"
    )
    values = small_result.plan.cohort.predictors[:, age.variable]
    for group in age.halves:
        own = (values >= group.low) & (values <= group.high)
        assert group.contrast.adjusted.estimate == pytest.approx(scores[own].mean())
    total = sum(g.contrast.adjusted.estimate * sum(g.contrast.n) for g in age.halves)
    assert total / 393 == pytest.approx(evidence.average.estimate)


def test_without_a_cross_fit_there_is_nothing_along_a_variable(interim):
    assert interim.along_variables == ()
