"""Policy value, net benefit, number needed and shares: by hand and by their properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose
from scipy.stats import norm

from twoarm.errors import ArgumentError
from twoarm.metalearners import arm_scores
from twoarm.metrics import (
    Estimate,
    deconvolved_share,
    needed_for,
    net_benefit,
    net_benefit_congruent,
    number_needed,
    policy_value,
    population_benefit,
    share_at_threshold,
    shrunk_benefit,
    wald,
)

SUMS = 1e-12


def trial(seed, n=60):
    rng = np.random.default_rng(seed)
    w = rng.permutation(np.arange(n) % 3 == 0).astype(int)  # one third treated
    y = rng.integers(0, 2, n)
    benefit = rng.normal(0.1, 0.2, n)
    return y, w, benefit


def scores_of_a_trial(y, w):
    """AIPW with the share treated and the arms' means: the trial's own estimates."""
    share = np.full(y.size, w.mean())
    mu0, mu1 = (np.full(y.size, y[w == arm].mean()) for arm in (0, 1))
    return arm_scores(y, w, mu0, mu1, share)


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_aipw_with_constant_models_is_the_difference_of_means(seed):
    y, w, _ = trial(seed)
    phi0, phi1 = scores_of_a_trial(y, w)
    found = policy_value(phi0, phi1, np.ones(y.size), desirable=True)
    assert_allclose(found.value.estimate, y[w == 1].mean(), atol=SUMS)
    assert_allclose(found.over_none.estimate, y[w == 1].mean() - y[w == 0].mean(), atol=SUMS)
    assert found.over_all.estimate == 0.0
    nobody = policy_value(phi0, phi1, np.zeros(y.size), desirable=True)
    assert_allclose(nobody.value.estimate, y[w == 0].mean(), atol=SUMS)
    assert nobody.over_none.estimate == nobody.over_none.se == 0.0


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_a_policy_gains_and_loses_in_turn(seed):
    rng = np.random.default_rng(seed)
    phi0, phi1, advised = rng.normal(size=50), rng.normal(size=50), rng.integers(0, 2, 50)
    good = policy_value(phi0, phi1, advised, desirable=True)
    bad = policy_value(1 - phi0, 1 - phi1, advised, desirable=False)
    for name in ("over_none", "over_all"):
        assert_allclose(getattr(bad, name).estimate, getattr(good, name).estimate, atol=SUMS)
        assert_allclose(getattr(bad, name).se, getattr(good, name).se, atol=SUMS)
    difference = np.where(advised == 1, phi1, phi0) - phi1
    assert_allclose(good.over_all.estimate, difference.mean(), atol=SUMS)
    assert_allclose(good.over_all.se, difference.std(ddof=1) / math.sqrt(50), atol=SUMS)
    assert good.share_treated == advised.mean()


def slow_congruent(y, w, advised, threshold, sign):
    rate = 0.0
    for arm in (0, 1):
        into = advised == arm
        if into.any():
            rate += (
                into.mean() * y[into & (w == arm)].mean() if (into & (w == arm)).any() else np.nan
            )
    return sign * (rate - y[w == 0].mean()) - threshold * advised.mean()


@settings(max_examples=40, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_net_benefit_equals_its_definition_at_every_threshold(seed):
    y, w, benefit = trial(seed)
    benefit = np.round(benefit, 2)
    cuts = np.r_[np.linspace(-0.5, 0.6, 12), benefit[:5]]
    phi0, phi1 = scores_of_a_trial(y, w)
    aipw = net_benefit(phi1 - phi0, benefit, cuts)
    for desirable, sign in ((True, 1), (False, -1)):
        congruent = net_benefit_congruent(y, w, benefit, cuts, desirable=desirable)
        expected = [slow_congruent(y, w, benefit >= cut, cut, sign) for cut in cuts]
        assert_allclose(congruent.model, expected, atol=SUMS)
    for place, cut in enumerate(cuts):
        treated = benefit >= cut
        part = treated * (phi1 - phi0 - cut)
        rest = (1 - treated) * (phi1 - phi0 - cut)
        assert_allclose(aipw.model[place], part.mean(), atol=SUMS)
        assert_allclose(aipw.model_se[place], part.std(ddof=1) / math.sqrt(60), atol=1e-9)
        assert_allclose(aipw.over_all_se[place], rest.std(ddof=1) / math.sqrt(60), atol=1e-9)
        assert aipw.share_treated[place] == treated.mean()
    low, high = aipw.over_all_limits
    assert_allclose(aipw.over_all, aipw.model - aipw.treat_all)
    assert_allclose((low + high) / 2, aipw.over_all, atol=SUMS)
    assert_allclose(high - low, 2 * 1.96 * aipw.over_all_se, atol=SUMS)
    assert congruent.over_all_limits is None


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_nobody_and_everybody(seed):
    y, w, benefit = trial(seed)
    phi0, phi1 = scores_of_a_trial(y, w)
    effect = y[w == 1].mean() - y[w == 0].mean()
    lowest, highest = np.full(60, -1.0), np.full(60, 1.0)
    for never, always in (
        (net_benefit(phi1 - phi0, lowest, [0.15]), net_benefit(phi1 - phi0, highest, [0.15])),
        (
            net_benefit_congruent(y, w, lowest, [0.15], desirable=True),
            net_benefit_congruent(y, w, highest, [0.15], desirable=True),
        ),
    ):
        assert_allclose(never.model, 0.0, atol=SUMS)
        assert_allclose(always.model, effect - 0.15, atol=SUMS)
        assert_allclose(always.treat_all, effect - 0.15, atol=SUMS)
        assert_allclose(always.same_share, always.treat_all, atol=SUMS)
    order = np.random.default_rng(seed).permutation(60)
    cuts = [0.0, 0.1, 0.2]
    one = net_benefit_congruent(y, w, benefit, cuts, desirable=True)
    other = net_benefit_congruent(y[order], w[order], benefit[order], cuts, desirable=True)
    assert_allclose(other.model, one.model, atol=SUMS)


def test_a_policy_nobody_followed_has_no_congruent_net_benefit():
    found = net_benefit_congruent(
        [1, 0, 1], [0, 0, 1], [0.3, 0.1, 0.0], [0.2, 0.05, -0.5], desirable=True
    )
    assert np.isnan(found.model[:2]).all()
    assert_allclose(found.model[2], 1 - 0.5 + 0.5)


def test_thresholds_in_percent_are_refused():
    with pytest.raises(ArgumentError, match="not percent; found"):
        net_benefit([0.1, 0.2], [0.1, 0.2], [15.0])


def test_population_benefit_is_that_of_efthimiou():
    # Efthimiou et al. 2023 (PMC7615726), in its three sums.
    y, w, benefit = trial(9)
    n11, n12 = ((w == 1) & (benefit > 0)).sum(), ((w == 0) & (benefit > 0)).sum()
    n14 = ((w == 0) & (benefit < 0)).sum()
    y11, y12 = y[(w == 1) & (benefit > 0)].sum(), y[(w == 0) & (benefit > 0)].sum()
    y14 = y[(w == 0) & (benefit < 0)].sum()
    expected = y11 / (n11 + n14) - y12 / (n12 + n14) + y14 * (1 / (n11 + n14) - 1 / (n12 + n14))
    found = population_benefit(y, w, benefit, desirable=True)
    assert_allclose(found, expected, atol=SUMS)
    assert_allclose(population_benefit(1 - y, w, benefit, desirable=False), found, atol=SUMS)
    assert population_benefit(y, w, -np.ones(60), desirable=True) == 0.0
    assert math.isnan(population_benefit([1, 0], [1, 0], [-1, 1], desirable=True))


def test_number_needed_of_altman():
    # Altman 1998, BMJ 317:1309: risk reduction 10 % (-5 % to 25 %) is NNTB 10, from NNTH 20 through
    # infinity to NNTB 4.
    found = number_needed(0.10, -0.05, 0.25)
    assert_allclose((found.estimate, found.low, found.beyond), (10, 4, -20))
    assert found.high is None
    harm = number_needed(-0.10, -0.25, 0.05)
    assert_allclose((harm.estimate, harm.high, harm.beyond), (-10, -4, 20))
    assert harm.low is None
    assert number_needed(0.0, -0.1, 0.1).estimate is None
    assert number_needed(0.1, 0.0, 0.2).high is None
    assert number_needed(0.1, 0.0, 0.2).beyond is None
    assert_allclose(number_needed(0.15, 0.1, 0.2).estimate, 6.67, atol=0.004)


@given(benefit=floats(-1, 1), low=floats(0, 1), high=floats(0, 1))
def test_number_needed_runs_in_order(benefit, low, high):
    found = number_needed(benefit, max(benefit - low, -1.0), min(benefit + high, 1.0))
    limits = [x for x in (found.low, found.estimate, found.high) if x is not None]
    assert limits == sorted(limits)
    assert (found.beyond is None) or (found.low is None) or (found.high is None)


def test_the_number_needed_for_an_estimate_is_cut_to_what_a_risk_difference_can_be():
    assert needed_for(wald(0.10, 0.05)) == number_needed(*_numbers(wald(0.10, 0.05)))
    assert_allclose(needed_for(Estimate(0.9, 0.15, 0.6, 1.2)).low, 1.0)
    assert_allclose(needed_for(Estimate(-0.9, 0.15, -1.2, -0.6)).high, -1.0)


def _numbers(estimate):
    return estimate.estimate, estimate.low, estimate.high


@pytest.mark.parametrize("numbers", [(0.1, 0.2, 0.3), (0.1, 0.0, math.nan), (15, 10, 20)])
def test_number_needed_refuses(numbers):
    with pytest.raises(ArgumentError, match="within its interval"):
        number_needed(*numbers)


def test_shares():
    t = np.array([-0.2, 0.0, 0.1, 0.3])
    assert share_at_threshold(t, 0.1) == 0.5
    centred = t - t.mean()
    assert_allclose(shrunk_benefit(centred, 0.5, 0.2), 0.2 + centred / 2)
    assert_allclose(shrunk_benefit(centred, 1.7, 0.2), 0.2 + centred)
    assert_allclose(shrunk_benefit(centred, -0.4, 0.2), 0.2)
    with pytest.raises(ArgumentError, match="slope and an average; found nan"):
        shrunk_benefit(centred, math.nan, 0.2)


@given(average=floats(-0.5, 0.5), sd=floats(0.01, 0.5), cut=floats(-0.5, 0.5))
def test_deconvolved_share_is_a_normal_tail(average, sd, cut):
    assert_allclose(
        deconvolved_share(average, sd**2, cut), norm.sf(cut, loc=average, scale=sd), atol=1e-10
    )


def test_deconvolved_share_without_variance():
    assert deconvolved_share(0.2, 0.0, 0.15) == 1.0
    assert deconvolved_share(0.1, -1.0, 0.15) == 0.0
    with pytest.raises(ArgumentError, match="found nan and 1"):
        deconvolved_share(math.nan, 1.0, 0.15)


def test_deconvolution_undoes_noise():
    rng = np.random.default_rng(1)
    truth = rng.normal(0.1, 0.05, 20_000)
    predicted = truth + rng.normal(0, 0.2, truth.size)
    scores = truth + rng.normal(0, 0.5, truth.size)
    covariance = float(np.cov(predicted, scores)[0, 1])
    estimated = deconvolved_share(float(scores.mean()), covariance, 0.15)
    assert abs(estimated - (truth >= 0.15).mean()) < 0.05
    assert share_at_threshold(predicted, 0.15) > 0.38  # the noise alone
