import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import isotonic_regression

from twoarm.diagnostics import (
    UTILITY_MRS,
    coherence,
    compare_benefits,
    ordinal_effects,
    proportional_odds,
    utility_benefit,
)
from twoarm.diagnostics.outcomes.coherence import finding as coherence_finding
from twoarm.diagnostics.outcomes.ordinal import finding as ordinal_finding
from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Logistic

SEEDS = st.integers(0, 2**20)
NAMES = ["mrs_0_2", "mrs_0_3", "alive"]


def scale(seed, n=300, levels=5):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)) * [1.0, 10.0]
    latent = X @ [0.8, -0.05] + rng.logistic(size=n)
    return X, np.clip(np.floor(latent + levels / 2), 0, levels - 1).astype(int)


def direct_fit(X, y, levels, C=np.inf):
    """The same likelihood written down differently and climbed without derivatives by hand."""
    standard = (X - X.mean(axis=0)) / X.std(axis=0)

    def loss(theta):
        cuts = np.cumsum(np.concatenate([theta[:1], np.exp(theta[1 : levels - 1])]))
        slopes = theta[levels - 1 :]
        upto = expit(cuts[None, :] - (standard @ slopes)[:, None])
        upto = np.column_stack([np.zeros(y.size), upto, np.ones(y.size)])
        p = np.diff(upto, axis=1)[np.arange(y.size), y]
        return -np.log(np.maximum(p, 1e-300)).sum() + 0.5 / C * (slopes @ slopes)

    start = np.concatenate([[-1.0], np.zeros(levels - 2), np.zeros(X.shape[1])])
    found = minimize(loss, start, method="BFGS", options={"gtol": 1e-5})
    return found.x[levels - 1 :] / X.std(axis=0)


@pytest.mark.parametrize("C", [np.inf, 1.0, 0.02])
def test_newton_finds_what_a_general_optimiser_finds(C):
    X, y = scale(1)
    model = proportional_odds(X, y, levels=5, C=C)
    assert model.slopes == pytest.approx(direct_fit(X, y, 5, C), rel=1e-4)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_with_two_levels_it_is_logistic_regression(seed):
    X, y = scale(seed, levels=2)
    if 0 < y.mean() < 1:
        for C in (np.inf, 0.5):
            model = proportional_odds(X, y, levels=2, C=C)
            twin = Logistic(C=C).fit(X, 1 - y).predict_proba(X)[:, 1]
            np.testing.assert_allclose(model.cumulative(X)[:, 0], twin, atol=1e-7)


def test_without_columns_it_gives_the_shares():
    y = np.array([0, 0, 1, 3, 3, 3, 4])
    model = proportional_odds(np.zeros((7, 0)), y, levels=6)
    shares = model.cumulative(np.zeros((1, 0)))[0]
    assert shares == pytest.approx([2 / 7, 3 / 7, 3 / 7, 6 / 7, 1.0])


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_turning_the_scale_turns_the_slopes(seed):
    X, y = scale(seed)
    assert proportional_odds(X, 4 - y, levels=5, C=2.0).slopes == pytest.approx(
        -proportional_odds(X, y, levels=5, C=2.0).slopes, abs=1e-6
    )


def test_separated_levels_need_a_penalty():
    X = np.arange(20.0)[:, None]
    y = (X[:, 0] >= 10).astype(int)
    with pytest.raises(FitError, match="finite C"):
        proportional_odds(X, y, levels=2)
    assert proportional_odds(X, y, levels=2, C=1.0).slopes[0] > 0


def effects(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(400, 2)), np.tile([0, 1], 200)
    y = np.clip(np.floor(3.5 + X[:, 0] - w + rng.logistic(size=400)), 0, 6)
    y[:5] = np.nan
    return ordinal_effects(X, y, w, levels=7), X, y, w


@settings(deadline=None, max_examples=10)
@given(SEEDS)
def test_one_model_of_the_scale_is_coherent(seed):
    found, *_ = effects(seed)
    for cumulative in (found.cumulative0, found.cumulative1):
        assert cumulative.shape == (400, 6)
        checked = coherence(cumulative[:, [2, 3, 5]].T, names=NAMES)
        assert checked.share_any == 0.0


