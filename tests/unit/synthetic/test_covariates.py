from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose

from twoarm.errors import ArgumentError
from twoarm.synthetic import BEFORE_DECISION, CENTRES, draw_covariates
from twoarm.synthetic.covariates import _CORRELATIONS, _graded, _premrs, _site, _thrombolysis
from twoarm.synthetic.draws import category
from twoarm.synthetic.patients import Patients

MANY = 40_000  # standard error of a share below 0.0025
SHARE = 0.01

RANGES = {
    "age": (18, 98),
    "premrs": (0, 2),
    "nihss": (1, 40),
    "aspects": (3, 10),
    "lkw_to_puncture_min": (75, 1440),
    "passes": (1, 8),
    "sbp": (80, 240),
    "coll_tan": (0, 3),
}


@settings(max_examples=20, deadline=None)  # the first call loads SciPy
@given(seed=integers(0, 2**32 - 1))
def test_values_stay_in_their_ranges_and_are_rounded(seed):
    drawn = draw_covariates(300, seed)
    assert list(drawn) == ["centre", *BEFORE_DECISION]
    assert not drawn.isna().any(axis=None)
    for column, (low, high) in RANGES.items():
        assert drawn[column].dtype == np.int64
        assert drawn[column].between(low, high).all(), column
    binary = drawn[["female", "ivt", "htn", "dm", "af", "dlp", "smoke", "prior_stroke"]]
    assert binary.isin([0, 1]).all(axis=None)
    assert (drawn["glucose_mmol"] == drawn["glucose_mmol"].round(1)).all()


@settings(max_examples=10, deadline=None)  # the first call loads SciPy
@given(seed=integers(0, 2**32 - 1), n=integers(1, 99))
def test_a_larger_draw_begins_with_the_smaller_one(seed, n):
    pd.testing.assert_frame_equal(draw_covariates(100, seed).head(n), draw_covariates(n, seed))


def test_correlation_matrix_is_positive_definite():
    correlation = np.eye(8)
    for (row, column), value in _CORRELATIONS.items():
        correlation[row, column] = correlation[column, row] = value
    # Section 5.1: the smallest eigenvalue.
    assert_allclose(np.linalg.eigvalsh(correlation)[0], 0.52, atol=0.005)


def test_graded_takes_the_first_category_that_reaches_u():
    assert _graded(np.array([0.0, 0.25, 0.26, 1.0]), (0.25, 0.25, 0.5)).tolist() == [0, 0, 1, 2]


def test_category_gives_the_remainder_to_the_last():
    u = np.array([0.0, 0.2, 0.49, 0.5, 0.999])
    assert category(u, 0.2, 0.3).tolist() == [0, 1, 1, 2, 2]


def test_thrombolysis_falls_with_time_and_jumps_at_ten_hours():
    shares = [
        _thrombolysis(np.full(MANY, minutes), np.zeros(MANY, dtype=np.int64), seed=1).mean()
        for minutes in (120, 270, 390, 599, 600)
    ]
    logits = np.array([0.75, 0.75, 0.75 - 0.55 * 2, 0.75 - 0.55 * (599 / 60 - 4.5), 0.75 - 3.2])
    assert_allclose(shares, 1 / (1 + np.exp(-logits)), atol=SHARE)


@pytest.mark.parametrize(("icad", "expected"), [(0, [0.32, 0.52, 0.16]), (1, [0.20, 0.68, 0.12])])
def test_site_depends_on_suspected_atherosclerosis(icad, expected):
    site = _site(np.full(MANY, icad), seed=1)
    assert_allclose([(site == code).mean() for code in ("ICA", "M1", "M2")], expected, atol=SHARE)


def test_premrs_depends_on_age_and_previous_stroke():
    premrs = _premrs(np.full(MANY, 77), np.ones(MANY, dtype=np.int64), seed=1)
    none = 1 / (1 + np.exp(-(0.95 - 0.35 - 0.4)))
    expected = [none, 0.58 * (1 - none), 0.42 * (1 - none)]
    assert_allclose([(premrs == grade).mean() for grade in range(3)], expected, atol=SHARE)


def test_centres_are_known():
    assert len(CENTRES) == 14
    assert set(draw_covariates(1000, seed=1)["centre"]) == set(CENTRES)


@pytest.mark.parametrize(("column", "value"), [("site", "BA"), ("centre", "C15")])
def test_an_unknown_code_is_refused(column, value):
    drawn = draw_covariates(3, seed=1)
    drawn.loc[1, column] = value
    with pytest.raises(ArgumentError, match=f"'{column}'.*found {value}"):
        Patients.from_frame(drawn)


def test_an_absent_column_is_named():
    with pytest.raises(ArgumentError, match="absent: nihss, icad_suspected"):
        Patients.from_frame(draw_covariates(3, seed=1).drop(columns=["nihss", "icad_suspected"]))
