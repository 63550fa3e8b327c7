"""How the predicted benefit is spread over the patients."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from twoarm.report.formats import points
from twoarm.report.opening.content import Panel
from twoarm.report.opening.drawn import Scale, bar, label, line, svg
from twoarm.study.result import StudyResult

__all__ = ["spread_panel"]

_WIDTH, _HEIGHT, _BASE, _TOP = 460.0, 210.0, 172.0, 34.0
_BIN = 0.05
_TITLE = "Predicted benefit of every patient, by models that had not seen them"


def spread_panel(result: StudyResult) -> Panel:
    """Draw the cross-fitted benefit of every patient, with 0 and the threshold; or say why not."""
    spec = result.primary.spec
    benefit = result.effects[spec.name].benefit
    known = np.isfinite(result.plan.outcome(spec.name))
    if result.primary.benefit.crossfit is None:
        path = f"outcomes.{spec.name}.benefit.mean"
        reason = result.absent.get(path, "there are no models of benefit")
        return Panel(title=_TITLE, drawing=None, note=f"Not drawn: {reason}.", link="ranking")
    note = "Pale: below the threshold. Left of 0: predicted to be harmed."
    if spec.threshold is None:
        note = "Left of 0: predicted to be harmed."
    drawing = _drawn(benefit[known], spec.threshold)
    return Panel(title=_TITLE, drawing=drawing, note=note, link="ranking")


def _drawn(benefit: NDArray[np.float64], threshold: float | None) -> Markup:
    low = _BIN * np.floor(min(float(benefit.min()), 0.0) / _BIN + 1e-9)
    high = _BIN * np.ceil(max(float(benefit.max()), threshold or 0.0) / _BIN - 1e-9)
    edges = np.arange(round(low / _BIN), round(max(high, low + _BIN) / _BIN) + 1) * _BIN
    counts = np.histogram(np.clip(benefit, edges[0], edges[-1]), edges)[0]
    across = Scale(float(edges[0]), float(edges[-1]), 10.0, _WIDTH - 10.0)
    up = Scale(0.0, float(counts.max()), _BASE, _TOP)
    parts = []
    for left, right, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True):
        pale = threshold is not None and right <= threshold + 1e-9
        x, y = across(float(left)), up(count)
        width = across(float(right)) - x - 1.0
        parts.append(bar(x, y, width, _BASE - y, "bar pale" if pale else "bar"))
    parts.append(line(across.start, _BASE, across.end, _BASE))
    for value, text in _marks(threshold, float(edges[-1]), across):
        parts.append(label(across(value), _BASE + 18.0, text, _WIDTH))
    zero = across(0.0)
    parts.append(line(zero, _TOP, zero, _BASE, "zero"))
    if threshold is not None:
        x = across(threshold)
        parts.append(line(x, _TOP - 14.0, x, _BASE, "threshold"))
        parts.append(label(x, _TOP - 20.0, f"threshold {points(threshold)}", _WIDTH, "value"))
    alt = (
        f"Histogram of the predicted benefit of {benefit.size} patients, from "
        f"{points(float(benefit.min()))} to {points(float(benefit.max()))} points."
    )
    return svg(_WIDTH, _HEIGHT, alt, parts)


def _marks(threshold: float | None, most: float, across: Scale) -> list[tuple[float, str]]:
    """Give 0, the threshold and the end of the axis, as far as they do not meet."""
    marks = [(0.0, "0"), (most, f"{points(most)} points")]
    if threshold is None:
        return marks
    place = across(threshold)
    if place - across(0.0) > 40.0 and across(most) - place > 90.0:
        marks.append((threshold, points(threshold)))
    return marks
