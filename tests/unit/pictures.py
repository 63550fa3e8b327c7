"""Reports without the pictures in them: drawn, but never turned into pixels and lines.

Most of the time of a report goes into that; what a test asks of words, numbers and tables does not
depend on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG

REAL = FigureCanvasAgg.print_png, FigureCanvasSVG.print_svg
BLANK = b"\x89PNG", '<svg viewBox="0 0 1 1"></svg>'


def _no_pixels(canvas, file, **options):
    file.write(BLANK[0])


def _no_lines(canvas, file, **options):
    file.write(BLANK[1])


@contextmanager
def pictures(rendered: bool) -> Iterator[None]:
    """Turn rendering on or off for a while."""
    before = FigureCanvasAgg.print_png, FigureCanvasSVG.print_svg
    new = REAL if rendered else (_no_pixels, _no_lines)
    FigureCanvasAgg.print_png, FigureCanvasSVG.print_svg = new
    try:
        yield
    finally:
        FigureCanvasAgg.print_png, FigureCanvasSVG.print_svg = before
