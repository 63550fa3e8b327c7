"""Estimates with their intervals, one a row: the forest that every reader of trials knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.report.figures.panel import Panel
from twoarm.report.figures.style import CONTROL, GREY, INK, SMALL, TREATED, wrapped
from twoarm.report.formats import MINUS

__all__ = ["ForestRow", "forest", "forest_height"]

_LABEL_WIDTH = 27  # letters
_ROW_MM, _EDGE_MM = 5.6, 15.0
_NOTE_SIZE = 6.3
_ROOM = 1.15  # beyond the outermost estimate, as a factor
_BEYOND = 1.6  # times as far out as the outermost estimate
_WIDE = 2.5  # times as far out as the middle one of all limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One row: what it is, the estimate in points, and its 95 % limits.

    Attributes
    ----------
    label : str
        At the left; a row without `estimate` is a heading, or says in `note` why it has none.
    estimate, low, high : float or None
        In points.
    note : str
        Beneath the numbers at the right, or in their place.
    series : str
        What the row's mark stands for, in the data.
    colour, marker : str
    hollow : bool
        Whether the mark is open: not the estimate to quote.
    size : float
        Of the mark.
    heading : bool
        Whether the label is bold and stands for the rows beneath it.
    """

    label: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    series: str = "estimate"
    colour: str = TREATED
    marker: str = "o"
    hollow: bool = False
    size: float = 4.5
    heading: bool = False


def forest_height(rows: Sequence[ForestRow], row_mm: float = _ROW_MM) -> float:
    """Give the height in mm that rows need."""
    return _EDGE_MM + row_mm * len(rows)


def forest(
    panel: Panel,
    rows: Sequence[ForestRow],
    xlabel: str,
    *,
    threshold: float | None = None,
    sides: tuple[str, str] | None = ("harm", "benefit"),
    limits: tuple[float, float] = (-100.0, 100.0),
    one_line: bool = False,
) -> None:
    """Draw rows from the top down, with their numbers in words at the right.

    `threshold` is marked by a broken line, `sides` name what lies to either side of 0; nothing is
    drawn outside `limits`. An interval that leaves the axis ends in an arrow: its limits stand at
    the right and in the data. `one_line` keeps labels as they are, in smaller letters.
    """
    axes, y = panel.axes, np.arange(len(rows), dtype=np.float64)[::-1]
    low, high = _span(rows, threshold, limits)
    axes.set_xlim(low, high)
    axes.set_ylim(-0.7, len(rows) - 0.3 + (0.5 if sides or threshold is not None else 0.0))
    panel.refer(x=0.0, colour=INK)
    if threshold is not None:
        panel.refer(x=threshold, colour=CONTROL, dash="--")
    for row, at in zip(rows, y, strict=True):
        _row(panel, row, float(at), low, high)
    labels = [row.label if one_line else wrapped(row.label, _LABEL_WIDTH) for row in rows]
    panel.row_labels(labels, y, size=_NOTE_SIZE if one_line else SMALL)
    for text, row in zip(axes.get_yticklabels(), rows, strict=True):
        text.set_fontweight("bold" if row.heading else "normal")
    _numbers(panel, rows, y)
    _sides(panel, sides, threshold)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(xlabel)


def _span(
    rows: Sequence[ForestRow], threshold: float | None, limits: tuple[float, float]
) -> tuple[float, float]:
    """Give an axis that holds 0, the threshold, every estimate and most of the intervals."""
    known = [row for row in rows if row.estimate is not None]
    estimates = [row.estimate for row in known if row.estimate is not None]
    ends = [each for row in known for each in (row.low, row.high) if each is not None]
    middle = [0.0, *([threshold] if threshold is not None else []), *estimates]
    # a few very wide intervals must not press all others together
    usual = sorted(map(abs, ends))[len(ends) // 2] if ends else 0.0
    most = max(_BEYOND * max(map(abs, middle)), _WIDE * usual)
    low = max(min([*middle, *(each for each in ends if abs(each) <= most)]), limits[0])
    high = min(max([*middle, *(each for each in ends if abs(each) <= most)]), limits[1])
    room = (_ROOM - 1.0) / 2.0 * max(high - low, 1e-9)
    return low - room, high + room


def _row(panel: Panel, row: ForestRow, y: float, low: float, high: float) -> None:
    if row.estimate is None:
        return
    has_limits = row.low is not None and row.high is not None
    panel.rows.append((panel.name, row.series, row.label, row.estimate, None, row.low, row.high))
    face = "white" if row.hollow else row.colour
    if has_limits:
        assert row.low is not None
        assert row.high is not None
        ends = [max(row.low, low), min(row.high, high)]
        panel.axes.plot(ends, [y, y], color=row.colour, linewidth=1.1, solid_capstyle="butt")
        for end, limit, arrow in ((row.low, low, "<"), (row.high, high, ">")):
            if end < low or end > high:
                panel.axes.plot([limit], [y], arrow, color=row.colour, markersize=4, clip_on=False)
    panel.axes.plot(
        [row.estimate], [y], row.marker, color=row.colour, markerfacecolor=face, markersize=row.size
    )


def _numbers(panel: Panel, rows: Sequence[ForestRow], y: NDArray[np.float64]) -> None:
    for row, at in zip(rows, y, strict=True):
        text = _in_words(row)
        lines = [each for each in (text, row.note) if each]
        panel.axes.annotate(
            "\n".join(lines),
            (1.0, at),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=_NOTE_SIZE,
            color=INK if text else GREY,
            linespacing=1.0,
            annotation_clip=False,
        )


def _in_words(row: ForestRow) -> str:
    if row.estimate is None:
        return ""
    if row.low is None or row.high is None:
        return _signed(row.estimate)
    return f"{_signed(row.estimate)} ({_signed(row.low)} to {_signed(row.high)})"


def _signed(value: float) -> str:
    """Write points with a sign, and no minus zero; without decimals where there are hundreds."""
    text = f"{value:+.0f}" if abs(value) >= 100 else f"{round(value, 1) + 0.0:+.1f}"
    return text.replace("+0.0", "0.0").replace("-", MINUS)


def _sides(panel: Panel, sides: tuple[str, str] | None, threshold: float | None) -> None:
    top, size = ("data", "axes fraction"), SMALL - 0.7
    if threshold is not None:
        text = f"threshold {threshold:g}"
        panel.axes.annotate(
            text, (threshold, 1.0), xycoords=top, xytext=(2, 0), textcoords="offset points",
            va="top", color=CONTROL, fontsize=size, annotation_clip=False,
        )  # fmt: skip
    if sides is not None:
        for word, shift, align in ((sides[0], -3, "right"), (sides[1], 3, "left")):
            if threshold is not None and align == "left":
                continue  # the threshold's name stands there
            panel.axes.annotate(
                word, (0.0, 1.0), xycoords=top, xytext=(shift, 0), textcoords="offset points",
                va="top", ha=align, color=GREY, fontsize=size, annotation_clip=False,
            )  # fmt: skip
