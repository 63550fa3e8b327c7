"""Averages over everybody, the treated and the overlap population; their intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from twoarm.diagnostics import average_effect, population_scores
from twoarm.diagnostics.average.tmle import targeted
from twoarm.diagnostics.comparability.influence import influence_interval, leave_one_out
from twoarm.diagnostics.comparability.weighting import population_weights
from twoarm.errors import ArgumentError
from twoarm.learners import Logistic

POPULATIONS = ("all", "treated", "overlap")
ADJUSTED = ("g_formula", "iptw", "aipw", "tmle")


def two_strata(seed, n=400):
    """One yes/no covariate that bears on treatment, outcome and effect."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, n)
    w = (rng.random(n) < np.where(x == 1, 0.7, 0.3)).astype(int)
    y = (rng.random(n) < 0.2 + 0.2 * x + w * (0.1 + 0.3 * x)).astype(float)
    return x, y, w


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**20), st.sampled_from(POPULATIONS))
def test_with_one_yes_no_covariate_all_are_stratified_differences(seed, population):
    x, y, w = two_strata(seed)
    plain = Logistic(C=np.inf)
    found = average_effect(
        x[:, None], y, w, outcome_model=plain, propensity_model=plain, replicates=0,
        population=population,
    )  # fmt: skip
    e = np.array([w[x == level].mean() for level in (0, 1)])[x]
    target = {"all": np.ones(y.size), "treated": w, "overlap": e * (1 - e)}[population]
    by_hand = sum(
        target[x == level].sum() / target.sum()
        * (y[(x == level) & (w == 1)].mean() - y[(x == level) & (w == 0)].mean())
        for level in (0, 1)
    )  # fmt: skip
    for name in ADJUSTED:
        assert getattr(found, name).estimate == pytest.approx(by_hand, abs=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**20), st.sampled_from(POPULATIONS))
def test_scores_hold_the_mean_of_the_population(seed, population):
    _, y, w = two_strata(seed, 60)
    rng = np.random.default_rng(seed)
    e, mu0, mu1 = rng.uniform(0.1, 0.9, (3, 60))
    found = population_scores(y, w, mu0, mu1, e, population)
    assert found.weight.mean() == pytest.approx(1)
    assert found.influence[0].mean() == pytest.approx(0, abs=1e-12)
    weights = population_weights(population, w, e)
    target = {"all": np.ones(60), "treated": w, "overlap": e * (1 - e)}[population]
    residual = weights * np.where(w == 1, y - mu1, mu0 - y)
    assert found.effect == pytest.approx(
        ((target * (mu1 - mu0)).sum() + residual.sum()) / target.sum()
    )
    if population == "treated":
        assert found.phi1.mean() == pytest.approx(y[w == 1].mean())
    # Outcomes that are what was predicted leave the mean prediction of the population.
    exact = population_scores(np.where(w == 1, mu1, mu0), w, mu0, mu1, e, population)
    assert exact.effect == pytest.approx((found.weight * (mu1 - mu0)).mean())


def test_the_treated_answer_another_question_than_everybody():
    x, y, w = two_strata(1, 40_000)
    e = np.where(x == 1, 0.7, 0.3)
    mu0, mu1 = 0.2 + 0.2 * x, 0.3 + 0.5 * x
    found = {
        each: average_effect(x[:, None], y, w, mu=(mu0, mu1), propensity=e, population=each).aipw
        for each in POPULATIONS
    }
    # 0.1 where x = 0, 0.4 where x = 1: half of all, 70 % of the treated, half of the open.
    for each, truth in (("all", 0.25), ("treated", 0.31), ("overlap", 0.25)):
        assert found[each].estimate == pytest.approx(truth, abs=3 * found[each].se)
    assert found["treated"].low > found["all"].high


def test_a_population_without_a_name_is_refused():
    x, y, w = two_strata(2, 40)
    with pytest.raises(ArgumentError, match="'all', 'treated', 'overlap'"):
        average_effect(x[:, None], y, w, replicates=0, population="controls")


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**20), st.sampled_from(POPULATIONS), st.floats(1e-6, 0.2))
def test_a_targeted_estimate_is_bounded_however_large_a_weight(seed, population, smallest):
    _, y, w = two_strata(seed, 60)
    rng = np.random.default_rng(seed)
    e = np.where(rng.random(60) < 0.5, smallest, 1 - smallest)
    mu0, mu1 = rng.random((2, 60))
    effect, moved0, moved1 = targeted(y, w, mu0, mu1, e, population)
    assert -1 <= effect <= 1
    assert ((moved0 >= 0) & (moved0 <= 1) & (moved1 >= 0) & (moved1 <= 1)).all()
    weights = population_weights(population, w, e)
    for arm, moved in enumerate((moved0, moved1)):
        left = weights[w == arm] @ (y - moved)[w == arm]
        assert abs(left) <= 1e-6 * weights[w == arm].sum()


def test_degrees_of_freedom_by_hand():
    # Squares 4, 1, 1, 1: V = 7, fourth powers 19, Var(V) = 19 - 49 / 4 = 6.75, df = 98 / 6.75.
    found = influence_interval(1.0, 0.0, np.array([2.0, -1.0, 1.0, 1.0]))
    half = student.ppf(0.975, 98 / 6.75) * np.sqrt(7)
    assert (found.low, found.high) == pytest.approx((1 - half, 1 + half))
    # The larger of both errors counts, and the error given is the one shown.
    wider = influence_interval(1.0, 5.0, np.array([2.0, -1.0, 1.0, 1.0]))
    assert wider.se == 5.0
    assert wider.high - 1 == pytest.approx(student.ppf(0.975, 98 / 6.75) * 5)
    assert influence_interval(0.0, 0.0, np.zeros(3)).high == 0.0


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=50), st.floats(0.01, 100))
def test_an_interval_is_never_narrower_than_the_normal_one_and_has_the_scale_of_its_parts(
    parts, scale
):
    given_parts = np.array(parts)
    se = float(np.sqrt((given_parts**2).sum()))
    found = influence_interval(0.0, se, given_parts)
    assert found.high >= 1.959963 * se
    assert found.high <= 4.31 * se  # never fewer than two degrees of freedom
    scaled = influence_interval(0.0, scale * se, scale * given_parts)
    assert scaled.high == pytest.approx(scale * found.high, abs=1e-9)


def test_a_patient_who_is_the_whole_arm_has_a_large_residual_and_no_infinite_one():
    assert leave_one_out(np.array([0.5, 0.5]), np.array([3.0, 1.0])) == pytest.approx([2.0, 2 / 3])
    assert np.isfinite(leave_one_out(np.array([1.0]), np.array([7.0]))).all()
