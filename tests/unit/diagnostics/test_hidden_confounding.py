from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import binomtest

from twoarm.diagnostics import (
    agreement,
    marginal_sensitivity,
    negative_control,
    partial_r2,
    patient_bounds,
    population_scores,
    propensity_pairs,
    robustness_value,
    rosenbaum_bounds,
    sensitivity_curve,
    share_holding,
    tipping_strength,
)
from twoarm.diagnostics.average.agreement import finding as agreement_finding
from twoarm.diagnostics.comparability.weighting import (
    inverse_weights,
    population_weights,
    weighted_difference,
)
from twoarm.diagnostics.hidden.negative_control import chance_of_any
from twoarm.diagnostics.hidden.negative_control import finding as control_finding
from twoarm.diagnostics.hidden.partial_r2 import adjusted_estimate, partial_r2_of_t
from twoarm.diagnostics.hidden.partial_r2 import finding as r2_finding
from twoarm.diagnostics.hidden.rosenbaum import finding as rosenbaum_finding
from twoarm.diagnostics.hidden.sensitivity_curve import finding as marginal_finding
from twoarm.errors import ArgumentError
from twoarm.metrics import Estimate, wald

SEEDS = st.integers(0, 2**20)


def cohort(seed, n, *, binary=True):
    rng = np.random.default_rng(seed)
    w = rng.permutation(np.arange(n) % 2)
    y = rng.integers(0, 2, n).astype(float) if binary else rng.normal(size=n)
    return y, w, rng.uniform(0.1, 0.9, n)


# --- marginal sensitivity model --------------------------------------------------------------


@settings(deadline=None)
@given(SEEDS, st.booleans())
def test_without_hidden_confounding_it_is_the_hajek_estimate(seed, binary):
    y, w, e = cohort(seed, 50, binary=binary)
    found = marginal_sensitivity(y, w, e, strengths=[1.0])
    hajek = weighted_difference(y, w, inverse_weights(w, e)).estimate
    assert (found.low[0], found.high[0]) == pytest.approx((hajek, hajek), abs=1e-12)


def brute_force(y, w, e, strength, population="all"):
    """All 2^n ways to give every patient the lightest or the heaviest weight."""
    received = np.where(w == 1, e, 1 - e)
    odds = 1 / received - 1
    choices = np.stack([1 + odds / strength, 1 + odds * strength])
    if population == "treated":
        choices = np.where(w == 1, 1.0, np.stack([odds / strength, odds * strength]))
    effects = []
    for pick in product((0, 1), repeat=y.size):
        weights = choices[list(pick), np.arange(y.size)]
        means = [np.average(y[w == arm], weights=weights[w == arm]) for arm in (0, 1)]
        effects.append(means[1] - means[0])
    return min(effects), max(effects)


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.floats(1, 10), st.booleans(), st.integers(2, 10))
def test_sorting_finds_what_trying_everything_finds(seed, strength, binary, n):
    y, w, e = cohort(seed, n, binary=binary)
    found = marginal_sensitivity(y, w, e, strengths=[strength])
    assert (found.low[0], found.high[0]) == pytest.approx(brute_force(y, w, e, strength))


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.floats(1, 10), st.booleans(), st.integers(2, 10))
def test_for_the_treated_only_controls_weights_are_in_doubt(seed, strength, binary, n):
    y, w, e = cohort(seed, n, binary=binary)
    found = marginal_sensitivity(y, w, e, strengths=[1.0, strength], population="treated")
    hajek = weighted_difference(y, w, population_weights("treated", w, e)).estimate
    assert (found.low[0], found.high[0]) == pytest.approx((hajek, hajek), abs=1e-12)
    wanted = brute_force(y, w, e, strength, "treated")
    assert (found.low[1], found.high[1]) == pytest.approx(wanted)


