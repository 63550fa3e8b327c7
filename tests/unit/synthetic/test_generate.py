from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.errors import ArgumentError
from twoarm.synthetic import (
    COHORT_COLUMNS,
    OUTCOMES,
    SCENARIOS,
    benefit,
    cohort_csv,
    conditional_risks,
    generate,
    identified_risks,
    propensity,
    truth_csv,
)

LETTERS = [scenario.letter for scenario in SCENARIOS]


@settings(max_examples=15, deadline=None)  # the first call loads SciPy
@given(
    letter=sampled_from(LETTERS),
    treated=integers(1, 60),
    control=integers(1, 60),
    seed=integers(0, 2**32 - 1),
)
def test_arms_have_exactly_the_sizes_asked_for(letter, treated, control, seed):
    made = generate(letter, treated=treated, control=control, seed=seed)
    assert (made.cohort["arm"] == 1).sum() == treated
    assert (made.cohort["arm"] == 0).sum() == control
    assert len(made.truth) == treated + control


@settings(max_examples=10, deadline=None)  # the first call loads SciPy
@given(letter=sampled_from(LETTERS), n=integers(1, 80), seed=integers(0, 2**32 - 1))
def test_a_larger_cohort_begins_with_the_smaller_one(letter, n, seed):
    large, small = generate(letter, n=80, seed=seed), generate(letter, n=n, seed=seed)
    pd.testing.assert_frame_equal(large.cohort.head(n), small.cohort)
    # The last bits of the risks may depend on how many patients are computed at once.
    pd.testing.assert_frame_equal(large.truth.head(n), small.truth, rtol=0, atol=1e-14)


@pytest.mark.parametrize("size", [{"n": 300}, {"treated": 100, "control": 120}])
def test_the_same_arguments_give_the_same_bytes(size):
    first, again = (generate("B", **size, seed=5) for _ in range(2))
    assert cohort_csv(first) == cohort_csv(again)
    assert truth_csv(first) == truth_csv(again)
    assert cohort_csv(first) != cohort_csv(generate("B", **size, seed=6))


def test_names_and_letters_give_the_same_cohort():
    assert cohort_csv(generate("paper-like", n=50, seed=1)) == cohort_csv(
        generate("a", n=50, seed=1)
    )


def test_scenarios_share_their_patients():
    before = list(COHORT_COLUMNS[4:23])
    assert (before[0], before[-1]) == ("age", "icad_suspected")
    first, second = (generate(letter, n=100, seed=1).cohort for letter in ("A", "N"))
    pd.testing.assert_frame_equal(first[before], second[before])


@pytest.mark.parametrize("letter", LETTERS)
def test_cohort_columns_and_codes(letter):
    made = generate(letter, n=400, seed=3)
    cohort = made.cohort
    assert tuple(cohort) == COHORT_COLUMNS
    assert cohort.columns[-1] == "synthetic"
    assert not cohort.isna().any(axis=None)
    assert cohort["record_id"].iloc[[0, -1]].tolist() == ["S0001", "S0400"]
    assert cohort["record_id"].is_unique
    assert set(cohort["synthetic"]) == {1}
    assert set(cohort["failed_definition"]) == {"mTICI01"}
    assert set(cohort["sich_definition"]) == {"Heidelberg"}
    assert cohort["mrs90"].between(0, 6).all()
    assert cohort["nihss_24h"].between(0, 42).all()
    assert (cohort["proc_min"] > 0).all()
    assert ((cohort["stent_type"] == "none") == (cohort["arm"] == 0)).all()
    assert set(cohort["neg_control"]) == {0, 1}


def test_truth_columns():
    made = generate("M", n=20, seed=3)
    expected = ["record_id", "U", "propensity"]
    expected += [f"mu{arm}_{outcome}" for arm in (0, 1) for outcome in OUTCOMES]
    expected += ["mrs90_0", "mrs90_1", "sich_0", "sich_1"]
    for kind in ("benefit", "benefit_x", "contrast_x"):
        expected += [f"{kind}_{outcome}" for outcome in OUTCOMES]
    assert list(made.truth) == expected
    assert_array_equal(made.truth["record_id"], made.cohort["record_id"])


