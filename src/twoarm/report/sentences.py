"""The study in a few plain sentences, which never say more than the numbers do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from twoarm.report.cohort_tables import arm_labels
from twoarm.report.formats import interval, points, shown
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["Sentence", "sentences"]

_NOTABLE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement; a `caution` limits what the numbers can carry."""

    kind: Literal["finding", "caution"]
    text: str


def sentences(result: StudyResult) -> list[Sentence]:
    """Say what was found and what limits it."""
    return [
        *_cautions_of_design(result),
        _average(result),
        *_share(result),
        *_discrimination(result),
        *_few_events(result),
        *_run(result),
    ]


def _cautions_of_design(result: StudyResult) -> list[Sentence]:
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
            )
        )
    if result.plan.file.target_trial.control_by != "randomised":
        cautions.append(
            Sentence(
                "caution",
                f"Treatment was not assigned at random. {treated} and {control} differ in what was "
                "measured (adjusted for) and possibly in what was not (not adjusted for); an "
                "unmeasured cause of both treatment and outcome can produce all of what follows.",
            )
        )
    return cautions


def _average(result: StudyResult) -> Sentence:
    outcome = result.primary
    estimate = outcome.g_formula
    limits = ""
    if math.isfinite(estimate.low):
        limits = f" (95 % bootstrap interval {interval(estimate.low, estimate.high, 'points')})"
    return Sentence(
        "finding",
        f"{outcome.spec.title}: averaged over all patients, the models predict a benefit of "
        f"{points(estimate.estimate)} percentage points{limits}; the arms as they are differ by "
        f"{points(outcome.crude.estimate)}.",
    )


def _share(result: StudyResult) -> list[Sentence]:
    outcome = result.primary
    threshold = outcome.spec.threshold
    if outcome.benefit.crossfit is None or outcome.benefit.share_crossfit is None:
        return []
    assert threshold is not None
    return [
        Sentence(
            "finding",
            "By models that have not seen them, "
            f"{shown(outcome.benefit.crossfit.share_positive, 'percent')} of patients are "
            "predicted to gain anything and "
            f"{shown(outcome.benefit.share_crossfit, 'percent')} at least {100 * threshold:g} "
            f"points. These are shares of predictions, widened by estimation noise{_nulls(result)}",
        )
    ]


def _nulls(result: StudyResult) -> str:
    """Set the in-sample share beside what the same learner reports where benefit is alike."""
    found = None if result.causal is None else result.causal.heterogeneity
    if found is None or found.same_effect.low is None or found.same_effect.high is None:
        return "; how many patients truly gain that much is not estimated here."
    band = interval(found.same_effect.low, found.same_effect.high, "percent")
    if found.same_effect.is_rough:
        more = "too few draws to compare"
    else:
        more = "that is an excess" if found.raw > found.same_effect.high else "no excess over that"
    return (
        f". In-sample the share is {shown(found.raw, 'percent')}; where the treatment multiplies "
        f"everybody's odds alike, the same learner reports {band}: {more}."
    )


def _discrimination(result: StudyResult) -> list[Sentence]:
    texts = []
    for arm, label in zip(ARMS, arm_labels(result), strict=True):
        fit = result.primary.arms[arm]
        auc = fit.auc
        if auc.headline is None:
            texts.append(Sentence("caution", f"{label}: the AUC could not be estimated."))
            continue
        limits = "" if auc.ci is None else f" ({interval(auc.ci.low, auc.ci.high, 'probability')})"
        text = (
            f"{label}: the outcome model ({fit.events} events in {fit.n} patients) has an AUC of "
            f"{shown(auc.headline, 'probability')}{limits} by {auc.headline_name}."
        )
        if fit.gate.harrell_valid is False:
            excess = shown(fit.gate.harrell_minus_headline, "probability")
            text += (
                f" Harrell's correction gives {shown(auc.harrell, 'probability')}, {excess} above "
                "it: not valid for this learner here."
            )
        else:
            text += f" Harrell's correction gives {shown(auc.harrell, 'probability')}."
        texts.append(Sentence("finding", text))
    return texts


def _few_events(result: StudyResult) -> list[Sentence]:
    texts = _without_ensemble(result)
    for arm, label in zip(ARMS, arm_labels(result), strict=True):
        fit = result.primary.arms[arm]
        rarer = "with" if fit.learner.rarer.has_event else "without"
        if fit.share_few_events > _NOTABLE_SHARE:
            texts.append(
                Sentence(
                    "caution",
                    f"{label}: {shown(fit.share_few_events, 'percent')} of the replicates have "
                    f"fewer than {FEW_EVENTS} different patients {rarer} the event. So little "
                    "information "
                    "supports no fine distinction between patients.",
                )
            )
        if fit.share_mean_only is not None and fit.share_mean_only > _NOTABLE_SHARE:
            texts.append(
                Sentence(
                    "caution",
                    f"{label}: in {shown(fit.share_mean_only, 'percent')} of the replicates the "
                    "stack gives all weight to the plain event rate: no predictor helped.",
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
        )
    ]


def _run(result: StudyResult) -> list[Sentence]:
    texts = [
        Sentence("caution", f"{label}: {caution}; corrected values rest on the others.")
        for arm, label in zip(ARMS, arm_labels(result), strict=True)
        for caution in result.primary.arms[arm].cautions()
    ]
    if result.provisional:
        texts.append(
            Sentence(
                "caution",
                f"Only {result.replicates} bootstrap replicates were computed; intervals and "
                "corrected values are provisional.",
            )
        )
    if result.failed_replicates:
        texts.append(
            Sentence(
                "caution",
                f"In {result.failed_replicates} of {result.replicates} replicates a model could "
                "not be fitted; they are left out of the measures they concern.",
            )
        )
    return texts
