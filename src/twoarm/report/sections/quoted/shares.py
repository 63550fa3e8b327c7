"""Every version of the share at the threshold, of the AUC, and of what failed."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.diagnostics import Heterogeneity
from twoarm.diagnostics.ranking.heterogeneity_summary import Band
from twoarm.report.labels import arm_labels
from twoarm.report.sections.quoted.means import TO_QUOTE
from twoarm.report.sections.quoted.version import Version, version
from twoarm.report.sections.ranking.learners import LEARNER_TITLES
from twoarm.study.judge.ranking.comparison import LEARNERS
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.measure.arms import ArmResult
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["aucs", "failures", "shares"]

_SHARE, _FAILED = "Share predicted to gain the threshold", "Replicates that failed"


def shares(result: StudyResult) -> Iterator[Version]:
    """Give the share to quote with the band of one odds ratio, then every other share."""
    benefit = result.primary.benefit
    if benefit.share_raw is None or not result.primary.has_models:
        return
    yield _share(
        f"cross-fitted: {TO_QUOTE}",
        benefit.share_crossfit,
        "Models that have not seen the patient; mean of the run's cross-fits.",
    )
    found = result.value(HETEROGENEITY)
    if found is not None:
        yield from _nulls(found)
    yield _share("in-sample", benefit.share_raw, "Models that have seen the patient.")
    if found is not None:
        yield _share(
            "cross-fitted for shrinking",
            found.crossfit,
            "Other cross-fits, with fewer folds: the base of the next two.",
        )
        for name, value, differs in (
            ("shrunk", found.shrunk, "Predictions drawn together by their own calibration."),
            (
                "deconvolved",
                found.deconvolved,
                "Patients who have such a benefit, if benefits are normally distributed.",
            ),
        ):
            yield version(_SHARE, name, "percent", value, differs)
    evidence = result.value(COMPARISON)
    for each in () if evidence is None else evidence.compared.page.learners:
        own = each.name == LEARNERS[0]
        differs = "The first of the run's cross-fits." if own else "Another learner, one cross-fit."
        yield _share(LEARNER_TITLES[each.name], each.share_at_threshold, differs)


def _nulls(found: Heterogeneity) -> Iterator[Version]:
    quoted = found.quoted_null
    if quoted is not None:
        yield _band(
            "if one odds ratio held for all, cross-fitted: always beside it",
            quoted.gaining_band,
            "What the same learner and cross-fit would show if nobody differed in odds ratio.",
        )
    yield _band(
        "if one odds ratio held for all, in-sample",
        found.same_effect,
        "To be compared with the in-sample share alone.",
    )
    yield _band(
        "if treatment did nothing, in-sample",
        found.no_effect,
        "Arms drawn again: what chance alone makes of patients who all gain nothing.",
    )


def _share(name: str, value: float | None, differs: str) -> Version:
    return version(_SHARE, name, "percent", value, differs)


def _band(name: str, band: Band, differs: str) -> Version:
    said = differs if band.mean is not None else "None: not drawn, or too many draws failed."
    return Version(_SHARE, name, "percent", band.mean, band.low, band.high, said)


def aucs(result: StudyResult) -> Iterator[Version]:
    """Give both arms' AUC to quote, and every other estimate of it."""
    if not result.primary.has_models:
        return
    for arm, label in zip(ARMS, arm_labels(result), strict=True):
        yield from _arm(f"AUC, {label}", result.primary.arms[arm])


def _arm(quantity: str, fit: ArmResult) -> Iterator[Version]:
    auc = fit.auc
    low, high = (None, None) if auc.ci is None else (auc.ci.low, auc.ci.high)
    why = auc.headline_reason or "Fixed in advance, the same for every learner."
    name = f"{auc.headline_name}: {TO_QUOTE}"
    yield Version(quantity, name, "probability", auc.headline, low, high, why)
    for name, value, differs in (
        ("apparent", auc.apparent, "On the patients that the model was made from: too good."),
        ("Harrell", auc.harrell, f"{fit.gate.reason[:1].upper()}{fit.gate.reason[1:]}."),
        ("out-of-bag", auc.oob, "Models of about 63 of 100 patients: somewhat too low."),
        (".632", auc.d632, "Between apparent and out-of-bag, by fixed weights."),
        (".632+", auc.d632plus, "The same, with weights for how far the model overfits."),
    ):
        yield version(quantity, name, "probability", value, differs)


def failures(result: StudyResult) -> Iterator[Version]:
    """Give the count of replicates with a failed fit, and the counts that look like it."""
    if not result.primary.has_models:
        return
    yield version(
        _FAILED, f"with any model that could not be fitted: {TO_QUOTE}", "count",
        float(result.failed_replicates), f"Of {result.replicates}, over outcomes and arms.",
    )  # fmt: skip
    yield version(
        _FAILED, "models that could not be fitted", "count", float(len(result.failures)),
        "Models, not replicates: each has two for every outcome.",
    )  # fmt: skip
    for arm, label in zip(ARMS, arm_labels(result), strict=True):
        yield version(
            _FAILED, f"without an AUC, {label}", "count",
            float(result.primary.arms[arm].auc.failed),
            "Fitted or not: where all, or none, of the patients drawn have the outcome.",
        )  # fmt: skip
