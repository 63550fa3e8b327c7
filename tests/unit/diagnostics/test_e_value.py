import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoarm.diagnostics import (
    ArmRisks,
    benefit_e_value,
    covariate_strengths,
    e_value,
    e_value_of_difference,
)
from twoarm.diagnostics.hidden.benefit_e_value import finding
from twoarm.errors import ArgumentError


@given(st.floats(0.05, 20))
def test_a_ratio_and_its_inverse_have_the_same_e_value(ratio):
    assert e_value(ratio).estimate == pytest.approx(e_value(1 / ratio).estimate)
    assert e_value(ratio).estimate >= 1


@given(st.floats(1.01, 20))
def test_a_confounder_of_that_strength_just_suffices(ratio):
    strength = e_value(ratio).estimate
    assert strength**2 / (2 * strength - 1) == pytest.approx(ratio)


def test_an_interval_with_the_target_inside_needs_nothing():
    found = e_value(1.5, 0.9, 2.4)
    assert (found.limit, found.already_below) == (1.0, (False, True))
    assert e_value(1.5).limit is None
    assert e_value(2.0, 1.5, 3.0, true=1.2).limit == pytest.approx(e_value(1.25).estimate)


def test_one_confounder_made_as_strong_as_the_e_value_takes_the_difference_away():
    # A binary confounder with these ratios, prevalence 1 in the treated, and no effect at all.
    strength, base, f = 3.0, 0.1, 0.4
    prevalence = 1 / strength
    p1, p0 = base * strength, base * (prevalence * strength + 1 - prevalence)
    risks = ArmRisks(p1, p0, f, 1000, (1e-9, 1e-9))
    assert e_value_of_difference(risks).estimate == pytest.approx(strength)


