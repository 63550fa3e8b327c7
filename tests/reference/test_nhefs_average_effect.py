"""NHEFS: weight change by 1982, and death by 1992, a null with strong measured confounding.

The values were computed twice, in R (glm) and in Python (statsmodels); covariates as in Hernan and
Robins, Causal Inference: What If (2020), programs 12.1 to 13.1 (book: 3.4, 2.4 to 4.5, by
weighting; 3.5 by standardisation). Outcome models are pooled, with treatment x smoking intensity;
fitted in each arm the g-formula for death is -0.00516. The published interval of the crude
difference of weights, 1.656 to 3.425, takes both arms' variances as equal; ours does not.
"""

import causaldata
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from twoarm.diagnostics import average_effect, balance, crump_trimming, overlap
from twoarm.diagnostics.comparability.weighting import inverse_weights

DIGITS = 6e-6  # the published values have five digits
FOUR = 6e-5  # four digits
SQUARED = ["age", "smokeintensity", "smokeyrs", "wt71"]


@pytest.fixture(scope="module")
def data():
    return causaldata.nhefs_complete.load_pandas().data


@pytest.fixture(scope="module")
def X(data):
    columns = [data["sex"], data["race"]]
    columns += [data[name] for name in SQUARED] + [data[name] ** 2 for name in SQUARED]
    for name, levels in (("education", (2, 3, 4, 5)), ("exercise", (1, 2)), ("active", (1, 2))):
        columns += [data[name].astype(int) == level for level in levels]
    matrix = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    return (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)


@pytest.fixture(scope="module")
def w(data):
    return data["qsmk"].to_numpy().astype(int)


@pytest.fixture(scope="module")
def death(data):
    return data["death"].to_numpy().astype(float)


def logistic():
    return LogisticRegression(C=np.inf, tol=1e-12, max_iter=500, solver="newton-cholesky")


def pooled_predictions(model, X, y, w, predict):
    intensity = X[:, 2 + SQUARED.index("smokeintensity")]

    def design(arm):
        return np.column_stack([X, arm, arm * intensity])

    model.fit(design(w), y)
    return tuple(predict(model, design(np.full(y.size, float(arm)))) for arm in (0, 1))


@pytest.fixture(scope="module")
def weight(data, X, w):
    y = data["wt82_71"].to_numpy().astype(float)
    mu = pooled_predictions(LinearRegression(), X, y, w, lambda model, new: model.predict(new))
    return mu, average_effect(X, y, w, mu=mu, propensity_model=logistic())


@pytest.fixture(scope="module")
def dying(death, X, w):
    mu = pooled_predictions(
        logistic(), X, death, w, lambda model, new: model.predict_proba(new)[:, 1]
    )
    return average_effect(X, death, w, mu=mu, propensity_model=logistic())


@pytest.fixture(scope="module")
def score(X, w):
    return logistic().fit(X, w).predict_proba(X)[:, 1]


def test_weight_change(weight):
    mu, found = weight
    assert found.crude.estimate == pytest.approx(2.5406, abs=FOUR)
    assert (mu[1].mean(), mu[0].mean()) == pytest.approx((5.2736, 1.7562), abs=FOUR)
    assert found.g_formula.estimate == pytest.approx(3.5174, abs=FOUR)
    assert found.iptw.estimate == pytest.approx(3.4405, abs=FOUR)
    ends = found.iptw.estimate + np.array([-1, 1]) * 1.959964 * found.iptw.se
    assert ends == pytest.approx((2.411, 4.470), abs=6e-4)
    assert (found.aipw.estimate, found.aipw.se) == pytest.approx((3.4573, 0.4888), abs=FOUR)
    assert found.overlap.estimate == pytest.approx(3.4611, abs=FOUR)


def test_death(dying):
    assert dying.crude.estimate == pytest.approx(0.05384, abs=DIGITS)
    assert dying.g_formula.estimate == pytest.approx(-0.00318, abs=DIGITS)
    assert dying.iptw.estimate == pytest.approx(0.00456, abs=DIGITS)
    assert dying.overlap.estimate == pytest.approx(0.00057, abs=DIGITS)
    assert (dying.aipw.estimate, dying.aipw.se) == pytest.approx((-0.00007, 0.02092), abs=DIGITS)
    # Published with the weight as a covariate of the fluctuation: -0.00004, 0.02087.
    assert (dying.tmle.estimate, dying.tmle.se) == pytest.approx((-0.00004, 0.02087), abs=6e-5)


def test_a_model_in_each_arm_and_its_resampled_error(X, w, death):
    found = average_effect(X, death, w, outcome_model=logistic(), replicates=20).g_formula
    assert found.estimate == pytest.approx(-0.00516, abs=DIGITS)
    # Both estimators lean on the same outcome models: errors within a third of each other.
    assert found.se == pytest.approx(0.0209, rel=0.35)


def test_the_null_for_death_is_found_with_the_defaults(X, w, death):
    found = average_effect(X, death, w, cross_fit=5, seed=1, replicates=0)
    assert found.crude.low > 0
    for name in ("iptw", "overlap", "aipw", "tmle"):
        one = getattr(found, name)
        assert one.low < 0 < one.high


def test_stabilised_weights(w, score):
    stabilised = inverse_weights(w, score) * np.where(w == 1, w.mean(), 1 - w.mean())
    assert stabilised.mean() == pytest.approx(0.9988, abs=FOUR)
    assert (stabilised.min(), stabilised.max()) == pytest.approx((0.331, 4.298), abs=6e-4)


def test_effective_sample_sizes(w, score):
    found = overlap(score, w)
    assert found.n == (1163, 403)
    assert round(found.ess_inverse[1]) == 326
    assert round(found.ess_overlap[1]) == 389


def test_trimming(score):
    found = crump_trimming(score)
    assert found.alpha == pytest.approx(0.0938, abs=FOUR)
    assert found.kept.sum() == 1506


def test_overlap_weights_balance_exactly(X, w, score):
    found = balance(X, w, score, names=[f"x{k}" for k in range(X.shape[1])])
    assert np.abs(found.overlap).max() < 1e-9
    assert np.abs(found.before).max() > 0.2
