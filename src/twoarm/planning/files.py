"""``design.json``: a plan as other programs read it, and read back for the report."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cattrs

from twoarm.errors import RunFolderError
from twoarm.planning.planning import FORMAT_VERSION
from twoarm.planning.trial_plan import TrialPlan

__all__ = ["read_plan", "to_json"]


def to_json(plan: TrialPlan) -> str:
    """Give the plan as JSON: no NaN and no Infinity, null where there is no number."""
    return json.dumps(_plain(asdict(plan)), indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def read_plan(path: Path) -> TrialPlan:
    """Read a plan back.

    Raises
    ------
    RunFolderError
        If the file is no plan, or one of another format.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["format_version"] != FORMAT_VERSION:
            raise RunFolderError(
                f"{path} is of format {plain['format_version']}; this version reads format "
                f"{FORMAT_VERSION}. Write it again with twoarm design."
            )
        return _reader().structure(plain, TrialPlan)
    except (OSError, ValueError, KeyError, TypeError, cattrs.BaseValidationError) as error:
        raise RunFolderError(
            f"{path} is no plan that can be read ({error}). Write it again with twoarm design."
        ) from error


def _reader() -> cattrs.Converter:
    """Give a reader to whom null is NaN where a number must stand."""
    reader = cattrs.Converter()
    reader.register_structure_hook(
        float, lambda value, _: math.nan if value is None else float(value)
    )
    return reader
