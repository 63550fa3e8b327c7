from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.cohort import Predictor, load_study, read_cohort, table_one


@pytest.fixture(scope="module")
def cohort():
    return read_cohort(load_study("rescue-stenting"))


SITE = {"type": "nominal", "levels": [{"code": code} for code in ("M1", "ICA", "M2", "M3")]}


def row_of(cohort, predictor, control, treated):
    """Table 1 of one predictor, from its coded values in both arms."""
    values = np.array([*control, *treated], dtype=np.float64)
    arm = np.repeat([0, 1], [len(control), len(treated)])
    made = dataclasses.replace(
        cohort,
        treatment=arm,
        predictors=values[:, None],
        codebook=(Predictor.model_validate({"column": "x", **predictor}),),
        propensity_columns=np.empty((arm.size, 0)),
        propensity_codebook=(),
    )
    table = table_one(made)
    assert table.n == (len(control), len(treated))
    return table.rows[0]


def test_a_number_by_hand(cohort):
    row = row_of(cohort, {"type": "number"}, [1, 2, 3, 4, np.nan], [2, 4, 9])
    assert row.mean == (2.5, 5)
    assert_allclose(row.sd, (math.sqrt(5 / 3), math.sqrt(13)))
    assert row.median == (2.5, 4)
    assert row.quartiles == ((1.75, 3.25), (3, 6.5))
    assert row.missing == (1, 0)
    assert_allclose(row.smd, 2.5 / math.sqrt((5 / 3 + 13) / 2))


def test_a_binary_by_hand(cohort):
    row = row_of(cohort, {"type": "binary"}, [0, 0, 0, 1, np.nan], [0, 1])
    assert row.counts == ((3, 1), (1, 1))
    assert row.percentages == ((75, 25), (50, 50))  # of the patients in whom it is known
    assert row.missing == (1, 0)
    pooled = math.sqrt((0.25 * 0.75 + 0.5 * 0.5) / 2)
    assert_allclose(row.smd, 0.25 / pooled)
    turned = row_of(cohort, {"type": "binary"}, [0, 1], [0, 0, 0, 1])
    assert_allclose(turned.smd, -0.25 / pooled)


def mahalanobis(control, treated):
    """Yang and Dalton 2012, with a plain inverse over all but the first level that occurs."""
    p, q = (np.bincount(np.array(x, int), minlength=4) / len(x) for x in (control, treated))
    keep = np.flatnonzero(p + q > 0)[1:]
    p, q = p[keep], q[keep]
    spread = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    return float(np.sqrt((q - p) @ np.linalg.inv(spread) @ (q - p)))


@pytest.mark.parametrize(
    ("control", "treated"),
    [
        ([0, 0, 1, 2, 3], [0, 1, 1, 2, 3, 3]),
        ([0] * 40 + [1] * 3 + [2] * 7 + [3], [0] * 11 + [1] * 20 + [3] * 2 + [2]),
        ([0, 1, 2], [0, 0, 1]),  # level 3 in nobody, level 2 in one arm
        ([1, 2, 3], [1, 1, 2, 3, 3, 3]),  # the first level in nobody
    ],
)
def test_several_levels_against_the_formula(cohort, control, treated):
    row = row_of(cohort, SITE, control, treated)
    assert row.counts[0] == tuple(control.count(k) for k in range(4))
    assert_allclose(row.smd, mahalanobis(control, treated), rtol=1e-9)
    swapped = row_of(cohort, SITE, treated, control)
    assert_allclose(swapped.smd, row.smd)


def test_two_levels_of_several_are_as_far_apart_as_a_binary(cohort):
    control, treated = [0, 0, 0, 1], [0, 1]
    several = row_of(cohort, SITE, control, treated).smd
    assert_allclose(several, row_of(cohort, {"type": "binary"}, control, treated).smd)


def test_the_order_of_the_levels_does_not_matter(cohort):
    control, treated = [0, 0, 1, 2, 3], [0, 1, 1, 2, 3, 3]
    one = row_of(cohort, SITE, control, treated).smd
    other = row_of(cohort, SITE, [3 - k for k in control], [3 - k for k in treated]).smd
    assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize(
    ("predictor", "control", "treated"),
    [
        ({"type": "number"}, [5, 5], [5, 5, 5]),
        ({"type": "number"}, [5, 5], [7, 7]),
        ({"type": "number"}, [0.1] * 7, [0.1] * 10),  # whose mean is not quite 0.1
        ({"type": "number"}, [1], [2, 3]),
        ({"type": "number"}, [np.nan, np.nan], [2, 3]),
        ({"type": "binary"}, [0, 0], [0, 0]),
        ({"type": "binary"}, [0, 0], [1, 1]),
        ({"type": "binary"}, [np.nan], [0, 1]),
        (SITE, [0, 0], [0, 0, 0]),
        (SITE, [2, 2], [2]),
        (SITE, [0, 0], [1, 1]),
        (SITE, [0, 0, 0], [1, 2, 1]),  # no level in common: no distance says how far
        (SITE, [0, 1], [2, 3]),
        (SITE, [np.nan], [0, 1]),
    ],
)
def test_a_difference_without_spread_is_nan_and_no_warning(cohort, predictor, control, treated):
    row = row_of(cohort, predictor, control, treated)
    assert math.isnan(row.smd)
    assert row.missing == (int(np.isnan(control).sum()), 0)


def test_a_table_has_one_row_a_predictor_and_counts_everybody(cohort):
    table = table_one(cohort)
    assert table.n == (198, 195)
    measured = list(cohort.measured())
    assert [row.predictor for row in table.rows] == [predictor for predictor, _ in measured]
    for (_, column), row in zip(measured, table.rows, strict=True):
        for arm in (0, 1):
            values = column[cohort.treatment == arm]
            if row.predictor.is_number:
                assert_allclose(row.mean[arm], values.mean())
                assert_allclose(row.sd[arm], values.std(ddof=1))
                assert_allclose(row.median[arm], np.median(values))
            else:
                assert sum(row.counts[arm]) == table.n[arm]
        assert abs(row.smd) < 2
