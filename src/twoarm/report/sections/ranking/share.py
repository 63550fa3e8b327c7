"""The share of patients who gain the threshold, and of those who lose it, in every version."""

from __future__ import annotations

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Heterogeneity
from twoarm.diagnostics.ranking.threshold_shares import ThresholdShares
from twoarm.metrics import finite
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.plan.measured import MEASURED_PATIENTS, was_measured
from twoarm.study.result import StudyResult

__all__ = ["MEASURED_PARTS", "OFF_BY", "part", "share_table"]

_VERSIONS = {
    "raw": "Predicted, in-sample",
    "crossfit": "Predicted, cross-fitted",
    "shrunk": "Predicted, shrunk by its own calibration",
    "deconvolved": "Estimated share who have it",
    "no_effect": "Null: no effect at all",
    "same_effect": "Null: the same odds ratio for all",
}

MEASURED_PARTS = ("treatment", "primary", "predictors", "model")
"""Sections of the study file that the errors depend on."""

OFF_BY = {
    "raw": (-0.019, 0.108),
    "crossfit": (0.001, 0.11),
    "shrunk": (-0.154, 0.174),
    "deconvolved": (-0.08, 0.133),
}
"""Mean error of each version against the share that the cohort identifies, smallest and largest
over the synthetic worlds: ``benchmarks/results/worlds_table.json``."""


def part(result: StudyResult) -> Part:
    """Show every version of the share who gain the threshold, and of the share who lose it."""
    found, primary = result.value(HETEROGENEITY), result.primary
    benefit, off = primary.benefit, was_measured(result.plan, MEASURED_PARTS)
    gaining = share_table(primary.spec, found, found, benefit.share_crossfit, off=off)
    lost = None if found is None else found.losing
    losing = share_table(primary.spec, found, lost, benefit.losing_crossfit, kind="harm")
    return Part(tables=(gaining, losing))


def share_table(
    spec: OutcomeSpec,
    found: Heterogeneity | None,
    side: Heterogeneity | ThresholdShares | None,
    crossfit: float | None,
    *,
    kind: str = "benefit",
    off: bool = False,
) -> Table:
    """Give the share of patients at or above the threshold, in every version.

    `side` is who gains (`kind` benefit) or who loses (harm); `off` adds the measured errors.
    """
    rows: tuple[Row, ...] = ()
    if side is not None:
        numbers = _versions(side) | {"crossfit": (crossfit, None, None)}
        rows = tuple(
            (title, *numbers[name], *((_off(name),) if off else ()))
            for name, title in _VERSIONS.items()
        )
    columns = (
        Column("version", "Version"),
        Column("share", "Share", "percent"),
        Column("low", "95 % low", "percent"),
        Column("high", "95 % high", "percent"),
        *((Column("off", "Off by in synthetic worlds"),) if off else ()),
    )
    title = f"Patients with a {kind} of at least {100 * (spec.threshold or 0.0):g} points"
    name = "share_at_threshold" if kind == "benefit" else "share_losing_threshold"
    return Table(name, f"{title}, {spec.title}", _note(found, kind, off=off), columns, rows)


def _note(found: Heterogeneity | None, kind: str, *, off: bool) -> str:
    if kind == "harm":
        return (
            "As above, for a harm as large as the threshold: patients predicted to lose by the "
            "treatment what others must gain for it to be worth while. Only an excess over the "
            "band of the same odds ratio for all is evidence that some are harmed so much."
        )
    note = (
        "The first three are shares of patients predicted to reach the threshold; only the fourth "
        "estimates how many have such a benefit, under the assumption that benefits are normally "
        "distributed. The nulls show what the same learner reports where nobody's benefit differs "
        "beyond what one odds ratio makes of different risks: only an excess over that band is "
        f"evidence of differing benefit. {_large(found)}{_slope(found)}"
    )
    if off:
        note += (
            " Off by: how far a version's mean lay from the true share (of the contrast) in each "
            f"of seven synthetic worlds of this study with {MEASURED_PATIENTS} patients, least to "
            "most."
        )
    return note


def _large(found: Heterogeneity | None) -> str:
    """Say what the bands of a large cohort are."""
    if found is None or not found.same_effect.whole:
        return ""
    draws = found.same_effect.draws - found.same_effect.failed
    return (
        f"The band is the range of {draws} draws, which chance alone exceeds once in {draws + 1} "
        "times; the null without an effect was not drawn. "
    )


def _off(version: str) -> str:
    if version not in OFF_BY:
        return ""
    low, high = (f"{100 * value:+.0f}".replace("-", "−") for value in OFF_BY[version])
    return f"{low} to {high} points"


def _versions(found: Heterogeneity | ThresholdShares) -> dict[str, Row]:
    bounded = {name: getattr(found, name) for name in ("shrunk", "deconvolved")}
    nulls = {name: getattr(found, name) for name in ("no_effect", "same_effect")}
    return {
        "raw": (found.raw, None, None),
        **{
            name: tuple(map(finite, (each.estimate, each.low, each.high)))
            for name, each in bounded.items()
        },
        **{name: (each.mean, each.low, each.high) for name, each in nulls.items()},
    }


def _slope(found: Heterogeneity | None) -> str:
    if found is None:
        return "It could not be computed for this cohort."
    slope = found.slope
    if not slope.estimable:
        return f"Nothing can be shrunk or deconvolved: {slope.reason}."
    return (
        f"Calibration slope of the cross-fitted benefit: {slope.estimate:.2f} (SE {slope.se:.2f}); "
        "1 would mean that a predicted point is worth a point." + _collapse(found)
    )


def _collapse(found: Heterogeneity) -> str:
    if not found.collapsed:
        return ""
    return (
        " Shrunk by it, the predictions are nearly the same for all, so that the shrunk share says "
        "no more than the average does."
    )
