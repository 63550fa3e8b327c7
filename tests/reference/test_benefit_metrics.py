"""Measures of benefit against published tables and the R packages that define them.

Maas et al. 2023, BMC Med Res Methodol 23:165, doi 10.1186/s12874-023-01974-w, Table 1: sixteen
patients in eight pairs. Versions of the table differ in the outcome of the control of pair 7; both
are compared with the R package HTEPredictionMetrics and R's `loess`, run in R 4.2.2.

iteval (R, Hoogland): `cbendelta`, `mbcb` and `cal`, on the same sixteen patients, and on the 500 of
its README, which are drawn again here with R's own generator.

RATE: R package grf 2.6.1, `rank_average_treatment_effect.fit`, run in R 4.2.2.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit, ndtri

from twoarm.learners import Logistic
from twoarm.metrics import (
    brier_for_benefit,
    c_for_benefit,
    concordance_of_pairs,
    e_for_benefit,
    loess,
    log_loss_for_benefit,
    logit_calibration,
    match_pairs,
    model_based_c_for_benefit,
    rate,
    targeting_curve,
)

PRINTED = 6e-7  # six digits printed
PRINTED_10 = 6e-11  # ten digits printed

TREATED_MU0 = [0.136, 0.246, 0.156, 0.081, 0.345, 0.421, 0.364, 0.264]
TREATED_MU1 = [0.283, 0.343, 0.219, 0.083, 0.212, 0.390, 0.201, 0.199]
CONTROL_MU0 = [0.162, 0.218, 0.142, 0.098, 0.299, 0.561, 0.243, 0.345]
CONTROL_MU1 = [0.307, 0.319, 0.203, 0.062, 0.171, 0.255, 0.164, 0.278]
MU0 = np.array(TREATED_MU0 + CONTROL_MU0)
MU1 = np.array(TREATED_MU1 + CONTROL_MU1)
Y = np.array([1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0])
W = np.repeat([1, 0], 8)
PRINTED_DIFFERENCE = [
    0,
    1,
    -1,
    0,
    -1,
    0,
    0,
    -1,
]  # control minus treated: the outcome is a harm; of the whole table


def table_pairs(observed=None):
    """The pairs as the table has them; the table does not say how they were matched."""
    pairs = match_pairs(Y, MU0, MU1, W, desirable=False)
    return replace(
        pairs,
        control=np.arange(8, 16),
        treated=np.arange(8),
        mu0=MU0[8:],
        mu1=MU1[:8],
        observed=(Y[8:] - Y[:8]).astype(float) if observed is None else np.array(observed, float),
    )


@pytest.mark.parametrize(
    ("observed", "e_values", "log_loss", "brier"),
    [
        (
            PRINTED_DIFFERENCE,
            (-0.26725, 0.579238, 0.623519, 0.903893),
            1.165065,
            0.342893,
        ),
        (None, (-0.39225, 0.695262, 0.704341, 1.022147), 1.347280, 0.405584),
    ],
    ids=["control of pair 7 with the event", "without it"],
)
def test_table_1_of_maas(observed, e_values, log_loss, brier):
    pairs = table_pairs(observed)
    found = e_for_benefit(pairs)
    assert_allclose(
        (found.in_the_large, found.average, found.median, found.p90), e_values, atol=PRINTED
    )
    assert_allclose(log_loss_for_benefit(pairs), log_loss, atol=PRINTED)
    assert_allclose(brier_for_benefit(pairs), brier, atol=PRINTED)


def test_concordance_in_the_printed_pairs():
    pairs = table_pairs(PRINTED_DIFFERENCE)
    assert_allclose(concordance_of_pairs(pairs, "arm_difference"), 10 / 38, atol=1e-15)


def test_sixteen_patients_by_iteval():
    result = c_for_benefit(Y, MU0, MU1, W, desirable=False)
    assert_allclose(result.estimate, 0.3157894737, atol=PRINTED_10)
    assert result.matchings.size == 1  # equal arms, no ties: nothing is left to chance
    assert_allclose(model_based_c_for_benefit(MU0, MU1), 0.6136964967, atol=PRINTED_10)


def r_uniforms(seed: int, size: int) -> np.ndarray:
    """R's default generator (Mersenne Twister; R sources, src/main/RNG.c)."""
    state, words = seed, []
    for step in range(50 + 625):
        state = (69069 * state + 1) % 2**32
        if step > 50:  # the first word is overwritten by the position
            words.append(state)
    generator = np.random.MT19937()
    generator.state = {
        "bit_generator": "MT19937",
        "state": {"key": np.array(words, dtype=np.uint32), "pos": 624},
    }
    return generator.random_raw(size) * 2.3283064365386963e-10


