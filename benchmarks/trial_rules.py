"""How four planners would plan from one cohort, and what their trials meet in truth.

A trial tests mRS 0-2 at two-sided 5 % with a planned power of 80 %, in patients whom the model
gives 15 points or more, or in everybody. It is started if the planner expects a benefit and needs
at most a thousand patients an arm. With the haircut he takes the marginal sensitivity bound's
distance off his effect first; with the stop rule he plans without it, and does not start where the
assurance after it is under 30 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twoarm.design import (
    FUTILE,
    Drawn,
    Kind,
    Parted,
    Prior,
    assurance,
    exact_power,
    patients_per_arm,
    power_of_trial,
    risks_of,
)
from twoarm.seeds import Stream, generator

__all__ = ["PLANNERS", "RULES", "Trial", "rows_of", "trial_of"]

PLANNERS = ("raw", "crossfit", "shrunk", "all-comers")
RULES = ("none", "haircut", "stop")
MOST, EXACT_BELOW, LARGEST_SE, DRAWS = 1000, 200, 0.5, 2000
LEAST_RISK, MOST_RISK = 0.001, 0.999


@dataclass(frozen=True)
class Trial:
    """A planned trial, and what it meets; `patients` 0 if it is not started."""

    patients: int
    enriched: bool
    promised: float
    assurance: float | None
    true_power: float
    true_benefit: float
    screened: float


def _prior(line: dict[str, Any]) -> Prior:
    covariance = np.array(line["covariance"])
    return Prior(
        line["average"],
        float(np.clip(line["slope"], 0.0, 1.0)),
        line["control_risk"],
        line["control_slope"],
        tuple(map(tuple, covariance.tolist())),
    )


def _expected(line: dict[str, Any], planner: str) -> tuple[bool, float, float]:
    """Give whether the trial is enriched, the control risk and the benefit that is planned on."""
    if planner in ("raw", "crossfit"):
        seen = line[planner]
        return True, seen["control_risk"], seen["benefit"]
    estimable = line["slope_se"] <= LARGEST_SE and line["parted"]["share"] > 0.0
    if planner == "shrunk" and estimable:
        risks = risks_of(Parted(**line["parted"]), line["mean"], _prior(line).expected)
        return True, float(risks.above[0]), float(risks.above[1] - risks.above[0])
    return False, line["control_risk"], line["average"]


def trial_of(line: dict[str, Any], planner: str, rule: str) -> Trial | None:
    """Plan a trial and look up what it meets; None if it is not started."""
    enriched, control, benefit = _expected(line, planner)
    if rule == "haircut":
        benefit -= line["haircut"]
    if not benefit > 0.0 or not 0.0 < control < 1.0:
        return None
    treated = float(np.clip(control + benefit, LEAST_RISK, MOST_RISK))
    control = float(np.clip(control, LEAST_RISK, MOST_RISK))
    if treated <= control:
        return None
    patients = patients_per_arm(control, treated)
    if patients > MOST:
        return None
    chance = None
    if planner in ("shrunk", "all-comers"):
        drawn = _drawn(line, enriched=enriched)
        kind = Kind.ENRICHED if enriched else Kind.ALL_COMERS
        chance = assurance(kind, patients, drawn)
        if rule == "stop" and assurance(kind, patients, drawn, haircut=line["haircut"]) < FUTILE:
            return None
    return _met(line["truth"], patients, chance, enriched=enriched)


def _drawn(line: dict[str, Any], *, enriched: bool) -> Drawn:
    rng = generator(line["cohort"], Stream.TRIALS)
    parted = Parted(**line["parted"]) if enriched else Parted(1.0, line["mean"], float("nan"))
    return Drawn(_prior(line).draws(DRAWS, rng), parted, line["mean"])


def _met(
    truth: dict[str, float], patients: int, chance: float | None, *, enriched: bool
) -> Trial | None:
    p0, p1 = (truth[f"{'above' if enriched else 'all'}{arm}"] for arm in (0, 1))
    share = truth["share"] if enriched else 1.0
    if share == 0.0:
        return None
    power = (
        exact_power(patients, p0, p1)
        if patients < EXACT_BELOW
        else float(power_of_trial(patients, p0, p1))
    )
    return Trial(patients, enriched, 0.8, chance, power, p1 - p0, 2.0 * patients / share)


def rows_of(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give a row for each world, planner and rule."""
    rows = []
    for world in dict.fromkeys(line["world"] for line in lines):
        own = [line for line in lines if line["world"] == world]
        for planner in PLANNERS:
            for rule in RULES:
                if rule == "stop" and planner in ("raw", "crossfit"):
                    continue  # they know no uncertainty
                trials = [trial_of(line, planner, rule) for line in own]
                rows.append({"world": world, "planner": planner, "rule": rule, **_row(trials)})
    return rows


def _row(trials: Sequence[Trial | None]) -> dict[str, Any]:
    started = [each for each in trials if each is not None]
    never = [each for each in started if each.true_benefit <= 0.0]
    known = [each.assurance for each in started if each.assurance is not None]

    def mean(values: Sequence[float]) -> float | None:
        return float(np.mean(values)) if len(values) else None

    return {
        "cohorts": len(trials),
        "started": len(started) / len(trials),
        "enriched": mean([float(each.enriched) for each in started]),
        "promised_power": mean([each.promised for each in started]),
        "promised_assurance": mean(known),
        "true_power": mean([each.true_power for each in started]),
        "true_power_se": (
            float(np.std([each.true_power for each in started], ddof=1) / len(started) ** 0.5)
            if len(started) > 1
            else None
        ),
        "true_benefit": mean([each.true_benefit for each in started]),
        "randomised": mean([2.0 * each.patients for each in started]),
        "screened": mean([each.screened for each in started]),
        "never_to_start": len(never) / len(trials),
        "randomised_in_vain": sum(2.0 * each.patients for each in never) / len(trials),
    }