def test_truth_follows_from_the_public_functions():
    made = generate("B", treated=60, control=70, seed=3)
    cohort, truth = made.cohort, made.truth
    assert_array_equal(truth["propensity"], propensity(cohort, "B", truth["U"]))
    for kind, found in {
        "benefit": benefit(truth),
        "benefit_x": benefit(conditional_risks(cohort, "B")),
        "contrast_x": benefit(identified_risks(cohort, "B")),
    }.items():
        assert_allclose(truth[[f"{kind}_{outcome}" for outcome in OUTCOMES]], found, atol=1e-14)


@pytest.mark.parametrize("letter", LETTERS)
def test_the_observed_outcome_is_that_of_the_arm(letter):
    made = generate(letter, n=400, seed=4)
    arm = made.cohort["arm"]
    for outcome in ("mrs90", "sich"):
        of_arm = made.truth[f"{outcome}_1"].where(arm == 1, made.truth[f"{outcome}_0"])
        assert_array_equal(made.cohort[outcome], of_arm)


def test_no_effect_leaves_everybody_as_they_were():
    truth = generate("Z", n=2000, seed=1).truth
    assert_array_equal(truth["mrs90_0"], truth["mrs90_1"])
    assert_array_equal(truth["sich_0"], truth["sich_1"])
    for kind in ("benefit", "benefit_x", "contrast_x"):
        assert (truth[[f"{kind}_{outcome}" for outcome in OUTCOMES]] == 0).all(axis=None)


def test_one_odds_ratio_helps_everybody_and_causes_no_haemorrhage():
    truth = generate("H", n=2000, seed=1).truth
    assert (truth["mrs90_1"] <= truth["mrs90_0"]).all()
    assert_array_equal(truth["sich_0"], truth["sich_1"])
    assert (truth["benefit_sich"] == 0).all()
    assert (truth[["benefit_mrs_0_2", "benefit_mrs_0_3", "benefit_death"]] > 0).all(axis=None)


def test_patients_who_bleed_die_more_often():
    truth = generate("A", n=5000, seed=1).truth
    died = truth["mrs90_0"] == 6
    bled = truth["sich_0"] == 1
    assert died[bled].mean() > died[~bled].mean()


@pytest.mark.parametrize(("letter", "sees"), [("A", False), ("M", True), ("B", True)])
def test_the_negative_control_sees_the_unmeasured_factor_and_nothing_else(letter, sees):
    made = generate(letter, n=20_000, seed=1)
    correlation = np.corrcoef(made.cohort["neg_control"], made.truth["U"])[0, 1]
    # Without a link it has a standard error of 0.007.
    assert (correlation > 0.1) == sees
    assert sees or abs(correlation) < 0.03


def test_records_of_the_arms_are_mixed():
    arm = generate("A", treated=100, control=100, seed=1).cohort["arm"].to_numpy()
    assert 20 < arm[:100].sum() < 80


def test_ids_do_not_change_when_the_cohort_grows():
    ids = generate("Z", n=10_001, seed=1).cohort["record_id"]
    assert ids.iloc[[0, -1]].tolist() == ["S0001", "S10001"]


def test_a_pool_that_is_too_small_is_enlarged(monkeypatch):
    monkeypatch.setattr("twoarm.synthetic.cohort._SMALLEST_POOL", 1)
    monkeypatch.setattr("twoarm.synthetic.cohort._POOL_PER_PATIENT", 1)
    cohort = generate("A", treated=40, control=40, seed=1).cohort
    assert cohort["arm"].value_counts().to_dict() == {0: 40, 1: 40}


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"treated": 5},
        {"control": 5},
        {"n": 10, "treated": 5, "control": 5},
        {"n": 10, "control": 5},
    ],
)
def test_sizes_are_given_in_one_of_two_ways(sizes):
    with pytest.raises(ArgumentError, match="by n, or by treated and control together"):
        generate("A", **sizes, seed=1)


@pytest.mark.parametrize(
    "sizes", [{"n": 0}, {"n": -3}, {"treated": 0, "control": 5}, {"treated": 5, "control": 0}]
)
def test_sizes_are_at_least_one(sizes):
    with pytest.raises(ArgumentError, match="at least 1 patient"):
        generate("A", **sizes, seed=1)


def test_a_negative_seed_is_refused():
    with pytest.raises(ArgumentError, match="0 or larger"):
        generate("A", n=5, seed=-1)


def test_an_unknown_scenario_is_refused():
    with pytest.raises(ArgumentError, match="nearest is 'confounded'"):
        generate("confuonded", n=5, seed=1)
