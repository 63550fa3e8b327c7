from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists, sampled_from
from pydantic import ValidationError

from twoarm.cohort import OutcomeSpec
from twoarm.cohort.events import event_of

SCALE = ["0", "1", "2", "3", "4", "5", "6"]


def spec(event, *, column="x", missing_codes=(), non_event=None):
    keys = {"name": "o", "column": column, "event": event, "desirable": True}
    return OutcomeSpec.model_validate(
        keys | {"missing_codes": missing_codes, "non_event": non_event}
    )


def read(event, *cells, meant=(), **keys):
    """Give 1, 0 or None for each cell, and the problems as lines."""
    rows = np.arange(2, 2 + len(cells))
    result = event_of(spec(event, **keys), np.array(cells, dtype=np.str_), rows, meant)
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
    values, (problem,) = read(event, "1", "dead", "O")
    assert values == [1, None, None]
    assert problem.startswith("error: x rows 3, 4: found 'dead' (1), 'O' (1): neither the event")
    assert read(event, "1", "dead")[0] == [1, None]


CLEAR = [
    ({"equals": "Dead"}, ["Dead", "Alive"]),
    ({"equals": "Dead"}, ["Dead", "no"]),
    ({"equals": "TRUE"}, ["TRUE", "FALSE"]),
    ({"one_of": ["dead", "comatose"]}, ["dead", "comatose", "well"]),
    ({"equals": 1}, ["0", "1"]),
    ({"equals": 1}, ["1", "2"]),
    ({"equals": 2}, ["1", "2"]),
    ({"equals": 1}, ["1", "-1"]),
    ({"equals": 1}, ["1", "5"]),
    ({"equals": 8}, ["8", "9"]),
    ({"equals": 6}, SCALE),
    ({"equals": 6}, ["0", "1", "2", "3", "4", "5"]),
    ({"one_of": [5, 6]}, SCALE),
    ({"equals": 1}, ["1", "2", "3", "4", "5"]),
    ({"at_most": 2}, SCALE),
    ({"at_least": 7}, ["6", "7", "8", "9"]),
    ({"at_least": 10}, ["9", "10", "11"]),
    ({"at_least": 1}, ["0", "1", "2"]),
    ({"above": 5}, ["-1.5", "0.2", "7.25", "9"]),
    ({"above": 0}, ["-2", "-1", "0", "1", "2"]),
    ({"at_most": 8}, ["2", "3", "5", "8", "9", "14", "21"]),
    ({"at_most": 8}, ["8.5", "9", "2"]),
    ({"at_most": 8}, [str(k) for k in range(-20, 40, 2)]),
]


@pytest.mark.parametrize(("event", "cells"), CLEAR)
def test_the_only_other_code_an_unbroken_scale_or_a_measurement_is_no_event(event, cells):
    values, problems = read(event, *cells, *cells)
    assert None not in values
    assert problems == []


TEXT_FOR_UNKNOWN = [
    "NA", "na", "N/A", "n.a.", ".", "-", "--", "?", "unknown", "Unk", "missing", "null", "NaN",
    "not known", "not recorded", "lost to follow-up", "LTFU", "unbekannt", "inconnu", "#N/A",
]  # fmt: skip


@pytest.mark.parametrize("code", TEXT_FOR_UNKNOWN)
def test_a_text_that_usually_means_unknown_is_never_no_event(code):
    # the inputs na-controls, dot and lost, and what else such cells hold
    values, (problem,) = read({"equals": "Dead"}, "Dead", "Alive", code, "Alive")
    assert values == [1, None, None, None]
    assert problem.startswith(f"error: x row 4: found 'Alive' (2), '{code}' (1): neither the event")
    assert f'Write missing_codes = ["{code}"] for what means unknown, ' in problem
    assert 'non_event = { equals = "Alive" } for what is no event' in problem
    (alone,) = read({"equals": "Dead"}, "Dead", code)[1]
    assert f"found '{code}' (1)" in alone


