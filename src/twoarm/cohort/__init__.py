"""From a data file to a validated, frozen cohort.

The public names load lazily: the codebook and the encoding also serve the bedside, where neither
pandas nor numba belongs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twoarm.cohort.codebook import Level, Predictor, Range
    from twoarm.cohort.cohort import Cohort
    from twoarm.cohort.encoding import EncodingSpec
    from twoarm.cohort.flow import Flow
    from twoarm.cohort.load import Study, load_study
    from twoarm.cohort.problems import Problem
    from twoarm.cohort.read import check_cohort, read_cohort
    from twoarm.cohort.studyfile import OutcomeSpec, StudyFile
    from twoarm.cohort.tableone import TableOne, table_one

__all__ = [
    "Cohort",
    "EncodingSpec",
    "Flow",
    "Level",
    "OutcomeSpec",
    "Predictor",
    "Problem",
    "Range",
    "Study",
    "StudyFile",
    "TableOne",
    "check_cohort",
    "load_study",
    "read_cohort",
    "table_one",
]

_HOME = {
    "Cohort": "cohort",
    "EncodingSpec": "encoding",
    "Flow": "flow",
    "Level": "codebook",
    "OutcomeSpec": "studyfile",
    "Predictor": "codebook",
    "Problem": "problems",
    "Range": "codebook",
    "Study": "load",
    "StudyFile": "studyfile",
    "TableOne": "tableone",
    "load_study": "load",
    "check_cohort": "read",
    "read_cohort": "read",
    "table_one": "tableone",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'twoarm.cohort' has no attribute '{name}'")
    return getattr(import_module(f"twoarm.cohort.{_HOME[name]}"), name)
