from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers

NO_ID = ('id = "record"\n', "")
NOTICE = {"level": "notice"}


def lines(problems):
    return [str(problem) for problem in problems]


def cohort_rows(n, seed=1):
    """Give patients without an id, in whom nothing depends on anything."""
    rng = np.random.default_rng(seed)
    return [
        {
            "hospital": f"H{rng.integers(6)}",
            "arm": "PA"[rng.integers(2)],
            "nihss": str(rng.integers(5, 28)),
            "glucose": f"{rng.normal(7, 1.5):.1f}",
            "age": str(rng.integers(40, 90)),
            "sbp": str(int(rng.normal(140, 20))),
            "site": ("M1", "ICA", "")[rng.integers(3)],
            "premrs": str(rng.integers(3)),
            "af": str(rng.integers(2)),
            "mrs": str(rng.integers(7)),
            "bleed": str(rng.integers(2)),
        }
        for _ in range(n)
    ]


def test_a_file_pasted_three_times_is_an_error(problems):
    # the input noise-three-times; noise-once is the first third
    rows = cohort_rows(100)
    assert problems(rows, NO_ID) == []
    (problem,) = lines(problems(rows * 3, NO_ID))
    assert problem == (
        "error: rows 102, 103, 104, 105, 106 and 195 more: 200 of 300 rows repeat other rows in "
        "all columns; expected one row a patient. Keep one of each; if they are different "
        "patients, name the column of their id under [study]"
    )


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=integers(0, 10**6), n=integers(20, 120), times=integers(2, 4))
def test_in_whatever_order_and_spelled_otherwise(problems, seed, n, times):
    rng = np.random.default_rng(seed)
    rows = cohort_rows(n, seed)
    again = [{name: f" {cell}\u00a0" for name, cell in row.items()} for row in rows]
    pasted = [*rows, *again * (times - 1)]
    found = lines(problems([pasted[k] for k in rng.permutation(len(pasted))], NO_ID))
    (problem,) = [line for line in found if "repeat" in line]
    assert f"{n * (times - 1)} of {n * times} rows repeat" in problem


def test_a_row_number_beside_them_does_not_hide_it(problems):
    for name in ("", "row", "Unnamed: 0"):
        rows = [{name: str(k)} | row for k, row in enumerate(cohort_rows(60) * 2, 1)]
        (problem,) = problems(rows, NO_ID)
        assert "60 of 120 rows repeat" in str(problem)


def test_a_few_copies_are_a_notice(problems):
    rows = cohort_rows(100)
    assert problems([*rows, *rows[:3]], NO_ID) == []
    notices = lines(problems([*rows, *rows[:3]], NO_ID, **NOTICE))
    (notice,) = [line for line in notices if "repeat" in line]
    assert notice.startswith("notice: rows 102, 103, 104: 3 of 103 rows repeat other rows")


def test_copies_with_ids_of_their_own_are_a_notice(problems):
    rows = [row | {"record": f"R{k}"} for k, row in enumerate(cohort_rows(80) * 2)]
    assert problems(rows) == []
    (notice,) = [line for line in lines(problems(rows, **NOTICE)) if "repeat" in line]
    assert "80 of 160 rows repeat other rows in all columns but the id" in notice
    assert notice.endswith("Keep one of each, unless they are different patients")


@pytest.mark.parametrize("seed", range(20))
def test_patients_who_are_alike_by_chance_are_not_copies(problems, seed):
    rows = cohort_rows(400, seed)
    for few in (["arm", "site", "bleed"], ["arm", "age", "bleed", "mrs"]):
        kept = ["hospital", "arm", "nihss", "glucose", "site", "premrs", "af", "mrs", "bleed"]
        same = {name: rows[0][name] for name in kept if name not in few}
        alike = [row | same for row in rows]
        found = problems(alike, NO_ID) + problems(alike, NO_ID, **NOTICE)
        assert not [line for line in lines(found) if "repeat" in line]


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