def test_predicted_shares_are_near_the_observed_ones_in_each_arm():
    found, _, y, w = effects(1)
    for arm, k in ((0, 2), (1, 2), (1, 5)):
        known = (w == arm) & np.isfinite(y)
        assert found.at_most(k)[arm][known].mean() == pytest.approx(
            (y[known] <= k).mean(), abs=0.03
        )


def test_the_mean_benefit_at_each_level_is_that_of_the_patients():
    found, *_ = effects(3)
    assert len(found.mean_benefit) == 6
    for k, mean in enumerate(found.mean_benefit):
        control, treated = found.at_most(k)
        assert mean == (treated - control).mean()


def test_utility_is_the_expectation_over_levels():
    found, *_ = effects(2)
    for weights in UTILITY_MRS.values():
        full = [
            np.diff(np.column_stack([np.zeros(400), each, np.ones(400)]), axis=1) @ weights
            for each in (found.cumulative0, found.cumulative1)
        ]
        np.testing.assert_allclose(utility_benefit(found, weights), full[1] - full[0], atol=1e-12)
    assert len(UTILITY_MRS["DAWN"]) == len(UTILITY_MRS["Wang 2020"]) == 7


@settings(deadline=None)
@given(SEEDS, st.integers(2, 5))
def test_the_repair_is_the_isotonic_regression_of_each_patient(seed, m):
    rng = np.random.default_rng(seed)
    p, weights = rng.random((m, 7)), rng.uniform(0.1, 5.0, m)
    found = coherence(p, names=[str(k) for k in range(m)], weights=weights)
    for patient in range(7):
        twin = isotonic_regression(p[:, patient], sample_weight=weights)
        np.testing.assert_allclose(found.repaired[:, patient], twin, atol=1e-12)


def test_violations_by_hand():
    p = [[0.2, 0.5, 0.1, 0.3], [0.3, 0.4, 0.3, 0.3], [0.9, 0.8, 0.2, 0.3]]
    found = coherence(p, names=NAMES)
    assert found.share_violated == (0.25, 0.25)
    assert found.share_any == 0.5
    assert found.largest == pytest.approx(0.1)
    np.testing.assert_allclose(found.repaired[:, 0], [0.2, 0.3, 0.9])
    np.testing.assert_allclose(found.repaired[:, 2], [0.1, 0.25, 0.25])


def test_a_benefit_that_is_the_same_for_everybody_has_no_rank_correlation():
    found = compare_benefits([0.1, 0.1, 0.1], [0.0, 0.3, 0.3])
    assert found.rank_correlation is None
    assert (found.mean, found.mean_separate) == (pytest.approx(0.1), pytest.approx(0.2))
    assert found.sd_separate == pytest.approx(np.sqrt(0.03))


def test_findings(stenting):
    fine = coherence([[0.2], [0.3]], names=["a", "b"])
    assert coherence_finding((fine, fine), stenting).verdict == "cannot tell"
    wrong = coherence([[0.6], [0.3]], names=["a", "b"])
    for pair in ((wrong, fine), (fine, wrong)):
        assert coherence_finding(pair, stenting).verdict == "questions"
    said = coherence_finding((fine, wrong), stenting)
    assert "100.0 % of patients under Rescue stenting (by up to 30.0 points)" in said.text
    found = ordinal_finding(effects(3)[0], stenting)
    assert found.verdict == "cannot tell"


@pytest.mark.parametrize(
    "call",
    [
        lambda: coherence([[0.5, 1.2], [0.3, 0.4]], names=["a", "b"]),
        lambda: coherence([[0.5], [0.3]], names=["a"]),
        lambda: coherence([[0.5], [0.3]], names=["a", "b"], weights=[1.0, 0.0]),
        lambda: proportional_odds(np.zeros((3, 1)), [0, 1, 7], levels=7),
        lambda: proportional_odds(np.zeros((3, 1)), [1, 1, 1], levels=7),
        lambda: proportional_odds(np.zeros((3, 1)), [0, 1, 1], levels=7, C=0.0),
        lambda: ordinal_effects(np.zeros((3, 1)), [0, 1.5, 1], [0, 1, 1], levels=7),
        lambda: utility_benefit(effects(1)[0], [1.0, 0.0]),
        lambda: compare_benefits([0.1], [0.2]),
        lambda: compare_benefits([0.1, 0.2], [0.2, 0.3, 0.4]),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ArgumentError):
        call()
