"""What is typed is read without guessing, and as Python reads it."""

import json
import math

import numpy as np
import pytest

from twoarm.cohort.codebook import Predictor, canonical, spells_number
from twoarm.modelfile.reading import read_cells

TYPED = [
    "7", " 7.2 ", "7,2", "+7", "-3", "1e1", ".5", "7.", "", "seven", "NaN", "Infinity", "1e999",
    "7,2,1", "1.2.3", "7 2", "0x10", "٧", "7,", ",5", "--7", "7-2", "1_000",
]  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_a_number_is_what_python_reads_with_a_point_for_a_comma(plain_engine, text):
    found = plain_engine.eval(f"readNumber({json.dumps(text)})")
    point = text.strip()
    if point.count(",") == 1 and point.split(",")[1].isdecimal():
        point = point.replace(",", ".")
    known = spells_number(point) and math.isfinite(float(point))
    assert found == float(point) if known else math.isnan(found)


@pytest.mark.parametrize(
    "code", [1, 1.0, "01", " M1 ", "1e5", "-0", "+3", "1.50", "", "1e999", "x"]
)
def test_codes_have_the_same_one_spelling(plain_engine, code):
    assert plain_engine.eval(f"canonical({json.dumps(code)})") == canonical(code)


AGE = {"column": "age", "type": "integer", "range": {"min": 18, "max": 110}, "missing_codes": [99]}
GLUCOSE = {"column": "glucose", "type": "number", "range": {"min": 1, "max": 60}}


@pytest.mark.parametrize(
    ("predictor", "text", "factor", "said"),
    [
        (AGE, "71", 1, 71),
        (AGE, "71,0", 1, 71),
        (AGE, "71.5", 1, "whole"),
        (AGE, "1.440", 1, "thousands"),
        (AGE, "-71", 1, "range"),
        (AGE, "710", 1, "range"),
        (AGE, "99", 1, "code"),
        (AGE, "old", 1, "number"),
        (GLUCOSE, "7,2", 1, 7.2),
        (GLUCOSE, "130", 1, "range"),
        (GLUCOSE, "180.156", 1 / 18.0156, 10.0),
        (GLUCOSE, "7.2", 1 / 18.0156, "range"),
    ],
)
def test_a_typed_number_is_read_or_its_fault_named(plain_engine, predictor, text, factor, said):
    code = f"JSON.stringify(readTyped({json.dumps(predictor)}, {json.dumps(text)}, {factor!r}))"
    read = json.loads(plain_engine.eval(code))
    if isinstance(said, str):
        assert read["problem"]["key"] == said
        assert "value" not in read
    else:
        assert read["value"] == pytest.approx(said, rel=1e-15)


def test_cells_are_read_as_python_reads_them(plain_engine):
    predictors = [
        Predictor(column="age", type="integer", range={"min": 18, "max": 110}),
        Predictor(column="glucose", type="number", may_be_missing=True, missing_codes=(-1, "NA")),
        Predictor(column="grade", type="ordinal", may_be_missing=True,
                  levels=({"code": 0}, {"code": "1"}, {"code": "2.0", "label": "two"})),
        Predictor(column="dm", type="binary"),
        Predictor(column="site", type="nominal", levels=({"code": ""}, {"code": "M1"})),
    ]  # fmt: skip
    cells = ["", "1", "1.0", "2", "-1", "NA", "M1", "0", "71", "7.25", "x", "150", "18.5"]
    for predictor in predictors:
        plain = predictor.model_dump(mode="json")
        plain["levels"] = [{"code": level.code} for level in predictor.all_levels]
        read = read_cells([predictor], [0.0], {predictor.column: np.array(cells)})
        for cell, coded, unusable in zip(cells, read.coded[:, 0], read.unusable, strict=True):
            found = plain_engine.eval(f"readCell({json.dumps(plain)}, {json.dumps(cell)})")
            if unusable:
                assert math.isnan(found), (predictor.column, cell)
            elif math.isnan(coded):
                assert found is None, (predictor.column, cell)
            else:
                assert found == coded, (predictor.column, cell)
