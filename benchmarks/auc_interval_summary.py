"""What the lines of `auc_interval` say: coverage, misses on either side, and width.

An interval is normal on its scale (logit; of slopes the logarithm), with the variance ``a`` times
that of sampling the patients plus ``b`` times the spread between models. Width is in oracle
widths: 3.92 SD(headline - truth), of the same cohorts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twoarm.metrics.normal import Z
from twoarm.resampling.headline_intervals import (
    AUC_LEARNING,
    AUC_SAMPLING,
    BRIER_LEARNING,
    BRIER_SAMPLING,
    LARGEST_SLOPE_ERROR,
    SLOPE_SAMPLING,
)

MULTIPLES = {
    "auc": (AUC_SAMPLING, AUC_LEARNING),
    "brier": (BRIER_SAMPLING, BRIER_LEARNING),
    "slope": (SLOPE_SAMPLING, 0.0),
}
BEFORE = {
    "auc": {
        "Hanley and McNeil, S": ("auc, Hanley and McNeil", 1.0, 1.0),
        "Hanley and McNeil": ("auc, Hanley and McNeil", 1.21, 0.0),
    }
}
"""What stood before: decisions 0022 and 0012."""

_OF_AUC = ((0.7, 0.8, 0.9, 1.0, 1.1, 1.21), (0.0, 0.25, 0.5, 0.75, 1.0))
TRIED = {
    "auc": _OF_AUC,
    "auc, Hanley and McNeil": _OF_AUC,
    "auc, mean placements": _OF_AUC,
    "brier": ((0.8, 0.9, 1.0, 1.1, 1.2), (0.0, 0.25, 0.5, 0.75, 1.0)),
    "slope": ((1.0, 1.25, 1.5, 1.75, 2.0), (0.0,)),
}


@dataclass(frozen=True)
class Cohorts:
    """One measure in the cohorts of one cell, each of shape (cohorts,)."""

    headline: np.ndarray
    truth: np.ndarray
    sampling: np.ndarray
    spread: np.ndarray


def of_measure(lines: Iterable[dict[str, Any]], measure: str) -> Cohorts:
    """Collect the cohorts in which the interval can be made, whatever its multiples."""
    parts = [line[measure] for line in lines if measure in line]
    table = np.array(
        [[each[name] for name in ("headline", "truth", "sampling", "spread")] for each in parts],
        dtype=float,
    ).reshape(-1, 4)
    return Cohorts(*table[np.isfinite(table).all(axis=1)].T)


def limits(measure: str, found: Cohorts, a: float, b: float) -> tuple[np.ndarray, ...]:
    """Give the limits of every cohort's interval; NaN where there is none."""
    error = np.sqrt(a * found.sampling + b * found.spread)
    value = found.headline
    if measure != "slope":
        centre, half = np.log(value / (1 - value)), Z * error / (value * (1 - value))
        return 1 / (1 + np.exp(half - centre)), 1 / (1 + np.exp(-half - centre))
    given = (value > 0) & (error <= LARGEST_SLOPE_ERROR * value)
    half = np.where(given, Z * error / np.where(given, value, 1.0), np.nan)
    return value * np.exp(-half), value * np.exp(half)


def judged(measure: str, found: Cohorts, a: float, b: float) -> dict[str, Any]:
    """Give coverage with its error, misses on either side, and width."""
    low, high = limits(measure, found, a, b)
    given = np.isfinite(low)
    cohorts = int(given.sum())
    result: dict[str, Any] = {"cohorts": cohorts, "without": int((~given).sum())}
    if cohorts < 2:
        return result
    truth, width = found.truth[given], float((high - low)[given].mean())
    below, above = float((truth < low[given]).mean()), float((truth > high[given]).mean())
    covered = 1.0 - below - above
    oracle = 2 * Z * float(np.std((found.headline - found.truth)[given], ddof=1))
    return result | {
        "coverage": covered,
        "mcse": float(np.sqrt(covered * (1.0 - covered) / cohorts)),
        "truth_below": below,
        "truth_above": above,
        "width": width,
        "width_by_oracle": width / oracle,
    }


def by_cell(lines: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Put the lines of each cell together."""
    cells: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        cells.setdefault(line["cell"], []).append(line)
    return cells


def choice(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Judge every pair of multiples in every cell, and over all cells."""
    return {
        measure: {
            f"{a:g}, {b:g}": _over_cells(measure, by_cell(lines), a, b)
            for a in of_sampling
            for b in of_spread
        }
        for measure, (of_sampling, of_spread) in TRIED.items()
    }


def _over_cells(
    measure: str, cells: dict[str, list[dict[str, Any]]], a: float, b: float
) -> dict[str, Any]:
    rows = {name: judged(measure, of_measure(own, measure), a, b) for name, own in cells.items()}
    known = [row for row in rows.values() if "coverage" in row]
    number = np.array([row["cohorts"] for row in known])
    return {
        "coverage": float(np.average([row["coverage"] for row in known], weights=number)),
        "lowest": min(row["coverage"] for row in known),
        "width_by_oracle": float(np.mean([row["width_by_oracle"] for row in known])),
        "cells": rows,
    }


def confirmation(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Judge the chosen multiples in every cell, and what stood before."""
    return {
        measure: {name: _cell(measure, own) for name, own in by_cell(lines).items()}
        for measure in MULTIPLES
    }


def _cell(measure: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    found = of_measure(lines, measure)
    error = found.headline - found.truth
    row: dict[str, Any] = {
        "events": float(np.mean([line["events"] for line in lines])),
        "truth": float(found.truth.mean()),
        "bias": float(error.mean()),
        "now": judged(measure, found, *MULTIPLES[measure]),
    }
    for name, (of, a, b) in BEFORE.get(measure, {}).items():
        row[name] = judged(of, of_measure(lines, of), a, b)
    return row