def trial(seed, n=4000, effect=0.25):
    rng = np.random.default_rng(seed)
    w = np.tile([0, 1], n // 2)
    y = (rng.random(n) < 0.2 + effect * w).astype(int)
    return y, w, np.full(n, 0.2), np.full(n, 0.2 + effect), np.full(n, 0.5)


@given(st.integers(0, 2**20))
def test_in_the_treated_it_is_that_of_the_risk_ratio(seed):
    # Everybody of this population is exposed: the ratio needs no share of the exposed.
    y, w, mu0, mu1, e = trial(seed, 400)
    for desirable in (True, False):
        good = y if desirable else 1 - y
        risks = (mu0, mu1) if desirable else (1 - mu0, 1 - mu1)
        found = benefit_e_value(good, w, *risks, e, desirable=desirable, population="treated")
        p1, p0 = good[w == 1].mean(), good[w == 0].mean()
        assert found.benefit == pytest.approx(p1 - p0 if desirable else p0 - p1)
        assert found.to_zero.estimate == pytest.approx(e_value(p1 / p0).estimate)


@given(st.floats(0.02, 0.98))
def test_the_share_of_exposed_has_no_jump_at_its_ends(share):
    near = [ArmRisks(0.5, 0.2, f, 1000, (1e-4, 1e-4)) for f in (0.0, 1e-9, share, 1 - 1e-9, 1.0)]
    found = [e_value_of_difference(each, true=0.1).estimate for each in near]
    assert found[0] == pytest.approx(found[1], rel=1e-6)
    assert found[3] == pytest.approx(found[4], rel=1e-6)
    assert min(found[0], found[4]) <= found[2] * (1 + 1e-9)
    assert found[2] <= max(found[0], found[4]) * (1 + 1e-9)


def test_the_benefit_is_moved_to_zero_and_to_the_threshold():
    found = benefit_e_value(*trial(1), desirable=True, threshold=0.15)
    assert 1 < found.to_threshold.limit < found.to_threshold.estimate < found.to_zero.estimate
    harm = benefit_e_value(*trial(1), desirable=False, threshold=0.15)
    assert harm.benefit == pytest.approx(-found.benefit)
    assert (harm.to_zero, harm.to_threshold) == (found.to_zero, found.to_threshold)


def test_a_fall_of_a_bad_outcome_is_a_benefit_with_arms_relabelled():
    y, w, mu0, mu1, e = trial(2)
    found = benefit_e_value(y, 1 - w, mu1, mu0, 1 - e, desirable=False)
    assert found.to_zero == benefit_e_value(y, w, mu0, mu1, e, desirable=True).to_zero


def test_the_limit_is_where_the_corrected_interval_reaches_the_target():
    y, w, mu0, mu1, e = trial(3)
    found = benefit_e_value(y, w, mu0, mu1, e, desirable=True)
    crude = e_value_of_difference(
        ArmRisks(
            y[w == 1].mean(),
            y[w == 0].mean(),
            0.5,
            y.size,
            tuple(y[w == arm].var() / 2000 for arm in (1, 0)),
        )
    )
    # In a trial the doubly robust risks are nearly the arms' own.
    assert found.to_zero.limit == pytest.approx(crude.limit, rel=0.02)


def test_the_finding(stenting):
    value = benefit_e_value(*trial(4), desirable=True, threshold=0.15)
    assert value.to_threshold.estimate < value.to_zero.estimate
    clear = finding(value, stenting)
    assert clear.verdict == "cannot tell"
    assert "already" not in clear.text
    assert clear.text.count("One hidden factor") == 2
    small = benefit_e_value(*trial(4, effect=0.1), desirable=True, threshold=0.15)
    assert "It is not above 15 points as it stands." in finding(small, stenting).text
    harm = finding(benefit_e_value(*trial(4), desirable=False, threshold=0.15), stenting)
    assert harm.verdict == "cannot tell"
    assert "found is a harm of" in harm.text
    assert harm.text.replace("a harm", "a benefit") == clear.text
    none = finding(benefit_e_value(*trial(4, effect=0.0), desirable=True), stenting)
    assert none.verdict == "questions"


def test_covariate_strength_by_hand():
    # Both arms of 4: present 3 and 1; events with 2 of 3 and 1 of 1, without 1 of 1 and 1 of 3.
    X = np.array([1, 1, 1, 0, 1, 0, 0, 0])[:, None]
    y, w = [1, 1, 0, 1, 1, 1, 0, 0], [1] * 4 + [0] * 4
    (found,) = covariate_strengths(X, y, w, names=["af"])
    upper, lower = 2 * 1 / 4 + 1 * 3 / 4, 1 * 3 / 4 + 1 * 1 / 4
    assert found.with_treatment == pytest.approx(3)
    assert found.with_outcome == pytest.approx(upper / lower)
    a, b = found.with_treatment, found.with_outcome
    assert found.bias == pytest.approx(a * b / (a + b - 1))


def test_the_strongest_covariate_comes_first_and_undefined_ones_are_left_out():
    rng = np.random.default_rng(5)
    strong, w = rng.normal(size=600), np.empty(600, int)
    w = (rng.random(600) < 1 / (1 + np.exp(-2 * strong))).astype(int)
    y = (rng.random(600) < 1 / (1 + np.exp(-2 * strong))).astype(int)
    X = np.column_stack([rng.normal(size=600), strong, np.zeros(600)])
    found = covariate_strengths(X, y, w, names=["noise", "strong", "constant"])
    assert [each.name for each in found] == ["strong", "noise"]
    assert math.isclose(found[1].bias, 1.0, abs_tol=0.05)


@pytest.mark.parametrize(
    "call",
    [
        lambda: e_value(0.0),
        lambda: e_value(2.0, 2.5, 3.0),
        lambda: e_value_of_difference(ArmRisks(0.1, 0.2, 0.5, 10, (0.1, 0.1))),
        lambda: covariate_strengths(np.zeros((2, 1)), [0, 1], [0, 1], names=[]),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ArgumentError):
        call()
