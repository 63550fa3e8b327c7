import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from twoarm.errors import ArgumentError
from twoarm.importance.effect_modifier_groups import checked_scores, correlated_groups
from twoarm.importance.effect_modifier_loss import effect_folds, loss_importance
from twoarm.importance.effect_modifier_projection import best_linear_projection, projected_spread
from twoarm.importance.effect_modifier_reference import permuted_scores, permuted_treatment
from twoarm.importance.effect_modifier_vim import te_vim
from twoarm.importance.effect_modifiers import (
    effect_modifiers,
    half_sample_ranks,
    modifier_importance,
)
from twoarm.learners import Logistic
from twoarm.metalearners import Sample
from twoarm.metrics.least_squares import least_squares_hc3


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


def test_intervals_of_te_vim_cover_where_a_variable_matters():
    covered = []
    for seed in range(100):
        X, scores = patients(400, [0.5, 0.3], noise=0.5, seed=seed)
        found = te_vim(X, scores, effect_model=LinearRegression(), seed=seed).without[0]
        covered.append(found.low <= 0.25 <= found.high)
    assert 0.88 <= np.mean(covered) <= 0.99  # 0.95 to within three standard errors


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


def test_a_variable_without_effect_is_flagged_as_often_as_it_should():
    flagged = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        X, draws = rng.normal(size=(100, 2)), rng.normal(size=(20, 100))
        found = modifier_importance(projected_spread, X, draws[0], draws[1:], half_samples=1)
        flagged.append(found.p[0] <= 0.05)
    assert 0.015 < np.mean(flagged) < 0.085  # 0.05 to within three standard errors


def test_without_permuted_scores_there_is_no_reference():
    X, scores = patients(100, [0.3, 0.0])
    found = effect_modifiers(X, scores, half_samples=3)["loss"]
    assert found.reference_mean is None
    assert found.reference_high is None
    assert found.p is None


def test_more_half_samples_begin_with_the_fewer():
    X, scores = patients(100, [0.3, 0.0, 0.1])
    few, many = (
        half_sample_ranks(projected_spread, X, scores, half_samples=number, seed=2)
        for number in (5, 9)
    )
    np.testing.assert_array_equal(few, many[:5])
    assert (np.sort(many, axis=1) == [1, 2, 3]).all()


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
    with pytest.raises(ArgumentError, match="Permuted scores must be a finite table"):
        effect_modifiers(X, scores, permuted=scores)
