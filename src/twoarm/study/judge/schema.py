"""Words for the JSON schema of what questions put into ``summary.json``."""

from __future__ import annotations

from typing import Any

__all__ = [
    "BOOLEAN",
    "COEFFICIENT",
    "COUNT",
    "DIFFERENCE",
    "ESTIMATE",
    "NUMBER",
    "NUMBER_OR_NULL",
    "POSITIVE",
    "PROBABILITY",
    "PROBABILITY_OR_NULL",
    "RANGE",
    "RATIO",
    "SPREAD",
    "SPREAD_OR_NULL",
    "TEXT",
    "Schema",
    "by_name",
    "either",
    "maybe",
    "record",
    "rows",
]

Schema = dict[str, Any]

BOOLEAN: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DIFFERENCE: Schema = {"type": "number", "minimum": -1, "maximum": 1}
NUMBER: Schema = {"type": "number"}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
PROBABILITY: Schema = {"type": "number", "minimum": 0, "maximum": 1}
PROBABILITY_OR_NULL: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
RATIO: Schema = {"type": "number", "minimum": 1}
POSITIVE: Schema = {"type": "number", "exclusiveMinimum": 0}
SPREAD: Schema = {"type": "number", "minimum": 0}  # standard errors, distances, variances
SPREAD_OR_NULL: Schema = {"type": ["number", "null"], "minimum": 0}
TEXT: Schema = {"type": "string"}


def record(**parts: Schema) -> Schema:
    """Give an object with these keys, all of them and no others.

    Examples
    --------
    >>> sorted(record(n=COUNT)["properties"])
    ['n']
    """
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(parts),
        "properties": parts,
    }


def maybe(schema: Schema) -> Schema:
    """Allow null, too."""
    return {"oneOf": [{"type": "null"}, schema]}


def rows(item: Schema, fewest: int = 0) -> Schema:
    """Give a list of these."""
    return {"type": "array", "items": item, "minItems": fewest}


def by_name(item: Schema, *names: str) -> Schema:
    """Give an object with one of these for each name: any names, unless some are given."""
    allowed: Schema = {"propertyNames": either(*names)} if names else {}
    return {"type": "object", "additionalProperties": item, **allowed}


def either(*texts: str) -> Schema:
    """Allow these texts alone."""
    return {"enum": list(texts)}


RANGE = record(low=NUMBER, high=NUMBER)
ESTIMATE = maybe(
    record(estimate=NUMBER, se=SPREAD_OR_NULL, low=NUMBER_OR_NULL, high=NUMBER_OR_NULL)
)
COEFFICIENT = maybe(record(estimate=NUMBER, se=SPREAD, low=NUMBER, high=NUMBER))
