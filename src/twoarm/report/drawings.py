"""All figures of a report."""

from __future__ import annotations

from twoarm.report.benefit_figures import benefit_drawings
from twoarm.report.causal_figures import causal_drawings
from twoarm.report.figures import Drawing, model_drawings
from twoarm.report.hidden_figures import hidden_drawings
from twoarm.report.importance_figures import importance_drawings
from twoarm.report.stability_figures import stability_drawings
from twoarm.study.result import StudyResult

__all__ = ["all_drawings"]


def all_drawings(result: StudyResult) -> list[Drawing]:
    """Draw every figure of a study's report."""
    return [
        *model_drawings(result),
        *benefit_drawings(result),
        *importance_drawings(result),
        *causal_drawings(result),
        *hidden_drawings(result),
        *stability_drawings(result),
    ]
