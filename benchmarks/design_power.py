"""Is the power of a design what the formula says? Trials simulated patient by patient.

    python -m benchmarks.design_power --keep

Twelve designs with a hundred patients an arm or more, 50 000 trials each; smaller ones beside their
exact power; and the level of group-sequential trials that go on despite the futility boundary,
100 000 trials each. Patients are a mixture, of whom the model predicts a benefit with an error.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from benchmarks.record import keep
from twoarm.design import (
    CrossOver,
    Flow,
    Kind,
    Risks,
    TrueRisks,
    after_cross_over,
    compared,
    equal_looks,
    exact_power,
    group_sequential,
    kind_power,
    randomised,
    simulate_trials,
    size,
)
from twoarm.errors import NotEstimable
from twoarm.seeds import Stream, generator

SEED = 15
TRIALS, NULL_TRIALS = 50_000, 100_000
PATIENTS = 2000


def patients(
    control: float, average: float, spread: float, *, model_is_right: float = 0.7
) -> TrueRisks:
    """Give patients whose benefits vary about an average, parted by an imperfect model."""
    rng = generator(SEED, Stream.TRIALS, 0)
    benefit = average + spread * rng.standard_normal(PATIENTS)
    seen = model_is_right * (benefit - average) / max(spread, 1e-9)
    seen += (1.0 - model_is_right**2) ** 0.5 * rng.standard_normal(PATIENTS)
    risk = np.clip(control + 0.1 * rng.standard_normal(PATIENTS), 0.02, 0.9)
    return TrueRisks(risk, np.clip(risk + benefit, 0.01, 0.99), seen > 0.0)


def risks_of(truth: TrueRisks, crossing: CrossOver) -> Risks:
    """Give the true mean risks of both parts, by assigned arm."""
    arms = after_cross_over(truth.control, truth.treated, crossing)
    above, below = (
        tuple(np.array(each[who].mean()) for each in arms) for who in (truth.above, ~truth.above)
    )
    return Risks(float(truth.above.mean()), above, below)


def designs() -> list[dict[str, Any]]:
    """Give twelve designs: five kinds, both directions of outcome, loss, cross-over, looks."""
    usual, small, common = (0.25, 0.10, 0.10), (0.15, 0.07, 0.08), (0.45, 0.08, 0.12)
    return [
        {"kind": Kind.ALL_COMERS, "patients": usual},
        {"kind": Kind.ALL_COMERS, "patients": small},
        {"kind": Kind.ALL_COMERS, "patients": common, "power": 0.9},
        {"kind": Kind.ALL_COMERS, "patients": usual, "loss": 0.1, "crossing": (0.08, 0.05)},
        {"kind": Kind.ENRICHED, "patients": usual},
        {"kind": Kind.ENRICHED, "patients": common, "power": 0.9},
        {"kind": Kind.ENRICHED, "patients": small, "loss": 0.05},
        {"kind": Kind.STRATIFIED, "patients": common},
        {"kind": Kind.STRATEGY_NONE, "patients": usual},
        {"kind": Kind.STRATEGY_ALL, "patients": (0.4, -0.04, 0.12)},
        {"kind": Kind.ALL_COMERS, "patients": usual, "looks": "obrien-fleming"},
        {"kind": Kind.ENRICHED, "patients": common, "looks": "pocock"},
    ]


def measured(number: int, design: dict[str, Any]) -> dict[str, Any]:
    """Size a design by the formula and run it."""
    kind, power = design["kind"], design.get("power", 0.8)
    truth = patients(*design["patients"])
    crossing = CrossOver(*design.get("crossing", (0.0, 0.0)))
    risks, loss = risks_of(truth, crossing), design.get("loss", 0.0)
    arm = size(kind, risks, power=power)
    formula, looks, most = float(kind_power(kind, arm, risks)), None, float(arm)
    if "looks" in design:
        looks = group_sequential(
            equal_looks(3), efficacy=design["looks"], futility=design["looks"], power=power
        )
        most, formula = arm * looks.inflation, power
    found = simulate_trials(
        truth,
        kind,
        randomised(most, loss),
        looks=looks,
        flow=Flow(loss, crossing),
        trials=TRIALS,
        rng=generator(SEED, Stream.TRIALS, 1, number),
    )
    exact = None
    if kind is not Kind.STRATIFIED and looks is None and loss == 0.0 and arm <= 2000:
        exact = exact_power(arm, *(float(each) for each in compared(kind, risks)))
    return {
        "kind": str(kind),
        "patients_per_arm": arm,
        "loss": loss,
        "crossing": list(design.get("crossing", (0.0, 0.0))),
        "looks": design.get("looks"),
        "formula": formula,
        "simulated": found.power,
        "se": found.power_se,
        "exact": exact,
    }


def small_trials() -> list[dict[str, Any]]:
    """Compare arms below a hundred patients with their exact power."""
    found = []
    for number, (p0, p1) in enumerate(((0.07, 0.34), (0.25, 0.55), (0.5, 0.75), (0.1, 0.3))):
        truth = TrueRisks(np.full(10, p0), np.full(10, p1), np.ones(10, dtype=bool))
        part = (np.array(p0), np.array(p1))
        arm = size(Kind.ALL_COMERS, Risks(1.0, part, part))
        simulated = simulate_trials(
            truth,
            Kind.ALL_COMERS,
            arm,
            trials=TRIALS,
            rng=generator(SEED, Stream.TRIALS, 2, number),
        )
        found.append(
            {
                "risks": [p0, p1],
                "patients_per_arm": arm,
                "formula": float(kind_power(Kind.ALL_COMERS, arm, Risks(1.0, part, part))),
                "exact": exact_power(arm, p0, p1),
                "simulated": simulated.power,
                "se": simulated.power_se,
            }
        )
    return found


def levels() -> list[dict[str, Any]]:
    """Run trials without any effect that ignore the futility boundary."""
    found, number = [], 0
    for risk in (0.2, 0.4):
        truth = TrueRisks(np.full(10, risk), np.full(10, risk), np.ones(10, dtype=bool))
        for spending in ("obrien-fleming", "pocock"):
            for looks in (2, 3, 5):
                plan = group_sequential(equal_looks(looks), efficacy=spending, futility=spending)
                number += 1
                each = simulate_trials(
                    truth,
                    Kind.ALL_COMERS,
                    300,
                    looks=plan,
                    obey_futility=False,
                    trials=NULL_TRIALS,
                    rng=generator(SEED, Stream.TRIALS, 3, number),
                )
                found.append(
                    {
                        "risk": risk,
                        "spending": spending,
                        "looks": looks,
                        "patients_per_arm": 300,
                        "level_one_sided": each.power,
                        "se": each.power_se,
                    }
                )
    return found


def main() -> None:
    """Run all of it and print the tables."""
    parser = argparse.ArgumentParser(description="Power and level of designs, simulated.")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    rows = []
    for number, design in enumerate(designs()):
        try:
            rows.append(measured(number, design))
        except NotEstimable as error:
            raise SystemExit(f"design {number}: {error}") from error
        row = rows[-1]
        print(
            f"{row['kind']:22} {row['patients_per_arm']:5} an arm  formula {row['formula']:.3f}  "
            f"simulated {row['simulated']:.3f} (SE {row['se']:.3f})  exact {row['exact']}"
        )
    small, null = small_trials(), levels()
    for row in small:
        print(f"{row}")
    for row in null:
        print(f"{row}")
    if asked.keep:
        keep(
            "design_power",
            {"seed": SEED, "trials": TRIALS, "designs": rows, "small": small, "levels": null},
        )


if __name__ == "__main__":
    main()
