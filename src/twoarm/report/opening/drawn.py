"""Small drawings of the first screen as SVG: they take the page's colours, light and dark.

A drawing is for the eye; what it shows stands in the text beside it and in its label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

__all__ = ["Scale", "band", "bar", "dot", "label", "line", "outline", "ring", "svg", "ticks"]

_LETTER = 6.4  # mean width of a letter at the drawings' size
_NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places along one direction of a drawing.

    Attributes
    ----------
    low, high : float
        Values at the ends.
    start, end : float
        Their places.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the place of a value; what lies beyond an end is drawn at the end.

        Examples
        --------
        >>> Scale(0.0, 10.0, 20.0, 120.0)(2.5), Scale(0.0, 1.0, 0.0, 9.0)(2.0)
        (45.0, 9.0)
        """
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


def svg(width: float, height: float, alt: str, parts: Iterable[Markup]) -> Markup:
    """Put parts into one drawing with its words for those who cannot see it."""
    return Markup(
        '<svg class="drawn" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(_n(width), _n(height), alt, Markup().join(parts))


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> Markup:
    """Draw a line."""
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, _n(x1), _n(y1), _n(x2), _n(y2)
    )


def dot(x: float, y: float, kind: str = "mark") -> Markup:
    """Draw a filled point."""
    return Markup('<circle class="{}" cx="{}" cy="{}" r="4.5"/>').format(kind, _n(x), _n(y))


def ring(x: float, y: float) -> Markup:
    """Draw an open point: the number beside ours."""
    return Markup('<circle class="ring" cx="{}" cy="{}" r="4"/>').format(_n(x), _n(y))


def band(x1: float, x2: float, y: float, height: float = 12.0) -> Markup:
    """Draw a range of values as a pale band; it is never thinner than can be seen."""
    left, width = min(x1, x2), max(abs(x2 - x1), 4.0)
    return Markup('<rect class="band" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
        _n(left), _n(y - height / 2), _n(width), _n(height), _n(min(height, width) / 2)
    )


def bar(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    """Draw a bar."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, _n(x), _n(y), _n(max(width, 0.0)), _n(max(height, 0.0))
    )


def outline(points: Sequence[tuple[float, float]]) -> Markup:
    """Draw a line through points."""
    path = " ".join(f"{'L' if k else 'M'}{_n(x)} {_n(y)}" for k, (x, y) in enumerate(points))
    return Markup('<path class="outline" d="{}"/>').format(path)


def label(x: float, y: float, text: str, width: float, kind: str = "said") -> Markup:
    """Write a text about x that does not leave a drawing of this width."""
    half = _LETTER * len(text) / 2
    place, anchor = (x, "middle")
    if x - half < 0.0:
        place, anchor = (0.0, "start")
    elif x + half > width:
        place, anchor = (width, "end")
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        kind, _n(place), _n(y), anchor, escape(text)
    )


def ticks(scale: Scale, y: float, places: Iterable[tuple[float, str]], width: float) -> Markup:
    """Draw a horizontal axis with these values written under it."""
    parts = [line(scale.start, y, scale.end, y)]
    for value, text in places:
        x = scale(value)
        parts += [line(x, y - 3, x, y + 3, "tick"), label(x, y + 15, text, width)]
    return _NOTHING.join(parts)


def _n(value: float) -> str:
    """Write a coordinate, short."""
    return f"{value:.1f}".removesuffix(".0")
