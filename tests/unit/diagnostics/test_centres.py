from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from scipy.stats import t as student

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import (
    benefit_by_centre,
    leave_one_centre_out,
    leave_one_centre_out_effects,
    performance_by_centre,
    pool,
)
from twoarm.diagnostics.stability.centre_benefit import finding
from twoarm.errors import ArgumentError
from twoarm.learners import Forest, Logistic, Stack
from twoarm.metalearners import Predictors, effects_of
from twoarm.metalearners.scores import dr_scores
from twoarm.metrics import auc, auc_variance

FOREST = Forest(trees=20)


def registry(seed, n=300, centres=5):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 3))
    w = rng.integers(0, 2, n)
    y = (rng.random(n) < expit(X[:, 0] - 0.3 + w * (0.8 + 0.5 * X[:, 1]))).astype(float)
    centre = rng.choice([f"C{k}" for k in range(centres)], n)
    return X, y, w, centre


# --- leaving a centre out ----------------------------------------------------------------------


def test_each_centre_is_predicted_by_a_model_fitted_without_it():
    X, y, _, centre = registry(1)
    held = leave_one_centre_out(Logistic(), X, y, centre)
    for name in np.unique(centre):
        others = centre != name
        model = Logistic().fit(X[others], y[others])
        assert_allclose(held.risk[~others], model.predict_proba(X[~others])[:, 1], atol=1e-9)
    assert held.failures == ()


@settings(max_examples=10, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1))
def test_a_centre_has_no_say_in_its_own_predictions(seed):
    X, y, w, centre = registry(seed, n=200, centres=4)
    flipped = np.where(centre == "C2", 1 - y, y)
    first, other = (
        leave_one_centre_out_effects(FOREST, X, each, w, centre, desirable=True, seed=seed).effects
        for each in (y, flipped)
    )
    assert_array_equal(first.mu0[centre == "C2"], other.mu0[centre == "C2"])
    assert_array_equal(first.mu1[centre == "C2"], other.mu1[centre == "C2"])
    assert (first.mu1[centre != "C2"] != other.mu1[centre != "C2"]).any()


def test_each_arm_learns_from_its_own_patients():
    X, y, w, centre = registry(2)
    held = leave_one_centre_out_effects(Logistic(), X, y, w, centre, desirable=False)
    for name in np.unique(centre):
        inside = centre == name
        for arm, mu in ((0, held.effects.mu0), (1, held.effects.mu1)):
            learnt = ~inside & (w == arm)
            model = Logistic().fit(X[learnt], y[learnt])
            assert_allclose(mu[inside], model.predict_proba(X[inside])[:, 1], atol=1e-9)
    assert_array_equal(held.effects.benefit, held.effects.mu0 - held.effects.mu1)


@pytest.mark.parametrize(
    "executor", ["threads", pytest.param("processes", marks=pytest.mark.seconds)]
)
def test_whoever_runs_it_the_result_is_the_same(executor):
    X, y, w, centre = registry(3, n=120, centres=3)
    base = Stack(members=[Logistic(), Forest(trees=5)], inner_folds=2)
    serial, other = (
        leave_one_centre_out_effects(
            base, X, y, w, centre, desirable=True, seed=4, executor=each, workers=2
        ).effects
        for each in ("serial", executor)
    )
    assert_array_equal(serial.mu0, other.mu0)
    assert_array_equal(serial.mu1, other.mu1)


def test_imputation_is_learnt_without_the_centre():
    study = load_study("rescue-stenting")
    cohort = read_cohort(study)
    codebook = study.file.predictors
    coded = np.array(cohort.predictors, dtype=float)
    centre, y = np.arange(len(coded)) % 3, cohort.outcomes["mrs_0_2"]
    age = [each.column for each in codebook].index("age")
    coded[0, age] = np.nan  # a patient of centre 0
    older = coded.copy()
    older[3::3, age] += 20  # all others of centre 0
    first, second = (
        leave_one_centre_out(Logistic(), Predictors(codebook, each), y, centre).risk
        for each in (coded, older)
    )
    assert first[0] == second[0]
    assert first[3] != second[3]


