"""The share of patients at or above the threshold, in every version."""

from __future__ import annotations

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Heterogeneity
from twoarm.metrics import finite
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.result import StudyResult

__all__ = ["OFF_BY", "part", "share_table"]

_VERSIONS = {
    "raw": "Predicted, in-sample",
    "crossfit": "Predicted, cross-fitted",
    "shrunk": "Predicted, shrunk by its own calibration",
    "deconvolved": "Estimated share who have it",
    "no_effect": "Null: no effect at all",
    "same_effect": "Null: the same odds ratio for all",
}


OFF_BY = {
    "raw": (-0.018, 0.108),
    "crossfit": (0.0, 0.11),
    "shrunk": (-0.153, 0.171),
    "deconvolved": (-0.08, 0.133),
}
"""Mean error of each version against the share that the cohort identifies, smallest and largest
over the synthetic worlds: ``benchmarks/results/worlds_table.json``."""


def part(result: StudyResult) -> Part:
    """Show every version of the share."""
    found, primary = result.value(HETEROGENEITY), result.primary
    table = share_table(primary.spec, found, primary.benefit.share_crossfit)
    return Part(tables=(table,))


def share_table(spec: OutcomeSpec, found: Heterogeneity | None, crossfit: float | None) -> Table:
    """Give the share of patients at or above the threshold, in every version."""
    rows: tuple[Row, ...] = ()
    threshold = spec.threshold or 0.0
    if found is not None:
        numbers = _versions(found) | {"crossfit": (crossfit, None, None)}
        rows = tuple((title, *numbers[name], _off(name)) for name, title in _VERSIONS.items())
    columns = (
        Column("version", "Version"),
        Column("share", "Share", "percent"),
        Column("low", "95 % low", "percent"),
        Column("high", "95 % high", "percent"),
        Column("off", "Off by in synthetic worlds"),
    )
    note = (
        "The first three are shares of patients predicted to reach the threshold; only the fourth "
        "estimates how many have such a benefit, under the assumption that benefits are normally "
        "distributed. The nulls show what the same learner reports where nobody's benefit differs "
        "beyond what one odds ratio makes of different risks: only an excess over that band is "
        f"evidence of differing benefit. {_slope(found)} Off by: how far a version's mean lay from "
        "the true share (of the contrast) in each of seven synthetic worlds of 393 patients, least "
        "to most."
    )
    title = f"Patients with a benefit of at least {100 * threshold:g} points"
    return Table("share_at_threshold", f"{title}, {spec.title}", note, columns, rows)


def _off(version: str) -> str:
    if version not in OFF_BY:
        return ""
    low, high = (f"{100 * value:+.0f}".replace("-", "−") for value in OFF_BY[version])
    return f"{low} to {high} points"


def _versions(found: Heterogeneity) -> dict[str, Row]:
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
        return "The calibration slope of the benefit is not estimable in so few patients."
    return (
        f"Calibration slope of the cross-fitted benefit: {slope.estimate:.2f} (SE {slope.se:.2f}); "
        "1 would mean that a predicted point is worth a point."
    )
