"""The study in a few plain sentences, which never say more than the numbers do."""

from __future__ import annotations

from twoarm.diagnostics import Absent
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.harm import estimated, excluded, welfare
from twoarm.report.cautions import cautions_of_design, cautions_of_few_events, cautions_of_run
from twoarm.report.formats import interval, shown
from twoarm.report.labels import arm_labels
from twoarm.report.needed import needed_text
from twoarm.report.sentence import Sentence
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.measure.arms import ArmResult
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["sentences"]


def sentences(result: StudyResult) -> list[Sentence]:
    """Say what was found and what limits it."""
    if not result.primary.has_models:
        return [*cautions_of_design(result), _average(result)]
    return [
        *cautions_of_design(result),
        _average(result),
        *_share(result),
        *_discrimination(result),
        *cautions_of_few_events(result),
        *cautions_of_run(result),
    ]


def _average(result: StudyResult) -> Sentence:
    """Give the average to quote, with the number needed to treat."""
    outcome, quoted = result.primary, result.quoted()
    average, where = quoted.average, OVER[quoted.population]
    crude = f"as the arms are, {welfare(outcome.crude.estimate)}"
    if isinstance(average, Absent):
        return Sentence(
            "caution",
            f"{outcome.spec.title}: there is no average effect {where} ({average.reason}); "
            f"{crude}, which answers another question.",
        )
    needed = ""
    if not isinstance(quoted.needed, Absent):
        needed = f"; number needed {needed_text(quoted.needed)}"
    models = "" if outcome.has_models else f" {NO_PREDICTORS[0].upper()}{NO_PREDICTORS[1:]}."
    return Sentence(
        "finding",
        f"{outcome.spec.title}: averaged {where}, adjusted for what was measured (AIPW), "
        f"{estimated(average)}; {excluded(average)}{needed}; {crude}.{models}",
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
    """Set the share beside what the same learner reports where benefit is alike."""
    found = result.value(HETEROGENEITY)
    if found is None:
        return "; how many patients truly gain that much is not estimated here."
    quoted = found.quoted_null
    null = found.same_effect if quoted is None else quoted.gaining_band
    share = found.raw if quoted is None else quoted.share
    if null.low is None or null.high is None:
        return "; how many patients truly gain that much is not estimated here."
    band = interval(null.low, null.high, "percent")
    if null.is_rough:
        more = "too few draws to compare"
    else:
        more = "this is an excess" if share > null.high else "this is no excess over that"
    basis = "" if quoted else f"By models that have seen them it is {shown(share, 'percent')}; "
    told = (
        "where the treatment multiplies everybody's odds alike, the same learner reports "
        f"{band}: {more}."
    )
    return f". {basis}{told}" if basis else f". {told[:1].upper()}{told[1:]}"


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
