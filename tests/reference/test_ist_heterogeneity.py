"""Aspirin in the International Stroke Trial: nobody knows of patients who gain much more.

Sandercock et al. 2011, Trials 12:101, doi 10.1186/1745-6215-12-101 (open data, 19435 patients). A
tool that reports strong differences in benefit here fits noise.
"""

from __future__ import annotations

import dataclasses

import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import Refits, ranking_test
from twoarm.diagnostics.ranking.heterogeneity_chain import ChainTask
from twoarm.diagnostics.ranking.heterogeneity_refits import Work
from twoarm.diagnostics.ranking.heterogeneity_summary import summarise_chain
from twoarm.learners import Logistic
from twoarm.metalearners import Predictors, TLearner, recommended_learner

TWO_POINTS = 0.02


@pytest.fixture(scope="module")
def aspirin(ist_path):
    study = load_study("ist-aspirin")
    cohort = read_cohort(study, ist_path)
    primary = study.file.primary
    predictors = Predictors(cohort.codebook, cohort.predictors)
    return Refits(
        TLearner(Logistic(), desirable=primary.desirable),
        predictors,
        cohort.outcomes[primary.name],
        cohort.treatment,
        Logistic(),
        predictors,
    )


def test_the_ranking_is_not_better_than_chance(aspirin):
    learner = recommended_learner(desirable=aspirin.learner.desirable)
    found = ranking_test(dataclasses.replace(aspirin, learner=learner), draws=3, seed=1).rate
    assert found.low < 0.0 < found.high


def test_what_is_left_after_shrinking_is_small(aspirin):
    chain = ChainTask(aspirin, 5, 1)
    found = summarise_chain([chain((Work.REPEAT, number)) for number in range(3)], 0.02)
    assert found.estimable
    assert found.sd_shrunk < TWO_POINTS < found.sd_crossfit
    assert 0.0 < found.average < 0.03  # 1.3 points in Lancet 1997;349:1569-1581
