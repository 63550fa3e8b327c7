"""How figures look: colours, letters, sizes."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.ticker import MaxNLocator

from twoarm.report.figures.letters import FAMILIES

__all__ = [
    "COLUMN_MM",
    "CONTROL",
    "FAINT",
    "GREY",
    "INK",
    "PAGE_MM",
    "SMALL",
    "TREATED",
    "fitting",
    "rankin_shades",
    "round_ticks",
    "rows_height",
    "style",
    "wrapped",
]

# Okabe and Ito's blue and vermillion: told apart by everybody, also in grey
CONTROL, TREATED = "#c2410c", "#0067a5"
INK, GREY, FAINT = "#1f2937", "#4b5563", "#9ca3af"

COLUMN_MM, PAGE_MM = 85.0, 170.0
"""Widths that journals print: a column, and a page."""

SMALL = 7.0
"""Letters inside a figure, in points."""

_LONGEST_LABEL = 32
_BETWEEN = ("#e3eef6", "#5a9bc8", "#0b3c5d")  # light to dark: a scale from good to bad

_STYLE = {
    "font.family": list(FAMILIES),
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "twoarm",
    "pdf.fonttype": 42,
    "figure.dpi": 200,
    "figure.constrained_layout.h_pad": 0.02,
    "figure.constrained_layout.w_pad": 0.03,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the report's style; of signs that its letters lack the legend speaks (`draw`)."""
    with mpl.rc_context(_STYLE), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from font", UserWarning)
        yield


def round_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Give round numbers for an axis from `low` to `high`, none of them above it."""
    return [tick for tick in MaxNLocator(most).tick_values(low, high) if tick <= high + 1e-9]


def fitting(label: str, longest: int = _LONGEST_LABEL) -> str:
    """Shorten a label beside an axis, so that it leaves room for what is drawn.

    Examples
    --------
    >>> fitting("Age"), fitting("A label that goes on and on and on for ever")
    ('Age', 'A label that goes on and on ...')
    """
    if len(label) <= longest:
        return label
    short = textwrap.shorten(label, longest, placeholder=" ...")
    return short if len(short) > len(" ...") else f"{label[: longest - 4]} ..."


def wrapped(label: str, width: int, lines: int = 2) -> str:
    """Break a label into lines; what does not fit into them is left out.

    Examples
    --------
    >>> print(wrapped("Intracranial atherosclerosis suspected", 28))
    Intracranial atherosclerosis
    suspected
    """
    return "\n".join(
        textwrap.wrap(label, width, max_lines=lines, placeholder=" ...", break_long_words=True)
    )


def rows_height(labels: Sequence[str], edges_mm: float = 24.0) -> float:
    """Give the height in mm of a figure with a row for each label, in one line or two.

    Examples
    --------
    >>> rows_height(["Age"] * 10)
    66.0
    """
    return edges_mm + (5.4 if any("\n" in each for each in labels) else 4.2) * len(labels)


def rankin_shades(levels: int) -> list[str]:
    """Give a colour for each level of a scale, from light (the best) to dark."""
    between = mpl.colors.LinearSegmentedColormap.from_list("scale", _BETWEEN)
    return [mpl.colors.to_hex(between(k / max(levels - 1, 1))) for k in range(levels)]
