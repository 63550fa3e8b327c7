from __future__ import annotations

import gzip
import hashlib

import numpy as np
import pytest

from twoarm.cohort.readers import read_table
from twoarm.errors import CohortError

WANTED = ("id", "site", "glucose")
TEXT = "id,site,glucose,note\n1,M1,7.1,x\n2,ICA,,y\n"


@pytest.fixture
def table(data_file):
    def read(content, name="data.csv", wanted=WANTED):
        return read_table(data_file(content, name), wanted)

    return read


@pytest.fixture
def refusal(table):
    def refuse(content, name="data.csv"):
        with pytest.raises(CohortError) as caught:
            table(content, name)
        return str(caught.value)

    return refuse


def cells(table):
    return {name: values.tolist() for name, values in table.columns.items()}


def test_the_columns_asked_for_are_read_as_text(table):
    read = table(TEXT)
    assert cells(read) == {"id": ["1", "2"], "site": ["M1", "ICA"], "glucose": ["7.1", ""]}
    assert read.header == ("id", "site", "glucose", "note")
    assert read.rows.tolist() == [2, 3]
    assert read.source == "data.csv"
    assert read.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    assert read.remarks == ()


@pytest.mark.parametrize(
    ("content", "remarks"),
    [
        (TEXT.encode("utf-8-sig"), ()),
        (TEXT.replace("\n", "\r\n").encode(), ()),
        (TEXT.replace("\n", "\r").encode(), ()),
        (TEXT.replace(",", "\t").encode(), ("tab-separated",)),
        (TEXT.replace(",", ";").encode(), ("semicolon-separated",)),
        (b"\n\r\n  \n" + TEXT.encode(), ()),
        (TEXT.replace("\n", "\n\n").encode(), ()),
        (TEXT.replace("\n2", "\n,,,\n2").encode(), ()),
        (TEXT.replace(",", " , ").encode(), ()),
        (TEXT.removesuffix("\n").encode(), ()),
        ((TEXT + "\n\n , , ,\n").encode(), ()),
        ('"id","site","glucose","note"\n"1","M1","7.1","x"\n"2","ICA","","y"\n', ()),
        (TEXT.replace("7.1", "\u00a07.1\u00a0"), ()),
    ],
    ids=["BOM", "CRLF", "CR", "tab", "semicolon", "leading blank", "blank between", "empty cells",
         "spaces", "no last newline", "trailing blank", "quotes", "no-break spaces"],
)  # fmt: skip
def test_the_same_patients_in_another_dress(table, content, remarks):
    read = table(content)
    assert cells(read) == cells(table(TEXT))
    assert read.remarks == remarks


def test_a_compressed_file(table):
    packed = gzip.compress(TEXT.encode(), mtime=0)
    for name in ("data.csv.gz", "DATA.CSV.GZ"):
        read = table(packed, name)
        assert cells(read) == cells(table(TEXT))
        assert read.digest == hashlib.sha256(packed).hexdigest()


def test_windows_1252_is_read_and_said(table):
    read = table("id,site,glucose\n1,Köln €,2\n".encode("cp1252"))
    assert read.columns["site"].tolist() == ["Köln €"]
    assert read.remarks == ("Windows-1252, as it is not UTF-8",)


def test_quoted_separators_quotes_and_newlines_belong_to_the_cell(table):
    read = table('id,site,glucose\n1,"M1, left\nor ""ICA""",5\n\n2,M2,6\n')
    assert read.columns["site"].tolist() == ['M1, left\nor "ICA"', "M2"]
    assert read.rows.tolist() == [2, 4]  # as a spreadsheet counts: one row for the long cell


def test_a_header_cell_may_hold_a_newline_and_separators(table):
    text = 'id;"glucose, fasting\n(mmol/L; or mg/dL)";site;glucose\n1;a,b;M1;7\n'
    read = table(text)
    assert read.remarks == ("semicolon-separated",)
    assert read.columns["glucose"].tolist() == ["7"]


def test_the_separator_is_the_one_that_finds_the_columns(table):
    read = table("id;site;glucose;a,b,c,d,e,f\n1;M1;7,5;x\n")
    assert read.columns["glucose"].tolist() == ["7,5"]


