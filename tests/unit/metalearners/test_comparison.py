import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from twoarm.errors import ArgumentError
from twoarm.metalearners import compare


def random_benefits(seed, n=60):
    rng = np.random.default_rng(seed)
    truth = rng.normal(0.1, 0.1, n)
    benefits = {"a": truth + rng.normal(0, 0.1, n), "b": np.round(truth, 1)}
    return benefits, truth + rng.normal(size=n)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**20))
def test_numbers_are_the_plain_ones(seed):
    benefits, scores = random_benefits(seed)
    page = compare(benefits, scores, threshold=0.15)
    for row, benefit in zip(page.learners, benefits.values(), strict=True):
        assert row.mean == pytest.approx(np.mean(benefit))
        assert row.sd == pytest.approx(np.std(benefit, ddof=1))
        assert row.share_at_threshold == np.mean(benefit >= 0.15)
        assert row.share_losing_threshold == np.mean(benefit <= -0.15)
        assert row.slope.estimate == pytest.approx(np.polyfit(benefit, scores, 1)[0])
        assert row.slope.se > 0
    expected = spearmanr(*benefits.values()).statistic
    assert page.rank_correlation[0, 1] == pytest.approx(expected)
    np.testing.assert_allclose(np.diag(page.rank_correlation), 1)


def test_a_benefit_twice_as_spread_has_half_the_slope():
    benefits, scores = random_benefits(1)
    one, two = compare(
        {"one": benefits["a"], "two": 2 * benefits["a"] + 0.3}, scores, threshold=0.15
    ).learners
    assert two.slope.estimate == pytest.approx(one.slope.estimate / 2)
    assert two.slope.se == pytest.approx(one.slope.se / 2)


def test_differences_between_folds_do_not_count_for_the_slope():
    benefits, scores = random_benefits(2)
    fold = np.arange(60) % 3
    plain = compare(benefits, scores, threshold=0.15, fold=fold).learners[0]
    moved = compare({"a": benefits["a"] + 10.0 * fold}, scores, threshold=0.15, fold=fold)
    assert moved.learners[0].slope.estimate == pytest.approx(plain.slope.estimate)


def test_the_same_benefit_for_all_has_no_slope_and_no_rank():
    benefits, scores = random_benefits(3)
    page = compare({"same": np.full(60, 0.1), **benefits}, scores, threshold=0.15)
    assert np.isnan(page.learners[0].slope.estimate)
    assert np.isnan(page.rank_correlation[0]).all()
    assert np.isfinite(page.rank_correlation[1:, 1:]).all()


def test_bad_arrays_are_refused():
    benefits, scores = random_benefits(4)
    with pytest.raises(ArgumentError, match="one learner at least"):
        compare({}, scores, threshold=0.15)
    with pytest.raises(ArgumentError, match="vectors of one length"):
        compare(benefits, scores[:5], threshold=0.15)
    with pytest.raises(ArgumentError, match="complete and finite"):
        compare(benefits, scores * np.nan, threshold=0.15)
    with pytest.raises(ArgumentError, match="a fold for each"):
        compare(benefits, scores, threshold=0.15, fold=[0, 1])
