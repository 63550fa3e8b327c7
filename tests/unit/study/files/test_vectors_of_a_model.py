"""Whatever the codebook, a model file's test patients are read as they were drawn."""

import numpy as np
from hypothesis import given, settings
from hypothesis.strategies import booleans, composite, floats, integers, sampled_from
from numpy.testing import assert_array_equal

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.values import coded
from twoarm.study.files.vectors import _cell, _drawn

N = 60


@composite
def known_predictors(draw):
    """Give a predictor and values that a cohort could hold, some of them missing."""
    kind = draw(sampled_from(["integer", "number", "binary", "nominal"]))
    rng = np.random.default_rng(draw(integers(0, 2**32 - 1)))
    missing = draw(booleans())
    if kind in ("binary", "nominal"):
        codes = draw(sampled_from([("F", "M"), (1, 2), ("0", "1"), ("01", "2.50"), ("a b", "é")]))
        codes = codes if kind == "binary" else (*codes, "third")
        levels = [{"code": code} for code in codes]
        given_codes, values = (9, "NA"), rng.integers(0, len(codes), 30).astype(float)
    else:
        low = draw(floats(-1e9, 1e9) | integers(-20, 20).map(float))
        values = low + draw(floats(1e-6, 1e6) | integers(1, 20)) * rng.random(30)
        values = np.rint(values) if kind == "integer" else values
        levels, span = [], np.arange(np.floor(values.min()), np.floor(values.min()) + 12)
        given_codes = tuple(int(code) for code in span if code not in values)
    predictor = Predictor(
        column="x", type=kind, levels=levels, missing_codes=given_codes, may_be_missing=missing
    )
    if missing:
        values[rng.random(30) < 0.2] = np.nan
        values[0] = 0.0 if levels else np.nanmin(values)
    return predictor, values


@settings(deadline=None, max_examples=300)
@given(given_predictor=known_predictors(), seed=integers(0, 1000))
def test_what_is_drawn_is_read_again(given_predictor, seed):
    predictor, known = given_predictor
    drawn = _drawn(predictor, known, N, np.random.default_rng(seed))
    cells = np.array([_cell(predictor, value) for value in drawn.tolist()])
    read = coded(predictor, cells, np.arange(N))
    assert_array_equal(read.values, drawn)
    assert [problem for problem in read.problems if problem.level == "error"] == []
    assert np.isnan(drawn).any() == predictor.may_be_missing
    if predictor.is_number:
        assert np.nanmin(known) <= np.nanmin(drawn) <= np.nanmax(drawn) <= np.nanmax(known)


def test_a_number_that_spells_a_missing_code_is_not_drawn():
    predictor = Predictor(column="x", type="integer", missing_codes=[1, 2, 3, 5])
    drawn = _drawn(predictor, np.array([0.0, 4.0, 6.0]), 200, np.random.default_rng(0))
    assert set(drawn.tolist()) == {0.0, 4.0, 6.0}
