"""The JSON schema of ``summary.json``: what was measured, and what the questions add.

``python -m twoarm.study.summary.schema`` prints it; `docs/reference/summary.schema.json` is that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from twoarm.study.judge.question import Key, Question
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.judge.schema import maybe

__all__ = ["summary_schema"]

Schema = dict[str, Any]


def summary_schema(questions: Sequence[Question[Any]] = QUESTIONS) -> Schema:
    """Give the schema of the summary of a run that asks these questions."""
    text = (files(__package__) / "measured.schema.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    for question in questions:
        for key in question.keys:
            _place(schema, key)
    return schema


def _place(whole: Schema, key: Key) -> None:
    """Add a question's place; what is missing on the way is made, and may be null."""
    *steps, last = key.path.split(".")
    node = whole
    for step in steps:
        node = _into(whole, node, step)
    _set(node, last, _or_null(dict(key.schema)))


def _or_null(schema: Schema) -> Schema:
    """Allow null: any answer can be absent."""
    allowed = schema.get("type", [])
    if {"type": "null"} in schema.get("oneOf", []) or "null" in allowed:
        return schema
    return maybe(schema)


def _into(whole: Schema, node: Schema, step: str) -> Schema:
    if step == "{outcome}":
        return _object(whole, node["additionalProperties"])
    if step not in node["properties"]:
        made = {"type": "object", "additionalProperties": False, "required": [], "properties": {}}
        _set(node, step, {"oneOf": [{"type": "null"}, made]})
    return _object(whole, node["properties"][step])


def _object(whole: Schema, schema: Schema) -> Schema:
    """Give the object behind a reference, or beside a null."""
    if "$ref" in schema:
        return _object(whole, whole["$defs"][schema["$ref"].rpartition("/")[2]])
    return _object(whole, schema["oneOf"][1]) if "oneOf" in schema else schema


def _set(node: Schema, name: str, schema: Schema) -> None:
    if name == "{outcome}":
        node["additionalProperties"] = schema
        del node["required"], node["properties"]
    else:
        node["properties"][name] = schema
        node["required"].append(name)


if __name__ == "__main__":
    print(json.dumps(summary_schema(), indent=2, ensure_ascii=False))  # noqa: T201  its one job
