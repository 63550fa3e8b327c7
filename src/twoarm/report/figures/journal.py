"""Figures as a journal prints them: vectors with their letters inside, and pixels fine enough."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from twoarm.report.figures.drawing import Drawing
from twoarm.report.figures.style import COLUMN_MM, PAGE_MM, style

__all__ = ["JOURNAL_DPI", "LEGENDS", "write_journal_figures"]

JOURNAL_DPI = 600
LEGENDS = "legends.md"
_NO_DATE = {"CreationDate": None, "Creator": None, "Producer": None}


def write_journal_figures(drawings: Iterable[Drawing], folder: Path) -> tuple[Path, ...]:
    """Write every figure as PDF with embedded fonts and as PNG of 600 dpi, 85 and 170 mm wide.

    Parameters
    ----------
    drawings : iterable of Drawing
        A drawing without a recipe is left out.
    folder : Path
        Made if need be; it then also holds ``legends.md``: title, legend and alternative text.

    Returns
    -------
    tuple of Path
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written, legends = [], ["# Figures", ""]
    for drawing in drawings:
        if drawing.recipe is None:
            continue
        for width in (COLUMN_MM, PAGE_MM):
            for ending, content in _printed(drawing, width).items():
                path = folder / f"{drawing.name}_{width:.0f}mm.{ending}"
                path.write_bytes(content)
                written.append(path)
        said = (f"## {drawing.name}", f"**{drawing.title}.** {drawing.legend}".rstrip())
        legends += [line for each in (*said, f"Alternative text: {drawing.alt}")
                    for line in (each, "")]  # fmt: skip
    page = folder / LEGENDS
    page.write_text("\n".join(legends), encoding="utf-8")
    return (*written, page)


def _printed(drawing: Drawing, width_mm: float) -> dict[str, bytes]:
    """Give PDF and PNG of one width; both from one layout."""
    assert drawing.recipe is not None
    vectors = io.BytesIO()
    with style():
        figure, _ = drawing.recipe.painted(width_mm)
        figure.set_dpi(JOURNAL_DPI)
        pixels = _png(figure, drawing.title)
        figure.set_layout_engine("none")  # it is laid out
        titled = {**_NO_DATE, "Title": drawing.title}
        FigureCanvasPdf(figure).print_pdf(vectors, metadata=titled)  # type: ignore[no-untyped-call]
    return {"pdf": vectors.getvalue(), "png": pixels}


def _png(figure: Figure, title: str) -> bytes:
    """Give the pixels without transparency, which printing does not know, packed in a hurry."""
    canvas, written, said = FigureCanvasAgg(figure), io.BytesIO(), PngInfo()
    canvas.draw()  # type: ignore[no-untyped-call]
    said.add_itxt("Title", title)
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]
    pixels.save(written, "png", dpi=(JOURNAL_DPI, JOURNAL_DPI), pnginfo=said, compress_level=1)
    return written.getvalue()
