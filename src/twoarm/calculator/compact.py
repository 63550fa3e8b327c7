"""A model file's content as the page carries it: what the page reads, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twoarm.cohort.codebook import Predictor, canonical, spells_number

__all__ = ["compact_content", "compact_member"]

_KEPT = (
    "name", "title", "version", "created", "expires", "twoarm_version", "synthetic",
    "intended_use", "not_for", "population", "labels", "outcomes", "recommended", "uncertainty",
    "performance", "provenance", "digest", "findings", "verdict", "joint_support",
    "recalibration", "derived",
)  # fmt: skip

MG_PER_DL = 18.0156
"""Glucose of 1 mmol/L in mg/dL: its molar mass is 180.156 g/mol."""

_GLUCOSE_LOINC = frozenset(
    {"15074-8", "14749-6", "14743-9", "22664-7", "2345-7", "2339-0", "2340-8", "41653-7", "32016-8"}
)


def compact_content(content: Mapping[str, Any], codebook: Sequence[Predictor]) -> dict[str, Any]:
    """Give the page's model: lists in the codebook's order, trees of a member as one.

    Parameters
    ----------
    content : mapping
        A model file's content.
    codebook : sequence of Predictor
        Its codebook.
    """
    fill = content["preprocessing"]["fill"]
    kept = {key: content[key] for key in _KEPT if content.get(key) is not None}
    return kept | {
        "codebook": [_field(predictor) for predictor in codebook],
        "columns": content["preprocessing"]["columns"],
        "fill": [fill[predictor.column] for predictor in codebook],
        "support": [content["support"][predictor.column] for predictor in codebook],
        "overlap": {
            "treatment": compact_member(content["overlap"]["treatment"]),
            "alpha": content["overlap"]["alpha"],
        },
        "study": {
            arm: {name: _stack(stack) for name, stack in stacks.items()}
            for arm, stacks in content["arms"].items()
        },
        "vectors": [_vector(vector, codebook) for vector in content["test_vectors"]],
    }


def _stack(stack: Mapping[str, Any]) -> dict[str, Any]:
    return {**stack, "members": [compact_member(member) for member in stack["members"]]}


def compact_member(member: Mapping[str, Any]) -> dict[str, Any]:
    """Give a member whose trees, if any, stand one behind the other in flat lists.

    `left` counts the nodes ahead to the left child, `number` is a threshold or, at a leaf (column
    -1), its value.

    Examples
    --------
    >>> tree = {"column": [0, -1, -1], "threshold": [2.5, 0.0, 0.0], "left": [1, 0, 0],
    ...         "value": [0.0, 0.25, 0.5]}
    >>> compact_member({"kind": "forest", "trees": [tree]})["trees"]["number"]
    [2.5, 0.25, 0.5]
    """
    if "trees" not in member:
        return dict(member)
    roots: list[int] = []
    column: list[int] = []
    left: list[int] = []
    number: list[float] = []
    for tree in member["trees"]:
        roots.append(len(column))
        for node, split in enumerate(tree["column"]):
            leaf = split < 0
            column.append(split)
            left.append(0 if leaf else tree["left"][node] - node)
            number.append(tree["value" if leaf else "threshold"][node])
    trees = {"roots": roots, "column": column, "left": left, "number": number}
    return {**member, "trees": trees}


def _field(predictor: Predictor) -> dict[str, Any]:
    """Give what a form needs of a predictor: all its levels, and the other unit if it has one."""
    plain = predictor.model_dump(mode="json", exclude_defaults=True)
    field: dict[str, Any] = {**plain, "label": predictor.title}
    if not predictor.is_number:
        field["levels"] = [
            {"code": level.code, "label": level.text} for level in predictor.all_levels
        ]
    if predictor.type == "ordinal":
        codes = [canonical(level.code) for level in predictor.levels]
        numbers = all(spells_number(code) for code in codes)
        field["scores"] = [float(code) for code in codes] if numbers else list(range(len(codes)))
    if _is_glucose(predictor):
        in_mmol = predictor.unit == "mmol/L"
        other = ("mg/dL", 1.0 / MG_PER_DL) if in_mmol else ("mmol/L", MG_PER_DL)
        field["other_unit"] = {"unit": other[0], "factor": other[1]}
    return field


def _is_glucose(predictor: Predictor) -> bool:
    named = f"{predictor.column} {predictor.label}".lower()
    known = predictor.loinc in _GLUCOSE_LOINC or "gluc" in named or "blood sugar" in named
    return known and predictor.unit in ("mmol/L", "mg/dL")


def _vector(vector: Mapping[str, Any], codebook: Sequence[Predictor]) -> dict[str, Any]:
    kept = {key: value for key, value in vector.items() if key not in ("cells", "reads")}
    return kept | {"cells": [vector["cells"][predictor.column] for predictor in codebook]}
