"""Rows that repeat others, whatever was changed in one column; patients alike by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers

from twoarm.cohort.copies import copied_rows
from twoarm.cohort.readers import Table

NO_ID = ('id = "record"\n', "")
NOTICE = {"level": "notice"}


def lines(problems):
    return [str(problem) for problem in problems]


def repeats(problems, rows, *replacements):
    """Give what is said of rows that repeat others, errors first."""
    found = problems(rows, *replacements) + problems(rows, *replacements, **NOTICE)
    return [line for line in lines(found) if "repeat" in line]


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


def without(rows, **changed):
    """Give the rows again, some cells of each changed."""
    return [row | {name: change(row[name]) for name, change in changed.items()} for row in rows]


CHANGES = {
    "outcome": {"bleed": lambda cell: str(1 - int(cell))},
    "arm": {"arm": lambda cell: {"P": "A", "A": "P"}[cell]},
    "centre": {"hospital": lambda cell: ""},
    "format": {"glucose": lambda cell: f"{cell}0"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_one_column_that_was_changed_does_not_hide_it(problems, change):
    rows = cohort_rows(80)
    again = without(rows, **CHANGES[change])
    (line,) = repeats(problems, [*rows, *again], NO_ID)
    where = "" if change == "format" else f" but '{next(iter(CHANGES[change]))}'"
    assert f"80 of 160 rows repeat other rows in all columns{where}; expected" in line
    assert line.startswith("error")


def test_nor_do_two_exports_under_names_of_their_own(problems):
    rows = [{"export": "2023"} | row for row in cohort_rows(80)]
    rows += [row | {"export": "2024"} for row in rows[:3]]
    (notice,) = repeats(problems, rows, NO_ID)
    assert notice.startswith("notice: rows 82, 83, 84: 3 of 83 rows repeat other rows in all")
    assert "in all columns but 'export'" in notice


def test_a_row_for_each_visit_is_noticed(problems):
    rows = [
        row | {"visit": str(visit), "mrs": str((int(row["mrs"]) + visit) % 7)}
        for visit in range(3)
        for row in cohort_rows(60)
    ]
    (notice,) = repeats(problems, rows, NO_ID)
    assert "120 of 180 rows repeat other rows in all that was known at the decision" in notice


@pytest.mark.parametrize("seed", range(20))
def test_columns_that_depend_on_each_other_make_no_copies(problems, seed):
    # the columns of a hospital tell it, and nothing of the patient
    rng = np.random.default_rng(seed)
    rows = cohort_rows(300, seed)
    for row in rows:
        k = int(rng.integers(60))
        row |= {"hospital": f"H{k}", "glucose": f"{k * 1.7:.1f}", "volume": str(37 * k)}
        row |= {"site": "M1", "premrs": "0", "sbp": str(10 * (int(row["sbp"]) // 10))}
    for name in ("mrs", "bleed"):
        for row in rows:
            row[name] = str(int(rng.integers(2)) * 3 // (3 if name == "bleed" else 1))
    assert repeats(problems, rows, NO_ID) == []


def test_a_row_or_two_and_columns_that_tell_nothing_are_answered(problems):
    rows = cohort_rows(40)
    assert repeats(problems, rows[:1], NO_ID) == []
    alike = [rows[0] | {"arm": row["arm"], "bleed": row["bleed"]} for row in rows]
    assert repeats(problems, alike, NO_ID) == []


def registry(rng, n):
    """Give columns of a small registry, by kind; whatever agrees in two patients does by chance."""
    age = np.rint(np.clip(rng.normal(68, 13, n), 18, 100)).astype(int)
    arm, sex, mrs = rng.integers(0, 2, n), rng.integers(0, 2, n), rng.integers(0, 7, n)
    weight, height = np.rint(rng.normal(78, 14, n)), np.rint(rng.normal(170, 9, n))
    pressure, hospital = np.rint(rng.normal(140, 22, n)), rng.integers(0, max(3, n // 15), n)
    frailty = rng.normal(0, 1, n)
    kinds = {
        "year of birth": [2024 - age - rng.integers(0, 2, n), sex],
        "body mass": [weight, height, (weight / (height / 100) ** 2).round(1), sex],
        "severity": [np.clip(rng.negative_binomial(4, 0.2, n), 0, 42)],
        "diseases": [frailty + rng.normal(0, 1, n) > 2.2 for _ in range(20)],
        "yes or no": list(rng.integers(0, 2, (12, n))),
        "hospital": [hospital, hospital * 37 % 1009, hospital * 13 % 211, sex],
        "label": [age, np.char.add("a", age.astype(str)), sex],
        "pressures": [pressure, np.rint(0.6 * pressure + rng.normal(0, 4, n))],
    }
    return {name: [arm, age, *columns, mrs] for name, columns in kinds.items()}


def told(columns, rows):
    cells = [np.asarray(column)[rows].astype(str) for column in columns]
    names = tuple(f"x{k}" for k in range(len(cells)))
    prints = np.array([[hash(cell) for cell in column.tolist()] for column in cells]).T
    read = dict(zip(names, cells, strict=True))
    table = Table(names, read, prints, np.arange(2, 2 + len(rows)), "data.csv", "", ())
    return list(copied_rows(table, "", names[1:-1]))


def test_rows_pasted_again_are_told_from_rows_alike_by_chance():
    # 8 kinds, 4 sizes, 12 seeds: at most 2 of 384 told where nothing was pasted, all where it was
    alike = pasted = 0
    for n in (20, 60, 160, 400):
        for seed in range(12):
            for columns in registry(np.random.default_rng(seed), n).values():
                alike += bool(told(columns, np.arange(n)))
                pasted += any(each.level == "error" for each in told(columns, np.arange(2 * n) % n))
    assert alike <= 2
    assert pasted == 4 * 12 * 8


@pytest.mark.parametrize("kind", ["body mass", "yes or no", "pressures"])
@pytest.mark.parametrize("n", [60, 160])
def test_three_copies_are_told_where_the_columns_tell_patients_apart(kind, n):
    columns = registry(np.random.default_rng(n), n)[kind]
    (notice,) = told(columns, np.append(np.arange(n), [0, 1, 2]))
    assert notice.level == "notice"
    assert notice.rows[-3:] == (n + 2, n + 3, n + 4)
