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
    ("first", "second"),
    [("Grenoble", "Grenobel"), ("CHU Grenoble", "CHU Grenobe"), ("Münster", "Munsster"),
     ("Freiburg", "Freiberg")],
)  # fmt: skip
def test_a_slip_of_the_pen_is_noticed_and_kept_apart(read, rows, first, second):
    for k, row in enumerate(rows):
        row["hospital"] = (first, second, "Lille")[k % 3]
    cohort = read(rows)
    assert len(set(cohort.centre)) == 3
    (notice,) = noticed(cohort)
    assert "expected one spelling for each centre" in notice
    assert "Lille" not in notice


@pytest.mark.parametrize(
    ("first", "second"),
    [("Hospital A", "Hospital B"), ("Clinic II", "Clinic III"), ("Centre11", "Centre12"),
     ("Lyon", "Lyons"), ("Paris North", "Paris South")],
)  # fmt: skip
def test_names_of_their_own_are_not(read, rows, first, second):
    for k, row in enumerate(rows):
        row["hospital"] = (first, second)[k % 2]
    assert noticed(read(rows)) == []


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


@pytest.mark.parametrize(
    "other", ["LYON", "H-1", "Н1", "Ｈ1", "h 1.", "'H1'", "H01"],
)  # fmt: skip
def test_what_looks_like_another_centre_is_noticed(read, rows, other):
    for k, row in enumerate(rows):
        row["hospital"] = ("H1" if other != "LYON" else "Lyon", other, "Lille")[k % 3]
    assert "expected one spelling for each centre" in noticed(read(rows))[0]


@pytest.mark.parametrize("code", ["99", "999", "-9", "88", "ND", "None", "n.k."])
def test_what_may_mean_unknown_counts_as_a_centre_with_a_notice(read, rows, code):
    for k, row in enumerate(rows):
        row["hospital"] = ("1", "2", "3", code)[k % 4]
    cohort = read(rows)
    assert set(cohort.centre) == {"1", "2", "3", code}
    (notice,) = noticed(cohort)
    assert "It counts as a centre; if it means unknown, list it under missing_codes" in notice
    declared = f'missing_codes = ["{code}"]\n\n[ordinal]'
    entry = f'[[columns]]\ncolumn = "hospital"\n{declared}'
    cohort = read(rows, ("[ordinal]", entry))
    assert set(cohort.centre) == {"1", "2", "3", ""}


@pytest.mark.parametrize(
    "names", [["1", "6", "9"], ["7", "8", "9"], ["98", "99", "100"], ["0", "1", "2"]]
)
def test_numbers_of_centres_are_numbers(read, rows, names):
    for k, row in enumerate(rows):
        row["hospital"] = names[k % 3]
    assert noticed(read(rows)) == []


def test_a_centre_for_each_patient_is_noticed(read, rows):
    for k, row in enumerate(rows):
        row["hospital"] = f"S{k // 2 if k < 6 else k}"
    (notice,) = noticed(read(rows))
    assert "17 centres for 20 patients; expected several patients in each" in notice