def test_the_tipping_strength_of_the_treated():
    y, w, e = cohort(3, 60)
    y = np.where(w == 1, np.maximum(y, np.arange(60) % 3 > 0), y)
    strength = tipping_strength(y, w, e, desirable=True, population="treated")
    found = marginal_sensitivity(y, w, e, strengths=[strength], population="treated")
    assert found.low[0] == pytest.approx(0, abs=2e-3)
    assert strength != tipping_strength(y, w, e, desirable=True)


def test_sorting_finds_what_trying_everything_finds_in_twelve_patients():
    y, w, e = cohort(12, 12)
    found = marginal_sensitivity(y, w, e, strengths=[2.5])
    assert (found.low[0], found.high[0]) == pytest.approx(brute_force(y, w, e, 2.5))


@settings(deadline=None)
@given(SEEDS)
def test_bounds_widen_with_the_strength(seed):
    y, w, e = cohort(seed, 60)
    found = marginal_sensitivity(y, w, e)
    assert (np.diff(found.low) <= 1e-12).all()
    assert (np.diff(found.high) >= -1e-12).all()
    assert found.low[-1] >= -1
    assert found.high[-1] <= 1


def test_the_tipping_strength_is_where_the_bound_meets_the_target():
    rng = np.random.default_rng(3)
    w = np.tile([0, 1], 200)
    y, e = (rng.random(400) < 0.2 + 0.4 * w).astype(float), np.full(400, 0.5)
    strength = tipping_strength(y, w, e, desirable=True)
    assert strength > 2
    assert marginal_sensitivity(y, w, e, strengths=[strength]).low[0] == pytest.approx(0, abs=1e-3)
    assert tipping_strength(y, w, e, desirable=True, target=0.15) < strength
    assert tipping_strength(1 - y, w, e, desirable=False) == pytest.approx(strength, abs=2e-3)
    assert tipping_strength(y, w, e, desirable=False) == 1.0


def lowest_mixture(risk, seen, strength):
    """Smallest P(Y(1) = 1) by linear programming over the unseen arm's two probabilities."""
    p = np.array([1 - risk, risk])
    found = linprog(
        [0, 1], A_eq=[[1, 1]], b_eq=[1], bounds=[(q / strength, q * strength) for q in p]
    )
    return seen * risk + (1 - seen) * found.fun


@settings(deadline=None, max_examples=30)
@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98), st.floats(0.05, 0.95), st.floats(1, 8))
def test_patient_bounds_are_the_sharp_ones(mu0, mu1, e, strength):
    found = patient_bounds([mu0], [mu1], [e], strength, desirable=True)
    highest0 = 1 - lowest_mixture(1 - mu0, 1 - e, strength)
    assert found.low[0] == pytest.approx(lowest_mixture(mu1, e, strength) - highest0, abs=1e-7)
    turned = patient_bounds([1 - mu0], [1 - mu1], [e], strength, desirable=False)
    assert turned.low == pytest.approx(found.low)
    assert turned.high == pytest.approx(found.high)


def test_without_hidden_confounding_patient_bounds_are_the_benefit():
    found = patient_bounds([0.1, 0.4], [0.3, 0.2], [0.5, 0.2], 1.0, desirable=True)
    assert found.low == pytest.approx([0.2, -0.2])
    assert found.high == pytest.approx([0.2, -0.2])


def test_patient_bounds_are_never_wider_than_the_average_ones():
    # With one stratum the Hajek bounds hold for it, and they are valid but not sharp.
    y, w = np.repeat([0.0, 1.0, 0.0, 1.0], [70, 30, 40, 60]), np.repeat([0, 1], 100)
    e = np.full(200, 0.5)
    for strength in (1.0, 1.5, 3.0):
        average = marginal_sensitivity(y, w, e, strengths=[strength])
        one = patient_bounds([0.3], [0.6], [0.5], strength, desirable=True)
        assert average.low[0] <= one.low[0] + 1e-9
        assert one.high[0] <= average.high[0] + 1e-9


