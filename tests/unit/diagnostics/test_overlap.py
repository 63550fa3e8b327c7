import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoarm.diagnostics import (
    balance,
    crump_trimming,
    learn_support,
    one_treatment_centres,
    overlap,
    propensity,
)
from twoarm.diagnostics.comparability.balance import finding as balance_finding
from twoarm.diagnostics.comparability.nuisances import cross_fit_folds
from twoarm.diagnostics.comparability.one_treatment_centres import finding as one_treatment_finding
from twoarm.diagnostics.comparability.overlap import finding as overlap_finding
from twoarm.diagnostics.comparability.propensity import finding as propensity_finding
from twoarm.diagnostics.comparability.support import finding as support_finding
from twoarm.diagnostics.comparability.weighting import weighted_difference
from twoarm.errors import ArgumentError
from twoarm.learners import Logistic
from twoarm.metrics import auc, auc_within


def patients(seed, n=300, strength=1.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X, (rng.random(n) < 1 / (1 + np.exp(-strength * X[:, 0]))).astype(int)


def crump_twin(e):
    cost = 1 / (e * (1 - e))
    if cost.max() <= 2 * cost.mean():
        return np.ones(e.size, bool)
    limit = max(g for g in cost if g <= 2 * cost[cost <= g].mean())
    return cost <= limit


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=60))
def test_trimming_is_the_published_rule(scores):
    e = np.array(scores)
    found = crump_trimming(e)
    np.testing.assert_array_equal(found.kept, crump_twin(e))
    assert (found.alpha == 0) == found.kept.all()
    inside = (e > found.alpha + 1e-9) & (e < 1 - found.alpha - 1e-9)
    assert found.kept[inside].all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**20))
def test_overlap_weights_balance_exactly_without_a_penalty_only(seed):
    X, w = patients(seed)
    names = ["a", "b", "c"]
    plain = propensity(X, w, model=Logistic(C=np.inf)).score
    assert np.abs(balance(X, w, plain, names=names).overlap).max() < 1e-6
    ridge = propensity(X, w, model=Logistic(C=0.01)).score
    assert np.abs(balance(X, w, ridge, names=names).overlap).max() > 1e-3


def test_standardised_difference_by_hand():
    X = np.array([[1.0], [3.0], [2.0], [6.0]])
    found = balance(X, [0, 0, 1, 1], [0.5, 0.5, 0.25, 0.5], names=["x"])
    pooled = np.sqrt((2 + 8) / 2)
    assert found.before == pytest.approx([2 / pooled])
    assert found.inverse == pytest.approx([((4 * 2 + 2 * 6) / 6 - 2) / pooled])
    assert found.overlap == pytest.approx([((0.75 * 2 + 0.5 * 6) / 1.25 - 2) / pooled])


def test_a_constant_column_has_no_difference_and_order_is_by_imbalance():
    X, w = patients(1)
    wide = np.column_stack([np.ones(w.size), X[:, 1], X[:, 0]])
    found = balance(wide, w, np.full(w.size, 0.5), names=["one", "weak", "strong"])
    assert found.names == ("strong", "weak", "one")
    assert np.isnan(found.before[-1])


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**20), st.floats(-5, 5), st.floats(0.01, 9))
def test_a_column_that_is_the_arm_differs_without_bounds(seed, level, apart):
    X, w = patients(seed, n=60)
    e = propensity(X, w).score
    tells = np.column_stack([X[:, 0], level + apart * w, np.full(w.size, level), level - apart * w])
    found = balance(tells, w, e, names=["age", "more", "same", "less"])
    for differences in (found.before, found.inverse, found.overlap):
        by_name = dict(zip(found.names, differences, strict=True))
        assert (by_name["more"], by_name["less"]) == (np.inf, -np.inf)
        assert np.isnan(by_name["same"])
        assert np.isfinite(by_name["age"])
    assert set(found.names[:2]) == {"more", "less"}


def test_a_column_that_is_the_arm_is_counted_and_named(aspirin):
    w = np.tile([0, 1], 50)
    found = balance_finding(
        balance(np.column_stack([w, np.tile([0.0, 0.0, 1.0, 1.0], 25)]), w, np.full(100, 0.5),
                names=["assigned", "sex"]), aspirin)  # fmt: skip
    assert found.verdict == "questions"
    assert "1 of 2 columns before, 1 after" in found.text
    assert found.text.endswith("another for the other arm: assigned.")