def test_a_quote_inside_a_cell_is_text(table):
    text = 'id,site,glucose\n1,5\'10",2\n2,he said "M1",3\n'
    assert table(text).columns["site"].tolist() == ["5'10\"", 'he said "M1"']


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id,site,note\n1,M1,"swallows\n2,M1,the\n3,M1,rest\n', 5),
        ('id,site,note\n1,"5" catheter,2\n', 2),
    ],
)
def test_a_quote_that_is_not_closed_is_refused_as_it_would_swallow_patients(refusal, text, line):
    message = refusal(text)
    assert "cannot read line" in message
    assert "begins with a quote must end with one" in message


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id,site,glucose\n1,M1\n2,M1,5\n", "rows 2;"),
        ("id,site,glucose\n1,M1,5\n\n2,M1,5,6\n3\n", "rows 4, 5;"),
        ("id,site,glucose\n" + "1,M1,5,5\n" * 7, "rows 2, 3, 4, 5, 6;"),
        ("id,site,glucose\n1,M1,7,5\n2,M1,5,0\n", "rows 2, 3;"),
        ("id,site,glucose\n1,M1,5\nTotal: 1 patient\n", "rows 3;"),
    ],
)
def test_rows_of_another_length_than_the_header_are_listed(refusal, text, rows):
    message = refusal(text)
    assert "do not have the header's 3 cells" in message
    assert rows in message
    assert "Quote cells that hold the separator" in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty", "a header and one row a patient"]),
        (b"\xef\xbb\xbf", ["is empty"]),
        (b" \n\n \r\n", ["is empty"]),
        (b",,,\n,,,\n", ["header is a single cell"]),
        (b"id,site,glucose\n", ["holds a header and no patients"]),
        (b"id,site,glucose\n\n,,\n", ["holds a header and no patients"]),
        (b"id,site,glucose,site\n1,2,3,4\n", ["several columns of the same name: site", "Rename"]),
        (b"id,site, site ,glucose\n1,2,3,4\n", ["several columns of the same name: site"]),
        (b"id|site|glucose\n1|2|3\n", ["header is a single cell, 'id|site|glucose'", "semicolons"]),
        (b"id site glucose\n1 2 3\n", ["header is a single cell"]),
        (b"Export of 2024\nid,site,glucose\n1,2,3\n", ["single cell, 'Export of 2024'"]),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["no text file", "CSV (UTF-8)"]),
        (b"id,site,glucose\n1,M\0,3\n", ["no text file"]),
        ("id,site\n1,2\n".encode("utf-16"), ["no text file", "CSV (UTF-8)"]),
        (gzip.compress(b"id,site\n1,2\n", mtime=0), ["no text file"]),
    ],
)
def test_what_is_no_table_is_refused(refusal, content, words):
    message = refusal(content)
    for word in ["data.csv", *words]:
        assert word in message


PACKED = gzip.compress(np.random.default_rng(1).bytes(4000), mtime=0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        TEXT.encode(),
        PACKED[:2000],
        PACKED[:15],
        PACKED[:100] + b"\0" * 200 + PACKED[300:],
        PACKED[:-8] + b"\0" * 8,
        PACKED + b"and more",
    ],
    ids=["empty", "plain", "cut", "head alone", "damaged", "wrong sum", "with a tail"],
)
def test_a_broken_gzip_file_is_refused(refusal, content):
    message = refusal(content, "data.csv.gz")
    assert "data.csv.gz" in message
    assert "no whole gzip file" in message or "is empty" in message


@pytest.mark.parametrize(
    "name", ["data.xls", "data.txt", "data.sav", "data.dta", "data", "data.csv.zip"]
)
def test_another_kind_of_file_is_refused(refusal, name):
    message = refusal(TEXT, name)
    assert f"Cannot read {name}: expected a file ending in .csv, .csv.gz or .xlsx" in message


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path):
    with pytest.raises(CohortError, match=r"Cannot read the data file .*absent\.csv: No such file"):
        read_table(tmp_path / "absent.csv", WANTED)
    with pytest.raises(CohortError, match=r"Cannot read the data file .*: Is a directory"):
        read_table(tmp_path, WANTED)
    for name in ("a" * 5000 + ".csv", "a\0b.csv"):
        with pytest.raises(CohortError, match="Cannot read the data file"):
            read_table(tmp_path / name, WANTED)


def test_a_cell_may_be_as_long_as_a_letter(table):
    note = "x" * 200_000
    read = table(f"id,site,glucose,note\n1,M1,5,{note}\n", wanted=("id", "note"))
    assert read.columns["note"].tolist() == [note]


def test_several_marks_of_the_byte_order_are_no_letters(table):
    assert table(f"\ufeff\ufeff{TEXT}").header == table(TEXT).header
