"""Two-arm clinical cohorts: who benefits from the treatment, and can it be believed.

The public names load when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twoarm.cohort import load_study, read_cohort
    from twoarm.metalearners import TLearner
    from twoarm.report import write_report
    from twoarm.resampling import validate
    from twoarm.study import StudyResult, run

__all__ = [
    "StudyResult",
    "TLearner",
    "load_study",
    "read_cohort",
    "run",
    "validate",
    "write_report",
]

_PACKAGES = ("design",)
"""Packages that are spoken of as `twoarm.<name>` without an import of their own."""

_HOME = {
    "StudyResult": "study",
    "TLearner": "metalearners",
    "load_study": "cohort",
    "read_cohort": "cohort",
    "run": "study",
    "validate": "resampling",
    "write_report": "report",
}


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"twoarm.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'twoarm' has no attribute '{name}'")
    return getattr(import_module(f"twoarm.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
