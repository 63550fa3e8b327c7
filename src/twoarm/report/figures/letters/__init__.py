"""The letters of figures, which come with the package: figures are the same on every machine.

How wide letters are decides where everything else stands. These are Liberation Sans with fewer
signs (`docs/figure_letters.py`, `OFL.txt`), as wide as Arial and Helvetica, which readers of a page
have; figures made of pixels and PDF hold the letters themselves. Signs that they lack are taken
from DejaVu Sans, which comes with matplotlib.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font

__all__ = ["FAMILIES", "for_readers", "lacking"]

FAMILIES = ("twoarm sans", "DejaVu Sans")
"""For matplotlib; the first is registered here, so that no font of the machine is taken for it."""

_OF_READERS = "'Liberation Sans', Arial, Helvetica, 'DejaVu Sans', sans-serif"
_WEIGHTS = {"regular.ttf": 400, "bold.ttf": 700}

fontManager.ttflist += [
    FontEntry(
        fname=str(Path(__file__).with_name(name)),
        name=FAMILIES[0],
        style="normal",
        variant="normal",
        weight=weight,
        stretch="normal",
        size="scalable",
    )
    for name, weight in _WEIGHTS.items()
]


def for_readers(svg: str) -> str:
    """Name the fonts that a reader's machine may have, all as wide as the one that was measured.

    Examples
    --------
    >>> print(for_readers("font: 8px 'twoarm sans', 'DejaVu Sans'"))
    font: 8px 'Liberation Sans', Arial, Helvetica, 'DejaVu Sans', sans-serif
    """
    return svg.replace(", ".join(f"'{name}'" for name in FAMILIES), _OF_READERS)


@cache
def _drawn() -> frozenset[int]:
    files = (findfont(FontProperties(family=name)) for name in FAMILIES)
    return frozenset().union(*(FT2Font(str(file)).get_charmap() for file in files))


def lacking(text: str) -> str:
    """List the signs of a text that neither font has: boxes in PNG and PDF.

    Examples
    --------
    >>> lacking("Age, years (年龄)"), lacking("Größe ≥ 1.5 ✓")
    ('年龄', '')
    """
    return "".join(sorted({sign for sign in text if ord(sign) not in _drawn() and sign > " "}))
