"""The optimism bootstrap on a real cohort, digit for digit against R and statsmodels.

The first 198 patients of `causaldata.nhefs_complete` (NHANES I Epidemiologic Follow-up Study, as in
Hernan and Robins, Causal Inference: What If), outcome death, logistic regression. Coefficients and
metrics were computed with R 4.2.2 (glm; rms 6.5-0) and again with statsmodels, which agree to nine
digits. The resamples come from the generator of Park and Miller, so that every program can draw
the same ones; the optimism is that of rms::validate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from causaldata import nhefs_complete
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from twoarm.learners import Logistic, fit_model, prepare, replicate
from twoarm.metrics import auc, brier, calibration, g_index, gp_index, r2
from twoarm.resampling import SCORES, delong, score, validate

PRINTED = 1e-6
SEPARATED_FLAG = 2  # see twoarm.kernels.members

COEFFICIENTS = [
    -5.99790846, 0.118457675, -0.821966257, 0.346577473, -0.0143591510, -0.00527315300,
    -0.00452701700,
]  # fmt: skip
AUC, BRIER = 0.8174291939, 0.1292398211
R2, G, GP = 0.335479, 1.670056, 0.226401
LOWESS = [0.0222095566, 0.0192059094, 0.0359561479, 0.1034962446]  # rms::val.prob's smoother
MEAN_OPTIMISM, CORRECTED_AUC = 0.06550125442, 0.7519279395


class Resample(NamedTuple):
    first_rows: tuple[int, int, int]  # counted from 1
    patients: int
    events: int
    auc_train: float
    auc_test: float
    auc_oob: float
    brier_train: float
    brier_test: float
    in_the_large: float
    intercept: float
    slope: float


RESAMPLES = {
    1: Resample(
        (6, 150, 154),
        127,
        46,
        0.888586957,
        0.812055192,
        0.672619048,
        0.104985419,
        0.133612187,
        0.0601791544,
        -0.258158871,
        0.630951050,
    ),
    2: Resample(
        (172, 161, 168),
        123,
        54,
        0.831532922,
        0.804647785,
        0.755296610,
        0.136251151,
        0.139301631,
        -0.2125109662,
        -0.295465056,
        0.874590632,
    ),
    3: Resample(
        (140, 171, 182),
        125,
        45,
        0.841830065,
        0.809295570,
        0.774122807,
        0.123729728,
        0.130684309,
        -0.0531755834,
        -0.183846125,
        0.840201355,
    ),
    4: Resample(
        (108, 181, 197),
        126,
        43,
        0.873368342,
        0.782861293,
        0.682098765,
        0.117004993,
        0.139610641,
        -0.0188634539,
        -0.342493069,
        0.629827531,
    ),
    5: Resample(
        (76, 192, 13),
        118,
        51,
        0.912231559,
        0.811183733,
        0.654296875,
        0.101223758,
        0.130990154,
        0.1952799199,
        -0.222029913,
        0.560786014,
    ),
}


def cohort():
    frame = nhefs_complete.load_pandas().data.iloc[:198]
    columns = ["age", "sex", "race", "smokeintensity", "smokeyrs", "wt71"]
    return frame[columns].astype(float).to_numpy(), frame["death"].to_numpy().astype(int)


X, Y = cohort()


def drawn_rows(k):
    """Give the rows of resample k, counted from 0."""
    state, rows = 1000 * k + 7, []
    for _ in range(198):
        state = 16807 * state % 2147483647
        rows.append(state % 198)
    return np.array(rows)


LEARNERS = {
    "ours": Logistic(C=np.inf),
    "scikit-learn": LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10),
}
every_learner = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)


def test_the_cohort_is_the_one_that_the_values_speak_of():
    frame = nhefs_complete.load_pandas().data.iloc[:198]
    assert frame["seqn"].iloc[[0, -1]].tolist() == [233, 5432]
    assert Y.sum() == 45


@every_learner
def test_coefficients(learner):
    model = fit_model(learner, prepare(X), Y, np.ones(198, dtype=np.int64), seed=0)
    found = [*model.intercept_, *model.coef_[0]]
    assert_allclose(found, COEFFICIENTS, rtol=PRINTED, atol=0)


@every_learner
def test_apparent_performance(learner):
    model = fit_model(learner, prepare(X), Y, np.ones(198, dtype=np.int64), seed=0)
    risk = model.predict_proba(X)[:, 1]
    found = [auc(Y, risk), brier(Y, risk), r2(Y, risk), g_index(Y, risk), gp_index(Y, risk)]
    assert_allclose(found, [AUC, BRIER, R2, G, GP], rtol=0, atol=PRINTED)
    fit = calibration(Y, risk)
    assert_allclose([fit.intercept, fit.slope, fit.in_the_large], [0, 1, 0], rtol=0, atol=PRINTED)


def test_the_calibration_curve():
    model = fit_model(Logistic(C=np.inf), prepare(X), Y, np.ones(198, dtype=np.int64), seed=0)
    fit = calibration(Y, model.predict_proba(X)[:, 1])
    # The coefficients agree to nine digits; the smoother passes on what they differ by.
    assert_allclose([fit.ici, fit.e50, fit.e90, fit.emax], LOWESS, rtol=0, atol=1e-9)


@every_learner
@pytest.mark.parametrize("k", RESAMPLES)
def test_each_resample(k, learner):
    rows, expected = drawn_rows(k), RESAMPLES[k]
    assert tuple(rows[:3] + 1) == expected.first_rows
    assert (np.unique(rows).size, Y[rows].sum()) == (expected.patients, expected.events)
    counts = np.bincount(rows, minlength=198)
    everybody = np.ones(198, dtype=np.bool_)
    fit = replicate(learner, prepare(X), Y, counts, wanted=everybody, seed=0)
    measured = score(fit.risk, Y, counts)
    assert_allclose(
        [*measured[0], *measured[1, :2]],
        [
            expected.auc_train, expected.auc_test, expected.auc_oob,
            expected.brier_train, expected.brier_test,
        ],
        rtol=0,
        atol=PRINTED,
    )  # fmt: skip
    found = {name: row[1] for name, row in zip(SCORES, measured, strict=True)}
    assert_allclose(
        [found["in_the_large"], found["intercept"], found["slope"]],
        [expected.in_the_large, expected.intercept, expected.slope],
        rtol=0,
        atol=PRINTED,
    )


@every_learner
def test_the_corrected_auc(learner):
    resamples = np.stack([drawn_rows(k) for k in RESAMPLES])
    found = validate(learner, X, Y, resamples=resamples, executor="serial")
    assert found.replicates == found.auc.replicates_used == 5
    assert_allclose(found.auc.apparent, AUC, rtol=0, atol=PRINTED)
    assert_allclose(found.auc.apparent - found.auc.harrell, MEAN_OPTIMISM, rtol=0, atol=PRINTED)
    assert_allclose(found.auc.harrell, CORRECTED_AUC, rtol=0, atol=PRINTED)
    oob = np.mean([each.auc_oob for each in RESAMPLES.values()])
    assert_allclose(found.auc.oob, oob, rtol=0, atol=PRINTED)
    optimism = np.mean([each.brier_train - each.brier_test for each in RESAMPLES.values()])
    assert_allclose(found.brier.harrell, BRIER - optimism, rtol=0, atol=PRINTED)
    for name in ("in_the_large", "intercept", "slope"):
        mean = np.mean([getattr(each, name) for each in RESAMPLES.values()])
        assert_allclose(getattr(found.calibration, name).harrell, mean, rtol=0, atol=PRINTED)


RMS = {
    # rms 6.5-0, validate(lrm, B = 5000), seed 1: index.corrected; AUC = 0.5 + Dxy / 2.
    "auc": 0.787330, "brier": 0.142112, "r2": 0.267652, "g": 1.35969, "gp": 0.206409,
    "calibration.intercept": -0.113466, "calibration.slope": 0.856536,
}  # fmt: skip
RMS_EMAX = 0.054771  # of the corrected intercept and slope, on 0, .0005, .. 1
# Own loop in R, 5000 replicates, after predboot::pred.ML.
AUC_IN_R = {"harrell": 0.787595, "oob": 0.769546, "d632": 0.787167, "d632plus": 0.785388}
BRIER_IN_R = {"oob": 0.149374, "d632": 0.141965, "d632plus": 0.143108}
MCSE_IN_R = 0.00051  # of the optimism of the AUC, 5000 replicates
RMS_ERRORS = 5000  # R's own values have a Monte-Carlo error too
INTERVALS = {"location_shifted": (0.731, 0.869), "harrell_2025": (0.717, 0.861)}
QUANTILE_ERROR = 0.006  # of R's and ours, rounding included: 4 errors of a 2.5 % quantile


def within_monte_carlo_error(found, replicates):
    """Hold every estimate against R's, within four Monte-Carlo errors of their difference."""
    both = np.sqrt(1 + replicates / RMS_ERRORS)
    # A standard deviation of B draws is within 2 / sqrt(B) of itself; two digits are printed.
    rescaled = found.auc.mcse * np.sqrt(replicates / RMS_ERRORS)
    assert_allclose(rescaled, MCSE_IN_R, rtol=2 / np.sqrt(replicates) + 0.01, atol=0)
    for name, expected in RMS.items():
        metric = found.metrics()[name]
        assert abs(metric.harrell - expected) < 4 * both * metric.mcse, name
    for metric, expected in ((found.auc, AUC_IN_R), (found.brier, BRIER_IN_R)):
        for name, value in expected.items():
            # Out-of-bag values vary no more than twice as much as the optimism does.
            assert abs(getattr(metric, name) - value) < 8 * both * metric.mcse, name


