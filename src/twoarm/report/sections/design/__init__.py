"""The next trial, where one was planned."""

from __future__ import annotations

from twoarm.errors import RunFolderError
from twoarm.planning import read_plan
from twoarm.report.design import report_section
from twoarm.report.section import Section
from twoarm.study.result import StudyResult

__all__ = ["section"]


def section(result: StudyResult) -> Section | None:
    """Read the plan that `twoarm design` left in the run's folder, if there is one."""
    path = result.folder / "design.json"
    if not path.is_file():
        return None
    try:
        plan = read_plan(path)
    except RunFolderError as error:  # left by another version: the run itself is in order
        return Section(
            name="design", link="Next trial", title="The next trial", lead="", notes=(str(error),)
        )
    return report_section(plan, replicates=result.replicates)
