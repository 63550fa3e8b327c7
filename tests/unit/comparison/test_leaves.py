"""Nested objects leaf by leaf."""

import json

from hypothesis import given
from hypothesis import strategies as st

from twoarm.comparison.leaves import Difference, differing, leaves

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=3)
KEYS = st.text("abcd", min_size=1, max_size=2)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, JSON, max_size=4)


@given(OBJECTS)
def test_nothing_differs_from_itself(value):
    assert differing(value, json.loads(json.dumps(value))) == ()


@given(OBJECTS, OBJECTS)
def test_the_other_way_round_is_the_same_turned(a, b):
    turned = {"only in A": "only in B", "only in B": "only in A"}
    turned |= {"null in A": "null in B", "null in B": "null in A"}
    there = {(each.path, each.a, each.b, each.state) for each in differing(a, b)}
    back = {
        (each.path, each.b, each.a, turned.get(each.state, each.state)) for each in differing(b, a)
    }
    assert there == back


@given(OBJECTS, KEYS, st.integers(), st.integers())
def test_one_changed_leaf_is_one_difference(value, key, one, other):
    found = differing({**value, key: one}, {**value, key: other})
    assert [each.path for each in found] == ([] if one == other else [key])


def test_elements_of_a_list_are_found_by_their_name_at_another_place():
    rows = [{"variable": "age", "value": 1.0}, {"variable": "nihss", "value": 2.0}]
    assert differing({"rows": rows}, {"rows": rows[::-1]}) == ()
    moved = [{"variable": "nihss", "value": 3.0}, {"variable": "age", "value": 1.0}]
    assert differing({"rows": rows}, {"rows": moved}) == (
        Difference("rows.nihss.value", 2.0, 3.0, "differs"),
    )


def test_elements_of_one_name_go_by_their_place():
    rows = [{"name": "negative control", "p": 1}, {"name": "negative control", "p": 2}]
    assert [path for path, _ in leaves(rows)] == ["0.name", "0.p", "1.name", "1.p"]


def test_the_last_digits_are_told_from_a_difference():
    (found,) = differing({"x": 0.1 + 0.2}, {"x": 0.3})
    assert found.state == "last digits"
    (found,) = differing({"x": 0.3}, {"x": 0.3001})
    assert found.state == "differs"
    assert found.change == 0.3001 - 0.3


def test_an_object_that_is_null_in_one_gives_its_leaves_and_no_more():
    found = differing({"ci": {"low": 1.0, "high": 2.0}}, {"ci": None})
    assert [(each.path, each.state) for each in found] == [
        ("ci.low", "null in B"), ("ci.high", "null in B"),
    ]  # fmt: skip


def test_true_is_not_one():
    assert [each.state for each in differing({"x": True}, {"x": 1})] == ["differs"]
