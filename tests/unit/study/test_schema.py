"""The schema of ``summary.json`` that other programs read is the one that the questions make."""

import json
from pathlib import Path

import jsonschema

from twoarm.study.summary.schema import summary_schema

SHIPPED = Path(__file__).parents[3] / "docs" / "reference" / "summary.schema.json"


def test_the_schema_of_the_documentation_is_the_one_of_the_questions():
    """Where it is not: ``python -m twoarm.study.summary.schema`` prints it."""
    assert json.loads(SHIPPED.read_text(encoding="utf-8")) == summary_schema()


def test_it_is_a_schema():
    schema = summary_schema()
    jsonschema.validators.validator_for(schema).check_schema(schema)
