"""How the predicted benefit is spread over the patients."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity_crossfit_null import CrossFittedNull
from twoarm.report.formats import points
from twoarm.report.opening.content import Panel
from twoarm.report.opening.drawn import Scale, bar, label, line, outline, svg
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.result import StudyResult

__all__ = ["spread_panel"]

_WIDTH, _HEIGHT, _BASE, _TOP = 460.0, 210.0, 172.0, 34.0
_BINS = (0.05, 0.02, 0.01)
_FEWEST = 12  # bins
_SEEN = 0.001  # share of the patients in a bin below which its outline is not seen
_TITLE = "Predicted benefit of every patient, by models that had not seen them"


def spread_panel(result: StudyResult) -> Panel:
    """Draw the cross-fitted benefit of every patient, with 0 and the threshold; or say why not."""
    spec = result.primary.spec
    benefit = result.effects[spec.name].benefit
    known = np.isfinite(result.plan.outcome(spec.name))
    if result.primary.benefit.crossfit is None or not result.primary.has_models:
        reason = result.absent.get(f"outcomes.{spec.name}.benefit.mean", NO_PREDICTORS)
        return Panel(title=_TITLE, drawing=None, note=f"Not drawn: {reason}.", link="ranking")
    heterogeneity = result.value(HETEROGENEITY)
    null = None if heterogeneity is None else heterogeneity.quoted_null
    note = "Left of 0: predicted to be harmed."
    if spec.threshold is not None:
        note = f"Pale: below the threshold. {note}"
    if null is not None:
        note += " Outline: what the same learner would say if one odds ratio held for all."
    drawing = _drawn(benefit[known], spec.threshold, null)
    return Panel(title=_TITLE, drawing=drawing, note=note, link="ranking")


def _drawn(
    benefit: NDArray[np.float64], threshold: float | None, null: CrossFittedNull | None
) -> Markup:
    ends = [*benefit.tolist(), 0.0, threshold or 0.0, *(() if null is None else _ends(null))]
    width = _width(max(ends) - min(ends), threshold)
    low, high = floor(min(ends) / width + 1e-9), ceil(max(ends) / width - 1e-9)
    edges = np.arange(low, max(high, low + 1) + 1) * width
    counts = np.histogram(np.clip(benefit, edges[0], edges[-1]), edges)[0]
    expected = [] if null is None else _expected(null, edges, benefit.size)
    across = Scale(float(edges[0]), float(edges[-1]), 10.0, _WIDTH - 10.0)
    up = Scale(0.0, max(float(counts.max()), *expected, 1.0), _BASE, _TOP)
    parts = []
    for left, right, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True):
        pale = threshold is not None and right <= threshold + 1e-9
        x, y = across(float(left)), up(count)
        parts.append(
            bar(x, y, across(float(right)) - x - 1.0, _BASE - y, "bar pale" if pale else "bar")
        )
    if expected:
        parts.append(_stairs(edges.tolist(), expected, across, up))
    alt = (
        f"Histogram of the predicted benefit of {benefit.size} patients, from "
        f"{points(float(benefit.min()))} to {points(float(benefit.max()))} points."
    )
    return svg(_WIDTH, _HEIGHT, alt, [*parts, *_axis(threshold, float(edges[-1]), across)])


def _width(span: float, threshold: float | None) -> float:
    """Give the widest bin that the threshold does not cut and that leaves enough of them."""
    for width in _BINS:
        bins_below = 0.0 if threshold is None else threshold / width
        if span / width >= _FEWEST and abs(bins_below - round(bins_below)) < 1e-6:
            return width
    return _BINS[-1]


def _ends(null: CrossFittedNull) -> tuple[float, float]:
    """Give the ends of the bins whose outline is seen."""
    held = np.flatnonzero(null.spread >= _SEEN)
    return float(null.edges[held[0]]), float(null.edges[held[-1] + 1])


def _expected(null: CrossFittedNull, edges: NDArray[np.float64], n: int) -> list[float]:
    """Put the null's narrow bins into those of the drawing; what lies beyond counts at the end."""
    middles = np.clip((null.edges[:-1] + null.edges[1:]) / 2, edges[0], edges[-1])
    counts = np.histogram(middles, edges, weights=null.spread * n)[0]
    return [float(each) for each in counts]


def _stairs(edges: list[float], counts: list[float], across: Scale, up: Scale) -> Markup:
    """Draw the outline of a histogram."""
    corners = [(across(edges[0]), up(0.0))]
    for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True):
        corners += [(across(left), up(count)), (across(right), up(count))]
    return outline([*corners, (across(edges[-1]), up(0.0))])


def _axis(threshold: float | None, most: float, across: Scale) -> list[Markup]:
    """Draw the axis with 0, the threshold and its end, as far as their words do not meet."""
    zero = across(0.0)
    parts = [line(across.start, _BASE, across.end, _BASE), line(zero, _TOP, zero, _BASE, "zero")]
    marks = [(0.0, "0"), (most, f"{points(most)} points")]
    if threshold is not None:
        x = across(threshold)
        parts.append(line(x, _TOP - 14.0, x, _BASE, "threshold"))
        parts.append(label(x, _TOP - 20.0, f"threshold {points(threshold)}", _WIDTH, "value"))
        if x - zero > 40.0 and across(most) - x > 90.0:
            marks.append((threshold, points(threshold)))
    return parts + [label(across(value), _BASE + 18.0, text, _WIDTH) for value, text in marks]
