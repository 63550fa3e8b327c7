from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers
from numpy.testing import assert_array_equal

from twoarm.cohort import EncodingSpec, Predictor
from twoarm.errors import FitError


def levels(*codes):
    return [{"code": code} for code in codes]


CODEBOOK = tuple(
    Predictor.model_validate(each)
    for each in (
        {"column": "age", "type": "integer"},
        {"column": "site", "type": "nominal", "levels": levels("M1", "ICA", "M2", "")},
        {"column": "grade", "type": "ordinal", "levels": levels(0, 1, 3)},
        {"column": "state", "type": "ordinal", "levels": levels("alert", "drowsy", "nan")},
        {"column": "af", "type": "binary"},
        {"column": "glucose", "type": "number"},
    )
)
FILL = (70.0, 2.0, 1.0, 2.0, 1.0, 6.5)
SPEC = EncodingSpec(CODEBOOK, FILL)


def random_patients(rng, n):
    """Coded predictors, a fifth of them missing."""
    coded = np.column_stack([
        rng.integers(18, 99, n), rng.integers(0, 4, n), rng.integers(0, 3, n),
        rng.integers(0, 3, n), rng.integers(0, 2, n), rng.normal(7, 2, n).round(1),
    ])  # fmt: skip
    coded[rng.random(coded.shape) < 0.2] = np.nan
    return coded


def test_every_column_by_hand():
    assert SPEC.names == ("age", "site=ICA", "site=M2", "site=", "grade", "state", "af", "glucose")
    assert SPEC.sources.tolist() == [0, 1, 1, 1, 2, 3, 4, 5]
    coded = np.array([
        [50, 0, 0, 0, 0, 5.5],
        [60, 1, 1, 1, 1, 6.5],
        [70, 2, 2, 2, 0, 7.5],
        [80, 3, 0, 0, 1, 8.5],
    ])  # fmt: skip
    expected = [
        [50, 0, 0, 0, 0, 0, 0, 5.5],
        [60, 1, 0, 0, 1, 1, 1, 6.5],
        [70, 0, 1, 0, 3, 2, 0, 7.5],
        [80, 0, 0, 1, 0, 0, 1, 8.5],
    ]
    assert_array_equal(SPEC.encode(coded), expected)


def test_a_patient_of_whom_nothing_is_known_gets_the_fill_values():
    encoded = SPEC.encode(np.full((1, 6), np.nan))
    assert encoded.tolist() == [[70, 0, 1, 0, 1, 2, 1, 6.5]]


@given(seed=integers(0, 2**32 - 1))
def test_only_missing_values_are_filled(seed):
    coded = random_patients(np.random.default_rng(seed), 20)
    filled = np.where(np.isnan(coded), FILL, coded)
    assert_array_equal(SPEC.encode(coded), SPEC.encode(filled))
    assert np.isfinite(SPEC.encode(coded)).all()


@given(seed=integers(0, 2**32 - 1))
def test_a_new_patient_is_encoded_like_the_cohort(seed):
    coded = random_patients(np.random.default_rng(seed), 15)
    one_by_one = np.vstack([SPEC.encode(coded[[k]]) for k in range(15)])
    assert_array_equal(SPEC.encode(coded), one_by_one)


def learnt(kind, values, counts=None):
    predictor = Predictor.model_validate({"column": "x", **kind})
    coded = np.array(values, dtype=np.float64)[:, None]
    weight = None if counts is None else np.array(counts)
    return EncodingSpec.learn((predictor,), coded, weight).fill[0]


NUMBER = {"type": "number"}
GRADE = {"type": "ordinal", "levels": levels(10, 20, 30)}
SITE = {"type": "nominal", "levels": levels("a", "b", "c")}


@pytest.mark.parametrize("kind", [NUMBER, GRADE])
@pytest.mark.parametrize(
    ("values", "counts", "median"),
    [
        ([2, 0, 1], None, 1),
        ([2, 0, 1, 2], None, 1),  # of an even number the lower one: a value that was observed
        ([2, 0], None, 0),
        ([0, 1, 2, np.nan, np.nan], None, 1),
        ([0, 1, 2], [1, 1, 5], 2),
        ([0, 1, 2], [2, 1, 1], 0),
        ([0, 1, 2], [0, 0, 1], 2),
    ],
)
def test_numbers_and_ordinals_are_filled_by_their_median(kind, values, counts, median):
    assert learnt(kind, values, counts) == median


@pytest.mark.parametrize(
    ("values", "counts", "commonest"),
    [
        ([2, 2, 1], None, 2),
        ([2, 1, np.nan, np.nan, np.nan], None, 1),  # of equals the lower one
        ([0, 1, 2], [1, 1, 5], 2),
        ([0, 0, 1], [1, 1, 3], 1),
        ([0, 0, 1], [5, 5, 0], 0),
    ],
)
def test_levels_are_filled_by_the_commonest(values, counts, commonest):
    assert learnt(SITE, values, counts) == commonest
    binary = [v % 2 for v in values]
    assert learnt({"type": "binary"}, binary, counts) in (0, 1)


@given(seed=integers(0, 2**32 - 1))
def test_counts_mean_the_same_as_repeated_rows(seed):
    rng = np.random.default_rng(seed)
    coded = random_patients(rng, 60)
    counts = rng.poisson(1.0, 60)
    repeated = coded[np.repeat(np.arange(60), counts)]
    assert EncodingSpec.learn(CODEBOOK, coded, counts) == EncodingSpec.learn(CODEBOOK, repeated)


def test_a_median_is_the_smallest_value_that_half_of_the_patients_do_not_exceed():
    rng = np.random.default_rng(3)
    for n in range(1, 30):
        values = rng.integers(0, 9, n)
        expected = np.quantile(values, 0.5, method="inverted_cdf")
        assert learnt(NUMBER, values) == expected


@pytest.mark.parametrize("counts", [None, [0, 0, 2]])
def test_a_predictor_missing_in_everybody_is_refused_by_name(counts):
    predictors = CODEBOOK[:2]
    coded = np.array([[50, 1], [60, 2], [70, np.nan]])
    if counts is None:
        coded[:, 1] = np.nan
    with pytest.raises(FitError, match="Predictor 'site' is missing in all"):
        EncodingSpec.learn(predictors, coded, None if counts is None else np.array(counts))
