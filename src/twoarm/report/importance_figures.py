"""Figures of importance: what the predicted benefit depends on, and what modifies the effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.importance import Dependence
from twoarm.report.figures import CONTROL, FAINT, INK, TREATED, Axes, Drawing, draw, fitting
from twoarm.report.importance_tables import root
from twoarm.study.result import StudyResult

__all__ = ["dependence", "importance_bars", "importance_drawings", "modifier_bars"]


def importance_bars(
    axes: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    published: Sequence[float | None],
    published_label: str = "published",
    ranges: Sequence[tuple[float, float]] = (),
) -> Axes:
    """Show the importance of variables, most important on top, published values as rings.

    `ranges` are drawn as lines, one a variable: where a share lies in other fits of the model.
    """
    y = np.arange(len(labels))[::-1]
    axes.barh(y, values, color=TREATED, alpha=0.75, height=0.62)
    for (low, high), at in zip(ranges, y, strict=False):
        axes.plot([low, high], [at, at], color=INK, linewidth=0.8, alpha=0.7)
    known = [(value, at) for value, at in zip(published, y, strict=True) if value is not None]
    if known:
        axes.plot(
            *zip(*known, strict=True),
            "o",
            markerfacecolor="none",
            color=CONTROL,
            markersize=5,
            label=published_label,
        )
        axes.legend(frameon=False, loc="lower right", fontsize=7)
    axes.set_yticks(y, [fitting(label) for label in labels])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Importance (shares, sum 1)")
    axes.set_xlim(left=0)
    return axes


def modifier_bars(
    axes: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    ranges: Sequence[tuple[float, float]],
    reference: Sequence[float],
) -> Axes:
    """Show the spread of benefit that goes with each variable, in points, beside noise.

    Bars are estimates, lines their intervals, diamonds what permuted treatment reaches in 95 %.
    """
    y = np.arange(len(labels))[::-1]
    axes.barh(y, values, color=TREATED, alpha=0.75, height=0.62)
    for (low, high), at in zip(ranges, y, strict=True):
        axes.plot([low, high], [at, at], color=INK, linewidth=0.8, alpha=0.7)
    axes.plot(reference, y, "D", color=CONTROL, markersize=3.5, label="permuted treatment, 95 %")
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(-0.8, 1.0), fontsize=7)
    axes.set_yticks(y, [fitting(label) for label in labels])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("SD of benefit, points")
    axes.set_xlim(left=0)
    return axes


def dependence(axes: Axes, curve: Dependence, xlabel: str, levels: Sequence[str] | None) -> Axes:
    """Show how the mean predicted benefit moves with one variable."""
    points = 100 * curve.benefit
    if levels is None:
        axes.plot(curve.values, points, "-o", color=TREATED, markersize=2.2, linewidth=1.2)
    else:
        axes.plot(curve.values, points, "o", color=TREATED, markersize=5)
        axes.set_xticks(curve.values, [levels[int(value)] for value in curve.values])
        axes.margins(x=0.2)
    axes.axhline(0, color=FAINT, linewidth=0.6)
    axes.set_ylim(min(0.0, float(points.min())) - 2, max(0.0, float(points.max())) * 1.1 + 2)
    axes.set_xlabel(xlabel)
    axes.set_ylabel("Mean benefit, points")
    return axes


def importance_drawings(result: StudyResult) -> list[Drawing]:
    """Draw both kinds of importance, and the dependence on the leading variables."""
    synthetic = result.plan.cohort.synthetic
    return [
        _importance_drawing(result, synthetic),
        *_modifier_drawings(result, synthetic),
        *_dependence_drawings(result, synthetic),
    ]


def _importance_drawing(result: StudyResult, synthetic: bool) -> Drawing:
    codebook, values = result.plan.cohort.codebook, result.primary.importance
    published: dict[str, float] = {}
    if result.plan.file.published is not None:
        published = dict(result.plan.file.published.importance)
    order = np.argsort(-values, kind="stable")
    return draw(
        "importance",
        f"What the predicted benefit depends on, {result.primary.spec.title}",
        "Bars of permutation importance, one a variable; lines hold 95 % of refitted models.",
        lambda axes: importance_bars(
            axes,
            [codebook[k].title for k in order],
            [float(values[k]) for k in order],
            [published.get(codebook[k].column) for k in order],
            ranges=_refitted_ranges(result, order),
        ),
        height_mm=22 + 4.2 * len(order),
        synthetic=synthetic,
    )


def _refitted_ranges(result: StudyResult, order: NDArray[np.intp]) -> list[tuple[float, float]]:
    refitted = None if result.importance is None else result.importance.predicted
    if refitted is None:
        return []
    low, high = refitted.limits
    return [(float(low[k]), float(high[k])) for k in order]


def _modifier_drawings(result: StudyResult, synthetic: bool) -> Iterator[Drawing]:
    found = None if result.importance is None else result.importance.modifiers
    if found is None:
        return
    codebook, measured = result.plan.cohort.codebook, found.measures["loss"]
    reference = measured.reference_high
    assert reference is not None  # a run always permutes treatment
    spread = [
        tuple(100 * root(float(each) / 2) for each in own)
        for own in zip(measured.value, *measured.limits, strict=True)
    ]
    order = np.argsort(measured.rank, kind="stable")
    yield draw(
        "effect_modifiers",
        f"What modifies the effect, {result.primary.spec.title}",
        "Bars of the spread of benefit that goes with each variable (root of half the rise of the "
        "loss), in points; diamonds: the 95th percentile under permuted treatment.",
        lambda axes: modifier_bars(
            axes,
            [", ".join(codebook[k].title for k in found.groups[number]) for number in order],
            [spread[number][0] for number in order],
            [spread[number][1:] for number in order],
            [100 * root(float(reference[number]) / 2) for number in order],
        ),
        height_mm=22 + 4.2 * len(order),
        synthetic=synthetic,
    )


def _dependence_drawings(result: StudyResult, synthetic: bool) -> Iterator[Drawing]:
    for curve in result.dependence:
        predictor = result.plan.cohort.codebook[curve.variable]
        xlabel = f"{predictor.title}, {predictor.unit}" if predictor.unit else predictor.title
        levels = None if predictor.is_number else [level.text for level in predictor.all_levels]
        paint: Any = _Dependence(curve, xlabel, levels)
        yield draw(
            f"dependence_{predictor.column}",
            f"Mean predicted benefit by {predictor.title}",
            f"Partial dependence of the predicted benefit on {predictor.title}.",
            paint,
            height_mm=50,
            synthetic=synthetic,
        )


@dataclass(frozen=True, slots=True)
class _Dependence:
    curve: Dependence
    xlabel: str
    levels: list[str] | None

    def __call__(self, axes: Axes) -> Axes:
        return dependence(axes, self.curve, self.xlabel, self.levels)