def test_unknown_outcomes_are_predicted_and_not_learnt_from():
    X, y, _, centre = registry(4)
    y[::7] = np.nan
    held = leave_one_centre_out(Logistic(), X, y, centre)
    assert np.isfinite(held.risk).all()
    learnt = (centre != "C0") & np.isfinite(y)
    model = Logistic().fit(X[learnt], y[learnt])
    at = centre == "C0"
    assert_allclose(held.risk[at], model.predict_proba(X[at])[:, 1], atol=1e-9)


def test_a_centre_without_which_nothing_can_be_learnt_is_named():
    X, y, _, centre = registry(5)
    y = np.where(centre == "C3", y, 0.0)
    held = leave_one_centre_out(Logistic(), X, y, centre)
    assert [(each.centre, each.arm) for each in held.failures] == [("C3", 0)]
    assert "events" in held.failures[0].error
    assert np.isnan(held.risk[centre == "C3"]).all()
    assert np.isfinite(held.risk[centre != "C3"]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"centre": np.zeros(300)}, "at least two centres"),
        ({"centre": np.zeros(3)}, "a centre for each"),
        ({"y": np.full(300, 2.0)}, "0, 1, or NaN"),
        ({"y": np.zeros(2)}, "same number of rows"),
        ({"treatment": np.zeros(300)}, "both"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, message):
    X, y, w, centre = registry(1)
    arrays = {"y": y, "treatment": w, "centre": centre} | change
    with pytest.raises(ArgumentError, match=message):
        leave_one_centre_out_effects(Logistic(), X, desirable=True, **arrays)


# --- performance by centre ---------------------------------------------------------------------


def held_out(seed=7, n=600, centres=4):
    rng = np.random.default_rng(seed)
    lp = rng.normal(-0.4, 1.2, n)
    y = (rng.random(n) < expit(lp)).astype(float)
    return y, expit(0.8 * lp + 0.2), rng.integers(0, centres, n)


def test_each_centre_is_measured_by_the_metrics_of_its_patients():
    y, p, centre = held_out()
    found = performance_by_centre(y, p, centre)
    for row in found.centres:
        here = centre == int(row.centre)
        assert (row.n, row.events) == (here.sum(), y[here].sum())
        assert row.auc.estimate == auc(y[here], p[here])
        assert_allclose(row.auc.se**2, auc_variance(y[here], p[here]))
        observed, n = y[here].sum(), here.sum()
        assert_allclose(row.o_e.estimate, observed / p[here].sum())
        assert_allclose(row.o_e.se / row.o_e.estimate, np.sqrt((1 - observed / n) / observed))


def test_measures_are_pooled_each_on_its_scale():
    y, p, centre = held_out()
    found = performance_by_centre(y, p, centre)
    for name, scale in (("auc", "logit"), ("o_e", "log")):
        rows = [getattr(row, name) for row in found.centres]
        expected = pool([r.estimate for r in rows], [r.se for r in rows], scale=scale)
        assert getattr(found, f"pooled_{name}") == expected
    assert found.spread is None
    assert found.auc == auc(y, p)
    assert found.o_e_low < found.o_e < found.o_e_high


def test_few_events_leave_one_auc_and_a_sentence():
    y, p, centre = held_out(n=60, centres=6)
    found = performance_by_centre(y, p, centre)
    assert all(row.auc is None and row.o_e is None for row in found.centres)
    assert found.pooled_auc is None
    assert found.pooled_o_e is None
    assert "cannot be estimated: 0 centres have 10 or more events" in found.spread
    assert found.auc == auc(y, p)
    assert_allclose(found.o_e, y.sum() / p.sum())
    assert found.auc_interval.low < found.auc < found.auc_interval.high


