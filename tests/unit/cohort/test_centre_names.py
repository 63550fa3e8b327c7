from __future__ import annotations

import pytest

UNKNOWN = ["", "NA", "n/a", "-", "?", ".", "unknown", "Unk", "not recorded", "missing", "unbekannt"]


def noticed(cohort):
    return [str(notice) for notice in cohort.notices if notice.column == "hospital"]


@pytest.mark.parametrize("first", UNKNOWN)
@pytest.mark.parametrize("second", ["", "NA", "-"])
def test_unknown_centres_are_unknown_together(read, rows, first, second):
    # the input blank-and-na
    rows[2]["hospital"], rows[5]["hospital"] = first, second
    cohort = read(rows)
    assert cohort.centre[[2, 5]].tolist() == ["", ""]
    assert set(cohort.centre) == {"H0", "H1", "H2", ""}
    (notice,) = noticed(cohort)
    assert notice.startswith("notice: hospital rows 4, 7: found")
    assert "They count as not recorded, together" in notice


@pytest.mark.parametrize(
    "other",
    ["LYON", "Lyon.", "lyon", "Lyon\u200b", "Lyôn"],
)
def test_centres_that_differ_by_a_trifle_are_noticed_and_kept_apart(read, rows, other):
    for k, row in enumerate(rows):
        row["hospital"] = ("Lyon", other, "Lille")[k % 3]
    cohort = read(rows)
    assert len(set(cohort.centre)) == 3
    (notice,) = noticed(cohort)
    assert "expected one spelling for each centre. They count as different centres" in notice
    assert "Lille" not in notice


@pytest.mark.parametrize(
    ("first", "second"), [("1", "01"), ("1", "1.0"), ("St. Anna", "St Anna"), ("H1", "H01")]
)
def test_so_are_codes_that_differ_by_zeros_and_points(read, rows, first, second):
    for k, row in enumerate(rows):
        row["hospital"] = (first, second)[k % 2]
    assert len(noticed(read(rows))) == 1


@pytest.mark.parametrize(("first", "second"), [("Orléans", "Orle\u0301ans"), ("A\u00a0B", "A B "),
                                               ("Lyon", " Lyon\t")])  # fmt: skip
def test_one_name_in_other_bytes_is_one_centre(read, rows, first, second):
    # the input centre-nfd
    for k, row in enumerate(rows):
        row["hospital"] = (first, second, "Lille")[k % 3]
    cohort = read(rows)
    assert len(set(cohort.centre)) == 2
    assert noticed(cohort) == []


def test_codes_that_a_spreadsheet_made_dates_of_are_noticed(read, rows):
    rows[3]["hospital"] = "02-Jan"
    (notice,) = noticed(read(rows))
    assert notice.startswith("notice: hospital row 5: found '02-Jan'. A spreadsheet may have made")


@pytest.mark.parametrize(
    "names",
    [["1", "2", "10"], ["H1", "H10", "H100"], ["A", "B", "AB"], ["Nancy", "Naples", "NAB"],
     ["Lyon 1", "Lyon 2", "Lyon 12"], ["東京", "大阪", "京都"], ["1-1", "11", "1 11"]],
)  # fmt: skip
def test_different_centres_are_not_worth_a_notice(read, rows, names):
    for k, row in enumerate(rows):
        row["hospital"] = names[k % 3]
    assert noticed(read(rows)) == []
