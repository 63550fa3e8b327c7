from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose

from twoarm.cohort import load_study
from twoarm.diagnostics import missingness
from twoarm.diagnostics.stability.missingness import finding
from twoarm.errors import ArgumentError

N = 400


def cohort(seed):
    rng = np.random.default_rng(seed)
    return rng, rng.standard_normal((N, 3)), np.tile([0, 1], N // 2), rng.integers(0, 2, N) * 1.0


def with_gaps(values, column, gaps):
    values = values.copy()
    values[gaps, column] = np.nan
    return values


def test_the_test_of_an_arm_is_fishers():
    """Fisher's tea: R's fisher.test(matrix(c(3, 1, 1, 3), 2)) gives p = 0.4857143."""
    missing = np.array([1, 1, 1, 0, 1, 0, 0, 0]) == 1
    values = np.where(missing, np.nan, 1.0)[:, None]
    found = missingness(values, np.repeat([0, 1], 4), np.tile([0, 1], 4), names=["tea"])
    (tea,) = found.variables
    assert_allclose(tea.by_arm.p, 0.4857143, atol=5e-8)
    assert (tea.by_arm.low_group, tea.by_arm.high_group, tea.share) == (0.75, 0.25, 0.5)
    assert_allclose(tea.smd, -0.5 / np.sqrt(3 / 16 * 4 / 3))  # arms' variances with n - 1
    assert found.n_incomplete == 4


@settings(deadline=None, max_examples=20)
@given(seed=integers(0, 2**32 - 1))
def test_shares_are_those_of_the_groups(seed):
    rng, values, arm, y = cohort(seed)
    values = with_gaps(values, 1, rng.random(N) < 0.3)
    y[rng.random(N) < 0.1] = np.nan
    found = missingness(values, arm, y, names=["a", "b", "c"])
    gone = np.isnan(values[:, 1])
    each = found.variables[1]
    assert each.by_arm.low_group == gone[arm == 0].mean()
    assert each.by_arm.high_group == gone[arm == 1].mean()
    for k in (0, 1):
        for name, label in (("low_group", 0), ("high_group", 1)):
            share = gone[(arm == k) & (y == label)].mean()
            assert_allclose(getattr(each.by_outcome[k], name), share)
    assert [one.share for one in found.variables] == [0, gone.mean(), 0]


@pytest.mark.parametrize(
    ("gaps", "by_arm", "by_outcome"),
    [
        (lambda arm, y: arm == 0, True, [False, False]),
        (lambda arm, y: (arm == 1) & (y == 1), True, [False, True]),
        (lambda arm, y: np.where(arm == 0, y == 1, y == 0), False, [True, True]),
    ],
)
def test_what_being_missing_goes_with_is_told_apart(gaps, by_arm, by_outcome):
    rng, values, arm, _ = cohort(1)
    y = np.tile([0, 0, 1, 1], N // 4)  # as many events in both arms
    values = with_gaps(values, 0, (gaps(arm, y) == 1) & (rng.random(N) < 0.6))
    found = missingness(values, arm, y, names=["a", "b", "c"])
    assert found.variables[0].by_arm.flagged == by_arm
    assert [each.flagged for each in found.variables[0].by_outcome] == by_outcome
    assert found.informative == ("a",)


def test_the_more_comparisons_the_less_a_small_p_says():
    """Benjamini and Hochberg: of m tests the smallest holds if p is at most 0.05 / m."""
    _, values, arm, _ = cohort(2)
    gaps = np.zeros(N, dtype=bool)
    gaps[np.flatnonzero(arm == 0)[:8]] = True  # 8 of 200 against 1 of 200
    gaps[1] = True
    alone = with_gaps(values, 0, gaps)
    only = missingness(alone[:, :1], arm, np.full(N, np.nan), names=["a"]).variables[0]
    assert 0.05 / 3 < only.by_arm.p < 0.05
    assert only.by_arm.flagged
    others = np.tile([True, True, False, False], N // 4)  # alike in both arms, p = 1
    more = with_gaps(with_gaps(alone, 1, others), 2, others)
    found = missingness(more, arm, np.full(N, np.nan), names=["a", "b", "c"])
    assert found.variables[0].by_arm.p == only.by_arm.p
    assert found.informative == ()


def test_an_outcome_is_compared_between_the_arms_alone():
    _, values, arm, y = cohort(3)
    y[np.flatnonzero(arm == 1)[:60]] = np.nan
    found = missingness(values, arm, y, names=["a", "b", "c"], outcomes={"good": y})
    assert found.variables[3].name == "good"
    assert found.variables[3].by_arm.flagged
    assert found.variables[3].by_outcome == ()
    assert found.n_incomplete == 0


def test_nothing_missing_compares_nothing():
    _, values, arm, y = cohort(4)
    found = missingness(values, arm, y, names=["a", "b", "c"])
    assert found.informative == ()
    assert all(np.isnan(each.by_arm.p) and np.isnan(each.smd) for each in found.variables)


def test_the_finding_names_the_variables_and_never_supports():
    study = load_study("rescue-stenting")
    rng, values, arm, y = cohort(5)
    by_chance = missingness(
        with_gaps(values, 2, np.arange(N) % 20 < 2), arm, y, names=["a", "b", "c"]
    )
    assert finding(by_chance, study).verdict == "cannot tell"
    by_arm = missingness(
        with_gaps(values, 1, (arm == 0) & (rng.random(N) < 0.4)), arm, y, names=["a", "b", "c"]
    )
    asked = finding(by_arm, study)
    assert asked.verdict == "questions"
    assert "b (arm)" in asked.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ["a"]}, "1 names"),
        ({"treatment": np.zeros(N, dtype=int)}, r"both arms; found \[0\]"),
        ({"outcome": np.zeros(3)}, r"\(3,\)"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    _, values, arm, y = cohort(6)
    given = {"values": values, "treatment": arm, "outcome": y, "names": ["a", "b", "c"]}
    with pytest.raises(ArgumentError, match=message):
        missingness(**given | change)