def test_the_share_that_holds_falls_with_the_strength():
    rng = np.random.default_rng(4)
    mu0, mu1, e = rng.uniform(0, 0.3, 500), rng.uniform(0.2, 0.7, 500), rng.uniform(0.2, 0.8, 500)
    found = share_holding(mu0, mu1, e, strengths=[1, 1.5, 2, 4], threshold=0.15, desirable=True)
    shares = found.share
    assert shares[0] == (mu1 - mu0 >= 0.15).mean()
    assert (np.diff(shares) <= 0).all()
    assert shares[-1] < shares[0]


def curve_of(y, *, desirable, harm=False):
    """A trial of 400: half are predicted to gain (or lose, in a harm) 20 points, half nothing."""
    w, half = np.tile([0, 1], 200), np.full(400, 0.5)
    sign = 1 if desirable != harm else -1
    return sensitivity_curve(
        y, w, half, half, half + sign * np.repeat([0.2, 0.0], 200),
        desirable=desirable, threshold=0.15, harm=harm,
    )  # fmt: skip


def test_the_curve_is_made_of_its_parts():
    rng = np.random.default_rng(5)
    w, half = np.tile([0, 1], 200), np.full(400, 0.5)
    y = (rng.random(400) < 0.2 + 0.4 * w).astype(float)
    found = curve_of(y, desirable=True)
    average = marginal_sensitivity(y, w, half)
    assert (found.strength == average.strength).all()
    assert (found.low == average.low).all()
    assert (found.high == average.high).all()
    assert found.share[0] == 0.5
    assert found.share[-1] == 0.0
    assert found.to_zero == tipping_strength(y, w, half, desirable=True)
    assert found.to_threshold == tipping_strength(y, w, half, desirable=True, target=0.15)
    turned = curve_of(1 - y, desirable=False)
    assert turned.low == pytest.approx(found.low)
    assert turned.high == pytest.approx(found.high)
    assert (turned.share == found.share).all()
    assert turned.to_zero == pytest.approx(found.to_zero, abs=2e-3)


def test_the_marginal_finding(stenting, aspirin):
    rng = np.random.default_rng(5)
    y = (rng.random(400) < 0.2 + 0.4 * np.tile([0, 1], 200)).astype(float)
    value = curve_of(y, desirable=True)
    assert marginal_finding(value, stenting).verdict == "cannot tell"
    shares = np.linspace(0.9, 0.0, value.strength.size)
    both = marginal_finding(replace(value, share=shares), stenting)
    assert "90 % of patients are predicted to gain at least 15 points" in both.text
    assert "2-fold, the lower bound still reaches that in 40 %" in both.text
    other = curve_of(y, desirable=False)  # asked about a benefit where harm was found
    assert other.low == pytest.approx(-value.high)
    assert (other.to_zero, other.to_threshold) == (1.0, 1.0)
    assert marginal_finding(other, aspirin).verdict == "questions"
    assert "shows no benefit at all" in marginal_finding(other, aspirin).text


def test_of_a_harm_the_curve_asks_what_it_asks_of_a_benefit(stenting):
    rng = np.random.default_rng(5)
    y = (rng.random(400) < 0.2 + 0.4 * np.tile([0, 1], 200)).astype(float)
    benefit, harm = curve_of(y, desirable=True), curve_of(y, desirable=False, harm=True)
    assert harm.high == pytest.approx(-benefit.low)  # bounds stay in benefit direction
    assert harm.smallest == pytest.approx(benefit.smallest)
    assert (harm.share == benefit.share).all()
    assert (harm.to_zero, harm.to_threshold) == (benefit.to_zero, benefit.to_threshold)
    said, same = marginal_finding(harm, stenting), marginal_finding(benefit, stenting)
    assert said.verdict == same.verdict == "cannot tell"
    assert "predicted to lose at least 15 points" in said.text
    turned = said.text.replace("harm", "benefit").replace("lose", "gain")
    assert turned == same.text


