from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import composite, deferred, integers, lists, sampled_from, tuples

from twoarm.cohort.rules import parse_rule
from twoarm.errors import StudyFileError


def outcome(text, **columns):
    """Say "yes", "no" or "?" for each row."""
    cells = {name: np.array(values, dtype=np.str_) for name, values in columns.items()}
    true, false = parse_rule(text).holds(cells)
    assert not (true & false).any()
    return ["yes" if t else "no" if f else "?" for t, f in zip(true, false, strict=True)]


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("x == 2", ["2", "2.0", "3", ""], ["yes", "yes", "no", "?"]),
        ("x != 2", ["2", "2.0", "3", ""], ["no", "no", "yes", "?"]),
        ("x < 2", ["1.99", "2", "-3", ""], ["yes", "no", "yes", "?"]),
        ("x <= 2", ["1", "2", "2.01", ""], ["yes", "yes", "no", "?"]),
        ("x > -2", ["-1", "-2", "-3", ""], ["yes", "no", "no", "?"]),
        ("x >= -2.5", ["-2.5", "-2", "-3", ""], ["yes", "yes", "no", "?"]),
        ("x in [1, 2]", ["1", "2.0", "3", ""], ["yes", "yes", "no", "?"]),
        ('x in ["M1", "M2"]', ["M1", "M3", "m1", ""], ["yes", "no", "no", "?"]),
        ("x == 'M1'", ["M1", "M3", "", " M1"], ["yes", "no", "?", "yes"]),
        ('x == "1"', ["1", "1.0", "one", ""], ["yes", "yes", "no", "?"]),
        ('x == "it\'s"', ["it's", "its"], ["yes", "no"]),
        ("x == 'a and b or (c)'", ["a and b or (c)", "a"], ["yes", "no"]),
        ('x != ""', ["a", ""], ["yes", "?"]),
        ("x<=2", ["1", "3"], ["yes", "no"]),
        ("  x\t<=\n 2 ", ["1", "3"], ["yes", "no"]),
        ("x == +2", ["2", "3"], ["yes", "no"]),
    ],
)
def test_a_comparison(text, cells, expected):
    assert outcome(text, x=cells) == expected


@pytest.mark.parametrize("name", ["x", "x_1", "nihss.24h", "größe", "order", "android", "inside"])
def test_a_column_may_have_any_name_that_is_a_word(name):
    assert parse_rule(f"{name} == 1 and {name} in [1]").columns == (name,)


def test_and_binds_tighter_than_or():
    rows = list(product("01", repeat=3))
    a, b, c = zip(*rows, strict=True)
    loose = outcome("a == 1 or b == 1 and c == 1", a=a, b=b, c=c)
    assert loose == outcome("a == 1 or (b == 1 and c == 1)", a=a, b=b, c=c)
    tight = outcome("(a == 1 or b == 1) and c == 1", a=a, b=b, c=c)
    assert loose != tight
    assert tight == ["yes" if (x or y) and z else "no" for x, y, z in
                     [[int(v) for v in row] for row in rows]]  # fmt: skip


def test_what_is_not_known_counts_only_where_it_decides():
    a, b = ["1", "1", "0", "0", "", ""], ["1", "", "0", "", "0", "1"]
    both = outcome("a == 1 and b == 1", a=a, b=b)
    either = outcome("a == 1 or b == 1", a=a, b=b)
    assert both == ["yes", "?", "no", "no", "no", "?"]
    assert either == ["yes", "yes", "no", "?", "?", "yes"]


NAMES = ("a", "b", "c")
TRUTHS = {"1": True, "0": False, "": None}


LEAVES = tuples(sampled_from(["==", "!=", "<", ">=", "in"]), sampled_from(NAMES), integers(0, 1))
TREES = deferred(
    lambda: LEAVES | tuples(sampled_from(["and", "or"]), lists(TREES, min_size=2, max_size=3))
)


@composite
def written(draw, tree):
    """Write a tree as a rule: parentheses where an or stands inside an and, at times elsewhere."""
    if tree[0] in ("and", "or"):
        parts = []
        for part in tree[1]:
            text = draw(written(part))
            needed = tree[0] == "and" and part[0] == "or"
            parts.append(f"({text})" if needed or draw(integers(0, 3)) == 0 else text)
        return f" {tree[0]} ".join(parts)
    sign, name, value = tree
    return f"{name} in [{value}]" if sign == "in" else f"{name} {sign} {value}"


@composite
def rules(draw):
    tree = draw(TREES)
    return tree, draw(written(tree))


def slow(tree, row):
    """Kleene's logic, one patient at a time: True, False or None."""
    if tree[0] in ("and", "or"):
        parts = [slow(part, row) for part in tree[1]]
        decides = tree[0] == "or"
        if decides in parts:
            return decides
        return None if None in parts else not decides
    sign, name, value = tree
    if row[name] == "":
        return None
    known = int(row[name])
    return {"==": known == value, "in": known == value, "!=": known != value,
            "<": known < value, ">=": known >= value}[sign]  # fmt: skip


