from __future__ import annotations

import pytest

ERRORS = ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"]
TRANSLATED = [
    "#SPILL!",
    "#BEZUG!",
    "#NV",
    "#WERT!",
    "#ZAHL!",
    "#VALEUR!",
    "#NOM?",
    "#¡REF!",
    "#N/D",
    "####",
]
COLUMNS = ["record", "hospital", "arm", "nihss", "glucose", "site", "premrs", "af", "mrs", "bleed"]


def as_cell(text):
    return float(text) if text.replace(".", "").isdecimal() else text or None


def book(rows, xlsx, **keys):
    cells = [
        [as_cell(text) if type(text) is str else text for text in row.values()] for row in rows
    ]
    return xlsx([list(rows[0]), *cells], **keys)


@pytest.mark.parametrize("error", ERRORS + TRANSLATED)
@pytest.mark.parametrize("column", ["arm", "glucose", "hospital"])
def test_an_error_of_a_spreadsheet_in_a_text_file_is_an_error(problems, rows, column, error):
    rows[3][column] = rows[7][column] = error
    (problem, *more) = problems(rows)
    assert str(problem) == (
        f"error: {column} rows 5, 9: found {error}, an error of the spreadsheet and no value. "
        "Correct the formula, or delete what is not known"
    )
    assert more == []


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("column", COLUMNS)
def test_in_a_spreadsheet_it_comes_with_its_cells(problems, rows, xlsx, broken, column, error):
    # the input ref-error-arm, in every column and with every error
    for k in range(2, 9):
        rows[k][column] = broken(error)
    letter = chr(65 + COLUMNS.index(column))
    problem = problems(book(rows, xlsx), name="data.xlsx")[0]
    assert problem.rows == tuple(range(4, 11))
    where = ", ".join(f"{letter}{row}" for row in range(4, 9))
    assert f"found {error} in {where}, ..., an error of the spreadsheet" in str(problem)


def test_several_errors_are_told_apart(problems, rows, xlsx, broken):
    rows[0]["nihss"], rows[1]["nihss"] = broken("#REF!"), broken("#DIV/0!")
    found = problems(book(rows, xlsx), name="data.xlsx")
    assert [(problem.rows, problem.found.split()[1]) for problem in found] == [
        ((3,), "#DIV/0!"),
        ((2,), "#REF!"),
    ]


def test_an_error_in_a_column_that_is_not_read_does_not_matter(read, rows, xlsx, broken):
    for row in rows:
        row["note"] = broken("#REF!")
    assert len(read(book(rows, xlsx), name="data.xlsx")) == 20


def test_an_error_may_be_declared_a_missing_code(read, rows, xlsx, broken):
    for row in rows[:4]:
        row["glucose"] = broken("#N/A")
    code = ("missing_codes = [-9]", 'missing_codes = [-9, "#N/A"]')
    cohort = read(book(rows, xlsx), code, name="data.xlsx")
    assert cohort.missing_shares()["glucose"] == 0.2


def test_a_formula_without_a_result_is_an_error(problems, rows, xlsx, broken):
    rows[4]["nihss"] = broken("")
    (problem,) = problems(book(rows, xlsx), name="data.xlsx")
    assert "nihss row 6: found #FORMULA! in D6" in str(problem)
    assert "let it compute, and save" in str(problem)


def test_merged_cells_hold_no_value_of_their_own(problems, rows, xlsx):
    for k in (3, 4):
        rows[k]["arm"] = ""
    (problem,) = problems(book(rows, xlsx, merged="C4:C6"), name="data.xlsx")
    assert "arm rows 5, 6: found #MERGED! in C5, C6" in str(problem)
    assert "unmerge them and fill in each" in str(problem)


def test_merged_cells_in_other_columns_do_not_matter(read, rows, xlsx):
    for row in rows:
        row["note"] = "x"
    assert len(read(book(rows, xlsx, merged="K4:K6"), name="data.xlsx")) == 20


@pytest.mark.parametrize("text", ["# 3", "#3", "no. #", "#hash tag", "=1+1"])
def test_other_texts_with_a_hash_are_texts(read, rows, text):
    rows[0]["hospital"] = text
    assert text in read(rows).centre.tolist()
