"""What the arms are called."""

from __future__ import annotations

from twoarm.study.result import StudyResult

__all__ = ["arm_labels"]


def arm_labels(result: StudyResult) -> tuple[str, str]:
    """Give the arms' labels, control first."""
    labels = result.plan.file.treatment.labels
    return labels.control, labels.treated