def test_a_centre_is_measured_from_ten_events_and_ten_others_on():
    y = np.r_[np.ones(10), np.zeros(10), np.ones(9), np.zeros(30), np.ones(30), np.zeros(9)]
    p = np.linspace(0.1, 0.9, y.size)
    centre = np.repeat(["A", "B", "C"], [20, 39, 39])
    found = performance_by_centre(y, p, centre)
    assert [row.auc is not None for row in found.centres] == [True, False, False]
    assert (found.measured, found.events) == (1, 49)
    assert "1 centre has 10" in found.spread


def test_the_auc_within_compares_only_patients_of_one_centre():
    # Centres differ in level alone: across centres the prediction ranks, within it does not.
    y = np.r_[np.tile([0, 1], 20), np.tile([0, 1, 1, 1], 10)].astype(float)
    p = np.repeat([0.4, 0.8], 40)
    found = performance_by_centre(y, p, np.repeat(["A", "B"], 40))
    assert found.auc > 0.6
    assert found.auc_within == 0.5


def test_a_perfect_auc_is_shown_and_not_pooled():
    y, p, centre = held_out()
    p = np.where(centre == 0, 0.25 + 0.5 * y, p)
    found = performance_by_centre(y, p, centre)
    assert found.centres[0].auc.estimate == 1.0
    assert found.pooled_auc.centres == 3
    assert found.pooled_o_e.centres == 4
    assert found.pooled_auc.without == (found.centres[0].centre,)
    assert found.pooled_o_e.without == ()


def test_patients_without_outcome_or_prediction_are_counted_and_left_out():
    y, p, centre = held_out()
    y[:5], p[3:9] = np.nan, np.nan
    found = performance_by_centre(y, p, centre)
    assert found.left_out == 9
    assert found.auc == auc(y[9:], p[9:])


