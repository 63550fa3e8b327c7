from __future__ import annotations

import numpy as np
import pytest

from twoarm.cohort.decimals import with_points


def with_comma(rows, *columns):
    return [row | {column: row[column].replace(".", ",") for column in columns} for row in rows]


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_decimal_commas_give_the_same_numbers_and_are_said(read, rows, csv_text, separator):
    cohort = read(csv_text(with_comma(rows, "glucose"), separator))
    assert cohort.predictors.tolist() == read(rows).predictors.tolist()
    assert "with decimal commas" in str(cohort.notices[0])


def test_commas_in_columns_that_hold_no_numbers_stay(read, rows, csv_text):
    for row in rows:
        row["record"], row["hospital"] = f"{row['record']},5", "H 1,5"
    cohort = read(csv_text(with_comma(rows, "glucose"), ";"))
    assert cohort.ids.tolist() == [row["record"] for row in rows]
    assert set(cohort.centre) == {"H 1,5"}


def test_decimal_points_are_not_worth_a_notice(read, rows):
    assert not any("decimal" in str(notice) for notice in read(rows).notices)


def test_both_marks_in_one_column_are_an_error_with_the_rarer_rows(problems, rows, csv_text):
    rows[4]["glucose"] = "7,5"
    rows[11]["glucose"] = "-0,5"
    (problem, *_) = problems(csv_text(rows, ";"))
    assert str(problem) == (
        "error: glucose rows 6, 13: decimal commas and decimal points in one file; expected one of "
        "them throughout. Write all numbers the same way, thousands without a separator"
    )


def test_so_are_both_marks_in_different_columns(problems, rows):
    rows = with_comma(rows, "glucose")
    rows[2]["mrs"] = "1.5"
    assert str(problems(rows)[0]).startswith("error: mrs row 4: decimal commas and decimal points")


def test_a_column_that_only_a_rule_looks_at_is_read_the_same_way(read, rows):
    rule = ('rule = "premrs <= 2"', 'rule = "lab <= 2"')
    points = [row | {"lab": f"{k % 4}.5"} for k, row in enumerate(rows)]
    commas = [row | {"lab": f"{k % 4},5"} for k, row in enumerate(with_comma(rows, "glucose"))]
    assert read(commas, rule).ids.tolist() == read(points, rule).ids.tolist()
    assert len(read(points, rule)) == 10


@pytest.mark.parametrize("cells", [["1,140"] * 20, ["1,140", "-99,000"] * 10])
def test_commas_that_may_as_well_set_off_thousands_are_not_guessed(problems, rows, cells):
    for row, cell in zip(rows, cells, strict=True):
        row["glucose"] = cell
    (problem, *_) = problems(rows)
    assert "found '1,140': a decimal comma, or a separator of thousands?" in str(problem)
    assert "thousands without a separator" in str(problem)
    assert problem.rows == tuple(range(2, 22))


@pytest.mark.parametrize("clear", ["0,512", "7,5", "1,25", "1,1400", "12,1e-1"])
def test_one_number_that_sets_off_no_thousands_settles_it(read, rows, clear):
    for row in rows:
        row["glucose"] = "1,140"
    rows[0]["glucose"] = clear
    assert read(rows).predictors[1, 1] == 1.14


@pytest.mark.parametrize("cell", ["1,234,567", "1.234,5", "1,234.5", "1 234,5", "7,,5"])
def test_thousands_and_other_mixtures_are_text(problems, rows, cell):
    rows[3]["glucose"] = cell
    assert any(f"found '{cell}'; expected a number" in str(problem) for problem in problems(rows))


def test_only_numbers_are_rewritten():
    cells = np.array(["7,5", "-,5", "5,", "1,5e-3", "M1, left", "1,2,3", ",", "", "a,5"])
    assert with_points(cells).tolist() == [
        "7.5", "-.5", "5.", "1.5e-3", "M1, left", "1,2,3", ",", "", "a,5"
    ]  # fmt: skip


def dimers(n, seed=1):
    """Give whole numbers up to 1999 as a report with points for thousands prints them."""
    values = np.random.default_rng(seed).integers(380, 2000, n)
    return [f"{value:,}".replace(",", ".") for value in values]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("kind", ["number", "integer"])