# --- Rosenbaum bounds ------------------------------------------------------------------------


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 5))
def test_without_bias_it_is_the_exact_mcnemar_test(better, worse, same):
    treated = [1] * better + [0] * worse + [1] * same
    control = [0] * better + [1] * worse + [1] * same
    found = rosenbaum_bounds(treated, control, gammas=[1.0])
    assert (found.treated_better, found.control_better) == (better, worse)
    if better + worse:
        exact = binomtest(better, better + worse, alternative="greater").pvalue
        assert found.p_low[0] == pytest.approx(exact)
        assert found.p_high[0] == pytest.approx(exact)


def test_rosenbaum_bounds_widen():
    found = rosenbaum_bounds([1] * 30 + [0] * 10, [0] * 30 + [1] * 10)
    assert (np.diff(found.p_high) > 0).all()
    assert (np.diff(found.p_low) < 0).all()
    by_hand = sum(binomtest_pmf(k, 40, 2 / 3) for k in range(30, 41))
    assert found.p_high[found.gamma == 2.0] == pytest.approx([by_hand])


def test_smoking_and_lung_cancer():
    """Hammond's pairs: 122 discordant, in 110 the smoker died of lung cancer.

    Rosenbaum, Observational Studies (2002), section 4.3.2, page 112, with the exact tail instead of
    the normal approximation; also the example of `binarysens` in R's package rbounds.
    """
    found = rosenbaum_bounds([1] * 110 + [0] * 12, [0] * 110 + [1] * 12, gammas=range(1, 7))
    for gamma, p in zip(range(1, 7), found.p_high, strict=True):
        chance = Fraction(gamma, gamma + 1)
        exact = sum(comb(122, k) * chance**k * (1 - chance) ** (122 - k) for k in range(110, 123))
        assert p == pytest.approx(float(exact), rel=1e-9)
    assert (found.p_high < 0.05).tolist() == [True] * 5 + [False]
    assert 5 < found.tipping < 6


@given(st.integers(0, 60), st.integers(0, 60))
def test_at_the_tipping_gamma_the_largest_p_value_is_five_percent(better, worse):
    pairs = [1] * better + [0] * worse + [0], [0] * better + [1] * worse + [0]
    gamma = rosenbaum_bounds(*pairs).tipping
    p = rosenbaum_bounds(*pairs, gammas=[gamma]).p_high[0]
    assert p == pytest.approx(0.05) if gamma > 1 else p >= 0.05


def binomtest_pmf(k, n, p):
    return comb(n, k) * p**k * (1 - p) ** (n - k)


@settings(deadline=None)
@given(SEEDS)
def test_pairs_are_within_the_caliper_and_as_many_as_can_be(seed):
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching
    from scipy.special import logit

    _, w, e = cohort(seed, 40)
    treated, control = propensity_pairs(e, w, caliper=0.1)
    assert (w[treated] == 1).all()
    assert (w[control] == 0).all()
    assert np.unique(control).size == control.size
    place = logit(e)
    width = 0.1 * place.std(ddof=1)
    assert (np.abs(place[treated] - place[control]) <= width).all()
    near = np.abs(place[w == 1][:, None] - place[w == 0][None, :]) <= width
    most = (maximum_bipartite_matching(csr_array(near.astype(int))) >= 0).sum()
    assert treated.size == most


def test_the_rosenbaum_finding(stenting):
    clear = rosenbaum_bounds([1] * 40 + [0] * 5, [0] * 40 + [1] * 5)
    assert rosenbaum_finding(clear, stenting).verdict == "cannot tell"
    none = rosenbaum_bounds([1] * 10 + [0] * 10, [0] * 10 + [1] * 10)
    assert rosenbaum_finding(none, stenting).verdict == "questions"


def test_of_a_harm_the_bounds_are_those_of_the_benefit_of_the_other_arm(stenting):
    treated, control = [1] * 5 + [0] * 40, [0] * 5 + [1] * 40
    harm = rosenbaum_bounds(treated, control, harm=True)
    benefit = rosenbaum_bounds(control, treated)
    assert (harm.p_low == benefit.p_low).all()
    assert (harm.p_high == benefit.p_high).all()
    assert harm.tipping == benefit.tipping > 1.0
    assert (harm.treated_better, harm.control_better) == (5, 40)
    said = rosenbaum_finding(harm, stenting)
    assert said.verdict == "cannot tell"
    assert said.text.replace("harm", "benefit") == rosenbaum_finding(benefit, stenting).text
    assert rosenbaum_finding(rosenbaum_bounds(treated, control), stenting).verdict == "questions"