def test_the_propensity_uses_the_centre():
    rng = np.random.default_rng(2)
    centre = np.repeat(["a", "b"], 100)
    w = (rng.random(200) < np.where(centre == "a", 0.2, 0.8)).astype(int)
    without = propensity(np.zeros((200, 1)), w)
    found = propensity(np.zeros((200, 1)), w, centre=centre)
    assert without.auc == 0.5
    assert found.auc > 0.7
    width = np.diff(found.edges)
    assert (found.density * width).sum(axis=1) == pytest.approx([1, 1])
    assert found.lowest[0] == found.score[w == 0].min()


def test_a_lot_is_not_told_from_what_was_measured():
    # On the model's own patients the AUC is about 0.75; in a trial it must be about 0.5.
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        X, w = rng.normal(size=(80, 20)), np.tile([0, 1], 40)
        shown = propensity(X, w, seed=seed)
        found.append(shown.auc)
        assert auc(w, shown.score) > 0.65
    assert np.mean(found) == pytest.approx(0.5, abs=0.05)


def test_the_auc_of_a_cross_fitted_score_is_that_of_its_folds():
    X, w = patients(3)
    found = propensity(X, w, cross_fit=4, seed=1)
    folds = cross_fit_folds(np.zeros(w.size), w, 4, 1)
    assert found.auc == auc_within(w, found.score, folds)
    assert np.abs(found.score - propensity(X, w).score).max() > 0.001


def test_where_a_lot_decided_its_probability_is_the_score():
    X, w = patients(3)
    fitted, found = propensity(X, w), propensity(X, w, known=0.4)
    assert set(found.score) == {0.4}
    assert found.auc == fitted.auc
    by_centre = propensity(X, w, known=np.where(X[:, 1] > 0, 0.25, 0.5))
    assert by_centre.highest == (0.5, 0.5)
    with pytest.raises(ArgumentError, match="strictly between 0 and 1"):
        propensity(X, w, known=1.0)
    with pytest.raises(ArgumentError, match="one a patient"):
        propensity(X, w, known=[0.5, 0.5])


def test_a_single_patient_in_an_arm_leaves_nothing_to_check_on():
    assert np.isnan(propensity([[0.0], [1.0], [2.0]], [0, 0, 1]).auc)


def test_centres_with_one_treatment_are_counted_and_said(stenting):
    # Five centres of 32 with one treatment each, one with both, and unknown ones.
    centre = np.array(["A"] * 32 + ["B"] * 32 + ["C"] * 36 + [""] * 4)
    w = np.concatenate([np.zeros(32), np.ones(32), np.tile([0, 1], 18), [0, 1, 0, 1]]).astype(int)
    found = one_treatment_centres(centre, w)
    assert (found.centres, found.control, found.treated) == (("A", "B"), 32, 32)
    assert (found.patients, found.all_centres) == (100, 3)
    made = one_treatment_finding(found, stenting)
    assert made.verdict == "questions"
    assert "2 of 3 centres" in made.text
    assert "64 of 100 patients" in made.text
    shared = one_treatment_centres(centre[64:], w[64:])
    assert shared.without_comparison == 0
    assert one_treatment_finding(shared, stenting).verdict == "cannot tell"
    with pytest.raises(ArgumentError, match="one entry a patient"):
        one_treatment_centres(["A"], [0, 1])


def test_who_could_have_been_in_either_arm_could_have_been_in_the_centre(stenting):
    # the input centres-one-arm-each
    arm, centre = np.tile([0, 1], 40), np.tile(["A", "B"], 40)
    by_centre = overlap(np.full(80, 0.5), arm, centre=centre)
    made = overlap_finding(by_centre, stenting)
    assert made.verdict == "questions"
    assert made.text.startswith("0 of 80 patients could well have been in either arm")
    assert "80 others could by what was measured of them, but their centre gave all" in made.text
    assert by_centre.trimming.kept.all()
    drawn = overlap(np.full(80, 0.5), arm, known=True, centre=centre)
    assert overlap_finding(drawn, stenting).text.startswith("80 of 80")
    unknown = overlap(np.full(80, 0.5), arm, centre=np.full(80, ""))
    assert unknown.one_treatment == 0


def test_effective_sizes():
    found = overlap([0.5, 0.5, 0.9, 0.1], [0, 0, 1, 1])
    weights = np.array([1 / 0.9, 10.0])
    assert found.ess_inverse == pytest.approx((2, weights.sum() ** 2 / (weights**2).sum()))


def test_patients_who_are_trimmed_are_counted_in_their_arm():
    found = overlap([0.4, 0.5, 0.6, 0.001], [0, 0, 1, 1])
    assert found.trimming.kept.tolist() == [True, True, True, False]
    assert found.trimmed == (0, 1)


