"""The results of a run in words: for each quantity the one number to quote."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twoarm.diagnostics import Absent, present
from twoarm.diagnostics.harm import estimated
from twoarm.metrics import Estimate
from twoarm.report.formats import interval, shown
from twoarm.report.journal.methods_parts import reasoned
from twoarm.report.journal.paragraph import Paragraph, listed
from twoarm.report.journal.results_average import average
from twoarm.report.labels import arm_labels
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.measure.arms import ArmResult
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["results"]

_COMPARABLE = ("propensity", "overlap", "balance", "support", "one-treatment centres")
_HIDDEN = (
    "target trial",
    "E-value",
    "marginal sensitivity",
    "Rosenbaum bounds",
    "partial R2",
    "published trials",
    "negative control",
)
_CHECKED = (
    "separation",
    "coherence",
    "stability",
    "centres",
    "missing data",
    "missing data and the average effect",
    "complete cases",
)
_WORDS = {"supports": "Supported", "questions": "In question", "cannot tell": "Open"}
_RANKED = ("worth of the prediction", "baseline risk", "comparison of learners")


def results(result: StudyResult) -> list[Paragraph]:
    """Give what a run found; no number stands here that its summary or its tables lack."""
    of_models = (
        [_models(result), _who(result)]
        if result.primary.has_models
        else [Paragraph("Who benefits", f"{NO_PREDICTORS[0].upper()}{NO_PREDICTORS[1:]}.")]
    )
    found = [
        _patients(result),
        _comparable(result),
        average(result),
        *of_models,
        _said(result, "Hidden factors", _HIDDEN),
        _said(result, "Checks", _CHECKED),
        _verdict(result),
    ]
    return [each for each in found if each.text]


def _patients(result: StudyResult) -> Paragraph:
    """Count patients and events."""
    cohort, (control, treated) = result.plan.cohort, arm_labels(result)
    n = cohort.arm_sizes
    left = [f"{each.reason} ({each.n})" for each in cohort.flow.excluded]
    parts = [
        f"Of {cohort.flow.read} rows in the data file {len(cohort)} patients were analysed: "
        f"{control} {n[0]}, {treated} {n[1]}.",
        f"Left out: {listed(left)}." if left else "Nobody was left out.",
        *(f"{_events(each, (control, treated))}." for each in result.outcomes.values()),
    ]
    return Paragraph("Patients", " ".join(parts))


def _events(outcome: OutcomeResult, labels: tuple[str, str]) -> str:
    counts = [
        f"{label} {fit.events} of {fit.n}{_rate(fit)}"
        for fit, label in zip(outcome.arms.values(), labels, strict=True)
    ]
    return f"{outcome.spec.title}: {', '.join(counts)}"


def _rate(fit: ArmResult) -> str:
    return f" ({shown(fit.events / fit.n, 'percent')})" if fit.n else ""


def _comparable(result: StudyResult) -> Paragraph:
    return _said(result, "Comparability", _COMPARABLE)


def _said(result: StudyResult, heading: str, names: Iterable[str]) -> Paragraph:
    """Give what the findings of some names say, without the outcome that all are about."""
    wanted, title = tuple(names), f"{result.primary.spec.title}: "
    found = [each for each in result.findings if each.name in wanted]
    found.sort(key=lambda each: wanted.index(each.name))
    return Paragraph(heading, " ".join(_capital(each.text.removeprefix(title)) for each in found))


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}" if text else ""


def _models(result: StudyResult) -> Paragraph:
    """Quote the AUC of both arms' models, with Harrell's beside it."""
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    title = result.primary.spec.title
    parts = [_auc(f"{title}, {labels[arm]}", fit) for arm, fit in result.primary.arms.items()]
    missing = [
        f"{each.spec.title}, {labels[arm]} ({fit.auc.headline_reason.rstrip('.')})"
        for each in result.outcomes.values()
        for arm, fit in each.arms.items()
        if each is not result.primary and fit.auc.headline is None
    ]
    if missing:
        parts.append(f"No AUC can be quoted: {'; '.join(missing)}.")
    return Paragraph("Outcome models", " ".join(parts))


def _auc(label: str, fit: ArmResult) -> str:
    auc, slope = fit.auc, fit.calibration.slope
    model = f"{label} ({fit.events} events in {fit.n} patients)"
    if auc.headline is None:
        return f"{model}: no AUC can be quoted ({auc.headline_reason.rstrip('.')})."
    text = f"{model}: AUC {_with_limits(auc)} by {auc.headline_name}"
    if auc.harrell is not None:
        text += f", Harrell-corrected {shown(auc.harrell, 'probability')}"
        text += _gate(fit)
    if slope.headline is not None:
        text += f"; calibration slope {_with_limits(slope)}"
    return f"{text}."


def _gate(fit: ArmResult) -> str:
    if fit.gate.harrell_valid is False:
        return " (not valid for this learner and these patients)"
    return "" if fit.gate.harrell_valid else " (whether that is valid cannot be told)"


def _with_limits(metric: Any) -> str:
    """Write a quoted measure, and its interval where there is one."""
    own = shown(metric.headline, "probability")
    if metric.ci is None:
        return own
    return f"{own} (95 % {interval(metric.ci.low, metric.ci.high, 'probability')})"


def _who(result: StudyResult) -> Paragraph:
    """Quote the share with its band, the declared test, and the quarters."""
    parts = [_share(result), _ranking(result), _quarters(result)]
    parts.append(_said(result, "", _RANKED).text)
    return Paragraph("Who benefits", " ".join(part for part in parts if part))


def _share(result: StudyResult) -> str:
    """Quote the cross-fitted share, never without the band of one odds ratio for all."""
    benefit, threshold = result.primary.benefit, result.primary.spec.threshold
    if benefit.share_crossfit is None or benefit.losing_crossfit is None or threshold is None:
        return f"No share above the threshold ({_why_no_share(result)})."
    share = shown(benefit.share_crossfit, "percent")
    lose = shown(benefit.losing_crossfit, "percent")
    text = (
        f"By models that have not seen them, {share} of the patients are predicted to gain at "
        f"least {100 * threshold:g} points and {lose} to lose as much"
    )
    found = result.value(HETEROGENEITY)
    if found is None:
        why = reasoned(result.why_absent(HETEROGENEITY))
        return f"{text}; what one odds ratio for all would show is not known ({why})."
    quoted = found.quoted_null
    band, own = (
        (found.same_effect, found.raw)
        if quoted is None
        else (quoted.gaining_band, benefit.share_crossfit)
    )
    if band.low is None or band.high is None:
        return f"{text}; what one odds ratio for all would show was not computed."
    if quoted is None:  # the band is of models that have seen the patients
        text += f"; by models that have seen them {shown(own, 'percent')} are to gain it"
    text += (
        "; where one odds ratio holds for all the same learner reports "
        f"{interval(band.low, band.high, 'percent')}"
    )
    if band.is_rough:
        return f"{text}, from too few draws to compare."
    if own > band.high:
        return f"{text}: an excess."
    return (
        f"{text}: no excess. One odds ratio for all also makes some gain more than others in "
        "points, so a ranking that holds does not contradict this."
    )


def _why_no_share(result: StudyResult) -> str:
    """Say why nothing is said of everybody: the arms do not overlap, or a cross-fit failed."""
    average = result.primary.g_formula["all"]
    return reasoned(average.reason) if isinstance(average, Absent) else "a cross-fit failed"


def _ranking(result: StudyResult) -> str:
    """Give the test that was declared in advance, with its number."""
    found = result.value(RANKING)
    if found is None:
        why = reasoned(result.why_absent(RANKING))
        return f"The test of the ranking was not made ({why})."
    text = _said(result, "", ("ranking",)).text
    if not found.rate.se > 0.0:
        return text
    rate = found.rate
    p = "p < 0.001" if rate.p < 0.001 else f"p = {rate.p:.3f}"
    limits = interval(rate.low, rate.high, "points")
    return f"{text} AUTOC {shown(rate.estimate, 'points')} points ({limits}), {p}."


def _quarters(result: StudyResult) -> str:
    """Give predicted and estimated benefit in the outer quarters of the study's learner."""
    evidence = result.value(COMPARISON)
    model = None if evidence is None else evidence.models.get("t")
    groups = None if model is None else present(model.groups)
    if groups is None:
        return ""
    low, high = groups.limits
    ends = []
    for name, k in (("lowest", 0), ("highest", -1)):
        own = Estimate(*(float(each[k]) for each in (groups.estimate, groups.se, low, high)))
        ends.append(
            f"in the quarter with the {name} predicted benefit (mean "
            f"{shown(float(groups.predicted[k]), 'points')} points, n = {int(groups.n[k])}) the "
            f"estimate is {estimated(own)}"
        )
    return f"{_capital(listed(ends))}."


def _verdict(result: StudyResult) -> Paragraph:
    """Close with the answers of the run."""
    said = [f"{each.question} {_WORDS[each.verdict]}. {each.text}" for each in result.verdict]
    return Paragraph("What can be concluded", " ".join(said))
