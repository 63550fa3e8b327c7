"""How figures of a report look, and how they are drawn. The only home of matplotlib."""

from matplotlib.axes import Axes

from twoarm.report.figures.drawing import Drawing, draw
from twoarm.report.figures.forest import ForestRow, forest, forest_height
from twoarm.report.figures.journal import write_journal_figures
from twoarm.report.figures.panel import Panel
from twoarm.report.figures.style import (
    CONTROL,
    FAINT,
    GREY,
    INK,
    SMALL,
    TREATED,
    fitting,
    rankin_shades,
    round_ticks,
    rows_height,
    wrapped,
)

__all__ = [
    "CONTROL",
    "FAINT",
    "GREY",
    "INK",
    "SMALL",
    "TREATED",
    "Axes",
    "Drawing",
    "ForestRow",
    "Panel",
    "draw",
    "fitting",
    "forest",
    "forest_height",
    "rankin_shades",
    "round_ticks",
    "rows_height",
    "wrapped",
    "write_journal_figures",
]
