"""Which averages the arms can tell, and that no other is given."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoarm.diagnostics import (
    Absent,
    average_effect,
    identified,
    learn_support,
    overlap,
    propensity,
)
from twoarm.diagnostics.average.average_effect import finding
from twoarm.diagnostics.average.possible import possible
from twoarm.diagnostics.comparability.identified import inflation
from twoarm.diagnostics.comparability.one_arm_values import one_arm_columns, patients_without
from twoarm.diagnostics.comparability.overlap import finding as overlap_finding
from twoarm.diagnostics.comparability.overlap import trimmed
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import Estimate, wald

ADJUSTED = ("g_formula", "iptw", "aipw", "tmle")
POPULATIONS = ("all", "treated", "overlap")


def decided(slope, seed=1, n=400):
    """Cohort in which the first of three columns decides about treatment with this slope."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    w = (rng.random(n) < 1 / (1 + np.exp(-slope * X[:, 0]))).astype(int)
    y = (rng.random(n) < 1 / (1 + np.exp(-0.5 * X[:, 0] - 0.5 * w))).astype(float)
    return X, y, w


def test_the_inflation_by_hand():
    # Half of the patients have 0.5, half 0.1: mean of 4 and 11.11, times 0.3 x 0.7.
    e = np.array([0.5, 0.1] * 10)
    assert inflation(e) == pytest.approx((4 + 1 / 0.09) / 2 * 0.3 * 0.7)
    found = identified(e, np.tile([1, 0], 10))
    # Controls for the treated: odds of 1 and 1/9, against 0.3 / 0.7.
    assert found.inflation_treated == pytest.approx((1 + 1 / 9) / 2 * 0.7 / 0.3)


def test_a_long_tail_of_few_patients_does_not_speak_for_the_others():
    # 1 of 100 with a cost of 1000 counts as the next one does; 3 of 100 do not.
    e = np.full(100, 0.5)
    e[0] = (1 - np.sqrt(1 - 4 / 1000)) / 2
    assert inflation(e) == pytest.approx(4 * e.mean() * (1 - e.mean()))
    e[:3] = e[0]
    assert inflation(e) > 7


@given(st.floats(0.02, 0.98), st.integers(2, 50))
def test_where_a_lot_decided_nothing_is_inflated(share, pairs):
    arm = np.tile([0, 1], pairs)
    found = identified(np.full(arm.size, share), arm, known=True)
    assert (found.inflation, found.inflation_treated) == pytest.approx((1, 1))
    assert found.reasons == {}


def refused(slope, seed):
    X, _, w = decided(slope, seed)
    return set(identified(propensity(X, w).score, w, X).reasons)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**20))
def test_overlap_is_lost_for_everybody_first_and_for_the_overlap_population_last(seed):
    assert refused(0.5, seed) == set()
    assert {"all", "treated"} <= refused(3.0, seed)
    assert refused(8.0, seed) == set(POPULATIONS)


def test_the_overlap_population_mostly_stands_where_the_others_are_lost():
    # 25 cohorts at slope 3: which of them keep it is chance, that most do is the rule.
    kept = sum("overlap" not in refused(3.0, seed) for seed in range(25))
    assert kept >= 20


def test_the_treated_are_told_where_they_are_few_and_everybody_is_not():
    # Controls far from all treated: the average over everybody asks for what nobody saw.
    rng = np.random.default_rng(3)
    n = 600
    x = np.concatenate([rng.normal(size=300), rng.normal(-9, 1, size=300)])
    w = np.where(np.arange(n) < 300, np.arange(n) % 2, 0)
    y = (rng.random(n) < 0.4).astype(float)
    score = propensity(x[:, None], w).score
    reasons = identified(score, w, x[:, None]).reasons
    assert set(reasons) == {"all"}
    assert "of the patients had a chance of under 1 % or over 99 %" in reasons["all"]
    everybody = average_effect(x[:, None], y, w, propensity=score, replicates=0)
    treated = average_effect(x[:, None], y, w, propensity=score, replicates=0, population="treated")
    for name in ADJUSTED:
        assert getattr(everybody, name) == Absent(reasons["all"])
        assert isinstance(getattr(treated, name), Estimate)
    assert everybody.crude == treated.crude
    assert everybody.overlap == treated.overlap


