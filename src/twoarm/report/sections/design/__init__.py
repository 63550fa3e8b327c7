"""The next trial, where one was planned."""

from __future__ import annotations

from twoarm.planning import read_plan
from twoarm.report.design import report_section
from twoarm.report.section import Section
from twoarm.study.result import StudyResult

__all__ = ["section"]


def section(result: StudyResult) -> Section | None:
    """Read the plan that `twoarm design` left in the run's folder, if there is one."""
    path = result.folder / "design.json"
    return report_section(read_plan(path)) if path.is_file() else None
