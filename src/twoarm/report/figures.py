"""How figures of a report look, and how they are drawn. The only home of matplotlib."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

__all__ = [
    "CONTROL",
    "FAINT",
    "INK",
    "TREATED",
    "Axes",
    "Drawing",
    "draw",
    "fitting",
    "round_ticks",
]

# Okabe and Ito's blue and vermillion: told apart by everybody, also in grey
CONTROL, TREATED = "#c2410c", "#0067a5"
INK, FAINT = "#1f2937", "#9ca3af"
_LONGEST_LABEL = 32
_WIDTH_INCHES = 85 / 25.4  # a journal's column
_NO_DATE = {"Date": None, "Creator": None}

_STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
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
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure of the report.

    Attributes
    ----------
    name : str
        Stem of its files.
    title, alt : str
        Caption, and what it shows for those who cannot see it.
    svg, png : str, bytes
    """

    name: str
    title: str
    alt: str
    svg: str
    png: bytes


@contextmanager
def _style() -> Iterator[None]:
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        yield


def round_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Give round numbers for an axis from `low` to `high`, none of them above it."""
    return [tick for tick in MaxNLocator(most).tick_values(low, high) if tick <= high + 1e-9]


def fitting(label: str) -> str:
    """Shorten a label beside an axis, so that it leaves room for what is drawn."""
    return textwrap.shorten(label, _LONGEST_LABEL, placeholder=" ...")


def draw(
    name: str,
    title: str,
    alt: str,
    paint: Callable[[Axes], Axes],
    *,
    height_mm: float = 60,
    synthetic: bool = False,
) -> Drawing:
    """Paint one figure of a journal column's width; synthetic data are labelled on it."""
    with _style():
        figure = Figure(figsize=(_WIDTH_INCHES, height_mm / 25.4), layout="constrained")
        axes = figure.add_subplot()
        paint(axes)
        if synthetic:
            figure.text(
                0.995,
                0.995,
                "synthetic data",
                ha="right",
                va="top",
                fontsize=6,
                color=FAINT,
                style="italic",
            )
        svg, png = io.StringIO(), io.BytesIO()
        # the canvases draw once each; `savefig` would draw everything twice
        FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})  # type: ignore[no-untyped-call]
        figure.set_layout_engine("none")  # it is laid out
        FigureCanvasSVG(figure).print_svg(svg, metadata=_NO_DATE)  # type: ignore[no-untyped-call]
    return Drawing(name, title, alt, svg.getvalue(), png.getvalue())
