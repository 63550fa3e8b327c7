"""What limits a study's numbers, in plain sentences."""

from __future__ import annotations

from twoarm.report.formats import shown
from twoarm.report.labels import arm_labels
from twoarm.report.sentence import Sentence
from twoarm.study.judge.large import LARGE, fewer
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["cautions_of_design", "cautions_of_few_events", "cautions_of_run"]

_NOTABLE_SHARE = 0.05


def cautions_of_design(result: StudyResult) -> list[Sentence]:
    """Say what no number of this study can get around."""
    cautions = []
    if result.plan.cohort.synthetic:
        cautions.append(
            Sentence("caution", "The patients are synthetic. Nothing here is a clinical finding.")
        )
    control, treated = arm_labels(result)
    if result.plan.file.target_trial.control_by == "final_reperfusion":
        cautions.append(
            Sentence(
                "caution",
                f"The controls ({control}) are known by their final reperfusion, which came after "
                "the decision: patients in whom the vessel opened later without the treatment are "
                "missing among them. Part or all of the difference between the arms can come from "
                "that alone.",
                f"{control} are known by their final reperfusion, which came after the decision.",
            )
        )
    if result.plan.file.target_trial.control_by != "randomised":
        cautions.append(
            Sentence(
                "caution",
                f"Treatment was not assigned at random. {treated} and {control} differ in what was "
                "measured (adjusted for) and possibly in what was not (not adjusted for); an "
                "unmeasured cause of both treatment and outcome can produce all of what follows.",
                "Treatment was not drawn by lot.",
            )
        )
    return cautions


def cautions_of_few_events(result: StudyResult) -> list[Sentence]:
    """Say where events are too few, in the cohort or in its replicates."""
    texts = _without_ensemble(result)
    for arm, label in zip(ARMS, arm_labels(result), strict=True):
        fit = result.primary.arms[arm]
        if fit.share_few_events > _NOTABLE_SHARE:
            texts.append(
                Sentence(
                    "caution",
                    f"{label} ({fit.learner.rarer}): {shown(fit.share_few_events, 'percent')} of "
                    f"the replicates have fewer than {FEW_EVENTS} different patients with, or "
                    "without, the event. So little information supports no fine distinction "
                    "between patients.",
                    f"{label}: only {fit.learner.rarer}, too few for fine distinctions.",
                )
            )
        if fit.share_separated is not None and fit.share_separated > _NOTABLE_SHARE:
            texts.append(
                Sentence(
                    "caution",
                    f"{label}: in {shown(fit.share_separated, 'percent')} of the replicates a "
                    "regression separates the patients with the event from the others; its risks "
                    "there are as near to 0 and 1 as its penalty lets them come.",
                    f"{label}: predictors separate those with the event from the others.",
                )
            )
        if fit.share_mean_only is not None and fit.share_mean_only > _NOTABLE_SHARE:
            texts.append(
                Sentence(
                    "caution",
                    f"{label}: in {shown(fit.share_mean_only, 'percent')} of the replicates the "
                    "stack gives all weight to the plain event rate: no predictor helped.",
                    f"{label}: the predictors often help nothing.",
                )
            )
    return texts


def _without_ensemble(result: StudyResult) -> list[Sentence]:
    """Name the models that are no stack because events are few."""
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    models = [
        f"{each.spec.title}, {labels[arm]} ({fit.learner.rarer})"
        for each in result.outcomes.values()
        for arm, fit in each.arms.items()
        if fit.learner.kind == "fallback"
    ]
    if not models:
        return []
    return [
        Sentence(
            "caution",
            f"Too few for an ensemble (fewer than {FEW_EVENTS}): {'; '.join(models)}. There the "
            "outcome model is a penalized regression (elastic net) alone, in every replicate too. "
            "Its predictions are drawn towards the event rate of the arm.",
            f"{_count(len(models))} few events for an ensemble; one penalized regression instead.",
        )
    ]


def _count(models: int) -> str:
    return "1 model has too" if models == 1 else f"{models} models have too"


def cautions_of_run(result: StudyResult) -> list[Sentence]:
    """Say what this run left undone."""
    texts = [
        Sentence("caution", f"{label}: {caution}.")
        for arm, label in zip(ARMS, arm_labels(result), strict=True)
        for caution in result.primary.arms[arm].cautions()
    ]
    if result.provisional:
        texts.append(
            Sentence(
                "caution",
                f"Only {result.replicates} bootstrap replicates were computed; intervals and "
                "corrected values are provisional.",
                f"Only {result.replicates} bootstrap replicates: the numbers are provisional.",
            )
        )
    stated = fewer(result.plan)
    if stated:
        questions = dict.fromkeys(each.question for each in stated)
        texts.append(
            Sentence(
                "caution",
                f"From {LARGE} patients on these questions repeat less what they repeat: "
                f'{", ".join(questions)}. How often is under "What is not here".',
                "In a cohort so large some questions are repeated less often.",
            )
        )
    if result.failed_replicates:
        texts.append(
            Sentence(
                "caution",
                f"In {result.failed_replicates} of {result.replicates} replicates a model could "
                "not be fitted; they are left out of the measures they concern.",
                f"Models could not be fitted in {result.failed_replicates} of "
                f"{result.replicates} replicates.",
            )
        )
    return texts
