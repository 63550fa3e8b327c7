"""The methods of a run, from its settings and answers alone."""

from __future__ import annotations

from twoarm.report.journal.methods_data import design, outcomes, predictors
from twoarm.report.journal.methods_doubts import checks, hidden, software
from twoarm.report.journal.methods_effects import averages, who_benefits
from twoarm.report.journal.methods_models import models, validation
from twoarm.report.journal.paragraph import Paragraph
from twoarm.study.result import StudyResult

__all__ = ["methods"]


def methods(result: StudyResult) -> list[Paragraph]:
    """Describe what a run did, one paragraph a part; what it did not do is said with its reason."""
    of_models = [models(result), validation(result)] if result.primary.has_models else []
    return [
        design(result),
        outcomes(result),
        predictors(result),
        *of_models,
        averages(result),
        who_benefits(result),
        hidden(result),
        checks(result),
        software(result),
    ]
