from __future__ import annotations

import numpy as np
import pytest

from twoarm.cohort import OutcomeSpec
from twoarm.cohort.events import event_of

SCALE = ["0", "1", "2", "3", "4", "5", "6"]


def read(event, *cells, missing_codes=()):
    """Give 1, 0 or None for each cell, and the problems as lines."""
    outcome = OutcomeSpec.model_validate(
        {"name": "o", "column": "x", "event": event, "desirable": True,
         "missing_codes": missing_codes}
    )  # fmt: skip
    rows = np.arange(2, 2 + len(cells))
    result = event_of(outcome, np.array(cells, dtype=np.str_), rows)
    return [None if np.isnan(v) else v for v in result.values], [str(p) for p in result.problems]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"at_most": 2}, [1, 1, 1, 0, 0, 0, 0]),
        ({"at_least": 2}, [0, 0, 1, 1, 1, 1, 1]),
        ({"above": 2}, [0, 0, 0, 1, 1, 1, 1]),
        ({"below": 2}, [1, 1, 0, 0, 0, 0, 0]),
        ({"at_most": 0}, [1, 0, 0, 0, 0, 0, 0]),
        ({"equals": 6}, [0, 0, 0, 0, 0, 0, 1]),
        ({"equals": "6.0"}, [0, 0, 0, 0, 0, 0, 1]),
        ({"equals": 0}, [1, 0, 0, 0, 0, 0, 0]),
        ({"one_of": [5, 6]}, [0, 0, 0, 0, 0, 1, 1]),
    ],
)
def test_when_an_outcome_is_the_event(event, expected):
    assert read(event, *SCALE) == (expected, [])


@pytest.mark.parametrize("event", [{"at_most": 2}, {"equals": 6}, {"one_of": ["dead"]}])
def test_empty_cells_and_missing_codes_are_not_known_and_noticed(event):
    values, (notice,) = read(event, "", "9", "6", "9.0", missing_codes=[9])
    assert values[0] is values[1] is values[3] is None
    assert values[2] is not None
    assert notice.startswith(
        "notice: x rows 2, 3, 5: outcome 'o' is not known in 3 patients (75.0%); they are predicted"
    )


@pytest.mark.parametrize("event", [{"at_most": 2}, {"equals": 1}, {"one_of": [1, "2"]}])
def test_text_is_an_error_where_the_event_is_told_by_numbers(event):
    values, problems = read(event, "1", "dead", "O")
    assert values == [1, None, None]
    assert problems[0].startswith("error: x rows 3, 4: found 'dead', 'O'; expected a number.")


def test_codes_may_be_text():
    assert read({"one_of": ["dead", 6]}, "dead", "6", "alive", "Dead") == ([1, 1, 0, 0], [])


@pytest.mark.parametrize(
    ("event", "cells", "found", "counts_as"),
    [
        ({"at_most": 2}, [*SCALE, "9"], "9", "no event"),
        ({"at_least": 3}, [*SCALE, "9"], "9", "the event"),
        ({"equals": 1}, ["0", "1", "9"], "9", "no event"),
        ({"equals": 1}, ["0", "1", "-9"], "-9", "no event"),
        ({"below": 3}, ["0", "1", "999"], "999", "no event"),
        ({"equals": 1}, ["0", "1", "2"], "2", "no event"),
    ],
)
def test_a_code_that_often_means_unknown_is_noticed_not_recoded(event, cells, found, counts_as):
    values, (notice,) = read(event, *cells, found)
    assert None not in values
    n = len(cells)
    assert notice.startswith(f"notice: x rows {n + 1}, {n + 2}: found '{found}'. It counts as")
    assert f"as {counts_as} in outcome 'o'; list it under missing_codes" in notice


@pytest.mark.parametrize(
    "cells",
    [
        ["0", "1"],
        ["1", "2", "1"],
        SCALE,
        ["6", "7", "8", "9"],
        ["9", "10", "11"],
        ["8.5", "9", "2"],
        [str(k) for k in range(-20, 0, 2)] + [str(k) for k in range(20, 40, 2)] + ["99"],
    ],
)
def test_a_code_that_belongs_to_the_scale_is_not(cells):
    assert read({"at_least": 3}, *cells)[1] == []


def test_a_listed_missing_code_is_noticed_as_not_known_only():
    _, (notice,) = read({"at_most": 2}, *SCALE, "9", missing_codes=["9"])
    assert "not known in 1 patients" in notice


def test_no_rows_are_no_problem():
    assert read({"at_most": 2}, missing_codes=[9]) == ([], [])
    assert read({"equals": 2}) == ([], [])
