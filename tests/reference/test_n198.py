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
from twoarm.metrics import auc, brier
from twoarm.resampling import score, validate

PRINTED = 1e-6
SEPARATED_FLAG = 2  # see twoarm.kernels.stack

COEFFICIENTS = [
    -5.99790846, 0.118457675, -0.821966257, 0.346577473, -0.0143591510, -0.00527315300,
    -0.00452701700,
]  # fmt: skip
AUC, BRIER = 0.8174291939, 0.1292398211
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


RESAMPLES = {
    1: Resample(
        (6, 150, 154), 127, 46, 0.888586957, 0.812055192, 0.672619048, 0.104985419, 0.133612187
    ),
    2: Resample(
        (172, 161, 168), 123, 54, 0.831532922, 0.804647785, 0.755296610, 0.136251151, 0.139301631
    ),
    3: Resample(
        (140, 171, 182), 125, 45, 0.841830065, 0.809295570, 0.774122807, 0.123729728, 0.130684309
    ),
    4: Resample(
        (108, 181, 197), 126, 43, 0.873368342, 0.782861293, 0.682098765, 0.117004993, 0.139610641
    ),
    5: Resample(
        (76, 192, 13), 118, 51, 0.912231559, 0.811183733, 0.654296875, 0.101223758, 0.130990154
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
    assert_allclose([auc(Y, risk), brier(Y, risk)], [AUC, BRIER], rtol=0, atol=PRINTED)


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
    assert score(fit.risk, Y, counts)[0, 0] == 1.0


def test_no_resample_of_the_five_is_separated():
    everybody = np.ones(198, dtype=np.bool_)
    for k in RESAMPLES:
        counts = np.bincount(drawn_rows(k), minlength=198)
        fit = replicate(Logistic(C=np.inf), prepare(X), Y, counts, wanted=everybody, seed=0)
        assert fit.flags == 0