@pytest.mark.parametrize("n", [8, 20, 60, 160])
def test_a_column_that_is_the_arm_leaves_no_average_and_nobody_in_both_arms(n, aspirin, stenting):
    rng = np.random.default_rng(n)
    w = np.tile([0, 1], n // 2)
    X = np.column_stack([rng.normal(size=n), w])
    y = rng.integers(0, 2, n).astype(float)
    score = propensity(X, w).score
    shared = overlap(score, w, X, names=["age", "assigned"])
    assert set(shared.identified.reasons) == set(POPULATIONS)
    assert shared.trimming.kept.sum() == 0
    text = overlap_finding(shared, stenting).text
    assert text.startswith(f"0 of {n} patients could well have been in either arm")
    assert "cannot be told: what was measured tells every treated patient" in text
    assert learn_support(X, w, score).flags.outside.all()
    effect = average_effect(X, y, w, mu=(y, y), propensity=score)
    for name in ("overlap", *ADJUSTED):
        assert isinstance(getattr(effect, name), Absent)
    made = finding(effect, aspirin)
    assert made.verdict == "questions"
    assert "cannot be told" in made.text


def test_the_finding_names_its_population(stenting):
    X, y, w = decided(0.5)
    told = average_effect(X, y, w, replicates=0, population="treated")
    trial = stenting.file.target_trial.model_copy(update={"population": "treated"})
    treated = replace(stenting, file=stenting.file.model_copy(update={"target_trial": trial}))
    assert "The doubly robust estimate over the treated" in finding(told, treated).text
    X, y, w = decided(3.0)
    text = finding(average_effect(X, y, w, replicates=0), stenting).text
    assert "the average effect over all patients cannot be told" in text
    assert "Among patients whose treatment was open" in text


def test_a_column_that_decides_for_all_but_one_in_a_few_patients_is_seen_through_the_penalty():
    rng = np.random.default_rng(5)
    w = np.tile([0, 1], 12)
    X = np.column_stack([rng.normal(size=24), w])
    X[1] = X[0]  # one treated patient is like a control
    score = propensity(X, w).score
    assert score.max() < 0.96
    reasons = identified(score, w, X, names=["age", "assigned"]).reasons
    assert set(reasons) == {"all", "treated"} | ({"overlap"} & set(reasons))
    assert (
        "46 % of the patients have a value that nobody in the other arm has (assigned)"
        in (reasons["all"])
    )
    assert "92 % of the treated patients have a value" in reasons["treated"]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**20), st.integers(20, 200), st.floats(0.1, 0.9))
def test_a_lot_gives_an_arm_values_of_its_own_hardly_ever(seed, n, share):
    rng = np.random.default_rng(seed)
    w = (rng.random(n) < share).astype(int)
    w[:2] = 0, 1
    X = np.column_stack([rng.integers(0, k, n) for k in (2, 3, 5, 9)] + [rng.random(n) < 0.03])
    found = one_arm_columns(X.astype(float), w, list("abcde"))
    # By chance in less than 1 of 100 draws; then it is a value that few have.
    assert patients_without(X, found).mean() < 0.6
    assert sum(len(each.values or ()) for each in found) <= 1


def test_all_equally_extreme_keeps_nobody_and_crumps_rule_stays_what_it_is():
    e, w = np.array([0.03, 0.97] * 40), np.tile([0, 1], 40)
    w[0], w[1] = 1, 0  # or what was measured would separate them
    judged = identified(e, w)
    assert trimmed(e, judged).kept.sum() == 0
    fair = np.array([0.4, 0.6] * 40)
    assert trimmed(fair, identified(fair, w)).kept.all()


def test_numbers_beyond_the_possible_are_reasons_and_limits_end_there():
    y = np.array([0.0, 1.0, 1.0])
    assert possible(Estimate(1.0, 0.1, 0.8, 1.2), y) == Estimate(1.0, 0.1, 0.8, 1.0)
    assert possible(wald(0.2), y).estimate == 0.2
    assert np.isnan(possible(wald(0.2), y).high)
    with pytest.raises(NotEstimable, match="-1 to 1"):
        possible(Estimate(-1.1, 4.0, -9.0, 6.8), y)
    # Of a number, what was seen is the range.
    assert possible(Estimate(3.0, 1.0, 1.0, 5.0), 10 * y).high == 5.0
    with pytest.raises(NotEstimable, match="-10 to 10"):
        possible(Estimate(30.0, 1.0, 28.0, 32.0), 10 * y)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**20), st.floats(0, 12), st.integers(12, 60), st.sampled_from(POPULATIONS))
def test_no_estimate_and_no_limit_leaves_the_possible(seed, slope, n, population):
    rng = np.random.default_rng(seed)
    X, y, w = decided(slope, seed, n)
    w[:4] = 0, 0, 1, 1
    mu = rng.random((2, n))
    found = average_effect(X, y, w, mu=(mu[0], mu[1]), population=population)
    for name in ("crude", "overlap", *ADJUSTED):
        one = getattr(found, name)
        if isinstance(one, Estimate):
            ends = [each for each in (one.low, one.estimate, one.high) if np.isfinite(each)]
            assert -1 <= min(ends) <= max(ends) <= 1
        else:
            assert one.reason


def test_a_score_beyond_what_a_computer_can_tell_from_1_is_no_error():
    x = np.concatenate([np.linspace(-1, 1, 200), [400.0]])
    w = np.concatenate([np.tile([0, 1], 100), [1]])
    score = propensity(x[:, None] * 50, w).score
    assert ((score > 0) & (score < 1)).all()
    assert isinstance(identified(score, w, x[:, None]).reasons, dict)


@pytest.mark.parametrize(
    "call",
    [
        lambda: identified([0.5, 0.5], [0, 0]),
        lambda: identified([0.5, 1.0], [0, 1]),
        lambda: identified([0.5, 0.5], [0, 1, 1]),
        lambda: identified([0.5, 0.5], [0, 1], [[0.0], [np.nan]]),
        lambda: identified([0.5, 0.5], [0, 1], [[0.0], [1.0]], names=["a", "b"]),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ArgumentError):
        call()