def test_several_unknown_texts_are_listed_with_their_counts():
    cells = ["Dead"] * 3 + ["Alive"] * 4 + ["unknown"] * 2 + ["lost to follow-up"]
    _, (problem,) = read({"equals": "Dead"}, *cells)
    assert "found 'Alive' (4), 'unknown' (2), 'lost to follow-up' (1)" in problem
    assert "('Dead'; 3 patients)" in problem
    assert 'missing_codes = ["lost to follow-up", "unknown"]' in problem


@pytest.mark.parametrize("unknown", ["7", "8", "9", "77", "88", "99", "999", "-8", "-9", "-99"])
@pytest.mark.parametrize(
    ("event", "scale"),
    [
        ({"equals": 1}, ["0", "1"]),
        ({"equals": 1}, ["1", "2"]),
        ({"equals": 3}, ["0", "1", "2", "3"]),
        ({"at_least": 1}, ["0", "1"]),
        ({"at_most": 2}, SCALE[:6]),
        ({"at_least": 3}, SCALE[:6]),
        ({"below": 2}, ["0", "1", "2", "3"]),
    ],
)
def test_a_code_that_stands_apart_is_asked_for(event, scale, unknown):
    # the input one-two-eight, every usual code, every kind of rule
    values, (problem,) = read(event, *scale, *scale, unknown)
    assert values[-1] is None
    row = 2 * len(scale) + 2
    assert problem.startswith(f"error: x row {row}: found ")
    assert f"'{unknown}' (1)" in problem
    assert f"missing_codes = [{unknown}]" in problem


@pytest.mark.parametrize("codes", [["9", "99"], ["8", "9"], ["-8", "-9"], ["88", "99"], ["-1"]])
def test_several_codes_that_stand_apart_are_asked_for_together(codes):
    for event in ({"equals": 1}, {"at_least": 1}):
        _, (problem,) = read(event, "0", "1", "0", "1", *codes)
        assert problem.startswith("error")
        assert all(f"'{code}' (1)" in problem for code in codes)


def test_what_no_rule_of_one_scale_explains_is_asked_for_whatever_its_code():
    for event, cells in (
        ({"equals": 1}, ["0", "1", "3"]),
        ({"equals": 1}, ["1", "2", "5"]),
        ({"equals": "home"}, ["home", "rehabilitation", "dead"]),
        ({"equals": 1}, ["0", "0.5", "1"]),
        ({"at_most": 2}, ["0", "1", "2", "3", "4", "6"]),
    ):
        assert read(event, *cells)[1][0].startswith("error")


def test_a_code_that_another_outcome_of_the_column_names_belongs_to_the_scale():
    cells = ["0", "1", "2", "3", "4", "6"]
    assert read({"at_most": 2}, *cells, meant={"6"}) == ([1, 1, 1, 0, 0, 0], [])
    assert read({"equals": 6}, *cells, meant={"6", "5"})[1] == []


@pytest.mark.parametrize("column", ["mrs90", "mRS_day90", "Rankin"])
def test_the_rankin_scale_is_known_to_go_from_0_to_6(column):
    assert read({"at_most": 2}, "0", "1", "3", "6", column=column)[1] == []
    assert read({"equals": 6}, "0", "1", "3", "6", column=column)[1] == []
    for code in ("7", "8", "9", "66"):
        (problem,) = read({"at_most": 2}, *SCALE, code, column=column)[1]
        assert f"found '{code}' (1)" in problem


@pytest.mark.parametrize("same", ["dead", "DEAD", "Dead\u200b"])
def test_another_spelling_of_the_event_is_asked_for(same):
    _, (problem,) = read({"equals": "Dead"}, "Dead", same)
    assert "(1): neither the event" in problem
    (problem,) = read({"equals": "Dead"}, "Dead", "Alive", same)[1]
    assert "for other spellings of it" in problem
    assert 'non_event = { equals = "Alive" }' in problem
    assert ("ZERO WIDTH SPACE" in problem) == ("\u200b" in same)


def test_a_repeated_code_far_from_a_measurement_is_asked_for():
    weights = [f"{50 + k}.5" for k in range(40)]
    _, (problem,) = read({"above": 70}, *weights, "999", "999")
    assert problem.startswith("error: x rows 42, 43: found '999' (2)")
    assert "missing_codes = [999]" in problem
    assert "non_event = { at_most = 70 } if all numbers are values" in problem
    assert read({"above": 70}, *weights, "999", "999", non_event={"at_most": 70})[1] == []