def test_without_events_there_is_no_interval():
    found = performance_by_centre(np.zeros(6), np.full(6, 0.1), [0, 0, 0, 1, 1, 1])
    assert found.auc_interval is None
    assert found.o_e == 0.0
    assert np.isnan(found.o_e_low)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0.1, 0.2], [0, 0]), "at least two centres"),
        (([0, 1], [0.1], [0, 1]), "one length"),
        (([0, 3], [0.1, 0.2], [0, 1]), "0, 1, or NaN"),
        (([np.nan, 1], [0.1, np.nan], [0, 1]), "No patient"),
    ],
)
def test_measures_refuse_arrays_that_do_not_fit(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        performance_by_centre(*arguments)


# --- benefit by centre -------------------------------------------------------------------------


def predicted_benefit(seed=9):
    X, y, w, centre = registry(seed, n=400)
    held = leave_one_centre_out_effects(Logistic(), X, y, w, centre, desirable=True)
    return y, held.effects, w, np.full(y.size, 0.5), centre


def test_benefit_by_centre_is_that_of_its_patients():
    y, effects, w, e, centre = predicted_benefit()
    found = benefit_by_centre(y, effects, w, e, centre, desirable=True, matchings=1)
    scores = dr_scores(y, w, effects.mu0, effects.mu1, e)
    for row in found.centres:
        here = centre == row.centre
        assert (row.n_control, row.n_treated) == ((w[here] == 0).sum(), (w[here] == 1).sum())
        assert_allclose(row.predicted, effects.benefit[here].mean())
        assert_allclose(row.aipw, scores[here].mean())
        assert_allclose(row.se, scores[here].std(ddof=1) / np.sqrt(here.sum()))
    assert found.aipw == pool([r.aipw for r in found.centres], [r.se for r in found.centres])
    differences = [r.aipw - r.predicted for r in found.centres]
    assert found.difference == pool(differences, [r.difference_se for r in found.centres])


def test_the_slope_equals_least_squares_with_a_clustered_sandwich():
    y, effects, w, e, centre = predicted_benefit()
    found = benefit_by_centre(y, effects, w, e, centre, desirable=True, matchings=1).slope
    scores = dr_scores(y, w, effects.mu0, effects.mu1, e)
    t = effects.benefit.copy()
    for name in np.unique(centre):
        t[centre == name] -= t[centre == name].mean()
    X = np.column_stack([np.ones(t.size), t])
    b, *_ = np.linalg.lstsq(X, scores)
    meat = np.zeros((2, 2))
    for name in np.unique(centre):
        here = centre == name
        g = X[here].T @ (scores[here] - X[here] @ b)
        meat += np.outer(g, g)
    bread = np.linalg.inv(X.T @ X)
    k, n = np.unique(centre).size, t.size
    se = np.sqrt((k / (k - 1) * (n - 1) / (n - 2) * bread @ meat @ bread)[1, 1])
    assert_allclose([found.estimate, found.se], [b[1], se])
    assert_allclose(found.high - found.estimate, student.ppf(0.975, k - 1) * se)


def test_an_outcome_to_avoid_turns_the_sign_and_nothing_else():
    y, effects, w, e, centre = predicted_benefit()
    bad = effects_of(1 - effects.mu0, 1 - effects.mu1, desirable=False)
    first = benefit_by_centre(y, effects, w, e, centre, desirable=True, matchings=1)
    second = benefit_by_centre(1 - y, bad, w, e, centre, desirable=False, matchings=1)
    assert_allclose(second.aipw.estimate, first.aipw.estimate, atol=1e-7)
    assert_allclose(second.slope.estimate, first.slope.estimate)


def test_small_centres_are_shown_and_not_pooled():
    y, effects, w, e, centre = predicted_benefit()
    found = benefit_by_centre(
        y, effects, w, e, centre, desirable=True, least_per_arm=1000, matchings=1
    )
    assert found.aipw is None
    assert "0 centres have 1000 or more patients" in found.spread
    assert len(found.centres) == 5
    made = finding(found, load_study("rescue-stenting"))
    assert made.verdict == "cannot tell"
    assert "cannot be estimated" in made.text


def test_centres_that_are_not_pooled_are_named():
    y, effects, w, e, centre = predicted_benefit()
    small = np.flatnonzero((centre == centre[0]) & (w == 1))
    kept = np.setdiff1d(np.arange(y.size), small[9:])
    few = effects_of(effects.mu0[kept], effects.mu1[kept], desirable=True)
    found = benefit_by_centre(
        y[kept], few, w[kept], e[kept], centre[kept], desirable=True, matchings=1
    )
    assert found.difference.without == (str(centre[0]),)
    assert found.difference.centres == 4
    text = finding(found, load_study("rescue-stenting")).text
    assert text.endswith(f"Not in this mean, for too few patients in an arm: {centre[0]}.")


def test_the_same_prediction_for_all_has_no_slope():
    y, _, w, e, centre = predicted_benefit()
    same = effects_of(np.full(y.size, 0.3), np.full(y.size, 0.5), desirable=True)
    slope = benefit_by_centre(y, same, w, e, centre, desirable=True, matchings=1).slope
    assert np.isnan(slope.estimate)


def test_promises_that_no_centre_keeps_are_questioned():
    y, effects, w, e, centre = predicted_benefit()
    study = load_study("rescue-stenting")
    honest = benefit_by_centre(y, effects, w, e, centre, desirable=True, matchings=1)
    assert finding(honest, study).verdict == "cannot tell"
    promised = effects_of(np.full(y.size, 0.01), np.full(y.size, 0.99), desirable=True)
    broken = benefit_by_centre(y, promised, w, e, centre, desirable=True, matchings=1)
    assert len(broken.centres) == 5
    assert finding(broken, study).verdict == "questions"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"centre": np.zeros(400)}, "at least two"),
        ({"treatment": np.zeros(400, int)}, "both arms"),
        ({"propensity": np.full(3, 0.5)}, "one entry a patient"),
        ({"propensity": np.ones(400)}, "between 0 and 1"),
    ],
)
def test_benefit_refuses_arrays_that_do_not_fit(change, message):
    y, effects, w, e, centre = predicted_benefit()
    arrays = {"treatment": w, "propensity": e, "centre": centre} | change
    with pytest.raises(ArgumentError, match=message):
        benefit_by_centre(y, effects, desirable=True, matchings=1, **arrays)
