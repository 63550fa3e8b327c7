from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats, lists, sampled_from
from numpy.testing import assert_array_equal

from twoarm.cohort import Predictor
from twoarm.cohort.spelling import plain
from twoarm.cohort.values import coded

MAYBE = {"may_be_missing": True}


def read(predictor, *cells):
    """Give the values, NaN as None, and the problems as lines."""
    model = Predictor.model_validate({"column": "x", **predictor})
    rows = np.arange(2, 2 + len(cells))
    result = coded(model, np.array(cells, dtype=np.str_), rows)
    return [None if np.isnan(v) else v for v in result.values], [str(p) for p in result.problems]


NUMBER = {"type": "number"}
INTEGER = {"type": "integer", "range": {"min": 0, "max": 42}, "usual": {"min": 5, "max": 27}}
SITE = {"type": "nominal", "levels": [{"code": "M1"}, {"code": "ICA"}]}
GRADE = {"type": "ordinal", "levels": [{"code": 0}, {"code": 1}, {"code": 3}]}
SEX = {"type": "binary", "levels": [{"code": 1, "label": "male"}, {"code": 2, "label": "female"}]}


@given(values=lists(floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_number_written_by_python_is_read_to_the_last_bit(values):
    found, problems = read(NUMBER, *(repr(value) for value in values))
    assert_array_equal(found, values)
    assert not problems


@pytest.mark.parametrize(
    ("cell", "value"), [("5", 5), ("+5", 5), ("-.5", -0.5), ("5.", 5), ("1e3", 1000), ("007", 7)]
)
def test_usual_spellings_of_numbers(cell, value):
    assert read(NUMBER, cell) == ([value], [])


@pytest.mark.parametrize(
    "cell",
    ["five", "NA", "nan", "NaN", "inf", "-Infinity", "−5", "5 mmol", "5%", "<5", "~5", "1 000",
     "1_000", "1,5", "1e999", "9" * 400, "0x1F", "٣", "½", "12:30", "2024-01-31", "31.01.2024",
     "#N/A", "TRUE", "5;6", "'5", "-", ".", "--5", "1.2.3"],
)  # fmt: skip
@pytest.mark.parametrize("kind", [NUMBER, INTEGER])
def test_what_is_no_number_is_an_error_and_never_guessed(cell, kind):
    values, (problem,) = read(kind, "7", cell)
    assert values == [7, None]
    assert problem.startswith(f"error: x row 3: found '{cell[:40]}")
    assert "expected a number" in problem
    assert re.search("missing.codes|Write", problem)


def test_a_fraction_in_a_column_of_whole_numbers():
    values, (problem,) = read(INTEGER, "7", "7.0", "7.5")
    assert values[:2] == [7, 7]
    assert problem == (
        "error: x row 4: found '7.5'; expected a whole number. Correct the cells, or set "
        'type = "number"'
    )


@pytest.mark.parametrize("cell", ["99", "-1", "42.5", "1e9"])
def test_outside_the_range_is_an_error(cell):
    _, problems = read(INTEGER | {"type": "number", "unit": "points"}, "0", "42", cell)
    (problem,) = [line for line in problems if line.startswith("error")]
    assert f"row 4: found '{cell}'; expected 0 to 42 points" in problem


def test_outside_the_usual_range_is_a_notice():
    values, problems = read(INTEGER, "4", "5", "27", "28")
    assert values == [4, 5, 27, 28]
    assert problems == ["notice: x rows 2, 5: found '4', '28'; expected usually 5 to 27"]


def test_missing_codes_are_missing_however_they_are_spelled():
    predictor = NUMBER | MAYBE | {"missing_codes": [-9, "UNK", "999.0"]}
    values, problems = read(predictor, "-9", "-9.0", "UNK", "999", "", "9", "unk")
    assert values == [None, None, None, None, None, 9, None]
    (problem,) = problems
    assert "found 'unk'; expected a number" in problem


@pytest.mark.parametrize("kind", [NUMBER, SITE, GRADE, SEX, {"type": "binary"}])
def test_a_missing_value_is_an_error_unless_it_may_be_missing(kind):
    kind = kind | {"missing_codes": ["?"]}
    cells = ["", kind.get("levels", [{"code": 1}])[0]["code"], "?"]
    values, problems = read(kind, *map(str, cells))
    assert values[0] is values[2] is None
    assert problems == [
        "error: x rows 2, 4: found an empty cell, '?'; expected a value. Complete the rows, or set "
        "may_be_missing = true to have it imputed"
    ]
    assert read(kind | MAYBE, *map(str, cells)) == (values, [])


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        (SITE, ["M1", "ICA", " M1"], [0, 1, 0]),
        (GRADE, ["0", "3.0", "01", "1"], [0, 2, 1, 1]),
        (SEX, ["1", "2", "2.0"], [0, 1, 1]),
        ({"type": "binary"}, ["0", "1", "1.0", "+1"], [0, 1, 1, 1]),
        (
            {"type": "nominal", "levels": [{"code": "1"}, {"code": 2.0}]},
            ["1", "1.0", "2"], [0, 0, 1],
        ),
    ],
)  # fmt: skip
def test_levels_become_their_position(kind, cells, values):
    assert read(kind, *cells) == (values, [])


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        (SITE, "M2", "one of M1, ICA"),
        (SITE, "m1", "one of M1, ICA"),
        (GRADE, "2", "one of 0, 1, 3"),
        (GRADE, "0.5", "one of 0, 1, 3"),
        (SEX, "F", "one of 1, 2"),
        ({"type": "binary"}, "yes", "one of 0, 1"),
        ({"type": "binary"}, "TRUE", "one of 0, 1"),
    ],
)
def test_an_unknown_level_is_an_error(kind, cell, expected):
    _, (problem,) = read(kind | MAYBE, cell)
    assert problem.startswith(f"error: x row 2: found '{cell}'; expected {expected}. Correct")


