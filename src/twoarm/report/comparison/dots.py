"""The quoted numbers of two runs as paired dots with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twoarm.comparison import Comparison, QuotedPair
from twoarm.report.comparison.numbers import quote_text
from twoarm.report.comparison.texts import outcome_titles
from twoarm.report.figures import INK, Drawing, Panel, draw, fitting

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

    height = _HEIGHT_MM + _ROW_MM * len(pairs)
    return draw(
        stem,
        title,
        alt,
        lambda panel: _paint(panel, pairs, titles, axis),
        legend="Open: run A; filled: run B; lines are 95 % intervals.",
        height_mm=height,
        synthetic=found.synthetic,
    )


def _label(pair: QuotedPair, titles: Mapping[str, str]) -> str:
    title = fitting(titles[pair.outcome])
    return title if pair.kind == "benefit" else f"{title}\n{pair.of}"


def _paint(panel: Panel, pairs: Sequence[QuotedPair], titles: Mapping[str, str], axis: str) -> None:
    scale, still = (100.0, 0.0) if pairs[0].kind == "benefit" else (1.0, 0.5)
    panel.refer(x=still, width=0.6)
    labels = [_label(pair, titles) for pair in pairs]
    unnamed = {"A", "B"}
    for row, (pair, label) in enumerate(zip(pairs, labels, strict=True)):
        for name, quote, shift in (("A", pair.a, -_APART), ("B", pair.b, _APART)):
            if quote.value is None:
                continue
            y, x = row + shift, scale * quote.value
            if quote.low is not None and quote.high is not None:
                low, high = scale * quote.low, scale * quote.high
                panel.ranges(name, [label], [y], [low], [high], width=0.9)
            panel.dots(name, [x], [y], colour=INK, hollow=name == "A", labels=[label])
            if name in unnamed:
                unnamed.remove(name)
                panel.say(x, y, name, shift=(0, 4 if name == "A" else -4), ha="center",
                          va="bottom" if name == "A" else "top")  # fmt: skip
    panel.row_labels(labels, list(range(len(pairs))))
    panel.axes.set_ylim(len(pairs) - 0.5, -0.9)
    panel.axes.set_xlabel(axis)
