"""Test statistics of simulated trials, from counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.design.kinds import Kind

__all__ = ["Counts", "statistic"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Patients and events so far, each of shape (trials, arm, part): below and above."""

    patients: Floats
    events: Floats


def statistic(kind: Kind, counts: Counts) -> Floats:
    """Give the standardised difference of the second arm from the first; 0 where undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = _interaction(counts) if kind is Kind.STRATIFIED else _difference(counts)
    return np.where(np.isfinite(z), z, 0.0)


def _difference(counts: Counts) -> Floats:
    n, events = counts.patients.sum(axis=-1), counts.events.sum(axis=-1)
    risk = events / n
    pooled = events.sum(axis=-1) / n.sum(axis=-1)
    spread = pooled * (1.0 - pooled) * (1.0 / n).sum(axis=-1)
    found: Floats = (risk[:, 1] - risk[:, 0]) / np.sqrt(spread)
    return found


def _interaction(counts: Counts) -> Floats:
    risk = counts.events / counts.patients
    effect = risk[:, 1] - risk[:, 0]
    spread = (risk * (1.0 - risk) / counts.patients).sum(axis=(1, 2))
    found: Floats = (effect[:, 1] - effect[:, 0]) / np.sqrt(spread)
    return found