def test_what_the_study_file_declares_is_taken():
    cells = ["Dead", "Alive", "NA", "Alive"]
    values, (notice,) = read({"equals": "Dead"}, *cells, missing_codes=["NA"])
    assert values == [1, 0, None, 0]
    assert "not known in 1 patients" in notice
    declared = {"one_of": ["Alive", "NA"]}
    assert read({"equals": "Dead"}, *cells, non_event=declared) == ([1, 0, 0, 0], [])
    assert read({"equals": 1}, "1", "2", "8", non_event={"one_of": [2, 8]}) == ([1, 0, 0], [])
    assert read({"at_most": 2}, "1", "9", non_event={"at_least": 3}) == ([1, 0], [])


def test_what_is_neither_event_nor_the_declared_non_event_is_an_error():
    _, (problem,) = read({"equals": 1}, "0", "1", "2", "2", non_event={"equals": 0})
    assert problem == (
        "error: x rows 4, 5: found '2' (2): neither the event of outcome 'o' ('1'; 1 patients) nor "
        "its non_event ('0') nor a missing code. Write non_event = { equals = 2 } for what is no "
        "event"
    )


@pytest.mark.parametrize(
    ("event", "non_event", "missing", "reason"),
    [
        ({"at_most": 2}, {"at_least": 2}, [], "the same value is event and no event: 2"),
        ({"at_most": 2}, {"at_least": 1}, [], "the same value is event and no event: all from 1"),
        ({"at_most": 2}, {"below": 5}, [], "the same value is event and no event: whatever is"),
        ({"above": 2}, {"below": 3}, [], "the same value is event and no event"),
        ({"equals": 1}, {"one_of": [1, 0]}, [], "the same value is event and no event: '1'"),
        ({"equals": 6}, {"at_least": 3}, [], "the same value is event and no event: '6'"),
        ({"at_least": 3}, {"one_of": ["a", 4]}, [], "the same value is event and no event: '4'"),
        ({"equals": 1}, {"equals": 9}, [9], "the same code is no event and missing: 9"),
        ({"equals": 9}, None, [9], "the same code is event and missing: 9"),
    ],
)
def test_a_value_means_one_thing(event, non_event, missing, reason):
    with pytest.raises(ValidationError, match=re.escape(reason)):
        spec(event, non_event=non_event, missing_codes=missing)


@pytest.mark.parametrize(
    ("event", "non_event"),
    [
        ({"at_most": 2}, {"above": 2}),
        ({"below": 2}, {"at_least": 2}),
        ({"above": 5}, {"below": 3}),
        ({"at_least": 3}, {"one_of": [0, 1, 2]}),
        ({"equals": "a"}, {"at_least": 0}),
    ],
)
def test_rules_that_share_no_value_are_taken(event, non_event):
    assert spec(event, non_event=non_event).non_event is not None


@pytest.mark.parametrize(("cells", "third"), [(["0", "1", "2"], "2"), (["1", "2", "3"], "3")])
def test_a_third_code_is_neither_event_nor_clearly_none(cells, third):
    _, (error,) = read({"equals": 1}, *cells, third)
    assert error.startswith("error: x rows 4, 5: found ")
    assert f"'{third}' (2)" in error
    assert f"Write missing_codes = [{third}] for what means unknown, non_event = " in error
    assert read({"equals": 1}, *cells, missing_codes=[third])[0][2] is None
    rest = [int(code) for code in cells if code != "1"]
    assert read({"equals": 1}, *cells, non_event={"one_of": rest})[1] == []
    assert read({"equals": 1}, *cells, meant={third})[1] == []
    assert read({"at_least": 2}, *cells)[1] == []


def test_a_fraction_between_the_grades_of_a_scale_is_no_grade():
    _, (error,) = read({"at_most": 2}, *SCALE * 5, "2.5")
    assert "found '2.5' (1): neither the event" in error
    measured = [f"{0.7 * k:.1f}" for k in range(40)]
    assert read({"at_most": 2}, *measured)[1] == []


