"""Where the analysis was registered, if anywhere."""

from __future__ import annotations

from twoarm.cohort.studyfile import StudyFile

__all__ = ["protocol_line"]


def protocol_line(study: StudyFile) -> str:
    """Say where the protocol was registered; twoarm cannot know more than the study file says.

    Examples
    --------
    >>> from twoarm.cohort import load_study
    >>> protocol_line(load_study("nhefs").file)
    'Nothing here was registered, as far as the study file says.'
    """
    where = study.study.registration.rstrip(" .")
    if not where:
        return "Nothing here was registered, as far as the study file says."
    return f"By the study file the protocol was registered: {where}."