def test_points_that_may_as_well_set_off_thousands_are_not_guessed(
    problems, rows, csv_text, separator, kind
):
    # the input point-semicolon, in a number and in whole numbers
    whole = [row | {"glucose": cell} for row, cell in zip(rows, dimers(20), strict=True)]
    numbers = ('column = "glucose"\ntype = "number"', f'column = "glucose"\ntype = "{kind}"')
    found = problems(csv_text(whole, separator), numbers)[0]
    first = next(cell for cell in dimers(20) if "." in cell)
    assert f"found '{first}': a decimal point, or a separator of thousands? Write" in str(found)
    assert f"only one of {first} and {first.replace('.', '')} keeps to" in str(found)
    assert found.rows == tuple(k + 2 for k, cell in enumerate(dimers(20)) if "." in cell)


def test_beside_decimals_elsewhere_a_column_that_goes_on_is_still_asked_for(problems, rows):
    # 819 beside 1.184 is one scale, whatever other columns hold
    for row, cell in zip(rows, dimers(20), strict=True):
        row["nihss"] = cell
    change = ('type = "integer"\nunit = "points"\nrange = { min = 0, max = 42 }\n'
              'usual = { min = 5, max = 27 }', 'type = "number"')  # fmt: skip
    (problem,) = problems(rows, change)
    assert problem.column == "nihss"
    assert "a separator of thousands?" in str(problem)


def test_so_it_is_with_commas(problems, rows, csv_text):
    mixed = with_comma(rows, "glucose")
    for row, cell in zip(mixed, dimers(20), strict=True):
        row["nihss"] = cell.replace(".", ",")
    change = ("range = { min = 0, max = 42 }\nusual = { min = 5, max = 27 }", "")
    found = problems(csv_text(mixed, ";"), change)
    assert "a decimal comma, or a separator of thousands?" in str(found[0])


def test_in_a_spreadsheet_too(problems, rows, xlsx):
    # a German file opened in an English Excel: 1.184 is stored as the number 1.184
    names = list(rows[0])
    cells = [[float(v) if v.replace(".", "").isdecimal() else v for v in row.values()]
             for row in rows]  # fmt: skip
    for values, cell in zip(cells, dimers(20), strict=True):
        values[names.index("glucose")] = float(cell)
    (problem,) = problems(xlsx([names, *cells]), name="data.xlsx")
    assert "a decimal point, or a separator of thousands?" in str(problem)


@pytest.mark.parametrize(
    "cells",
    [
        ["1.184", "0.512"],
        ["1.184", "7.5"],
        ["1.184", "2.25"],
        ["12.3456", "1.184"],
        ["1.000e1", "1.184"],
        ["1184", "819"],
    ],
)
def test_one_number_that_is_a_decimal_settles_points(read, rows, cells):
    for k, row in enumerate(rows):
        row["glucose"] = cells[k % 2]
    assert read(rows).predictors[0, 1] == float(cells[0])


@pytest.mark.parametrize(
    ("limits", "asked"),
    [("{ min = 0, max = 50 }", False), ("{ max = 2 }", False), ("{ min = 100 }", True),
     ("{ min = 0 }", True), ("{ min = 0, max = 5000 }", True)],
)  # fmt: skip
def test_a_range_that_only_one_reading_keeps_to_settles_it(problems, rows, limits, asked):
    for row in rows:
        row["glucose"] = "1.184"
    ranged = ('unit = "mmol/L"', f'unit = "mmol/L"\nrange = {limits}')
    assert any("thousands" in str(problem) for problem in problems(rows, ranged)) == asked


def test_a_whole_number_with_a_point_gets_advice_that_does_not_lead_astray(problems, rows):
    for row in rows:
        row["nihss"] = "1.184"
    found = [str(each) for each in problems(rows, ("range = { min = 0, max = 42 }", ""))]
    (line,) = [line for line in found if "expected a whole number" in line]
    assert "Write thousands without a separator; if the point is a decimal point" in line
