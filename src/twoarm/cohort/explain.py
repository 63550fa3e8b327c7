"""What is wrong with a study file, in plain words: path, line, what is allowed, what was found."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from twoarm.cohort.studyfile import StudyFile

__all__ = ["explained", "place", "without_unknown_keys"]

_LONGEST_SHOWN = 60
_TABLE = ("model_type", "model_attributes_type", "dict_type")
_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": "must consist of letters, digits, - and _",
    r"^[A-Za-z][A-Za-z0-9_]*$": "must be a letter, then letters, digits and _",
    r"^[\w.]+:\w+$": "must be 'module:Class', such as 'sklearn.ensemble:ExtraTreesClassifier'",
}


def explained(error: ValidationError, raw: Mapping[str, Any], text: str) -> list[str]:
    """Give one line for each key that pydantic refuses."""
    refused: dict[tuple[Any, ...], list[Any]] = {}
    for each in error.errors(include_url=False):
        location = tuple(step for step in each["loc"] if not _is_union_branch(step))
        refused.setdefault(location, []).append(each)
    lines = []
    for location, errors in refused.items():
        inside = any(other[:-1] == location for other in refused)
        if inside and errors[0]["type"] == "too_short":
            continue  # it is short because its entries are refused
        what = " or ".join(dict.fromkeys(_what(each, location) for each in errors))
        lines.append(f"{place(location, raw, text)} | {what}{_found(errors[0])}")
    return lines


def place(location: Sequence[Any], raw: Mapping[str, Any], text: str) -> str:
    """Give the dotted path and the line; an entry of a list goes by its name, else its number."""
    here: Any = raw
    steps = []
    for step in location:
        entry = here[step] if isinstance(here, list) and isinstance(step, int) else None
        name = (entry.get("name") or entry.get("column")) if isinstance(entry, dict) else None
        if isinstance(step, int) and entry is None:
            continue  # a single code where a list may stand
        here = here.get(step) if isinstance(here, dict) else entry
        steps.append(str(name or step + 1) if isinstance(step, int) else str(step))
    dotted = ".".join(steps) or "(top level)"
    line = _line_of(text, list(location))
    return f"{dotted} (line {line})" if line else dotted


def without_unknown_keys(error: ValidationError, raw: dict[str, Any]) -> dict[str, Any] | None:
    """Give the content without its unknown keys, or None if anything else is wrong with it."""
    errors = error.errors(include_url=False)
    if any(each["type"] != "extra_forbidden" for each in errors):
        return None
    unknown = {each["loc"] for each in errors}

    def pruned(here: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(here, dict):
            kept = {key: value for key, value in here.items() if (*path, key) not in unknown}
            return {key: pruned(value, (*path, key)) for key, value in kept.items()}
        if isinstance(here, list):
            return [pruned(value, (*path, k)) for k, value in enumerate(here)]
        return here

    kept: dict[str, Any] = pruned(raw, ())
    return kept


def _what(error: Any, location: Sequence[Any]) -> str:
    kind, context, found = error["type"], error.get("ctx", {}), error["input"]
    key = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        known = _keys_at(location[:-1])
        near = difflib.get_close_matches(key, known, 1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(sorted(known))}"
        return f"unknown key | {hint}"
    if kind == "missing":
        return "this key is required and missing"
    if kind in _TABLE:
        if isinstance(found, list) and len(location) == 1:
            return f"must be one table, written [{key}]"
        return f"must be a table with the keys {', '.join(_keys_at(location))}"
    if kind == "tuple_type":
        if isinstance(found, dict) and _keys_at(location):
            names = ".".join(step for step in location if isinstance(step, str))
            return f"must be a list of tables, each written [[{names}]]"
        return "must be a list in [ ]"
    if kind == "too_short":
        return "must not be an empty list"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]]
    message: str = error["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be").replace("valid string", "text")
    is_share = context.get("lt", context.get("le")) == 1
    if is_share and isinstance(found, int | float) and 1 < found <= 100:
        message += f" (for {found:g} % write {found / 100:g})"
    return message[0].lower() + message[1:]


def _found(error: Any) -> str:
    found = error["input"]
    if error["type"] in ("extra_forbidden", "missing") or isinstance(found, dict | list | tuple):
        return ""
    shown = f"'{found}'" if isinstance(found, str) else str(found)
    if isinstance(found, bool):
        shown = shown.lower()
    return f" | found {shown[:_LONGEST_SHOWN]}"


def _is_union_branch(step: Any) -> bool:
    """Say whether a step of pydantic's path names a type rather than a key."""
    return isinstance(step, str) and (step == "int" or step.startswith(("literal[", "constrained")))


def _keys_at(location: Sequence[Any]) -> list[str]:
    """Give the keys that are known in one section of the study file."""
    here: type[BaseModel] | None = StudyFile
    any_key = False
    for step in location:
        if isinstance(step, int) or any_key:
            any_key = False
            continue
        field = None if here is None else here.model_fields.get(str(step))
        here = None if field is None else _model_in(field.annotation)
        any_key = field is not None and typing.get_origin(field.annotation) is dict
    return [] if here is None else list(here.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Find the section's class inside ``tuple[X, ...]``, ``X | None`` or ``dict[str, X]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (tuple, dict, typing.Union, types.UnionType):
        for argument in typing.get_args(annotation):
            found = _model_in(argument)
            if found is not None:
                return found
    return None


def _line_of(text: str, location: list[Any]) -> int | None:
    """Find the line of a key, or of its section where the key is missing."""
    counted: dict[str, int] = {}
    here: list[Any] = []
    best: int | None = None
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.split("#")[0].strip()
        if stripped.startswith("["):
            here = _section(stripped, counted)
            if here and here == location[: len(here)]:
                best = number
        elif "=" in stripped:
            key = [*here, *(part.strip(" \"'") for part in stripped.split("=")[0].split("."))]
            if key == location[: len(key)]:
                return number
    return best


def _section(header: str, counted: dict[str, int]) -> list[Any]:
    """Give the path that a line ``[a.b]`` or ``[[a]]`` opens, counting entries of lists."""
    names = [part.strip(" \"'") for part in header.strip("[] ").split(".")]
    dotted = ".".join(names)
    if header.startswith("[["):
        for inner in [name for name in counted if name.startswith(f"{dotted}.")]:
            del counted[inner]
        counted[dotted] = counted.get(dotted, -1) + 1
    path: list[Any] = []
    for k, name in enumerate(names, 1):
        path.append(name)
        entry = counted.get(".".join(names[:k]))
        if entry is not None:
            path.append(entry)
    return path
