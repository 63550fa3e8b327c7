"""The published schema is the one that the questions make."""

import json
from pathlib import Path

import pytest

from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.summary.schema import summary_schema

PUBLISHED = Path(__file__).parents[4] / "docs" / "reference" / "summary.schema.json"


def test_the_schema_in_the_reference_is_that_of_the_registry():
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == summary_schema()


def test_a_question_less_is_a_place_less():
    without = summary_schema([each for each in QUESTIONS if each.name != "coherence"])
    assert "coherence" in summary_schema()["required"]
    assert "coherence" not in without["required"]
    assert "coherence" not in without["properties"]


def named_numbers(node):
    """Give every (key, schema of a number) below a node of a schema."""
    if isinstance(node, list):
        for each in node:
            yield from named_numbers(each)
    elif isinstance(node, dict):
        for name, schema in node.get("properties", {}).items():
            if "number" in (schema.get("type") or ()):
                yield name, schema
        for each in node.values():
            yield from named_numbers(each)


@pytest.mark.parametrize("key", ["se", "sd", "tau2", "log_loss", "model_se", "over_all_se"])
def test_what_cannot_be_negative_is_bounded_wherever_it_stands(key):
    found = [schema for name, schema in named_numbers(summary_schema()) if name == key]
    assert found
    assert all(0 in (each.get("minimum"), each.get("exclusiveMinimum")) for each in found)


def test_shares_lie_between_0_and_1():
    found = [schema for name, schema in named_numbers(summary_schema()) if name.startswith("share")]
    assert found
    assert all((each["minimum"], each["maximum"]) == (0, 1) for each in found)
