"""The quoted numbers of two runs as paired dots with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twoarm.comparison import Comparison, QuotedPair
from twoarm.report.comparison.numbers import quote_text
from twoarm.report.comparison.texts import outcome_titles
from twoarm.report.figures import FAINT, INK, Axes, Drawing, draw, fitting

__all__ = ["paired_dots"]

_HEIGHT_MM, _ROW_MM = 22, 9
_APART = 0.16


def paired_dots(found: Comparison) -> list[Drawing]:
    """Draw the mean benefits and the AUCs of both runs; what neither has is left out."""
    drawings = []
    for kind, stem, title, axis in (
        ("benefit", "compare_benefit", "Mean benefit, A and B", "Benefit (AIPW), points"),
        ("auc", "compare_auc", "Discrimination, A and B", "AUC, by the estimate to quote"),
    ):
        pairs = [
            pair
            for pair in found.quoted
            if pair.kind == kind and not (pair.a.value is None and pair.b.value is None)
        ]
        if pairs:
            drawings.append(_drawing(found, pairs, stem, title, axis))
    return drawings


def _drawing(
    found: Comparison, pairs: Sequence[QuotedPair], stem: str, title: str, axis: str
) -> Drawing:
    titles = outcome_titles(found)
    told = [
        f"{titles[p.outcome]}, {p.of}: A {quote_text(p, p.a)}, B {quote_text(p, p.b)}"
        for p in pairs
    ]
    alt = f"{title}, with each run's 95 % interval. {'; '.join(told)}."

    def paint(axes: Axes) -> Axes:
        return _paint(axes, pairs, titles, axis)

    height = _HEIGHT_MM + _ROW_MM * len(pairs)
    return draw(stem, title, alt, paint, height_mm=height, synthetic=found.synthetic)


def _label(pair: QuotedPair, titles: Mapping[str, str]) -> str:
    title = fitting(titles[pair.outcome])
    return title if pair.kind == "benefit" else f"{title}\n{pair.of}"


def _paint(axes: Axes, pairs: Sequence[QuotedPair], titles: Mapping[str, str], axis: str) -> Axes:
    scale, still = (100.0, 0.0) if pairs[0].kind == "benefit" else (1.0, 0.5)
    axes.axvline(still, color=FAINT, linewidth=0.6)
    unnamed = {"A", "B"}
    for row, pair in enumerate(pairs):
        for name, quote, shift in (("A", pair.a, -_APART), ("B", pair.b, _APART)):
            if quote.value is None:
                continue
            y, x = row + shift, scale * quote.value
            if quote.low is not None and quote.high is not None:
                axes.plot([scale * quote.low, scale * quote.high], [y, y], color=INK, linewidth=0.9)
            face = "white" if name == "A" else INK
            axes.plot([x], [y], "o", markersize=4.5, color=INK, markerfacecolor=face)
            if name in unnamed:
                unnamed.remove(name)
                axes.annotate(
                    name, (x, y), textcoords="offset points",
                    xytext=(0, 4 if name == "A" else -4), ha="center",
                    va="bottom" if name == "A" else "top", fontsize=7,
                )  # fmt: skip
    axes.set_yticks(range(len(pairs)), [_label(pair, titles) for pair in pairs])
    axes.set_ylim(len(pairs) - 0.5, -0.9)
    axes.set_xlabel(axis)
    return axes
