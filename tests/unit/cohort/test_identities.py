from __future__ import annotations

import pytest

NOTICE = {"level": "notice"}


def lines(problems):
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("first", "second"),
    [("101", "0101"), ("a101", "A101"), ("P007", "P7"), ("p7", "P007"), ("x1\u200b", "x1"),
     ("Ä1", "a\u03081"), ("1-01", "1-1")],
)  # fmt: skip
def test_ids_that_differ_by_a_trifle_are_an_error(problems, rows, first, second):
    rows[3]["record"], rows[8]["record"] = first, second
    for k, row in enumerate(rows):
        row["record"] = row["record"] if k in (3, 8) else f"other {k}"
    (problem,) = lines(problems(rows))
    assert problem.startswith("error: record rows 5, 10: found")
    assert "expected ids that differ by more than case, leading zeros" in problem


def test_ids_that_differ_indeed_are_taken(read, rows):
    for k, row in enumerate(rows):
        row["record"] = ["1.05", "1.5", "1.50", "10", "1", "100", "a b", "ab", "a-b"][k % 9] + (
            "" if k < 9 else f"/{k}"
        )
    assert len(read(rows)) == 20


@pytest.mark.parametrize(
    ("made", "what"),
    [("02-Jan", "made dates"), ("2024-03-04", "made dates"), ("1.23E+15", "rounded"),
     ("1,23E+15", "rounded")],
)  # fmt: skip
def test_ids_that_a_spreadsheet_has_changed_are_noticed(problems, rows, made, what):
    rows[4]["record"] = made
    (notice,) = [line for line in lines(problems(rows, **NOTICE)) if "record" in line]
    assert notice.startswith(f"notice: record row 6: found '{made}'. A spreadsheet may have {what}")


def test_ids_that_are_all_dates_are_taken_as_they_are(read, rows):
    for k, row in enumerate(rows):
        row["record"] = f"2024-01-{k + 1:02d}"
    assert not [line for line in lines(read(rows).notices) if "record" in line]


@pytest.mark.parametrize(
    ("first", "second"),
    [("P1", "Р1"), ("P1", "Ｐ1"), ("P-1", "P–1"), ("'P1", "P1"), ("12", "12.0"), ("P 1", "P  1")],
)
def test_ids_that_look_the_same_are_an_error(problems, rows, first, second):
    rows[3]["record"], rows[8]["record"] = first, second
    (problem,) = lines(problems(rows))
    assert problem.startswith("error: record rows 5, 10: found")


@pytest.mark.parametrize(("first", "second"), [("P-1", "P1"), ("É1", "E1"), ("A.B", "A B")])
def test_ids_that_differ_by_punctuation_are_a_notice(problems, rows, first, second):
    rows[3]["record"], rows[8]["record"] = first, second
    assert problems(rows) == []
    (notice,) = [line for line in lines(problems(rows, **NOTICE)) if "record" in line]
    assert notice.startswith("notice: record rows 5, 10: found")
    assert "They count as different patients" in notice


@pytest.mark.parametrize("word", ["NA", "unknown", "?", "unbekannt"])
def test_an_id_that_is_unknown_is_noticed(problems, rows, word):
    rows[3]["record"] = word
    (notice,) = [line for line in lines(problems(rows, **NOTICE)) if "record" in line]
    assert notice == f"notice: record row 5: found '{word}'; expected an id"
