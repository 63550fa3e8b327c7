"""Every version of the average benefit, and of the number needed to treat."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.diagnostics import Absent
from twoarm.diagnostics.comparability.population import OVER
from twoarm.metrics import Estimate, NumberNeeded
from twoarm.report.needed import needed_text
from twoarm.report.sections.quoted.version import Version, version
from twoarm.report.sections.ranking.learners import LEARNER_TITLES
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.judge.ranking.comparison import LEARNERS
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.result import StudyResult

__all__ = ["TO_QUOTE", "means", "needed"]

TO_QUOTE = "to quote"
_MEAN, _NEEDED = "Average benefit, points", "Number needed to treat"
_MODELS = "An average of what models predict, not corrected by what happened to the patients."


def means(result: StudyResult) -> Iterator[Version]:
    """Give the average benefit to quote, then by other methods, patients and models."""
    outcome, found = result.primary, result.quoted()
    where = OVER[found.population]
    yield _mean(
        f"AIPW {where}: {TO_QUOTE}",
        found.average,
        "Models of the outcome and of treatment together; mean of the run's cross-fits.",
    )
    yield _mean("crude", outcome.crude, "The arms as they are, nothing adjusted for.")
    effects = result.value(AVERAGE_EFFECT)
    if effects is not None:
        own = effects.over(found.population)
        yield _mean("TMLE", own.tmle, "Targets the same with another correction.")
        if found.population != "overlap":
            yield _mean("inverse weights", own.iptw, "A model of treatment alone.")
        yield _mean(
            "overlap weights", own.overlap, "Other patients: those whose treatment was most open."
        )
        for population in (each for each in OVER if each != found.population):
            yield _mean(
                f"AIPW {OVER[population]}", effects.over(population).aipw, "Other patients."
            )
    if outcome.has_models:
        yield _mean(
            "g-formula",
            outcome.g_formula[found.population],
            f"Made again in each replicate for the interval. {_MODELS}",
        )
        yield from _of_models(result)


def _of_models(result: StudyResult) -> Iterator[Version]:
    benefit = result.primary.benefit
    if benefit.crossfit is not None:
        yield _mean("predicted, cross-fitted", benefit.crossfit.mean, _MODELS)
    if benefit.in_sample is not None:
        yield _mean("predicted, in-sample", benefit.in_sample.mean, _MODELS)
    evidence = result.value(COMPARISON)
    if evidence is not None:
        yield _mean(
            "AIPW of one cross-fit",
            evidence.average,
            "The scores behind the measures of benefit: the first of the run's cross-fits alone.",
        )
    risk = result.value(BASELINE_RISK)
    if risk is not None and risk.everybody.aipw is not None:
        yield _mean(
            "AIPW behind baseline risk",
            risk.everybody.aipw.benefit,
            "The same cross-fit as one group, with the error of a mean.",
        )
    heterogeneity = result.value(HETEROGENEITY)
    if heterogeneity is not None:
        yield _mean(
            "AIPW behind the shrunk shares",
            heterogeneity.average,
            "Normalised weights; median of cross-fits of its own, with a propensity of each fold.",
        )
    if evidence is not None:
        for each in evidence.compared.page.learners:
            if each.name != LEARNERS[0]:
                name = f"predicted by {LEARNER_TITLES[each.name]}"
                yield _mean(name, each.mean, "Another learner, one cross-fit.")


def _mean(name: str, value: Estimate | Absent | float, differs: str) -> Version:
    return version(_MEAN, name, "points", value, differs)


def needed(result: StudyResult) -> Iterator[Version]:
    """Give the number needed to treat of the average to quote, and those of other averages."""
    yield _needed(f"all patients: {TO_QUOTE}", result.quoted().needed, "Of the average to quote.")
    evidence = result.value(COMPARISON)
    if evidence is None:
        return
    yield _needed("of one cross-fit", evidence.needed, "Of the average of one cross-fit.")
    own = evidence.models[LEARNERS[0]].needed
    if own is not None:
        yield _needed(
            "those predicted to reach the threshold",
            own,
            "Other patients: chosen by the predictions that were made from them.",
        )


def _needed(name: str, found: NumberNeeded | Absent, differs: str) -> Version:
    if isinstance(found, Absent):
        return version(_NEEDED, name, "decimal", found, differs)
    said = f"{needed_text(found)}. {differs}"
    return Version(_NEEDED, name, "decimal", found.estimate, found.low, found.high, said)
