"""What the stored replicates say about the stability of every prediction; nothing is refitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import (
    CalibrationInstability,
    EffectStability,
    InstabilityPlot,
    calibration_instability,
    effect_stability,
    instability_plot,
)
from twoarm.metalearners import Effects
from twoarm.resampling import RunStore
from twoarm.study.plan.plan import Plan

__all__ = ["RefitStability", "refit_stability"]

_MOST_SHOWN = 200  # replicates in a plot, as Riley and Collins advise
_FEWEST_SHOWN = 20
_POINTS = 100_000  # of a plot; larger cohorts show fewer replicates


@dataclass(frozen=True)
class RefitStability:
    """Stability over the bootstrap's refits.

    Attributes
    ----------
    outcomes : mapping of str to EffectStability
        Both arms' risks and the benefit, of every outcome.
    plot : InstabilityPlot
        The benefit of the primary outcome.
    calibration : tuple of CalibrationInstability
        The primary outcome's models, control and treated, in their own patients.
    """

    outcomes: Mapping[str, EffectStability]
    plot: InstabilityPlot
    calibration: tuple[CalibrationInstability, CalibrationInstability]


def refit_stability(
    plan: Plan, store: RunStore, in_sample: Mapping[str, Effects]
) -> RefitStability:
    """Compare every replicate's predictions with those of the full fit.

    The replicates are read from the store a few columns at a time.
    """
    outcomes = {}
    for spec in plan.outcomes:
        full = in_sample[spec.name]
        outcomes[spec.name] = effect_stability(
            *_replicates(store, spec.name),
            full.mu0,
            full.mu1,
            desirable=spec.desirable,
            threshold=spec.threshold if spec.primary else None,
        )
    primary = plan.file.primary
    shown = min(_MOST_SHOWN, max(_FEWEST_SHOWN, _POINTS // len(plan.cohort)))
    mu = [drawn[:shown].astype(np.float64) for drawn in _replicates(store, primary.name)]
    benefit = mu[1] - mu[0] if primary.desirable else mu[0] - mu[1]
    values = plan.outcome(primary.name)
    own = [(plan.cohort.treatment == arm) & np.isfinite(values) for arm in (0, 1)]
    return RefitStability(
        outcomes,
        instability_plot(outcomes[primary.name].benefit, benefit, shown=shown),
        (
            calibration_instability(values[own[0]], mu[0][:, own[0]], shown=shown),
            calibration_instability(values[own[1]], mu[1][:, own[1]], shown=shown),
        ),
    )


def _replicates(store: RunStore, outcome: str) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Give both arms' stored predictions, shape (replicates, patients); NaN where a fit failed."""
    return store.array(f"mu0_{outcome}"), store.array(f"mu1_{outcome}")  # type: ignore[return-value]