@given(
    scale=lists(integers(0, 6), min_size=12, max_size=60),
    unknown=sampled_from(["8", "9", "88", "99", "-9", "NA", ".", "?", "unknown"]),
    event=sampled_from([{"at_most": 2}, {"at_least": 3}, {"equals": 6}, {"one_of": [5, 6]}]),
)
def test_whatever_the_scale_an_unknown_is_never_counted(scale, unknown, event):
    cells = [*map(str, [*scale, *range(7)]), unknown]
    values, problems = read(event, *cells)
    assert values[-1] is None
    assert problems[0].startswith("error")
    values, problems = read(event, *cells, missing_codes=[unknown])
    assert values[-1] is None
    assert None not in values[:-1]
    assert all(problem.startswith("notice") for problem in problems)


def test_a_listed_missing_code_is_noticed_as_not_known_only():
    _, (notice,) = read({"at_most": 2}, *SCALE, "9", missing_codes=["9"])
    assert "not known in 1 patients" in notice


def test_no_rows_are_no_problem():
    assert read({"at_most": 2}, missing_codes=[9]) == ([], [])
    assert read({"equals": 2}) == ([], [])


def test_the_rankin_scale_is_known_by_the_outcome_s_name_and_label_too():
    outcome = OutcomeSpec.model_validate(
        {"name": "good", "label": "Independence (mRS 0-2)", "column": "x",
         "event": {"at_most": 2}, "desirable": True}
    )  # fmt: skip
    rows = np.arange(2, 10)
    (problem,) = event_of(outcome, np.array([*SCALE, "7"], np.str_), rows).problems
    assert "found '7' (1)" in str(problem)


@pytest.mark.parametrize(
    "unknown",
    ["ND", "not done", "k. A.", "nicht erhoben", "non renseigné", "sin datos", "não informado",
     "brak danych", "неизвестно", "不明", "9", "88", "-9", "withdrawn", "dk", "xx"],
)  # fmt: skip
def test_the_only_other_code_is_asked_for_if_it_may_mean_unknown(unknown):
    # nobody is coded as alive: the others are blank
    values, (error, _) = read({"equals": "Dead"}, "Dead", unknown, "")
    assert values == [1, None, None]
    assert f"missing_codes = [{unknown if unknown.lstrip('-').isdigit() else repr(unknown)}]" in (
        error.replace('"', "'")
    )


@pytest.mark.parametrize(
    ("event", "other"),
    [("yes", "TRUE"), ("yes", 1), ("ja", "J"), ("Dead", "dead"), ("TRUE", "T"), ("no", "0"),
     ("1", "１"), ("M", "М"), ("sì", "si"), ("x", "+")],
)  # fmt: skip
def test_the_only_other_code_is_asked_for_if_it_is_the_event_otherwise_spelled(event, other):
    values, (error,) = read({"equals": event}, str(event), str(other))
    assert values == [1, None]
    assert "for other spellings of it" in error
    assert "for what is no event" not in error


@pytest.mark.parametrize(
    ("event", "other"),
    [("yes", "no"), ("TRUE", "FALSE"), ("ja", "nein"), ("sim", "não"), ("да", "нет"), ("Y", "N"),
     ("1", "0"), ("yes", "0"), ("pos", "neg"), ("是", "否"), ("Dead", "Alive"), ("MI", "none")],
)  # fmt: skip
def test_yes_and_no_in_several_languages_are_event_and_no_event(event, other):
    assert read({"equals": event}, event, other) == ([1, 0], [])
    if event.isalpha() == other.isalpha():
        assert read({"equals": other}, event, other) == ([0, 1], [])


def test_wide_figures_are_no_figures():
    values, (error,) = read({"equals": 1}, "1", "0", "１", "０")
    assert values == [1, None, None, None]
    assert "'１' (1)" in error


def test_an_event_that_nobody_has_is_said():
    _, (error,) = read({"equals": "dead"}, "verstorben", "lebt")
    assert error.endswith(
        "Nobody has the event's code: correct it, and write non_event for what is no event"
    )
    _, (error,) = read({"equals": 1}, "TRUE", "FALSE")
    assert 'Write event = { one_of = [1, "TRUE"] } for other spellings of it' in error
    assert 'non_event = { equals = "FALSE" } for what is no event' in error
