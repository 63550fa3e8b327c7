"""How a report was made."""

from __future__ import annotations

from twoarm.cohort.studyfile import ModelSection, StudyFile
from twoarm.kernels.level_one import LEAST_TREES, MOST_LEFT_OUT
from twoarm.report.protocol import protocol_line
from twoarm.study.plan.few_events import FALLBACK, FEW_EVENTS
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.result import StudyResult

__all__ = ["provenance"]

_DRAWN = {"patients": "drawn within each arm", "centres": "of whole centres"}


def _out_of_bag(model: ModelSection) -> str:
    """Say how the forest predicts patients it has not seen, if not in the folds."""
    if model.inner == "folds" or "forest" not in model.members:
        return ""
    return (
        ", the forest's predictions out of bag (in inner folds, too, where patients whom fewer "
        f"than {LEAST_TREES} trees have not seen hold over {MOST_LEFT_OUT:.0%} of the weight)"
    )


def _unseen(file: StudyFile) -> str:
    """Say that outcome models do not see the centre, where there is one that is no predictor."""
    centre = file.study.centre
    if not centre or centre in {each.column for each in file.predictors}:
        return ""
    return "; outcome models do not see the centre"


def _hyperparameters(result: StudyResult) -> tuple[tuple[str, str], ...]:
    """Give every setting of the stack's members, as the study file has them or by default."""
    model = result.plan.file.model
    if not result.plan.file.predictors:
        return ()
    settings = {each.name: each.parameters for each in model.plugins}
    parts = []
    for name in model.members:
        section = getattr(model, name, None)
        values = settings.get(name, {}) if section is None else section.model_dump()
        if values:
            parts.append(f"{name} ({', '.join(f'{key} {value}' for key, value in values.items())})")
    return (("Settings of the members", "; ".join(parts) or "none"),)


def provenance(result: StudyResult) -> tuple[tuple[str, str], ...]:
    """Give study, data, seed, version and procedure, each with its name."""
    plan = result.plan
    model = plan.file.model
    return (
        ("Study file", f"{plan.study.path.name}, SHA-256 {plan.study.digest[:16]}"),
        ("Protocol", protocol_line(plan.file)),
        ("Data", f"{plan.cohort.source}, SHA-256 {plan.cohort.digest[:16]}"),
        ("Seed", str(plan.seed)),
        ("twoarm", result.version),
        (
            "Model",
            NO_PREDICTORS
            if not plan.file.predictors
            else f"T-learner; in each arm a stack of {', '.join(plan.member_names)}; weights by "
            f"{model.combine} over {model.inner_folds} inner folds of patients"
            f"{_out_of_bag(model)}; {FALLBACK} alone in an arm with fewer than {FEW_EVENTS} "
            "patients with, or without, the event",
        ),
        *_hyperparameters(result),
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
        (
            "Not done",
            "no tuning of twoarm's members, no balancing of classes by twoarm, no updating of "
            f"models; nothing was evaluated in another cohort{_unseen(plan.file)}",
        ),
    )
