"""Figures of overlap and balance: the propensity in both arms, and the Love plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import Balance, Propensity
from twoarm.report.figures import CONTROL, FAINT, TREATED, Axes, Drawing, draw, fitting
from twoarm.study.result import StudyResult

__all__ = ["causal_drawings", "love_plot", "propensity_densities"]

_IMBALANCE = 0.1


def propensity_densities(
    axes: Axes, found: Propensity, labels: Sequence[str], alpha: float = 0.0
) -> Axes:
    """Show how both arms' propensities are spread, treated above and controls below.

    Dotted lines at `alpha` and 1 - `alpha` are Crump's bounds; none where nobody is trimmed.
    """
    middle, width = (found.edges[:-1] + found.edges[1:]) / 2, np.diff(found.edges)
    axes.bar(middle, found.density[1], width, color=TREATED, alpha=0.75, label=labels[1])
    axes.bar(middle, -found.density[0], width, color=CONTROL, alpha=0.75, label=labels[0])
    axes.axhline(0, color=FAINT, linewidth=0.6)
    for bound in (alpha, 1.0 - alpha) if alpha > 0 else ():
        axes.axvline(bound, color=FAINT, linewidth=0.8, linestyle=":")
    top = 1.6 * float(found.density.max())
    axes.set_ylim(-top, top)
    axes.set_xlim(0, 1)
    axes.set_yticks([])
    axes.set_xlabel("Probability of treatment given what was measured")
    axes.set_ylabel("Density")
    axes.legend(frameon=False, loc="upper left", fontsize=7)
    return axes


def love_plot(axes: Axes, found: Balance) -> Axes:
    """Show the size of every column's standardised difference before and after weighting."""
    shown = np.isfinite(found.before)
    names = [name for name, kept in zip(found.names, shown, strict=True) if kept]
    y = np.arange(len(names))[::-1]
    series: tuple[tuple[NDArray[np.float64], str, str, str], ...] = (
        (found.before, "o", FAINT, "before"),
        (found.inverse, "s", TREATED, "inverse weights"),
        (found.overlap, "D", CONTROL, "overlap weights"),
    )
    for values, marker, colour, label in series:
        axes.plot(
            np.abs(values[shown]), y, marker, color=colour, markersize=3.5, alpha=0.85, label=label
        )
    axes.axvline(_IMBALANCE, color=FAINT, linewidth=0.8, linestyle=":")
    axes.set_yticks(y, [fitting(name) for name in names], fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(left=0)
    axes.set_xlabel("Standardised difference, size")
    axes.legend(
        frameon=False,
        fontsize=7,
        handletextpad=0.1,
        loc="upper right",
        bbox_to_anchor=(-0.05, -0.02),  # below the labels: points can lie anywhere in the axes
    )
    return axes


def causal_drawings(result: StudyResult) -> list[Drawing]:
    """Draw overlap and balance of a study."""
    judged, plan = result.diagnostics, result.plan
    labels = plan.file.treatment.labels
    arms = (labels.control, labels.treated)
    alpha = judged.overlap.trimming.alpha
    synthetic = plan.cohort.synthetic
    titles = tuple(map(plan.file.column_title, judged.balance.names))
    densities = draw(
        "propensity",
        "Who was likely to be treated",
        f"Densities of the probability of treatment: {arms[1]} upwards, {arms[0]} downwards.",
        lambda axes: propensity_densities(axes, judged.propensity, arms, alpha),
        synthetic=synthetic,
    )
    love = draw(
        "love_plot",
        "Balance of the arms before and after weighting",
        "Size of the standardised difference of every column, unweighted, by inverse and by "
        "overlap weights; a line at 0.1.",
        lambda axes: love_plot(axes, replace(judged.balance, names=titles)),
        height_mm=24 + 3.6 * len(judged.balance.names),
        synthetic=synthetic,
    )
    return [densities, love]
