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
