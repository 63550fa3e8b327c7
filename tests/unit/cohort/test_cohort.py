"""Who is who in a cohort, and that it stays as it is."""

from __future__ import annotations

import dataclasses
import pickle
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import randoms
from numpy.testing import assert_array_equal


def test_duplicate_and_missing_ids_are_listed_with_their_rows(problems, rows):
    rows[1]["record"] = rows[6]["record"] = rows[13]["record"]
    rows[3]["record"] = ""
    missing, duplicate = map(str, problems(rows))
    assert missing.startswith("error: record row 5: found an empty cell; expected an id")
    assert duplicate.startswith("error: record rows 3, 8, 15: found '114'; expected one row a")


def test_without_an_id_the_row_of_the_file_is_the_id(read, rows):
    cohort = read(rows, ('id = "record"\n', ""))
    assert cohort.ids.tolist() == [str(row) for row in range(2, 22)]


@pytest.mark.parametrize(
    ("ids", "order"),
    [
        (["10", "9", "100"], ["9", "10", "100"]),
        (["10", "9", "A1"], ["10", "9", "A1"]),
        (["99999999999999999999", "99999999999999999998", "5"],
         ["5", "99999999999999999998", "99999999999999999999"]),
        (["5" + "0" * 5000, "4" + "0" * 5000, "5"],
         ["5", "4" + "0" * 5000, "5" + "0" * 5000]),
        (["²", "1", "3"], ["1", "3", "²"]),
    ],
)  # fmt: skip
def test_patients_are_sorted_by_id_numbers_as_numbers(read, rows, ids, order):
    for k, row in enumerate(rows):
        row["record"] = ids[k] if k < 3 else f"{ids[1]}{k:09d}7"
    cohort = read(rows)
    assert [each for each in cohort.ids if each in ids] == order


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(random=randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter(read, rows, random: random.Random):
    rows[0]["glucose"], rows[2]["mrs"], rows[4]["premrs"], rows[6]["arm"] = "", "9", "5", ""
    shuffled = random.sample(rows, len(rows))
    one, other = read(rows), read(shuffled)
    for name in ("ids", "treatment", "predictors", "centre", "ordinal"):
        assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.outcomes.keys() == other.outcomes.keys()
    for name in one.outcomes:
        assert_array_equal(one.outcomes[name], other.outcomes[name])
    assert (one.flow, one.codebook, one.synthetic) == (other.flow, other.codebook, other.synthetic)
    assert [n.found for n in one.notices if "known" in n.found] == [
        n.found for n in other.notices if "known" in n.found
    ]
    assert (one.digest == other.digest) == (shuffled == rows)


def test_nothing_in_a_cohort_can_be_written_to(read, rows):
    cohort = read(rows)
    for array in (cohort.ids, cohort.treatment, cohort.predictors, cohort.centre, cohort.ordinal,
                  *cohort.outcomes.values()):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    with pytest.raises(TypeError):
        cohort.outcomes["good"] = cohort.ordinal
    with pytest.raises(dataclasses.FrozenInstanceError):
        cohort.synthetic = True


def test_the_arms_are_counted(read, rows):
    cohort = read(rows)
    assert cohort.arm_sizes == ((cohort.treatment == 0).sum(), (cohort.treatment == 1).sum())


def test_a_cohort_travels_to_another_process(read, rows):
    cohort = read(rows)
    copy = pickle.loads(pickle.dumps(cohort))
    assert_array_equal(copy.predictors, cohort.predictors)
    assert copy.flow == cohort.flow
    with pytest.raises(ValueError, match="read-only"):
        copy.outcomes["good"][0] = 1


@pytest.mark.parametrize(
    ("marks", "synthetic"),
    [
        (["1"], True), (["1.0"], True), (["", "", "1"], True), (["TRUE"], True), (["yes"], True),
        (["0"], False), ([""], False), (["0.0", "False", "no"], False),
    ],
)  # fmt: skip
def test_one_synthetic_patient_makes_the_cohort_synthetic(read, rows, marks, synthetic):
    for k, row in enumerate(rows):
        row["synthetic"] = marks[min(k, len(marks) - 1)]
    assert read(rows).synthetic is synthetic
