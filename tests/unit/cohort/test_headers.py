"""Titles above the table, and tables on another sheet."""

from __future__ import annotations

import pytest

from twoarm.cohort.readers import read_table
from twoarm.errors import CohortError

HEADER = ["id", "site", "glucose"]
TABLE = [HEADER, ["1", "M1", "7"], ["2", "ICA", "8"]]
TITLES = [
    [["Registry export 2024"]],
    [["Registry export 2024"], []],
    [["Registry"], ["made on", "2024-01-31"]],
    [["", "Admission", ""]],
    [["Demographics", "", "Laboratory"]],
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_above_a_table_in_a_spreadsheet_is_told_with_the_row_of_the_names(
    data_file, xlsx, title
):
    # the input title-row
    with pytest.raises(CohortError) as caught:
        read_table(data_file(xlsx([*title, *TABLE]), "data.xlsx"), HEADER)
    shown = ", ".join(cell for cell in title[0] if cell)
    assert str(caught.value) == (
        f"data.xlsx: the first row must name the columns; it reads '{shown}', and row "
        f"{len(title) + 1} names them. Delete the rows above it."
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("title", TITLES)
def test_so_it_is_in_a_text_file(data_file, title, separator):
    wide = [[*row, *[""] * (3 - len(row))] for row in [*title, *TABLE]]
    text = "\n".join(separator.join(row) for row in wide)
    with pytest.raises(CohortError, match=f"row {len(title) + 1} names them. Delete the rows"):
        read_table(data_file(text), HEADER)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("title", ["Registry export 2024", "sep=;"])
def test_a_title_without_separators_is_told_too(data_file, title, separator):
    text = "\n".join([title, *(separator.join(row) for row in TABLE)])
    with pytest.raises(
        CohortError, match=r"row 2 (holds them|names them).*rows above it"
    ) as caught:
        read_table(data_file(text), HEADER)
    assert title.split("=")[0] in str(caught.value)


def test_a_table_on_another_sheet_is_told(data_file, xlsx):
    path = data_file(xlsx([["Codebook"], ["see Data"]], TABLE), "data.xlsx")
    with pytest.raises(CohortError, match="the columns stand in the sheet 'Sheet2', but 'Sheet1'"):
        read_table(path, HEADER)


def test_another_table_gets_advice_that_fits_a_spreadsheet(problems, xlsx):
    (problem,) = problems(xlsx([["country", "", "gdp"], ["UK", 1, 2]]), name="data.xlsx")
    assert "has none of the study's columns; its header reads country, gdp" in str(problem)
    assert "The first row of its first sheet must name the columns" in str(problem)
    assert "separator" not in str(problem)


def test_a_row_of_values_is_not_taken_for_a_header(problems):
    (problem,) = problems("a,b,c\n1,2,3\n4,5,6\n")
    assert "has none of the study's columns" in str(problem)
