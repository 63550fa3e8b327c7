"""The predicted benefit: how it is spread over patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.report.figures import (
    CONTROL,
    INK,
    TREATED,
    Axes,
    Drawing,
    draw,
)
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.measure.outcomes import Spread
from twoarm.study.result import StudyResult

__all__ = ["benefit_distribution", "benefit_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Show the distribution for the primary outcome, and its summary for all.

    Nothing where the arms do not overlap enough.
    """
    if result.primary.benefit.in_sample is None:
        return None
    return Part(figures=(_drawing(result),), tables=(benefit_table(result),))


def benefit_table(result: StudyResult) -> Table:
    """Give mean, spread and shares of the predicted benefit."""
    rows: list[Row] = []
    for outcome in result.outcomes.values():
        found = outcome.benefit
        kinds: list[tuple[str, Spread | None, float | None, float | None]] = [
            ("cross-fitted", found.crossfit, found.share_crossfit, found.losing_crossfit),
            ("in-sample", found.in_sample, found.share_raw, found.losing_raw),
        ]
        for kind, spread, *shares in kinds:
            numbers = (
                (None,) * 4
                if spread is None
                else (spread.mean, spread.sd, spread.median, spread.share_positive)
            )
            rows.append((outcome.spec.title, kind, *numbers, *shares))
    columns = (
        Column("outcome", "Outcome"),
        Column("predicted", "Predicted"),
        Column("mean", "Mean, points", "points"),
        Column("sd", "SD, points", "spread"),
        Column("median", "Median, points", "points"),
        Column("share_positive", "Above 0", "percent"),
        Column("share_at_threshold", "Gain the threshold", "percent"),
        Column("share_losing_threshold", "Lose as much", "percent"),
    )
    note = (
        "Predicted benefit, positive where the treatment helps, below 0 harm. In-sample: by models "
        "that have seen the patient; cross-fitted: by models that have not. Shares are of patients "
        "predicted to be above, or below, a value, which is not the share who are: estimation "
        "noise widens the distribution."
    )
    return Table("benefit", "Predicted benefit", note, columns, tuple(rows))


def benefit_distribution(axes: Axes, benefit: NDArray[np.float64], threshold: float | None) -> Axes:
    """Show how the predicted benefit is spread over patients, with 0 and the threshold."""
    points = 100 * benefit
    low, high = 5 * np.floor(points.min() / 5), 5 * np.ceil(points.max() / 5)
    axes.hist(
        points,
        bins=np.arange(low, high + 5, 5).tolist(),
        color=TREATED,
        alpha=0.75,
        linewidth=0.4,
        edgecolor="white",
    )
    axes.axvline(0, color=INK, linewidth=0.8)
    top = axes.get_ylim()[1] * 1.12
    axes.set_ylim(0, top)
    if threshold is not None:
        axes.axvline(100 * threshold, color=CONTROL, linewidth=1.2, linestyle="--")
        axes.annotate(
            f"threshold {100 * threshold:g} points",
            (100 * threshold, top),
            xytext=(3, -2),
            textcoords="offset points",
            va="top",
            color=CONTROL,
            fontsize=7,
        )
    axes.set_xlabel("Predicted benefit, percentage points")
    axes.set_ylabel("Patients")
    return axes


def _drawing(result: StudyResult) -> Drawing:
    spec = result.primary.spec
    crossfit = result.effects[spec.name].benefit
    kind = "cross-fitted"
    if not np.isfinite(crossfit).all():
        crossfit, kind = result.in_sample[spec.name].benefit, "in-sample"
    title = f"Predicted benefit of every patient ({kind}), {spec.title}"
    alt = (
        f"Histogram of the {kind} predicted benefit in percentage points; a line at 0 and one at "
        f"the threshold."
    )
    return draw(
        "benefit",
        title,
        alt,
        lambda axes: benefit_distribution(axes, crossfit, spec.threshold),
        synthetic=result.plan.cohort.synthetic,
    )