def test_some_hundred_replicates_agree_with_r():
    found = validate(Logistic(C=np.inf), X, Y, replicates=400, seed=198, cv_repeats=0)
    within_monte_carlo_error(found, 400)


@pytest.mark.slow
def test_5000_replicates_agree_with_r():
    found = validate(Logistic(C=np.inf), X, Y, replicates=5000, seed=198, cv_repeats=0)
    within_monte_carlo_error(found, 5000)
    p = np.arange(1, 2000) * 0.0005
    a, b = found.calibration.intercept.harrell, found.calibration.slope.harrell
    distorted = 1 / (1 + np.exp(-(a + b * np.log(p / (1 - p)))))
    emax_error = 4 * np.sqrt(2) * found.calibration.intercept.mcse * 0.25
    assert abs(np.abs(p - distorted).max() - RMS_EMAX) < emax_error
    for each in found.auc.intervals:
        assert_allclose([each.low, each.high], INTERVALS[each.method], atol=QUANTILE_ERROR)


def test_delongs_interval():
    # pROC::ci.auc, method "delong": 0.745-0.890.
    risk = fit_model(Logistic(C=np.inf), prepare(X), Y, np.ones(198, np.int64), seed=0)
    found = delong(Y, risk.predict_proba(X)[:, 1])
    assert_allclose([found.low, found.high], [0.745, 0.890], rtol=0, atol=5e-4)