def test_the_sandwich_by_hand():
    y, arm = np.array([0.0, 1.0, 1.0, 0.0]), np.array([0, 0, 1, 1])
    w = np.array([1.0, 1.0, 3.0, 1.0])
    found = weighted_difference(y, arm, w)
    assert found.estimate == pytest.approx(0.75 - 0.5)
    assert found.se**2 == pytest.approx((0.25 + 0.25) / 4 + (9 * 0.25**2 + 0.75**2) / 16)


def test_support_flags_each_reason():
    X, w = patients(4)
    e = np.clip(propensity(X, w).score, 0.3, 0.7)
    e[0] = 0.001
    levels = np.zeros((w.size, 1))
    levels[np.flatnonzero(w == 1)[:3]] = 5.0  # a level that no control has
    found = learn_support(X, w, e, categories=levels)
    assert found.flags.propensity[0]
    assert found.flags.category.sum() == 3
    assert found.outside == tuple(found.flags.outside[w == arm].sum() for arm in (0, 1))
    assert found.outside[1] >= 3  # the new level is theirs
    assert not found.flags.distance.any()
    new = found.flag(np.array([[0.0] * 3, [0.0] * 3, [50.0] * 3]), [0.5, 0.001, 0.5],
                     [[0.0], [0.0], [5.0]])  # fmt: skip
    assert new.propensity.tolist() == [False, True, False]
    assert new.distance.tolist() == [False, False, True]
    assert new.category.tolist() == [False, False, True]
    assert new.outside.tolist() == [False, True, True]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**20), st.integers(1, 12), st.integers(100, 400))
def test_a_dense_cohort_has_nobody_who_is_far_from_all(seed, columns, n):
    rng = np.random.default_rng(seed)
    X, w = rng.uniform(size=(n, columns)), np.arange(n) % 2
    found = learn_support(X, w, np.full(n, 0.5))
    assert not found.flags.distance.any()
    # Somebody as far from the nearest as two drawn at random are on average.
    corner = X.max(axis=0) + 1.01 * np.sqrt(2) * X.std(axis=0)
    assert found.flag(corner[None, :], [0.5]).distance.all()
    assert not found.flag(X[:5] + 0.01, np.full(5, 0.5)).distance.any()


def test_one_mistyped_patient_is_far_and_the_others_are_not():
    X, w = patients(5)
    X[17, 1] = 99.0
    found = learn_support(X, w, np.full(w.size, 0.5))
    assert np.flatnonzero(found.flags.distance).tolist() == [17]


def test_nobody_is_like_anybody_where_what_was_measured_separates_the_arms():
    X, w = patients(5)
    tells = np.column_stack([X, 9.0 * w])
    e = propensity(tells, w).score
    found = learn_support(tells, w, e)
    assert found.alpha == 0.5
    assert found.flags.propensity.all()
    assert found.flag(tells[:3], [0.1, 0.4, 0.9]).propensity.all()


def test_nobody_is_decided_where_nobody_is_trimmed():
    X, w = patients(5)
    found = learn_support(X, w, np.full(w.size, 0.5))
    assert found.alpha == 0
    assert not found.flag(X, np.full(w.size, 1e-6)).propensity.any()


def test_findings_say_no_more_than_they_know(stenting, aspirin):
    X, w = patients(6)
    fair = propensity(X, w)
    names = ["a", "b", "c"]
    assert overlap_finding(overlap(fair.score, w), stenting).verdict == "cannot tell"
    assert overlap_finding(overlap(np.full(w.size, 0.5), w), aspirin).verdict == "supports"
    assert balance_finding(balance(X, w, fair.score, names=names), stenting).verdict != "supports"
    assert propensity_finding(fair, stenting).verdict == "cannot tell"
    assert support_finding(learn_support(X, w, fair.score), stenting).verdict == "cannot tell"


def test_arms_that_hardly_share_patients_are_questioned(stenting):
    X, w = patients(7, strength=8.0)
    score = propensity(X, w)
    assert propensity_finding(score, stenting).verdict == "questions"
    assert overlap_finding(overlap(score.score, w), stenting).verdict == "questions"
    unweighted = balance(X, w, np.full(w.size, 0.5), names=["a", "b", "c"])
    assert balance_finding(unweighted, stenting).verdict == "questions"


@pytest.mark.parametrize(
    "call",
    [
        lambda: crump_trimming([0.0, 0.5]),
        lambda: overlap([0.5, 0.5], [1, 1]),
        lambda: balance(np.zeros((4, 1)), [0, 0, 1, 1], [0.5] * 4, names=["a", "b"]),
        lambda: propensity(np.full((4, 1), np.nan), [0, 0, 1, 1]),
        lambda: propensity(np.zeros((4, 1)), [0, 0, 1, 1], centre=["a"]),
        lambda: learn_support(np.zeros((4, 1)), [0, 0, 1], [0.5] * 4),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ArgumentError):
        call()
