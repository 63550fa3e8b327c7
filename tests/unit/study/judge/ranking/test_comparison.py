"""Seven learners in a run: the same folds, cross-fitted, and honest about a learner that fails."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.errors import NotEstimable
from twoarm.learners import ElasticNet
from twoarm.metalearners import hajek_scores
from twoarm.metrics import benefit_slope
from twoarm.study.fit.fits import cross_fit
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.judge.comparability.propensity import PROPENSITY
from twoarm.study.judge.ranking import comparison
from twoarm.study.judge.ranking.comparison import LEARNERS, ComparisonFold, compare_learners
from twoarm.study.judge.ranking.learners import COMPARISON


@pytest.fixture(scope="module")
def compared(small_result):
    return small_result.value(COMPARISON).compared


@pytest.fixture(scope="module")
def mu(small_result):
    plan = small_result.plan
    return cross_fit(plan, lambda _: None).mu[0, plan.outcomes.index(plan.file.primary)]


def test_all_seven_are_there_with_their_bases(compared):
    assert [each.name for each in compared.page.learners] == list(LEARNERS)
    assert compared.errors == {}
    assert {name for name, base in compared.bases.items() if base == "stack"} == set("tsxr") | {
        "dr"
    }
    assert compared.bases["risk"] == "elastic_net"
    assert compared.bases["penalized_interaction"] == "own"


def test_the_t_learner_is_the_runs_own_first_cross_fit(compared, mu):
    assert_array_equal(compared.effects["t"].benefit, mu[1] - mu[0])


def test_slopes_are_those_of_normalised_scores_within_folds(small_result, compared, mu):
    plan = small_result.plan
    score = small_result.value(PROPENSITY).score
    y = plan.outcome("mrs_0_2")
    scores = hajek_scores(y, plan.cohort.treatment, mu[0], mu[1], score)
    fold = cross_fit_folds(plan, 0)
    for each in compared.page.learners:
        direct = benefit_slope(scores, compared.effects[each.name].benefit, fold=fold).slope
        assert_allclose((each.slope.estimate, each.slope.se), (direct.estimate, direct.se))


def test_a_fold_is_predicted_by_the_others_alone(small_result, compared):
    """Outcomes of the fold are turned round; its predictions stay."""
    plan = small_result.plan
    fold = cross_fit_folds(plan, 0)
    _, learners = comparison._learners(plan)
    here = fold == 1
    own = next(iter(learners.values()))
    turned = np.where(here, 1.0 - own.outcome, own.outcome)
    changed = {name: replace(each, outcome=turned) for name, each in learners.items()}
    for name in learners:
        one = ComparisonFold(learners, fold, 7)((name, 1))
        other = ComparisonFold(changed, fold, 7)((name, 1))
        assert_array_equal(one, other)
        moved = ComparisonFold(changed, fold, 7)((name, 0))
        assert np.abs(moved - ComparisonFold(learners, fold, 7)((name, 0))).max() > 0


def test_in_a_large_cohort_the_base_is_the_elastic_net(small_result, mu, monkeypatch):
    monkeypatch.setattr(comparison, "MOST_PATIENTS_STACKED", 100)
    plan = small_result.plan
    bases, learners = comparison._learners(plan)
    assert bases["s"] == bases["x"] == bases["r"] == bases["dr"] == "elastic_net"
    assert bases["t"] == "stack"
    assert isinstance(learners["dr"].learner.base, ElasticNet)


def test_a_learner_that_fails_is_named_and_left_out(small_result, mu, monkeypatch):
    class Broken:
        def __init__(self, base, **_):
            pass

        def refitted(self, *_, **__):
            raise ZeroDivisionError("no")

    monkeypatch.setattr(comparison, "XLearner", Broken)
    plan = replace(small_result.plan, executor="serial")
    found = compare_learners(plan, mu, small_result.value(PROPENSITY).score)
    assert found.errors == {"x": "ZeroDivisionError: no"}
    assert "x" not in found.effects
    assert len(found.page.learners) == len(LEARNERS) - 1


def test_without_a_cross_fit_there_is_no_comparison(small_result, mu):
    broken = np.where(np.arange(mu.shape[1]) == 3, np.nan, mu)
    score = small_result.value(PROPENSITY).score
    with pytest.raises(NotEstimable, match="cross-fitting failed"):
        compare_learners(small_result.plan, broken, score)


def test_the_finding_is_among_the_runs(small_result):
    names = [each.name for each in small_result.findings]
    assert names.count("comparison of learners") == 1
