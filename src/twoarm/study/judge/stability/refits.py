"""What the stored replicates say about the stability of every prediction; nothing is refitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics import (
    Absent,
    CalibrationInstability,
    EffectStability,
    Finding,
    InstabilityPlot,
    calibration_instability,
    effect_stability,
    instability_plot,
)
from twoarm.diagnostics.stability.stability import finding
from twoarm.metalearners import Effects
from twoarm.metrics import as_benefit
from twoarm.resampling import LARGEST_MISSING_SHARE, RunStore
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import PROBABILITY_OR_NULL, SPREAD, maybe, record
from twoarm.study.plan.plan import Plan

__all__ = ["STABILITY", "RefitStability", "refit_stability"]

_MOST_SHOWN = 200  # replicates in a plot, as Riley and Collins advise
_FEWEST_SHOWN = 20
_POINTS = 100_000  # of a plot; larger cohorts show fewer replicates


@dataclass(frozen=True, slots=True)
class RefitStability:
    """Stability of one outcome's predictions over the bootstrap's refits.

    Attributes
    ----------
    effects : EffectStability
        Of both arms' risks, and of the benefit.
    plot : InstabilityPlot or None
        Of the benefit; primary outcome.
    calibration : tuple of CalibrationInstability, or None
        Of the models, control and treated, in their own patients; primary outcome.
    """

    effects: EffectStability
    plot: InstabilityPlot | None
    calibration: tuple[CalibrationInstability, CalibrationInstability] | None


def refit_stability(
    plan: Plan, store: RunStore, in_sample: Mapping[str, Effects]
) -> dict[str, RefitStability | Absent]:
    """Compare every replicate's predictions of every outcome with those of the full fit.

    The replicates are read from the store a few columns at a time. Absent where both arms' models
    could be fitted in fewer than 80 % of them.
    """
    found: dict[str, RefitStability | Absent] = {}
    for spec in plan.outcomes:
        full = in_sample[spec.name]
        if few := _too_few(*_replicates(store, spec.name)):
            found[spec.name] = few
            continue
        effects = effect_stability(
            *_replicates(store, spec.name),
            full.mu0,
            full.mu1,
            desirable=spec.desirable,
            threshold=spec.threshold if spec.primary else None,
        )
        pictures = _pictures(plan, store, effects) if spec.primary else (None, None)
        found[spec.name] = RefitStability(effects, *pictures)
    return found


def _pictures(
    plan: Plan, store: RunStore, effects: EffectStability
) -> tuple[InstabilityPlot, tuple[CalibrationInstability, CalibrationInstability]]:
    """Give what is drawn of the primary outcome's refits."""
    primary = plan.file.primary
    shown = min(_MOST_SHOWN, max(_FEWEST_SHOWN, _POINTS // len(plan.cohort)))
    mu = [drawn[:shown].astype(np.float64) for drawn in _replicates(store, primary.name)]
    benefit = as_benefit(mu[1] - mu[0], desirable=primary.desirable)
    values = plan.outcome(primary.name)
    own = [(plan.cohort.treatment == arm) & np.isfinite(values) for arm in (0, 1)]
    control, treated = (
        calibration_instability(values[own[arm]], mu[arm][:, own[arm]], shown=shown)
        for arm in (0, 1)
    )
    return instability_plot(effects.benefit, benefit, shown=shown), (control, treated)


def _replicates(store: RunStore, outcome: str) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Give both arms' stored predictions, shape (replicates, patients); NaN where a fit failed."""
    return store.array(f"mu0_{outcome}"), store.array(f"mu1_{outcome}")  # type: ignore[return-value]


def _too_few(mu0: NDArray[np.floating], mu1: NDArray[np.floating]) -> Absent | None:
    """Say that too many replicates failed for the others to stand for all, if so."""
    fitted = np.isfinite(mu1[:, 0] - mu0[:, 0])  # a fit that failed is a row of NaN
    if np.mean(~fitted) <= LARGEST_MISSING_SHARE:
        return None
    return Absent(
        f"both arms' models could be fitted in {fitted.sum()} of {fitted.size} replicates"
    )


_PATH = "outcomes.{outcome}.stability"


def _ask(evidence: Evidence) -> Mapping[str, RefitStability | Absent]:
    return refit_stability(evidence.plan, evidence.store, evidence.full.in_sample)


def _finding(value: RefitStability, study: Study) -> Finding:
    return finding(value.effects, study)


def _block(value: RefitStability, _: Study) -> dict[str, Any]:
    found = value.effects
    index = found.benefit.mean_instability_index
    return {
        _PATH: {
            "mape": {name: getattr(found, name).mean_mape for name in ("mu0", "mu1", "benefit")},
            "classification_instability": Absent("the threshold belongs to the primary outcome")
            if index is None
            else index,
        }
    }


_MAPE = record(mu0=SPREAD, mu1=SPREAD, benefit=SPREAD)

STABILITY = Question(
    name="stability",
    scope=Scope.OUTCOMES,
    doubt="predictions that change from refit to refit",
    of_models=True,
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(Key(_PATH, maybe(record(mape=_MAPE, classification_instability=PROBABILITY_OR_NULL))),),
)
