from __future__ import annotations

import io
import sys
import zipfile

import pandas as pd
import pytest

from twoarm.cohort.readers import read_table
from twoarm.errors import CohortError, MissingPackageError

HEADER = ["id", "site", "glucose"]


@pytest.fixture
def table(data_file, xlsx):
    def read(*sheets):
        return read_table(data_file(xlsx(*sheets), "data.xlsx"), HEADER)

    return read


def test_whole_numbers_lose_the_point_that_the_spreadsheet_stores(table):
    read = table([HEADER, [1.0, "M1", 7.0], [2.0, 3.0, 7.25], [3.0, True, -0.5]])
    assert read.columns["id"].tolist() == ["1", "2", "3"]
    assert read.columns["site"].tolist() == ["M1", "3", "1"]
    assert read.columns["glucose"].tolist() == ["7", "7.25", "-0.5"]


def test_rows_are_counted_as_the_spreadsheet_shows_them(table):
    read = table([HEADER, [1, "M1", 7], [], [None, None, None], [2, "  ", 8], [3, None, 9], []])
    assert read.rows.tolist() == [2, 5, 6]
    assert read.columns["site"].tolist() == ["M1", "", ""]


def test_a_date_stays_a_date_and_so_is_no_number(table):
    read = table([HEADER, [1, "M1", complex(44000)]])
    assert read.columns["glucose"].tolist() == ["2020-06-18"]


def test_a_date_in_a_column_of_numbers_is_a_problem_with_its_row(problems, rows, xlsx):
    cells = [[float(v) if v.isdecimal() else v for v in row.values()] for row in rows]
    cells[3][list(rows[0]).index("nihss")] = complex(44000)
    (problem,) = problems(xlsx([list(rows[0]), *cells]), name="data.xlsx")
    assert str(problem).startswith(
        "error: nihss row 5: found '2020-06-18'; expected a number. Spreadsheets make dates of"
    )


def test_a_spreadsheet_gives_the_cohort_that_csv_gives(read, rows, xlsx):
    def as_cell(text):
        return float(text) if text.replace(".", "").isdecimal() else text or None

    book = xlsx([list(rows[0]), *([as_cell(value) for value in row.values()] for row in rows)])
    from_book, from_csv = read(book, name="data.xlsx"), read(rows)
    assert from_book.ids.tolist() == from_csv.ids.tolist()
    assert from_book.treatment.tolist() == from_csv.treatment.tolist()
    assert from_book.predictors.tolist() == from_csv.predictors.tolist()
    assert from_book.outcomes["good"].tolist() == from_csv.outcomes["good"].tolist()


def test_the_first_sheet_is_read_and_said_if_there_are_several(table):
    read = table([HEADER, [1, "M1", 7]], [["other"], [1]])
    assert read.remarks == ("first sheet 'Sheet1'",)
    assert read.columns["id"].tolist() == ["1"]
    assert table([HEADER, [1, "M1", 7]]).remarks == ()


def test_unnamed_columns_beside_the_table_are_ignored(table):
    read = table([HEADER, [1, "M1", 7, None, "a note"], [2, "M2", 8]])
    assert read.columns["id"].tolist() == ["1", "2"]


def test_a_workbook_without_patients_is_refused(table):
    for sheets in ([[]], [[[], []]]):
        with pytest.raises(CohortError, match=r"data\.xlsx is empty"):
            table(*sheets)
    with pytest.raises(CohortError, match="holds a header and no patients"):
        table([HEADER])
    with pytest.raises(CohortError, match="several columns of the same name: site"):
        table([[*HEADER, "site"], [1, 2, 3, 4]])


def test_what_is_no_workbook_is_refused(data_file, xlsx):
    whole = xlsx([HEADER, [1, "M1", 7]])
    for content in (b"", b"id,site\n1,M1\n", whole[:300], xlsx()):
        path = data_file(content, "data.xlsx")
        with pytest.raises(CohortError, match=r"Cannot read data\.xlsx as an Excel file"):
            read_table(path, HEADER)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `cohorts_for_tests` that carries the data set `small`."""
    folder = tmp_path / "cohorts_for_tests" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "cohorts_for_tests" / "__init__.py").write_text("raise RuntimeError('imported')")
    labelled = pd.Categorical(["low", "high", "low"], ["low", "high"])
    frame = pd.DataFrame({"id": [1, 2, 3], "glucose": [7.5, None, 6.0], "site": labelled})
    frame.to_stata(folder / "small.dta", write_index=False)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_data_set_is_read_out_of_a_package_that_is_not_imported(package):
    read = read_table("package:cohorts_for_tests/small", HEADER)
    assert read.columns["id"].tolist() == ["1", "2", "3"]
    assert read.columns["glucose"].tolist() == ["7.5", "", "6"]
    assert read.columns["site"].tolist() == ["low", "high", "low"]
    assert read.source == "small.dta"
    assert "cohorts_for_tests" not in sys.modules


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("package:cohorts_for_tests/large", "'cohorts_for_tests' carries no data set 'large'"),
        ("package:sys/small", "'sys' carries no data set 'small'"),
        ("package:cohorts_for_tests", "expected package:<package>/<data set>"),
        ("package:cohorts_for_tests/", "expected package:<package>/<data set>"),
        ("package:cohorts_for_tests//etc/small", "expected package:<package>/<data set>"),
        ("package:cohorts_for_tests/../small", "expected package:<package>/<data set>"),
        ("package:cohorts_for_tests/*", "expected package:<package>/<data set>"),
        ("package:/small", "expected package:<package>/<data set>"),
        ("package:a.b/small", "expected package:<package>/<data set>"),
    ],
)
def test_what_no_package_carries_is_refused(package, monkeypatch, source, message):
    monkeypatch.chdir(package / "cohorts_for_tests" / "data")  # not looked into by accident
    with pytest.raises(CohortError, match=message):
        read_table(source, HEADER)


def test_a_package_that_is_absent_gets_the_command_to_type():
    with pytest.raises(MissingPackageError, match="pip install no_such_cohorts"):
        read_table("package:no_such_cohorts/small", HEADER)


@pytest.mark.parametrize("mark", ['hidden="1"', 'ht="15" hidden="true" spans="1:2"'])
def test_hidden_rows_are_read_and_said(data_file, xlsx, mark):
    content = io.BytesIO(xlsx([["id", "age"], ["a", 60], ["b", 70], ["c", 80]]))
    changed = io.BytesIO()
    with zipfile.ZipFile(content) as book, zipfile.ZipFile(changed, "w") as copy:
        for name in book.namelist():
            part = book.read(name)
            if name.endswith("worksheets/1.xml"):
                part = part.replace(b'<row r="3">', f'<row r="3" {mark}>'.encode())
            copy.writestr(name, part)
    read = read_table(data_file(changed.getvalue(), "data.xlsx"), {"id", "age"})
    assert read.columns["id"].tolist() == ["a", "b", "c"]
    assert read.remarks == ("with the 1 hidden row(s)",)