# --- partial R2 ------------------------------------------------------------------------------


def linear(seed, n=200):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    w = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
    return X, w + X @ [1.0, 0.5, 0.2] + rng.normal(size=n), w


@settings(deadline=None, max_examples=25)
@given(SEEDS)
def test_the_bias_of_an_omitted_column_is_exact(seed):
    X, y, w = linear(seed)
    full = partial_r2(X, y, w, names=["u", "a", "b"])
    short = partial_r2(X[:, 1:], y, w, names=["a", "b"])
    # Partial R2 of the omitted column, from residual sums of squares.
    r2_outcome = 1 - rss(np.column_stack([w, X]), y) / rss(np.column_stack([w, X[:, 1:]]), y)
    r2_treatment = 1 - rss(X, w) / rss(X[:, 1:], w)
    toward_zero, se = adjusted_estimate(
        short.estimate, short.se, short.df, r2_treatment=r2_treatment, r2_outcome=r2_outcome
    )
    assert abs(short.estimate - toward_zero) == pytest.approx(abs(short.estimate - full.estimate))
    assert se == pytest.approx(full.se)


def rss(design, y):
    design = np.column_stack([np.ones(y.size), design])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return residual @ residual


def test_a_confounder_at_the_robustness_value_just_suffices():
    X, y, w = linear(1)
    found = partial_r2(X, y, w, names=["a", "b", "c"])
    moved, _ = adjusted_estimate(
        found.estimate, found.se, found.df,
        r2_treatment=found.robustness, r2_outcome=found.robustness,
    )  # fmt: skip
    assert moved == pytest.approx(0, abs=1e-9)
    assert found.robustness_significance < found.robustness
    assert found.r2 == pytest.approx(partial_r2_of_t(found.estimate / found.se, found.df))
    assert robustness_value(1.0, found.df, alpha=0.05) == 0.0
    assert found.benchmarks[0].times == 1.0


def test_an_effect_beyond_any_outcome_share_needs_the_other_formula():
    # t so large that the outcome's share would exceed 1: Cinelli, Hazlett, sensemakr 0.1.5.
    f, critical = 20.0, 1.9840 / np.sqrt(98)
    found = robustness_value(f * np.sqrt(99), 99, alpha=0.05)
    assert found == pytest.approx((f**2 - critical**2) / (1 + f**2), rel=1e-3)
    assert found < 1


def test_the_partial_r2_finding(stenting, aspirin):
    X, y, w = linear(2)
    value = partial_r2(X, y, w, names=["a", "b", "c"])
    assert r2_finding(value, stenting).verdict == "cannot tell"
    first = value.benchmarks[0].name  # no predictor of the study, so it is named as it is
    assert [each.times for each in value.leading if each.name == first] == [1.0, 2.0, 3.0]
    assert len(value.leading) == 9
    assert f"3 times as strong as {first}" in r2_finding(value, stenting).text
    harm = value.as_benefit(desirable=False)  # more of a bad outcome
    assert r2_finding(harm, aspirin).verdict == "cannot tell"  # as strong as the benefit
    assert f"a harm of {100 * value.estimate:.1f} points to 0" in r2_finding(harm, aspirin).text
    assert [each.estimate for each in harm.leading] == [-each.estimate for each in value.leading]
    assert harm.robustness == value.robustness


# --- negative control, agreement -------------------------------------------------------------


def test_any_of_several_tests_errs_more_often_than_one():
    assert chance_of_any(0) == 0.0
    assert chance_of_any(1) == pytest.approx(0.05)
    assert chance_of_any(3) == pytest.approx(1 - 0.95**3)


