from functools import partial

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.linear_model import LinearRegression

from twoarm.errors import ArgumentError
from twoarm.importance.effect_modifier_groups import checked_scores, correlated_groups
from twoarm.importance.effect_modifier_loss import (
    effect_folds,
    loss_importance,
)
from twoarm.importance.effect_modifier_model import leave_one_out_ridge
from twoarm.importance.effect_modifier_projection import best_linear_projection, projected_spread
from twoarm.importance.effect_modifier_reference import (
    effect_scores,
    permuted_scores,
    permuted_treatment,
)
from twoarm.importance.effect_modifier_vim import te_vim
from twoarm.importance.effect_modifiers import (
    ModifierImportance,
    benefit_spread,
    effect_modifiers,
    modifier_importance,
)
from twoarm.learners import Logistic
from twoarm.metalearners import Sample, cross_fitted_nuisances, dr_scores
from twoarm.metalearners.effect_models import default_effect_model
from twoarm.metrics.least_squares import least_squares_hc3
from twoarm.seeds import Stream


def patients(n, slopes, *, correlation=0.0, noise=1.0, seed=0):
    """Variables, the first two correlated, and scores that are linear in them plus noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, len(slopes)))
    X[:, 1] = correlation * X[:, 0] + np.sqrt(1 - correlation**2) * X[:, 1]
    return X, 0.1 + X @ slopes + noise * rng.normal(size=n)


def test_the_projection_is_least_squares_on_standardised_variables():
    X, scores = patients(300, [0.3, 0.0, -0.2])
    X = X * [10.0, 1.0, 0.1] + [50.0, 0.0, 3.0]
    found = best_linear_projection(X, scores)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    fit = least_squares_hc3(np.column_stack([np.ones(300), z]), scores)
    np.testing.assert_allclose(found.coefficient, fit.coefficient[1:])
    np.testing.assert_allclose(found.se, fit.se[1:])
    assert found.p[0] < 0.01 < found.p[1]


def test_a_variable_that_does_not_vary_projects_to_nothing():
    X, scores = patients(300, [0.3, 0.0])
    found = best_linear_projection(np.column_stack([X, np.ones(300)]), scores)
    assert (found.coefficient[2], found.se[2], found.p[2]) == (0, 0, 1)
    np.testing.assert_allclose(found.coefficient[:2], best_linear_projection(X, scores).coefficient)


def test_p_values_of_the_projection_are_uniform_where_nothing_modifies():
    rng = np.random.default_rng(6)
    p = [
        best_linear_projection(rng.normal(size=(120, 2)), rng.standard_t(4, size=120)).p[0]
        for _ in range(400)
    ]
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09  # 3.6 standard errors


def test_the_spread_lost_without_a_variable_is_known_for_correlated_normals():
    # b^2 Var(x | rest): 0.3^2 (1 - 0.8^2) for the first two, 0.2^2 for the third.
    X, scores = patients(40_000, [0.3, 0.3, 0.2], correlation=0.8, noise=0.1)
    np.testing.assert_allclose(projected_spread(X, scores), [0.0324, 0.0324, 0.04], rtol=0.04)
    together = projected_spread(X, scores, [(0, 1), (2,)])
    # Var(0.3 x1 + 0.3 x2) = 0.09 (1 + 1 + 2 * 0.8)
    np.testing.assert_allclose(together, [0.324, 0.04], rtol=0.04)


def test_variables_that_repeat_each_other_lose_nothing_alone_and_all_together():
    X, scores = patients(500, [0.3, 0.2], noise=0.0)
    X = np.column_stack([X, X[:, 0]])
    alone = projected_spread(X, scores)
    assert alone[[0, 2]] == pytest.approx([0, 0], abs=1e-12)
    together = projected_spread(X, scores, [(0, 2), (1,)])
    assert together[0] == pytest.approx(0.09, rel=0.15)


def test_the_loss_rises_by_twice_the_variance_of_an_independent_variable():
    # E (b x - b x')^2 for independent copies is 2 b^2.
    X, scores = patients(20_000, [0.3, 0.0, 0.2], noise=0.2)
    found = loss_importance(X, scores, effect_model=LinearRegression(), repeats=3)
    np.testing.assert_allclose(found, [0.18, 0.0, 0.08], atol=0.006)


def test_correlated_variables_are_permuted_together():
    X, scores = patients(20_000, [0.3, 0.3, 0.0], correlation=0.8, noise=0.2)
    groups = [(0, 1), (2,)]
    found = loss_importance(X, scores, groups, effect_model=LinearRegression(), repeats=3)
    np.testing.assert_allclose(found, [2 * 0.324, 0.0], atol=0.02)


def test_the_loss_is_that_of_models_fitted_by_hand():
    X, scores = patients(60, [0.3, 0.1])
    fold = effect_folds(60, 3, 4)
    seen = []

    class Watched(LinearRegression):
        def predict(self, X):
            seen.append(X.copy())
            return super().predict(X)

    found = loss_importance(X, scores, effect_model=Watched(), folds=3, repeats=2, seed=4)
    rise = np.zeros(2)
    for number in range(3):
        inside = fold == number
        model = LinearRegression().fit(X[~inside], scores[~inside])
        np.testing.assert_array_equal(seen[2 * number], X[inside])
        shuffled = seen[2 * number + 1].reshape(2, 2, inside.sum(), 2)
        loss = np.sum((scores[inside] - model.predict(X[inside])) ** 2)
        for repeat in range(2):
            for variable in range(2):
                rows = shuffled[repeat, variable]
                np.testing.assert_array_equal(np.sort(rows, axis=0), np.sort(X[inside], axis=0))
                np.testing.assert_array_equal(rows[:, 1 - variable], X[inside, 1 - variable])
                rise[variable] += (np.sum((scores[inside] - model.predict(rows)) ** 2) - loss) / 2
    np.testing.assert_allclose(found, rise / 60)


def test_te_vim_is_the_variance_known_for_correlated_normals():
    # Theta_s = E Var(t(X) | X without s), Hines et al. 2022: 0.3^2 (1 - 0.8^2) and 0.2^2.
    # Total: Var t = 0.09 + 0.09 + 2 * 0.8 * 0.09 + 0.04.
    X, scores = patients(40_000, [0.3, 0.3, 0.2], correlation=0.8, noise=0.3)
    found = te_vim(X, scores, effect_model=LinearRegression())
    for each, truth in zip(found.without, [0.0324, 0.0324, 0.04], strict=True):
        assert abs(each.estimate - truth) < 4 * each.se
        assert each.se < 0.002
    assert abs(found.total.estimate - 0.364) < 4 * found.total.se


@pytest.mark.seconds
def test_intervals_of_te_vim_cover_where_a_variable_matters():
    covered = []
    for seed in range(100):
        X, scores = patients(400, [0.5, 0.3], noise=0.5, seed=seed)
        found = te_vim(X, scores, effect_model=LinearRegression(), seed=seed).without[0]
        covered.append(found.low <= 0.25 <= found.high)
    assert 0.88 <= np.mean(covered) <= 0.99  # 0.95 to within three standard errors


@pytest.mark.seconds
def test_intervals_from_half_samples_cover_with_the_models_fitted_anew():
    covered = []
    for seed in range(60):
        X, scores = patients(300, [0.5, 0.3], noise=0.5, seed=seed)
        chosen = {"loss": partial(loss_importance, repeats=3, seed=seed)}
        found = modifier_importance(chosen, X, scores, half_samples=30, seed=seed)["loss"]
        assert found.limits[1][0] - found.limits[0][0] == pytest.approx(
            2 * 1.96 * found.se[0], 1e-4
        )
        covered.append(found.limits[0][0] <= 0.5 <= found.limits[1][0])  # 2 * 0.5^2
    assert 0.85 <= np.mean(covered) <= 1.0  # 0.95 to within 3.5 standard errors


def test_all_variables_in_one_group_hold_the_whole_variance():
    X, scores = patients(300, [0.3, 0.2])
    found = te_vim(X, scores, [(0, 1)])
    assert found.without[0] == found.total


def test_groups_follow_rank_correlation():
    X, _ = patients(500, [0.0, 0.0, 0.0], correlation=0.95)
    X[:, 0] = np.exp(3 * X[:, 0])
    assert correlated_groups(X) == ((0, 1), (2,))
    assert correlated_groups(-X) == ((0, 1), (2,))
    assert correlated_groups(X, threshold=0.99) == ((0,), (1,), (2,))
    assert correlated_groups(np.column_stack([np.ones(500), X])) == ((0,), (1, 2), (3,))
    assert correlated_groups(X[:, :1]) == ((0,),)


def test_ranks_find_the_modifier_and_leave_the_rest_open():
    X, scores = patients(400, [0.5, 0.0, 0.0], noise=0.5)
    nulls = np.random.default_rng(9).normal(0, 0.5, size=(19, 400))
    for found in effect_modifiers(X, scores, permuted=nulls, half_samples=10).values():
        assert found.rank[0] == found.rank_low[0] == found.rank_high[0] == 1
        assert (found.rank_high[1:] - found.rank_low[1:]).max() >= 1
        assert found.p[0] == pytest.approx(1 / 20)
        assert (found.value[0] > found.reference_high[0] > found.reference_mean[0]).all()


@pytest.mark.seconds
def test_a_variable_without_effect_is_flagged_as_often_as_it_should():
    flagged = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        X, draws = rng.normal(size=(100, 2)), rng.normal(size=(20, 100))
        chosen = {"projection": projected_spread}
        found = modifier_importance(chosen, X, draws[0], draws[1:], half_samples=2)
        flagged.append(found["projection"].p[0] <= 0.05)
    assert 0.015 < np.mean(flagged) < 0.085  # 0.05 to within three standard errors


def test_without_permuted_scores_there_is_no_reference():
    X, scores = patients(100, [0.3, 0.0])
    found = effect_modifiers(X, scores, half_samples=3)["loss"]
    assert found.reference_mean is None
    assert found.reference_high is None
    assert found.p is None
    assert found.spread_reference is None


def test_the_spread_is_the_standard_deviation_that_goes_with_a_variable():
    X, scores = patients(20_000, [0.3, 0.0, 0.2], noise=0.2)
    rise = loss_importance(X, scores, effect_model=LinearRegression(), repeats=3)
    np.testing.assert_allclose(benefit_spread(rise)[[0, 2]], [0.3, 0.2], atol=0.01)
    value, se = np.array([0.02, -0.01]), np.array([0.001, 0.02])
    high = ModifierImportance(value, se, *[value] * 6)
    np.testing.assert_allclose(high.spread, [0.1, 0.0])
    np.testing.assert_allclose(high.spread_reference, high.spread)
    low, up = high.spread_limits
    assert (low <= high.spread).all()
    assert (high.spread <= up).all()


def test_ranks_are_those_of_random_halves():
    X, scores = patients(80, [0.3, 0.0, 0.1])
    seen = []

    def watched(half, its_scores):
        seen.append((half, its_scores))
        return projected_spread(half, its_scores)

    found = modifier_importance({"watched": watched}, X, scores, half_samples=40)["watched"]
    halves = seen[:-1]  # the last call is the whole
    assert all(len(half) == len(set(its_scores)) == 40 for half, its_scores in halves)
    assert len({its_scores.tobytes() for _, its_scores in halves}) == 40
    ranks = np.sort([rankdata(-projected_spread(*each)) for each in halves], axis=0)
    np.testing.assert_array_equal(found.rank_low, ranks[0])  # 2.5 % of 40: the first
    np.testing.assert_array_equal(found.rank_high, ranks[38])


@pytest.mark.seconds
def test_the_same_numbers_from_any_executor():
    X, scores = patients(60, [0.3, 0.0, 0.1])
    nulls = np.random.default_rng(1).normal(size=(3, 60))
    one, two, three = (
        effect_modifiers(X, scores, permuted=nulls, half_samples=4, executor=executor, workers=2)
        for executor in ("serial", "threads", "processes")
    )
    for name in one:
        for other in (two, three):
            assert repr(one[name]) == repr(other[name])


@pytest.mark.parametrize(("n", "p"), [(60, 5), (200, 14), (30, 28)])
@pytest.mark.parametrize("slope", [0.0, 0.1, 1.0])
def test_the_ridge_is_scikit_learns(n, p, slope):
    rng = np.random.default_rng(n)
    X = 1 + 3 * rng.normal(size=(n, p))
    X[:, 1], X[:, 2] = X[:, 0], 1.0
    y = slope * X[:, 0] + rng.normal(size=n)
    twin, found = default_effect_model().fit(X, y), leave_one_out_ridge(X, y)
    assert found.penalty == pytest.approx(twin[-1].alpha_)
    new = 1 + 3 * rng.normal(size=(20, p))
    np.testing.assert_allclose(found.predict(new), twin.predict(new), atol=1e-10)
    assert found.coefficient[2] == 0


def test_columns_of_one_variable_stay_together_and_bring_their_strongest_correlation():
    X, _ = patients(500, [0.0, 0.0, 0.0], correlation=0.95)
    assert correlated_groups(X, parts=[(0, 2), (1,)]) == ((0, 1, 2),)
    assert correlated_groups(X, parts=[(0, 2), (1,)], threshold=0.99) == ((0, 2), (1,))
    assert correlated_groups(X, parts=[(0, 1, 2)]) == ((0, 1, 2),)
    with pytest.raises(ArgumentError, match="each of the 3 columns of X once"):
        correlated_groups(X, parts=[(0,)])


def test_scores_are_those_that_the_reference_permutes():
    sample = strong_modifier()
    scores = effect_scores(sample, Logistic(), desirable=True, seed=4)
    found = cross_fitted_nuisances(sample, Logistic(), seed_path=(4, int(Stream.IMPORTANCE), 3))
    parts = found.mu0, found.mu1, found.propensity
    np.testing.assert_array_equal(scores, dr_scores(sample.outcome, sample.treatment, *parts))
    turned = effect_scores(sample, Logistic(), desirable=False, seed=4)
    np.testing.assert_array_equal(turned, -scores)


def test_treatment_is_permuted_within_strata_of_the_propensity():
    rng = np.random.default_rng(1)
    e = rng.random(200)
    w = (rng.random(200) < e).astype(int)
    permuted = permuted_treatment(w, e, rng)
    assert (permuted != w).any()
    for rows in np.array_split(np.argsort(e), 5):
        assert permuted[rows].sum() == w[rows].sum()
    with pytest.raises(ArgumentError, match="At least one stratum"):
        permuted_treatment(w, e, rng, strata=0)


def strong_modifier(n=400):
    rng = np.random.default_rng(3)
    X, w = rng.normal(size=(n, 2)), rng.integers(0, 2, n)
    risk = 1 / (1 + np.exp(-w * (0.8 + 1.5 * X[:, 0])))
    return Sample(X, (rng.random(n) < risk).astype(int), w)


def test_permuted_scores_have_no_effect_and_the_same_numbers_from_any_executor():
    sample = strong_modifier()
    one = permuted_scores(sample, Logistic(), desirable=True, permutations=12, executor="serial")
    two = permuted_scores(
        sample, Logistic(), desirable=True, permutations=12, executor="threads", workers=2
    )
    np.testing.assert_array_equal(one, two)
    assert one.shape == (12, 400)
    assert abs(one.mean()) < 3 * one.std() / np.sqrt(400 * 12)
    other = permuted_scores(sample, Logistic(), desirable=False, permutations=2, executor="serial")
    np.testing.assert_array_equal(other, -one[:2])


@pytest.mark.parametrize(
    ("groups", "found"), [([(0,)], r"\[0\]"), ([(0, 1), (1,)], r"\[0, 1, 1\]"), ([(0, 2)], "2")]
)
def test_groups_must_hold_every_column_once(groups, found):
    with pytest.raises(ArgumentError, match=f"each of the 2 columns of X once; found .*{found}"):
        checked_scores(np.zeros((5, 2)), np.zeros(5), groups)


def test_bad_input_is_refused():
    X, scores = patients(50, [0.1, 0.1])
    with pytest.raises(ArgumentError, match="Scores must be finite, one for each"):
        best_linear_projection(X, scores[:4])
    with pytest.raises(ArgumentError, match="X must be a complete table"):
        projected_spread(X * np.nan, scores)
    with pytest.raises(ArgumentError, match="At least one repeat"):
        loss_importance(X, scores, repeats=0)
    with pytest.raises(ArgumentError, match="The threshold must be above 0"):
        correlated_groups(X, threshold=0.0)
    with pytest.raises(ArgumentError, match="At least two half-samples"):
        effect_modifiers(X, scores, half_samples=1)
    with pytest.raises(ArgumentError, match="Permuted scores must be a finite table"):
        effect_modifiers(X, scores, permuted=scores)
