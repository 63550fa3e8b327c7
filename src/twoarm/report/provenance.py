"""How a report was made."""

from __future__ import annotations

from twoarm.study.plan.few_events import FALLBACK, FEW_EVENTS
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.result import StudyResult

__all__ = ["provenance"]

_DRAWN = {"patients": "drawn within each arm", "centres": "of whole centres"}


def provenance(result: StudyResult) -> tuple[tuple[str, str], ...]:
    """Give study, data, seed, version and procedure, each with its name."""
    plan = result.plan
    model = plan.file.model
    return (
        ("Study file", f"{plan.study.path.name}, SHA-256 {plan.study.digest[:16]}"),
        ("Data", f"{plan.cohort.source}, SHA-256 {plan.cohort.digest[:16]}"),
        ("Seed", str(plan.seed)),
        ("twoarm", result.version),
        (
            "Model",
            NO_PREDICTORS
            if not plan.file.predictors
            else f"T-learner; in each arm a stack of {', '.join(plan.member_names)}; weights by "
            f"{model.combine} over {model.inner_folds} inner folds of patients; "
            f"{FALLBACK} alone in an arm with fewer than {FEW_EVENTS} patients with, or without, "
            "the event",
        ),
        (
            "Cross-fitting",
            f"{plan.file.validation.cross_fit_folds} folds, repeated "
            f"{plan.file.validation.cross_fit_repeats} times",
        ),
        (
            "Bootstrap",
            f"{result.replicates} replicates {_DRAWN[plan.file.validation.resample]} and shared by "
            "all outcomes; "
            f"imputation, folds, members and weights are learnt again in each",
        ),
    )
