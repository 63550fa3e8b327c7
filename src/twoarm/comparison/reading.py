"""A finished run as a comparison needs it: what it stored, and what it published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twoarm.cohort.cohort import Cohort
from twoarm.errors import RunFolderError
from twoarm.study import StudyResult, read_result
from twoarm.study.files.record import read_record

__all__ = ["FinishedRun", "read_finished", "why_absent"]


@dataclass(frozen=True)
class FinishedRun:
    """A run folder, read.

    Attributes
    ----------
    folder : Path
    record : dict
        ``run.json``: what went in.
    summary : dict
        ``summary.json`` as it was published.
    result : StudyResult
        The stored values, with the cohort.
    """

    folder: Path
    record: dict[str, Any]
    summary: dict[str, Any]
    result: StudyResult


def read_finished(folder: str | Path) -> FinishedRun:
    """Read the folder of a finished run; a copy will do.

    Raises
    ------
    RunFolderError
        If it holds no finished run, or one that this version cannot read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        found = "a file" if folder.exists() else "no such folder"
        raise RunFolderError(
            f"Expected the folder of a finished run; {folder} is {found}. Name the folder that "
            "twoarm run wrote, such as runs/rescue-stenting."
        )
    record = read_record(folder)
    if record is None:
        raise RunFolderError(
            f"{folder} holds no run: its run.json is missing or broken. Name the folder that "
            "twoarm run wrote, such as runs/rescue-stenting."
        )
    if record.get("shard") is not None:
        raise RunFolderError(
            f"{folder} holds shard {record['shard']} of a run. Join the shards with twoarm merge, "
            "and compare the whole run."
        )
    if not record.get("finished"):
        raise RunFolderError(
            f"The run in {folder} is not finished. Finish it with twoarm run ... --resume."
        )
    result = read_result(folder)
    _require_levels(folder, result.plan.cohort)
    return FinishedRun(folder, record, _summary(folder), result)


def _require_levels(folder: Path, cohort: Cohort) -> None:
    """Refuse a cohort with positions of levels that no variable has: its file is damaged."""
    for predictor, values in cohort.measured():
        known = values[~np.isnan(values)]
        places = np.arange(len(predictor.all_levels))
        if not predictor.is_number and not np.isin(known, places).all():
            raise RunFolderError(
                f"The values of '{predictor.column}' in {folder / 'values'} are damaged. Take an "
                "undamaged copy of the folder, or run the study again."
            )


def _summary(folder: Path) -> dict[str, Any]:
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        if {"cohort", "outcomes", "verdict", "findings", "absent"} <= summary.keys():
            return dict(summary)
        fault = "it is no summary of a run"
    except (OSError, ValueError, AttributeError) as error:
        fault = str(error)
    raise RunFolderError(
        f"{folder / 'summary.json'} cannot be read ({fault}). Write it again with "
        "twoarm run ... --resume."
    )


def why_absent(summary: dict[str, Any], path: str) -> str:
    """Give a summary's reason for a null at a path, or for the place that it lies in.

    Empty where there is none.

    Examples
    --------
    >>> why_absent({"absent": {"centres": "the study names no centre"}}, "centres.n")
    'the study names no centre'
    """
    while path:
        if path in summary["absent"]:
            return str(summary["absent"][path])
        path = path.rpartition(".")[0]
    return ""
