"""Axes that remember what is drawn on them: the data of a figure are what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from twoarm.report.figures.style import FAINT, INK, SMALL, TREATED
from twoarm.report.table import Row

__all__ = ["REFERENCE", "Panel"]

REFERENCE = "_reference"
"""Label of lines that mark a place and show no data."""


_MOST_PLACES = 500  # of a line: more are finer than print
_DASHES: Final[Mapping[str, Literal["-", "--", "-.", ":"]]] = {
    "-": "-",
    "--": "--",
    "-.": "-.",
    ":": ":",
}


class Panel:
    """One coordinate system of a figure.

    What its methods draw is kept in `rows`: panel, series, label, x, y, low, high. Low and high are
    limits of what stands across the axis of `x`, or of `x` itself where rows have labels.
    """

    def __init__(self, axes: Axes, name: str = ""):
        self.axes, self.name = axes, name
        self.rows: list[Row] = []

    def line(
        self, series: str, x: ArrayLike, y: ArrayLike, *, colour: str = TREATED, **how: Any
    ) -> None:
        """Draw a line; `how` goes to matplotlib."""
        x, y = _thinned(x, y)
        self._keep(series, x=x, y=y)
        self.axes.plot(x, y, color=colour, **{"linewidth": 1.3, **how})

    def steps(
        self, series: str, x: ArrayLike, y: ArrayLike, *, colour: str = INK, **how: Any
    ) -> None:
        """Draw a line that changes by steps midway between places."""
        x, y = _thinned(x, y)
        self._keep(series, x=x, y=y)
        self.axes.step(x, y, where="mid", color=colour, **{"linewidth": 0.8, **how})

    def dots(
        self,
        series: str,
        x: ArrayLike,
        y: ArrayLike,
        *,
        colour: str = TREATED,
        marker: str = "o",
        size: float = 4.5,
        hollow: bool = False,
        labels: Sequence[str] | None = None,
        **how: Any,
    ) -> None:
        """Draw points; with `labels`, their y is a row and not a number."""
        self._keep(series, x=x, y=None if labels is not None else y, labels=labels)
        face = "white" if hollow else colour
        self.axes.plot(
            x, y, marker, color=colour, markerfacecolor=face, markersize=size, clip_on=False, **how
        )

    def band(
        self,
        series: str,
        x: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        colour: str = TREATED,
        alpha: float = 0.18,
        step: Literal["mid"] | None = None,
    ) -> None:
        """Fill between two lines; ``step="mid"`` changes by steps midway between places."""
        x, low, high = _thinned(x, low, high)
        self._keep(series, x=x, low=low, high=high)
        self.axes.fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0, step=step)

    def intervals(
        self,
        series: str,
        at: ArrayLike,
        estimate: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        colour: str = TREATED,
        marker: str = "o",
        size: float = 4.5,
        hollow: bool = False,
    ) -> None:
        """Draw upright intervals with their estimates; a limit that is not known is left out."""
        self._keep(series, x=at, y=estimate, low=low, high=high)
        x, y, lower, upper = (np.atleast_1d(np.asarray(each, dtype=np.float64))
                              for each in (at, estimate, low, high))  # fmt: skip
        for place, first, last in zip(x, lower, upper, strict=True):
            if np.isfinite(first) and np.isfinite(last):
                self.axes.plot([place, place], [first, last], color=colour, linewidth=1.2)
        face = "white" if hollow else colour
        self.axes.plot(x, y, marker, color=colour, markerfacecolor=face, markersize=size)

    def ranges(
        self,
        series: str,
        labels: Sequence[str],
        rows: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        colour: str = INK,
        width: float = 0.8,
        **how: Any,
    ) -> None:
        """Draw level lines from low to high, one a labelled row."""
        self._keep(series, labels=labels, low=low, high=high)
        for row, first, last in zip(*map(np.atleast_1d, (rows, low, high)), strict=True):
            self.axes.plot([first, last], [row, row], color=colour, linewidth=width, **how)

    def columns(
        self,
        series: str,
        x: ArrayLike,
        height: ArrayLike,
        width: ArrayLike,
        *,
        base: float = 0.0,
        scale: float = 1.0,
        colour: str = TREATED,
        alpha: float = 0.75,
        **how: Any,
    ) -> None:
        """Draw upright bars from `base`; `scale` turns what is counted into the axis' units."""
        self._keep(series, x=x, y=height)
        heights = scale * np.asarray(height, dtype=np.float64)
        look = {"color": colour, "alpha": alpha, "linewidth": 0.0, **how}
        self.axes.bar(x, heights, width, base, **look)

    def beams(
        self,
        series: str,
        labels: Sequence[str],
        rows: ArrayLike,
        length: ArrayLike,
        *,
        start: ArrayLike = 0.0,
        height: float = 0.62,
        colour: str = TREATED,
        alpha: float = 0.75,
        **how: Any,
    ) -> None:
        """Draw level bars, one a labelled row."""
        self._keep(series, x=length, labels=labels)
        look = {"color": colour, "alpha": alpha, "height": height, **how}
        self.axes.barh(np.asarray(rows), np.asarray(length), left=np.asarray(start), **look)

    def refer(
        self,
        *,
        x: float | None = None,
        y: float | None = None,
        text: str = "",
        colour: str = FAINT,
        dash: str = "-",
        width: float = 0.8,
        right: bool = True,
        below: bool = False,
        at: float = 1.0,
    ) -> None:
        """Mark a place by a line across, with its name beside it where the axis reaches it.

        `right` puts an upright line's name to its right, a level line's to the right end, `below`
        that one beneath it; `at` is how high up the first stands, as a share of the axis.
        """
        if x is not None:
            self.axes.axvline(x, color=colour, linewidth=width, linestyle=dash, label=REFERENCE)
            place, offset = (x, at), (3 if right else -3, -1)
            where: Any = ("data", "axes fraction")
        else:
            assert y is not None, "a line needs a place"
            self.axes.axhline(y, color=colour, linewidth=width, linestyle=dash, label=REFERENCE)
            place, offset = (1.0 if right else 0.0, y), (-1 if right else 1, -2 if below else 2)
            where = ("axes fraction", "data")
        if text:
            upright = x is not None
            self.axes.annotate(
                text,
                place,
                xycoords=where,
                xytext=offset,
                textcoords="offset points",
                ha=("left" if right else "right") if upright else ("right" if right else "left"),
                va="top" if upright or below else "bottom",
                color=INK if colour == FAINT else colour,
                fontsize=SMALL,
                annotation_clip=True,
            )

    def diagonal(self, low: float, high: float) -> None:
        """Mark where both axes say the same."""
        self.axes.plot(
            [low, high], [low, high], color=FAINT, linewidth=0.8, linestyle=":", label=REFERENCE
        )

    def say(
        self,
        x: float,
        y: float,
        text: str,
        *,
        colour: str = INK,
        shift: tuple[float, float] = (0.0, 0.0),
        within: Any = "data",
        **how: Any,
    ) -> None:
        """Write text at a place of the data, or of the axes with ``within="axes fraction"``."""
        self.axes.annotate(
            text,
            (x, y),
            xycoords=within,
            xytext=shift,
            textcoords="offset points",
            color=colour,
            **{"fontsize": SMALL, **how},
        )

    def name_lines(self, names: Iterable[tuple[str, float, str]]) -> None:
        """Write the names of lines beside their right ends, apart from each other.

        `names` holds text, height of the end and colour; they keep their order.
        """
        ordered = sorted(names, key=lambda each: each[1])
        low, high = self.axes.get_ylim()
        figure = self.axes.get_figure(root=True)
        assert figure is not None, "a panel stands in a figure"
        box = 72 * self.axes.get_position().height * figure.get_size_inches()[1]
        line = 1.18 * SMALL / (0.82 * box) * (high - low)  # titles take some of the room
        sizes = [line * (text.count("\n") + 1) for text, _, _ in ordered]
        places = _apart([min(max(y, low), high) for _, y, _ in ordered], sizes, high)
        for (text, _, colour), y in zip(ordered, places, strict=True):
            self.axes.annotate(
                text,
                (1.0, y),
                xycoords=("axes fraction", "data"),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                color=colour,
                fontsize=SMALL,
                annotation_clip=False,
            )

    def key(self, names: Sequence[tuple[str, str, str]], *, columns: int = 0) -> None:
        """Say above the axes which line is which, where the lines lie too near for their names.

        `names` holds text, colour, and dash of a line or a marker, one letter.
        """
        handles = [
            Line2D(
                [],
                [],
                color=colour,
                linestyle=_DASHES.get(mark, "none"),
                marker="" if mark in _DASHES else mark[0],
                markerfacecolor="white" if mark.endswith("hollow") else colour,
                markersize=4,
                linewidth=1.3,
            )
            for _, colour, mark in names
        ]
        self.axes.legend(
            handles,
            [text for text, _, _ in names],
            frameon=False,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=columns or len(names),
            fontsize=SMALL,
            handlelength=1.6,
            handletextpad=0.4,
            columnspacing=1.0,
            borderaxespad=0.2,
            borderpad=0.1,
        )

    def row_labels(self, labels: Sequence[str], rows: ArrayLike, *, size: float = SMALL) -> None:
        """Write what each row is to the left of the axes."""
        self.axes.set_yticks(np.asarray(rows), labels, fontsize=size, linespacing=1.1)
        self.axes.tick_params(axis="y", length=0)

    def _keep(
        self,
        series: str,
        *,
        x: ArrayLike | None = None,
        y: ArrayLike | None = None,
        low: ArrayLike | None = None,
        high: ArrayLike | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        given = [each for each in (x, y, low, high) if each is not None]
        n = max(np.size(each) for each in given)
        columns = [_column(each, n) for each in (x, y, low, high)]
        names = [" ".join(each.split()) for each in labels] if labels is not None else [""] * n
        for label, *numbers in zip(names, *columns, strict=True):
            if any(each is not None for each in numbers):
                self.rows.append((self.name, series, label, *numbers))


def _thinned(*columns: ArrayLike) -> list[NDArray[np.float64]]:
    """Give no more places of a line than can be told apart, the first and the last among them."""
    arrays = [np.asarray(each, dtype=np.float64) for each in columns]
    n = arrays[0].size
    if n <= _MOST_PLACES:
        return arrays
    kept = np.linspace(0, n - 1, _MOST_PLACES).round().astype(np.int64)
    return [each[kept] for each in arrays]


def _column(values: ArrayLike | None, n: int) -> list[float | None]:
    """Give numbers, None where there is none."""
    if values is None:
        return [None] * n
    numbers = np.broadcast_to(np.asarray(values, dtype=np.float64), (n,))
    return [float(each) if np.isfinite(each) else None for each in numbers]


def _apart(places: Sequence[float], sizes: Sequence[float], high: float) -> list[float]:
    """Move ascending places apart until texts of these heights do not touch.

    None goes above `high` where there is room below.

    Examples
    --------
    >>> _apart([0.0, 0.1, 5.0], [1.0, 1.0, 1.0], 6.0), _apart([5.0, 5.0], [1.0, 3.0], 5.0)
    ([0.0, 1.0, 5.0], [3.0, 5.0])
    """
    moved = list(places)
    gaps = [(a + b) / 2 for a, b in pairwise(sizes)]
    for k, gap in enumerate(gaps):
        moved[k + 1] = max(moved[k + 1], moved[k] + gap)
    if moved and moved[-1] > high:
        moved[-1] = high
        for k in range(len(gaps) - 1, -1, -1):
            moved[k] = min(moved[k], moved[k + 1] - gaps[k])
    return moved
