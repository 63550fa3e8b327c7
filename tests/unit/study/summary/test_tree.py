"""Nested objects put together from dotted paths; what is absent is null and listed."""

from twoarm.diagnostics import Absent
from twoarm.study.summary.tree import Node, place, resolved


def test_what_is_missing_on_the_way_is_made():
    tree = Node()
    place(tree, "a.b.c", 1)
    assert tree == {"a": {"b": {"c": 1}}}


def test_a_key_stands_where_it_is_told_to():
    tree = Node(a=1, b=2)
    place(tree, "c", 3, after="a")
    place(tree, "d", 4, after="")
    place(tree, "e", 5, after="nowhere")
    assert list(tree) == ["d", "a", "c", "b", "e"]


def test_absent_parts_are_null_and_listed_by_their_path():
    plain, reasons = resolved(Node(a=[1, {"b": Absent("few")}], c=Absent("none"), d=None))
    assert plain == {"a": [1, {"b": None}], "c": None, "d": None}
    assert reasons == {"a.1.b": "few", "c": "none"}


def test_an_object_absent_for_one_reason_is_null_itself():
    lot = Absent("by lot")
    tree = Node(hidden=Node(one=lot, two=lot), other=Node(one=lot, two=Absent("few")))
    plain, reasons = resolved(tree)
    assert plain == {"hidden": None, "other": {"one": None, "two": None}}
    assert reasons == {"hidden": "by lot", "other.one": "by lot", "other.two": "few"}


def test_what_a_question_gives_is_never_put_together():
    few = Absent("few")
    assert resolved({"a": {"b": few}})[0] == {"a": {"b": None}}
