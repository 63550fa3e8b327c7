"""The study in a few plain sentences, which never say more than the numbers do."""

from __future__ import annotations

import math

from twoarm.diagnostics import Absent
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.harm import amount, estimated, excluded, span, welfare
from twoarm.report.cautions import cautions_of_design, cautions_of_few_events, cautions_of_run
from twoarm.report.formats import interval, shown
from twoarm.report.labels import arm_labels
from twoarm.report.sentence import Sentence
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.measure.arms import ArmResult
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
    outcome, population = result.primary, result.plan.file.target_trial.population
    estimate = outcome.g_formula[population]
    crude = f"as the arms are, {welfare(outcome.crude.estimate)}"
    if isinstance(estimate, Absent):
        return Sentence(
            "caution",
            f"{outcome.spec.title}: there is no average effect {OVER[population]} "
            f"({estimate.reason}); {crude}, which answers another question.",
        )
    limits = ""
    if math.isfinite(estimate.low):
        limits = f" (95 % bootstrap interval {span(estimate.low, estimate.high)})"
    return Sentence(
        "finding",
        f"{outcome.spec.title}: averaged {OVER[population]}, the models predict "
        f"{amount(estimate.estimate)}{limits}; {excluded(estimate)}; {crude}.",
    )


def _adjusted(result: StudyResult) -> Sentence:
    """Give the average of a study without predictors, adjusted for what decided on treatment."""
    outcome, population = result.primary, result.plan.file.target_trial.population
    crude = f"as the arms are, {welfare(outcome.crude.estimate)}"
    effects = result.value(AVERAGE_EFFECT)
    if effects is None:
        why = result.why_absent(AVERAGE_EFFECT)
        return Sentence("caution", f"{outcome.spec.title}: {crude}; no adjusted average: {why}.")
    found = effects.over(population).aipw
    if isinstance(found, Absent):
        text = f"{outcome.spec.title}: {crude}; no adjusted average: {found.reason}."
        return Sentence("caution", text)
    return Sentence(
        "finding",
        f"{outcome.spec.title}: averaged {OVER[population]}, adjusted by AIPW for the columns of "
        f"the propensity, {estimated(found)}; {excluded(found)}; {crude}. "
        f"{NO_PREDICTORS[0].upper()}{NO_PREDICTORS[1:]}.",
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
            f"points, {shown(outcome.benefit.losing_crossfit, 'percent')} to lose at least as "
            f"much. These are shares of predictions, widened by estimation noise{_nulls(result)}",
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
        f". In-sample the share who gain it is {shown(found.raw, 'percent')}; where the treatment "
        f"multiplies everybody's odds alike, the same learner reports {band}: {more}."
    )


def _discrimination(result: StudyResult) -> list[Sentence]:
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    found = [_auc(label, result.primary.arms[arm]) for arm, label in labels.items()]
    missing = [
        _no_auc(f"{each.spec.title}, {labels[arm]}", fit)
        for each in result.outcomes.values()
        for arm, fit in each.arms.items()
        if each is not result.primary and fit.auc.headline is None
    ]
    return found + missing


def _auc(label: str, fit: ArmResult) -> Sentence:
    auc = fit.auc
    if auc.headline is None:
        return _no_auc(label, fit)
    limits = "" if auc.ci is None else f" ({interval(auc.ci.low, auc.ci.high, 'probability')})"
    text = (
        f"{label}: the outcome model ({fit.events} events in {fit.n} patients) has an AUC of "
        f"{shown(auc.headline, 'probability')}{limits} by {auc.headline_name}."
    )
    if auc.harrell is not None:
        text += f" Harrell's correction gives {shown(auc.harrell, 'probability')}"
        text += f". {fit.gate.reason.rstrip('.')}." if fit.gate.harrell_valid is False else "."
    return Sentence("finding", text)


def _no_auc(model: str, fit: ArmResult) -> Sentence:
    reason = fit.auc.headline_reason.rstrip(".")
    return Sentence("caution", f"{model}: the AUC could not be estimated: {reason}.")
