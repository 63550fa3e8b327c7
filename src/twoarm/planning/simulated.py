"""Each design run on trials: drawn from the run's shrunk model, and from worlds' truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from twoarm.design import (
    Kind,
    NormalBenefit,
    ObservedBenefit,
    Risks,
    TrueRisks,
    equal_looks,
    group_sequential,
    kind_power,
    randomised,
    simulate_trials,
)
from twoarm.design.risks import POSSIBLE, after_cross_over
from twoarm.planning.design_rows import Planner
from twoarm.planning.trial_plan import DesignRow, SimulatedRow
from twoarm.seeds import Stream, generator

__all__ = ["OWN", "simulated_rows", "truth_of_own_model"]

Floats = NDArray[np.float64]

OWN = "this run's shrunk model"
_LARGEST_ARM = 3000
_POINTS = 2000  # of a normal distribution of predicted benefit


def truth_of_own_model(planner: Planner, threshold: float) -> TrueRisks:
    """Give every patient the risks that the shrunk model expects."""
    known, expected = planner.known, planner.known.prior.expected
    beyond = _predicted(planner) - known.model.mean
    control = np.clip(expected.control_risk + expected.control_slope * beyond, *POSSIBLE)
    benefit = expected.average + expected.slope * beyond
    treated = np.clip(control + (benefit if known.desirable else -benefit), *POSSIBLE)
    return TrueRisks(control, treated, _predicted(planner) >= threshold)


def _predicted(planner: Planner) -> Floats:
    model = planner.known.model
    if isinstance(model, ObservedBenefit):
        return model.values
    assert isinstance(model, NormalBenefit)
    middle = (np.arange(_POINTS) + 0.5) / _POINTS
    return np.asarray(model.mean + model.sd * ndtri(middle))


def simulated_rows(
    planner: Planner,
    designs: Sequence[DesignRow],
    truth: TrueRisks,
    name: str,
    *,
    number: int,
    with_looks: bool,
) -> Iterator[SimulatedRow]:
    """Run each design of a manageable size, with and without looks."""
    for position, row in enumerate(designs):
        if row.patients is None or row.patients > _LARGEST_ARM:
            continue
        if not _can_be_run(Kind(row.kind), truth):
            continue
        for spending in ("", "obrien-fleming") if with_looks else ("",):
            rng = generator(
                planner.settings.seed, Stream.TRIALS, number, position, int(bool(spending))
            )
            yield _simulated(planner, row, truth, name, spending, rng)


def _can_be_run(kind: Kind, truth: TrueRisks) -> bool:
    """Whether there is somebody in every part of the patients that the design needs."""
    if kind is Kind.ALL_COMERS:
        return True
    some, everybody = bool(truth.above.any()), bool(truth.above.all())
    return some and (kind is Kind.ENRICHED or not everybody)


def _simulated(
    planner: Planner,
    row: DesignRow,
    truth: TrueRisks,
    name: str,
    spending: str,
    rng: np.random.Generator,
) -> SimulatedRow:
    chosen, known, kind = planner.settings, planner.known, Kind(row.kind)
    assert row.patients is not None
    looks = None
    patients = float(row.patients)
    if spending:
        looks = group_sequential(
            equal_looks(chosen.looks),
            efficacy="obrien-fleming",
            futility="obrien-fleming",
            power=chosen.power,
            alpha=chosen.alpha,
        )
        patients *= looks.inflation
    found = simulate_trials(
        truth,
        kind,
        randomised(patients, chosen.loss),
        looks=looks,
        flow=chosen.flow,
        alpha=chosen.alpha,
        desirable=known.desirable,
        trials=chosen.trials,
        rng=rng,
    )
    risks = _risks(truth, planner)
    formula = kind_power(kind, row.patients, risks, alpha=chosen.alpha, desirable=known.desirable)
    return SimulatedRow(
        truth=name,
        kind=row.kind,
        threshold=row.threshold,
        looks=spending,
        true_benefit=_benefit(truth, kind, desirable=known.desirable),
        formula=float(formula),
        power=found.power,
        power_se=found.power_se,
        randomised=found.randomised,
        screened=found.screened,
        months_low=found.months_low,
        months_median=found.months_median,
        months_high=found.months_high,
    )


def _risks(truth: TrueRisks, planner: Planner) -> Risks:
    """Give the true mean risks by assigned arm."""
    control, treated = after_cross_over(truth.control, truth.treated, planner.settings.crossing)
    parts = []
    for who in (truth.above, ~truth.above):
        means = (np.array(each[who].mean() if who.any() else np.nan) for each in (control, treated))
        parts.append(tuple(means))
    return Risks(float(truth.above.mean()), parts[0], parts[1])  # type: ignore[arg-type]


def _benefit(truth: TrueRisks, kind: Kind, *, desirable: bool) -> float:
    who = truth.above if kind is Kind.ENRICHED else np.ones_like(truth.above)
    gain = float((truth.treated - truth.control)[who].mean())
    return gain if desirable else -gain