def test_an_empty_code_is_a_level_of_its_own_and_takes_the_missing_codes_too():
    kind = {"type": "nominal", "levels": [{"code": "N"}, {"code": "Y"}, {"code": ""}]}
    assert read(kind, "", "N", "  ", "Y") == ([2, 0, 2, 1], [])
    assert read(kind | {"missing_codes": ["U"]}, "U", "N") == ([2, 0], [])


def test_a_problem_shows_three_values_and_five_rows_and_counts_the_rest():
    _, (problem,) = read(NUMBER, *(f"v{k % 4}" for k in range(12)))
    assert "rows 2, 3, 4, 5, 6 and 7 more: found 'v0', 'v1', 'v2', ...;" in problem


def test_a_problem_stays_on_one_line_whatever_the_cell_holds():
    _, (problem,) = read(NUMBER, "a\nb\t" + "c" * 1000)
    assert "\n" not in problem
    assert len(problem) < 200


@given(cells=lists(sampled_from(["1", "2.5", "", "x", "99", "-1", "9"]), min_size=1, max_size=30))
def test_each_cell_is_a_value_or_missing_or_a_problem(cells):
    predictor = Predictor(column="x", type="integer", range={"max": 42}, missing_codes=(9,))
    rows = np.arange(len(cells)) + 2
    read = coded(predictor, np.array(cells), rows)
    at_fault = {row for problem in read.problems for row in problem.rows}
    good = [k for k, cell in enumerate(cells) if cell in ("1", "-1")]
    assert at_fault == set(rows.tolist()) - {k + 2 for k in good}
    assert_array_equal(read.values[good], [float(cells[k]) for k in good])


@pytest.mark.parametrize("kind", [NUMBER, INTEGER, SITE, GRADE, SEX])
@pytest.mark.parametrize("codes", [[], [9]])
def test_no_rows_are_no_problem(kind, codes):
    assert read(kind | {"missing_codes": codes}) == ([], [])


@pytest.mark.parametrize("cell", ["2024-01-02", "02-Jan", "1.2.2024"])
def test_a_level_that_a_spreadsheet_made_a_date_of_is_told(cell):
    kind = {"type": "nominal", "levels": [{"code": "1-2"}, {"code": "3-4"}]}
    _, (problem,) = read(kind, "1-2", cell)
    assert problem.startswith(f"error: x row 3: found '{cell}'; expected one of 1-2, 3-4. Spread")
    assert "format the column as text and enter them again" in problem


@pytest.mark.parametrize(
    ("cells", "advice"),
    [
        (["< 5", "<5", "≤5", ">= 90", "90+", "~7", "ca. 7", "5-10", "5 – 10", "5 to 10"],
         "Only limits are known: write the number to count with"),
        (["1'184", "1’184", "1 184", "1_184", "1\u2009184", "1.184,5", "1,184.5", "1.184.000",
          "12,34,567"], "Write thousands without a separator"),
        (["−7", "–7", "７", "٧٫٥"], "Write numbers with the digits 0 to 9"),
        (["7 mmol/L", "70y", "70 years", "37°C"], "Write the number alone, all in one unit"),
        (["7%", "45 %"], "Write the numbers without the sign"),
        (["2024-01-31", "12:30", "02-Jan", "31.1.", "2024/1/31"], "Spreadsheets make dates"),
        (["five", "1/2", "7?", "(7)", "=7+1x", "1e999"], "Correct the cells, or list their code"),
    ],
)  # fmt: skip
def test_what_to_do_depends_on_the_kind(cells, advice):
    for cell in cells:
        _, (problem,) = read(NUMBER, "7", plain(cell))
        assert advice in problem, cell


def test_limits_are_not_advised_to_be_taken_for_missing():
    _, (problem,) = read(NUMBER, "7", "<5", "< 0.1")
    assert "As missing codes they would be imputed from the others" in problem
    assert "list their code" not in problem


def test_a_day_and_month_among_numbers_is_noticed():
    # 1.2 that a spreadsheet made 1 February of, written back as 01.02
    values, (problem,) = read(NUMBER, "1.2", "01.02", "10.05", "0.12")
    assert values == [1.2, 1.02, 10.05, 0.12]
    assert problem.startswith("notice: x row 3: found '01.02'")
    assert "a spreadsheet may have made dates of them" in problem
