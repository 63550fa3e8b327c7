"""The study in a few plain sentences, which never say more than the numbers do."""

from __future__ import annotations

import math

from twoarm.metrics import finite
from twoarm.report.cautions import cautions_of_design, cautions_of_few_events, cautions_of_run
from twoarm.report.formats import interval, points, shown
from twoarm.report.labels import arm_labels
from twoarm.report.sentence import Sentence
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["sentences"]


def sentences(result: StudyResult) -> list[Sentence]:
    """Say what was found and what limits it."""
    if not result.primary.has_models:
        return [*cautions_of_design(result), _adjusted(result)]
    return [
        *cautions_of_design(result),
        _average(result),
        *_share(result),
        *_discrimination(result),
        *cautions_of_few_events(result),
        *cautions_of_run(result),
    ]


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


def _adjusted(result: StudyResult) -> Sentence:
    """Give the average of a study without predictors, adjusted for what decided on treatment."""
    outcome, found = result.primary, result.value(AVERAGE_EFFECT)
    crude = f"the arms as they are differ by {points(outcome.crude.estimate)} percentage points"
    if found is None:
        why = result.why_absent(AVERAGE_EFFECT)
        return Sentence("caution", f"{outcome.spec.title}: {crude}; no adjusted average: {why}.")
    limits = interval(finite(found.aipw.low), finite(found.aipw.high), "points")
    return Sentence(
        "finding",
        f"{outcome.spec.title}: averaged over all patients the benefit is "
        f"{points(found.aipw.estimate)} percentage points ({limits}), adjusted by AIPW for the "
        f"columns of the propensity; {crude}. {NO_PREDICTORS[0].upper()}{NO_PREDICTORS[1:]}.",
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
    found = result.value(HETEROGENEITY)
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