@pytest.fixture(scope="module")
def readme():
    """The data and the model of iteval's README: set.seed(123), 500 patients, glm(y ~ x * trt)."""
    n, big = 500, 134217728
    u = r_uniforms(123, 4 * n)
    x = ndtri((np.floor(big * u[: 2 * n : 2]) + u[1 : 2 * n : 2]) / big)
    treatment = (u[2 * n : 3 * n] >= 0.5).astype(int)
    lp0, lp1 = x, x + 1 - 0.75 * x
    risk = expit(np.where(treatment == 1, lp1, lp0))
    smaller = np.minimum(risk, 1 - risk)
    rarer = u[3 * n :] >= 1 - smaller
    y = np.where(risk > 0.5, ~rarer, rarer).astype(int)
    X = x[:, None]
    mu0, mu1 = (
        Logistic(C=np.inf).fit(X[treatment == arm], y[treatment == arm]).predict_proba(X)[:, 1]
        for arm in (0, 1)
    )
    return y, treatment, mu0, mu1, expit(lp0), expit(lp1)


def test_the_readme_of_iteval_has_these_patients(readme):
    assert_allclose(r_uniforms(123, 2), [0.2875775, 0.7883051], atol=6e-8)  # runif(2) in R
    _, treatment, *_ = readme
    assert np.bincount(treatment).tolist() == [251, 249]  # table(trt) in the README


def test_model_based_c_for_benefit_of_the_readme(readme):
    _, _, mu0, mu1, true0, true1 = readme
    assert_allclose(model_based_c_for_benefit(mu0, mu1), 0.6318088, atol=6e-8)
    updated = model_based_c_for_benefit(mu0, mu1, updated=(true0, true1))
    assert_allclose(updated, 0.6266713, atol=6e-8)


def test_matching_of_the_readme(readme):
    # The README averages 250 random matchings, drawn by R's sample(): compared within 4 standard
    # errors of the difference of two such means.
    y, treatment, mu0, mu1, *_ = readme
    for match_on, prediction, expected in (
        ("benefit", "mean_benefit", 0.6359874),
        ("mu0", "arm_difference", 0.6424884),
    ):
        result = c_for_benefit(
            y,
            mu0,
            mu1,
            treatment,
            desirable=True,
            match_on=match_on,
            prediction=prediction,
            matchings=250,
        )
        error = result.matchings.std(ddof=1) * np.sqrt(2 / 250)
        assert abs(result.estimate - expected) < 4 * error
        assert error < 0.001


def test_calibration_of_the_readme(readme):
    y, treatment, mu0, mu1, true0, true1 = readme
    found = logit_calibration(y, mu0, mu1, treatment, desirable=True, updated=(true0, true1))
    assert_allclose((found.intercept.estimate, found.slope.estimate), (0.09199, 0.90527), atol=6e-6)


PHI = [0.9, -0.2, 0.4, 1.1, -0.5, 0.3, 0, -0.8, 0.6, 0.2]


@pytest.mark.parametrize(
    ("priority", "autoc", "qini", "gain"),
    [
        (
            range(10, 0, -1),
            0.167571428571,
            0.046,
            [0.7, 0.15, 0.1 + 1 / 15, 0.35, 0.14, 2 / 15, 0.0857142857, -0.05, 0, 0],
        ),
        (
            [3, 3, 3, 2, 2, 2, 1, 1, 1, 1],
            0.108126984127,
            0.043,
            [1 / 6, 1 / 6, 1 / 6, 0.15, 0.14, 2 / 15, 0.0857142857, 0.05, 0.0222222222, 0],
        ),
    ],
    ids=["no ties", "ties"],
)
def test_rate_as_grf_has_it(priority, autoc, qini, gain):
    for target, value in (("autoc", autoc), ("qini", qini)):
        found = rate(PHI, priority, target=target, priorities_out_of_sample=True)
        assert_allclose(found.estimate, value, atol=6e-13)
    assert_allclose(targeting_curve(PHI, priority).gain, gain, atol=PRINTED_10)


def test_loess_on_the_198_patients():
    # ICI, E50 and E90 of R's loess(y ~ p) on the risks of tests/reference/test_n198.py, R 4.2.2.
    from causaldata import nhefs_complete

    table = nhefs_complete.load_pandas().data.iloc[:198]
    X = table[["age", "sex", "race", "smokeintensity", "smokeyrs", "wt71"]].to_numpy(float)
    y = table["death"].to_numpy(float)
    risk = Logistic(C=np.inf).fit(X, y.astype(int)).predict_proba(X)[:, 1]
    distance = np.abs(loess(risk, y) - risk)
    found = distance.mean(), np.median(distance), np.quantile(distance, 0.9)
    assert_allclose(found, (0.0243282034, 0.0216088376, 0.0388670565), atol=2e-9)
