"""A figure of the report: painted once for the page, and again for a journal that asks for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from twoarm.report.figures.letters import for_readers, lacking
from twoarm.report.figures.panel import Panel
from twoarm.report.figures.style import COLUMN_MM, GREY, PAGE_MM, style
from twoarm.report.table import Column, Table

__all__ = ["Drawing", "Recipe", "draw"]

Paint = Callable[..., object]

_MM = 1 / 25.4
_NO_DATE = {"Date": None, "Creator": None}
_TALLER, _PAGE_HEIGHT_MM = 1.25, 225.0  # at a page's width, unless it fills the page
_LABEL_MM = 3.2  # the line that says "synthetic data"

_COLUMNS = (
    Column("panel", "Panel"),
    Column("series", "Series"),
    Column("label", "Row"),
    Column("x", "x", "number"),
    Column("y", "y", "number"),
    Column("low", "low", "number"),
    Column("high", "high", "number"),
    Column("x_axis", "x axis"),
    Column("y_axis", "y axis"),
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a figure is painted, at whatever width.

    Attributes
    ----------
    paint : callable
        Paints the panels it is given, one argument each.
    height_mm : float
        At a column's width.
    panels : tuple of str
        Their names, from top to bottom (or left to right).
    sizes : tuple of float
        How high (or wide) each is, as shares.
    beside : bool
        Panels stand beside each other.
    shared : bool
        Panels share the axis along which they are stacked.
    synthetic : bool
        Labelled as data of no real patients.
    """

    paint: Paint
    height_mm: float
    panels: tuple[str, ...] = ("",)
    sizes: tuple[float, ...] = (1.0,)
    beside: bool = False
    shared: bool = False
    synthetic: bool = False

    def painted(self, width_mm: float = COLUMN_MM) -> tuple[Figure, tuple[Panel, ...]]:
        """Paint a new figure of a width; to be called in the report's `style`."""
        height = self.height_mm
        if width_mm >= PAGE_MM:
            height = max(height, min(_TALLER * height, _PAGE_HEIGHT_MM))
        height += _LABEL_MM * self.synthetic
        figure = Figure(figsize=(width_mm * _MM, height * _MM), layout="constrained")
        panels = tuple(map(Panel, self._axes(figure), self.panels))
        self.paint(*panels)
        if self.synthetic:
            share = _LABEL_MM / height
            figure.set_layout_engine("constrained", rect=(0, 0, 1, 1 - share))
            figure.text(
                0.995, 0.998, "synthetic data", ha="right", va="top", fontsize=6, color=GREY
            )
        return figure, panels

    def _axes(self, figure: Figure) -> list[Axes]:
        n, sizes = len(self.panels), list(self.sizes)
        if self.beside:
            grid = figure.subplots(1, n, squeeze=False, width_ratios=sizes, sharey=self.shared)
        else:
            grid = figure.subplots(n, 1, squeeze=False, height_ratios=sizes, sharex=self.shared)
        return list(grid.ravel())


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
        For the page: 85 mm wide, 200 dots an inch.
    legend : str
        What a reader needs beneath it: patients, method, what lines and bands are.
    data : Table or None
        What is drawn, as numbers in the units of the axes.
    recipe : Recipe or None
        To paint it at another width.
    """

    name: str
    title: str
    alt: str
    svg: str
    png: bytes
    legend: str = ""
    data: Table | None = None
    recipe: Recipe | None = field(default=None, repr=False, compare=False)


def draw(
    name: str,
    title: str,
    alt: str,
    paint: Paint,
    *,
    legend: str = "",
    height_mm: float = 60,
    panels: Sequence[str] = ("",),
    sizes: Sequence[float] = (),
    beside: bool = False,
    shared: bool = False,
    synthetic: bool = False,
) -> Drawing:
    """Paint one figure of a journal column's width; synthetic data are labelled on it.

    `paint` is called with one `Panel` for each of `panels`; the others are as in `Recipe`.
    """
    recipe = Recipe(
        paint=paint,
        height_mm=height_mm,
        panels=tuple(panels),
        sizes=tuple(sizes) or (1.0,) * len(panels),
        beside=beside,
        shared=shared,
        synthetic=synthetic,
    )
    with style():
        figure, drawn = recipe.painted()
        svg, png = io.StringIO(), io.BytesIO()
        # the canvases draw once each; `savefig` would draw everything twice
        FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})  # type: ignore[no-untyped-call]
        figure.set_layout_engine("none")  # it is laid out
        FigureCanvasSVG(figure).print_svg(svg, metadata=_NO_DATE)  # type: ignore[no-untyped-call]
    data, page = _data(name, title, drawn), for_readers(svg.getvalue())
    if signs := lacking(page):
        boxes = f"The page shows {signs}; PNG and PDF have boxes in their place."
        legend = f"{legend} {boxes}".strip()
    return Drawing(name, title, alt, page, png.getvalue(), legend, data, recipe)


def _data(name: str, title: str, panels: Sequence[Panel]) -> Table | None:
    """Give what the panels show, in the units of their axes; None if they kept nothing.

    Stacked panels that share an axis are named by the last one.
    """
    last = panels[-1].axes.get_xlabel()
    rows = tuple(
        (*row, _one_line(each.axes.get_xlabel() or last), _one_line(each.axes.get_ylabel()))
        for each in panels
        for row in each.rows
    )
    return Table(name, title, "", _COLUMNS, rows) if rows else None


def _one_line(text: str) -> str:
    return " ".join(text.split())