def few_distinct_rows(k):
    """Give the counts of a resample that leaves few patients, so that they can be separated."""
    i = np.arange(198)
    return np.bincount((i * i * (2 * k + 1) + i * (7 * k) + k) % 198, minlength=198)


@pytest.mark.parametrize(("k", "patients"), [(2, 48), (3, 24)])
def test_separation_is_flagged(k, patients):
    counts = few_distinct_rows(k)
    assert (counts > 0).sum() == patients
    everybody = np.ones(198, dtype=np.bool_)
    fit = replicate(Logistic(C=np.inf), prepare(X), Y, counts, wanted=everybody, seed=0)
    assert np.isfinite(fit.risk).all()
    assert fit.flags & SEPARATED_FLAG
    measured = dict(zip(SCORES, score(fit.risk, Y, counts), strict=True))
    assert measured["auc"][0] == 1.0
    assert np.isnan(measured["slope"][0])  # infinite on the resample
    # R: about 0.003 and 0.012, by its stopping rule; our logit ends at a probability of 1e-6.
    assert 0.0 < measured["slope"][1] < 0.1


def test_validation_counts_separated_replicates():
    i = np.arange(198)
    resamples = [(i * i * (2 * k + 1) + i * (7 * k) + k) % 198 for k in (2, 3)]
    resamples += [drawn_rows(k) for k in RESAMPLES]
    found = validate(
        Logistic(C=np.inf), X, Y, resamples=np.stack(resamples), executor="serial", cv_repeats=0
    )
    assert found.separated == 2


def test_no_resample_of_the_five_is_separated():
    everybody = np.ones(198, dtype=np.bool_)
    for k in RESAMPLES:
        counts = np.bincount(drawn_rows(k), minlength=198)
        fit = replicate(Logistic(C=np.inf), prepare(X), Y, counts, wanted=everybody, seed=0)
        assert fit.flags == 0
