"""What stands beside the sizes: looks, the whole scale, naive planning, the haircut's slider."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from twoarm.design import (
    Kind,
    ObservedBenefit,
    Spending,
    equal_looks,
    group_sequential,
    ordinal_patients_per_arm,
    planned_on_predictions,
    randomised,
)
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.planning.design_rows import Planner, thresholds_of
from twoarm.planning.known import Scale
from twoarm.planning.scale import control_shares
from twoarm.planning.trial_plan import (
    DesignRow,
    HaircutRow,
    Looks,
    OrdinalRow,
    PlannedOnPredictions,
    SequentialRow,
)

__all__ = ["haircut_rows", "looks_of", "naive_rows", "ordinal_rows", "sequential_rows"]

_SPENDINGS: Final[tuple[Spending, ...]] = ("obrien-fleming", "pocock")
_STEPS = 40
_WHOLE_SCALE = (Kind.ALL_COMERS, Kind.ENRICHED)


def looks_of(planner: Planner) -> tuple[Looks, ...]:
    """Give the boundaries by both ways of spending."""
    chosen = planner.settings
    found = []
    for spending in _SPENDINGS:
        each = group_sequential(
            equal_looks(chosen.looks),
            efficacy=spending,
            futility=spending,
            power=chosen.power,
            alpha=chosen.alpha,
        )
        values = {
            name: getattr(each, name) for name in Looks.__dataclass_fields__ if name != "spending"
        }
        found.append(
            Looks(spending=spending, **{name: _plain(value) for name, value in values.items()})
        )
    return tuple(found)


def _plain(value: Any) -> Any:
    return tuple(value.tolist()) if isinstance(value, np.ndarray) else value


def sequential_rows(
    planner: Planner, designs: Sequence[DesignRow], looks: Sequence[Looks]
) -> Iterator[SequentialRow]:
    """Give what looks cost and save in each design."""
    for row in designs:
        if row.patients is None:
            continue
        for each in looks:
            most, at_effect, at_nothing = (
                2 * randomised(row.patients * factor, planner.settings.loss)
                for factor in (each.inflation, each.expected_at_effect, each.expected_at_nothing)
            )
            share = row.share if row.kind == Kind.ENRICHED else 1.0
            screened = math.ceil(most / share - 1e-9)
            yield SequentialRow(
                row.kind, row.threshold, each.spending, most, at_effect, at_nothing, screened
            )


def ordinal_rows(planner: Planner, designs: Sequence[DesignRow]) -> Iterator[OrdinalRow]:
    """Give the sizes with the whole scale as outcome, where there is one."""
    scale, chosen = planner.known.scale, planner.settings
    if scale is None:
        return
    for row in designs:
        if row.patients is None or row.kind not in _WHOLE_SCALE:
            continue
        shares = control_shares(scale, _who(planner, row, scale))
        ratio = _odds(row.other_risk) / _odds(row.reference_risk)
        ratio = ratio if scale.event_first else 1.0 / ratio
        if shares is None or ratio == 1.0 or (shares > 0.0).sum() < 2:
            continue
        arm = ordinal_patients_per_arm(shares, ratio, power=chosen.power, alpha=chosen.alpha)
        yield OrdinalRow(row.kind, row.threshold, scale.column, ratio, arm, row.patients)


def _who(planner: Planner, row: DesignRow, scale: Scale) -> np.ndarray:
    model = planner.known.model
    if row.threshold is None or not isinstance(model, ObservedBenefit):
        return np.ones(scale.weight.shape[1], dtype=bool)
    return np.asarray(model.values >= row.threshold)


def _odds(risk: float) -> float:
    return risk / (1.0 - risk)


def naive_rows(planner: Planner) -> Iterator[PlannedOnPredictions]:
    """Give what planning on in-sample predictions would have cost, by threshold."""
    known, chosen = planner.known, planner.settings
    if known.raw is None or known.no_ranking:
        return
    for threshold in thresholds_of(known, chosen):
        try:
            found = planned_on_predictions(
                known.raw.parted(threshold),
                known.model,
                known.prior,
                threshold,
                power=chosen.power,
                alpha=chosen.alpha,
                desirable=known.desirable,
            )
        except (ArgumentError, NotEstimable):  # nobody reaches it, or no gain is promised
            continue
        yield PlannedOnPredictions(
            found.threshold, found.promised, found.expected, found.patients, found.true_power
        )


def haircut_rows(
    planner: Planner, designs: Sequence[DesignRow]
) -> tuple[tuple[str, ...], tuple[HaircutRow, ...]]:
    """Give the assurance of each design, as planned, by the haircut."""
    if planner.truths is None:
        return (), ()
    sized = [row for row in designs if row.patients is not None]
    drawn = [planner.drawn(planner.parted(row.threshold)) for row in sized]
    most = max(2.0 * (planner.haircut or 0.0), 1.2 * abs(planner.known.prior.average), 0.1)
    rows = []
    for haircut in np.linspace(0.0, min(most, 0.99), _STEPS + 1).tolist():
        chances = tuple(
            None
            if each is None or row.patients is None
            else planner.assurance(Kind(row.kind), row.patients, each, haircut)
            for row, each in zip(sized, drawn, strict=True)
        )
        rows.append(HaircutRow(haircut, chances))
    return tuple(row.name for row in sized), tuple(rows)