def test_a_negative_control_by_hand(stenting):
    found = negative_control("neg_control", Estimate(0.06, 0.03, 0.0012, 0.1188))
    assert found.p == pytest.approx(0.0455, abs=1e-4)  # two standard errors
    assert found.detects
    assert found.detectable == pytest.approx((1.959964 + 0.841621) * 0.03)
    assert control_finding(found, stenting).verdict == "questions"
    worse = negative_control("neg_control", Estimate(-0.06, 0.03, -0.1188, -0.0012))
    assert "the treated fare worse by 6.0 points" in control_finding(worse, stenting).text
    null = control_finding(negative_control("none", Estimate(0.01, 0.03, -0.05, 0.07)), stenting)
    assert null.verdict == "cannot tell"
    assert "does not exclude confounding by factors unrelated to this outcome" in null.text


@pytest.mark.parametrize(
    ("shift", "noise", "flagged"), [(0.0, 0.5, False), (0.04, 0.9, True), (0.02, 0.01, True)]
)
def test_agreement_is_flagged_beyond_two_errors_or_three_points(stenting, shift, noise, flagged):
    benefit = np.linspace(0, 0.4, 100)
    phi = benefit + shift + noise * np.tile([-1, 1], 50)
    found = agreement(phi, benefit)
    assert found.difference == pytest.approx(shift)
    assert found.se == pytest.approx(noise * np.sqrt(100 / 99) / 10)
    assert found.flagged is flagged
    verdict = agreement_finding(found, stenting).verdict
    assert verdict == ("questions" if flagged else "cannot tell")


def test_agreement_in_another_population():
    rng = np.random.default_rng(4)
    w, e = np.tile([0, 1], 150), rng.uniform(0.2, 0.8, 300)
    mu0, mu1 = rng.uniform(0.1, 0.9, (2, 300))
    y = (rng.random(300) < np.where(w == 1, mu1, mu0)).astype(float)
    scores = population_scores(y, w, mu0, mu1, e, "treated")
    found = agreement(scores.phi1 - scores.phi0, mu1 - mu0, scores.weight)
    assert found.mean_benefit == pytest.approx((mu1 - mu0)[w == 1].mean())
    assert found.aipw == pytest.approx(scores.effect)
    # The treated's own outcomes and the weighted controls, apart from what was predicted of them.
    residual = np.where(w == 1, y - mu1, e / (1 - e) * (mu0 - y)) / w.mean()
    by_hand = residual - residual.mean() * scores.weight
    assert found.difference == pytest.approx(residual.mean())
    assert found.se == pytest.approx(by_hand.std(ddof=1) / np.sqrt(300))
    everybody = population_scores(y, w, mu0, mu1, e, "all")
    phi = everybody.phi1 - everybody.phi0
    assert agreement(phi, mu1 - mu0, everybody.weight) == agreement(phi, mu1 - mu0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: marginal_sensitivity([0, 1], [0, 1], [0.5, 0.5], strengths=[0.5]),
        lambda: marginal_sensitivity([0, 1], [0, 1], [0.5, 1.0]),
        lambda: marginal_sensitivity([0, 1], [1, 1], [0.5, 0.5]),
        lambda: patient_bounds([0.1], [1.4], [0.5], 2.0, desirable=True),
        lambda: patient_bounds([0.1], [0.4], [0.5], 0.9, desirable=True),
        lambda: rosenbaum_bounds([], []),
        lambda: rosenbaum_bounds([0, 2], [0, 1]),
        lambda: rosenbaum_bounds([0, 1], [0, 1], gammas=[0.5]),
        lambda: propensity_pairs([0.0, 0.5], [0, 1]),
        lambda: partial_r2(np.ones((9, 1)), np.arange(9.0), np.arange(9) % 2, names=["one"]),
        lambda: negative_control("x", wald(0.1)),
        lambda: agreement([0.1, np.nan], [0.1, 0.1]),
        lambda: agreement([0.1, 0.1], [0.1, 0.1], [1.0]),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ArgumentError):
        call()
