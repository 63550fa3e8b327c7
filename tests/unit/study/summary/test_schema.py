"""The published schema is the one that the questions make."""

import json
from pathlib import Path

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
