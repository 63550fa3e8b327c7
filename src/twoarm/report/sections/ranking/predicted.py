"""The predicted benefit: how it is spread over patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.report.figures import CONTROL, INK, TREATED, Drawing, Panel, draw, round_ticks
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.comparability.support import SUPPORT
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.measure.outcomes import Spread
from twoarm.study.result import StudyResult

__all__ = ["benefit_distribution", "benefit_table", "part", "waterfall"]

_WIDTHS = (0.5, 1.0, 2.0, 5.0, 10.0)  # of a bar, in points
_MOST_BARS = 40


def part(result: StudyResult) -> Part | None:
    """Show the distribution and every patient for the primary outcome, and a summary for all.

    Nothing where the arms do not overlap enough.
    """
    if result.primary.benefit.in_sample is None:
        return None
    return Part(figures=_drawings(result), tables=(benefit_table(result),))


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


def benefit_distribution(
    panel: Panel,
    benefit: NDArray[np.float64],
    threshold: float | None,
    same_odds: NDArray[np.float64] | None = None,
) -> None:
    """Show how the predicted benefit is spread over patients, with 0 and the threshold.

    `same_odds` is what one odds ratio for everybody makes of their risks: an outline.
    """
    points = 100 * benefit
    both = points if same_odds is None else np.concatenate([points, 100 * same_odds])
    edges = _edges(float(both.min()), float(both.max()))
    counts, _ = np.histogram(points, edges)
    middle = (edges[:-1] + edges[1:]) / 2
    panel.columns("predicted by the study's learner", middle, counts, np.diff(edges),
                  edgecolor="white", linewidth=0.4)  # fmt: skip
    tallest = int(counts.max())
    if same_odds is not None:
        outline, _ = np.histogram(100 * same_odds, edges)
        panel.steps("the same odds ratio for all", middle, outline, colour=INK, linewidth=1.0)
        tallest = max(tallest, int(outline.max()))
        panel.key([("the study's learner", TREATED, "s"), ("one odds ratio for all", INK, "-")])
    panel.axes.set_ylim(0, 1.2 * tallest)
    panel.refer(x=0, colour=INK)
    if threshold is not None:
        panel.refer(x=100 * threshold, text=f"threshold, {100 * threshold:g} points",
                    colour=CONTROL, dash="--", width=1.2)  # fmt: skip
    panel.axes.set_xlabel("Predicted benefit, percentage points")
    panel.axes.set_ylabel("Patients")


def _edges(lowest: float, highest: float) -> NDArray[np.float64]:
    """Give the edges of bars of a round width, 0 among them."""
    fine = (each for each in _WIDTHS if (highest - lowest) / each <= _MOST_BARS)
    width = next(fine, _WIDTHS[-1])
    first = np.floor(lowest / width)
    last = max(np.ceil(highest / width), first + 1)
    return width * np.arange(first, last + 1)


def waterfall(panel: Panel, benefit: NDArray[np.float64], threshold: float | None) -> None:
    """Show every patient's predicted benefit, the largest first; harm hangs below 0."""
    points = np.sort(100 * benefit)[::-1]
    place = np.arange(1, points.size + 1, dtype=np.float64)
    for name, colour, rows in (
        ("predicted to gain", TREATED, points >= 0),
        ("predicted to be harmed", CONTROL, points < 0),
    ):
        if rows.any():
            base = np.zeros(int(rows.sum()))
            panel.band(name, place[rows], base, points[rows], colour=colour, alpha=0.85, step="mid")
    panel.axes.set_xlim(0.5, points.size + 0.5)
    panel.axes.set_xticks(round_ticks(0, points.size, 4)[1:])
    panel.refer(y=0, colour=INK)
    if threshold is not None:
        panel.refer(y=100 * threshold, text=f"threshold, {100 * threshold:g} points",
                    colour=CONTROL, dash="--", width=1.2)  # fmt: skip
    panel.axes.set_xlabel("Patients, by falling predicted benefit")
    panel.axes.set_ylabel("Predicted benefit, points")


def _drawings(result: StudyResult) -> tuple[Drawing, Drawing]:
    spec = result.primary.spec
    benefit, kind = result.effects[spec.name].benefit, "cross-fitted"
    if not np.isfinite(benefit).all():
        benefit, kind = result.in_sample[spec.name].benefit, "in-sample"
    models = "models that have not seen the patient" if kind == "cross-fitted" else (
        "models that have seen the patient")  # fmt: skip
    evidence, support = result.value(COMPARISON), result.value(SUPPORT)
    risk = None if evidence is None else evidence.compared.effects.get("risk")
    inside = np.ones(benefit.size, dtype=np.bool_) if support is None else ~support.flags.outside
    synthetic = result.plan.cohort.synthetic
    spread = draw(
        "benefit",
        f"Predicted benefit of every patient ({kind}), {spec.title}",
        f"Histogram of the {kind} predicted benefit in percentage points; an outline of what one "
        "odds ratio for all would give, a line at 0 and one at the threshold.",
        lambda panel: benefit_distribution(
            panel, benefit, spec.threshold, None if risk is None else risk.benefit
        ),
        legend=f"{benefit.size} patients; benefit predicted by {models}. "
        + _outline(None if risk is None else risk.benefit.size)
        + "Estimation noise widens the distribution.",
        synthetic=synthetic,
    )
    left_out = int((~inside).sum())
    one_by_one = draw(
        "waterfall",
        f"Predicted benefit, patient by patient, {spec.title}",
        f"Bars of the {kind} predicted benefit in falling order; bars below 0 are predicted harm; "
        "a line at the threshold.",
        lambda panel: waterfall(panel, benefit[inside], spec.threshold),
        legend=f"{int(inside.sum())} patients, each a bar; benefit predicted by {models}. "
        + (f"Not shown: outside the support, {left_out}. " if left_out else "")
        + "The bars have no interval: how far a single prediction moves from refit to refit "
        "stands under stability.",
        synthetic=synthetic,
    )
    return spread, one_by_one


def _outline(patients: int | None) -> str:
    if patients is None:
        return ""
    return (
        f"Outline: {patients} patients with known outcome, if the same odds ratio held for all; "
        "their benefits differ because their risks do. "
    )