@pytest.mark.seconds
@settings(deadline=None, max_examples=60)
@given(rule=rules())
def test_a_rule_agrees_with_a_slow_evaluator_on_every_assignment(rule):
    tree, text = rule
    rows = [dict(zip(NAMES, values, strict=True)) for values in product(TRUTHS, repeat=3)]
    table = {name: np.array([row[name] for row in rows]) for name in NAMES}
    true, false = parse_rule(text).holds(table)
    expected = [slow(tree, row) for row in rows]
    assert true.tolist() == [value is True for value in expected]
    assert false.tolist() == [value is False for value in expected]


def test_a_rule_without_parentheses_is_read_as_ands_joined_by_or():
    table = {name: np.array(values) for name, values in
             zip("abcd", zip(*product("01", repeat=4), strict=True), strict=True)}  # fmt: skip
    true, _ = parse_rule("a == 1 and b == 1 or c == 1 and d == 1").holds(table)
    one = {name: values == "1" for name, values in table.items()}
    np.testing.assert_array_equal(true, (one["a"] & one["b"]) | (one["c"] & one["d"]))


def test_columns_come_in_order_of_appearance_and_numbers_apart():
    rule = parse_rule('b <= 2 and site in ["M1"] or (a == 1 and b != 3 or code == "7")')
    assert rule.columns == ("b", "site", "a", "code")
    assert rule.number_columns == ("b", "a")


@pytest.mark.parametrize(
    ("text", "character", "what"),
    [
        ("__import__('os')", 11, "expected one of == != < <= > >= in, found ("),
        ("__import__('os').system('true') == 0", 17, "cannot read '.system"),
        ("x == __import__", 6, "expected a number or a quoted text, found __import__"),
        ("lambda: 1", 7, "cannot read ': 1'"),
        ("x == 1; y == 2", 7, "cannot read '; y == 2'"),
        ("x = 1", 3, "cannot read '= 1'"),
        ("x =< 1", 3, "cannot read '=< 1'"),
        ("x == y", 6, "expected a number or a quoted text, found y"),
        ("1 == x", 1, "expected a column, found 1"),
        ("x", 2, "expected one of == != < <= > >= in, found the end"),
        ("", 1, "expected a column, found the end"),
        ("and == 1", 1, "expected a column, found and"),
        ("x == 1 and", 11, "expected a column, found the end"),
        ("x == 1 or or y == 1", 11, "expected a column, found or"),
        ("x == 1 AND y == 2", 8, "expected and, or, or the end; found AND"),
        ("x == 1 y == 2", 8, "expected and, or, or the end; found y"),
        ("not x == 1", 5, "expected one of"),
        ("1 < x < 3", 1, "expected a column, found 1"),
        ("x < 1 < 2", 7, "expected and, or, or the end; found <"),
        ("(x == 1", 8, "expected ), found the end"),
        ("x == 1)", 7, "expected and, or, or the end; found )"),
        ("x in 1", 6, "expected [, found 1"),
        ("x in []", 7, "expected a number or a quoted text, found ]"),
        ("x in [1 2]", 9, "expected ] or ,, found 2"),
        ("x in [1,", 9, "expected a number or a quoted text, found the end"),
        ("x <= 'low'", 6, "<= compares numbers; found 'low'"),
        ("x == 'low", 6, "cannot read ''low'"),
        ("x == 1e5", 6, "cannot read '1e5'"),
        ("x == 0,5", 7, "expected and, or, or the end; found ,"),
        ("x == −5", 6, "cannot read '−5'"),
        ("x <= ٣", 6, "cannot read '٣'"),
        ("x == ''", 6, "an empty cell is missing, and makes the rule unknown"),
        ("x in ['a', ' ']", 12, "an empty cell is missing"),
        ("age (years) <= 5", 5, "expected one of"),
        ("(" * 60 + "x == 1" + ")" * 60, 51, "more than 50 parentheses inside each other"),
    ],
)
def test_what_is_no_rule_is_refused_and_the_message_says_where(text, character, what):
    with pytest.raises(StudyFileError) as caught:
        parse_rule(text)
    message = str(caught.value)
    assert message.startswith(f"Eligibility rule '{text}', character {character}: {what}")
    assert 'premrs <= 2 and site in ["M1", "M2"]' in message


def test_nothing_in_a_rule_is_executed(tmp_path):
    witness = tmp_path / "witness"
    for text in (f"open('{witness}', 'w')", f"__import__('pathlib').Path('{witness}').touch()"):
        with pytest.raises(StudyFileError):
            parse_rule(text)
    assert not witness.exists()
