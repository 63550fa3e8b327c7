"""How often does a negative control find the confounding that is there, and where there is none?

Cohorts from four synthetic worlds. In A nothing unmeasured decides on treatment; in M a factor does
weakly, in B and N strongly. `neg_control` depends on that factor, the two others do not. A control
is found to differ if its doubly robust effect is more than 1.96 standard errors from 0. Its own
column, and what stands for it, is left out of both models, as in a run.

Adjusted for: every other column measured before the decision; in the propensity also the centre.
Outcome models are logistic ridge regressions, cross-fitted; the propensity is fitted on everybody.
A run uses the study's stack instead, which takes hours for as many cohorts.

Run: ``python -m benchmarks.negative_controls --cohorts 200``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.record import keep
from twoarm.diagnostics import average_effect, negative_control, propensity, required
from twoarm.learners import Logistic
from twoarm.metalearners import TLearner
from twoarm.synthetic import BEFORE_DECISION, generate

SEED = 47_000_000  # cohort k of every world: SEED + k
PATIENTS = 393
PRIMARY = "mrs_0_2"
FOLDS = 10
WORLDS = {"A": "paper-like", "M": "moderate", "B": "confounded", "N": "confounded-null"}


@dataclass(frozen=True)
class Control:
    """A negative control: its column, from where it counts as the event, and its sign."""

    column: str
    at_least: float
    desirable: bool
    removed: tuple[str, ...]


#: As in the shipped study; glucose is recorded to one decimal.
CONTROLS = {
    "neg_control": Control("neg_control", 1, True, ()),
    "premrs_above_0": Control("premrs", 1, False, ("premrs",)),
    "glucose_above_7_1": Control("glucose_mmol", 7.15, False, ("glucose_mmol", "dm")),
}


def covariates(cohort: pd.DataFrame, removed: tuple[str, ...]) -> NDArray[np.float64]:
    """Give the columns measured before the decision but the removed, the site as 0/1 columns."""
    numbers = [name for name in BEFORE_DECISION if name not in ("site", *removed)]
    sites = [(cohort["site"] == code).to_numpy() for code in ("ICA", "M2")]
    return np.column_stack([cohort[numbers].to_numpy(float), *sites])


def measure(world: str, number: int) -> tuple[dict[str, dict[str, float]], float]:
    """Test every control in one cohort, effects in benefit direction; and give the true bias.

    That is what the contrast of the arms given all covariates, which a run estimates, differs by
    from the average benefit on the primary outcome.
    """
    made = generate(world, n=PATIENTS, seed=SEED + number)
    cohort, truth = made.cohort, made.truth
    arm = cohort["arm"].to_numpy()
    found = {}
    for name, control in CONTROLS.items():
        X = covariates(cohort, control.removed)
        y = (cohort[control.column].to_numpy() >= control.at_least).astype(float)
        good = y if control.desirable else 1.0 - y
        learner = TLearner(Logistic(), desirable=True, seed=number)
        risks = learner.cross_fitted(X, good, treatment=arm, folds=FOLDS)
        score = propensity(X, arm, centre=cohort["centre"]).score
        estimates = average_effect(X, good, arm, mu=(risks.mu0, risks.mu1), propensity=score)
        effect = required(estimates.aipw)
        test = negative_control(name, effect)
        found[name] = {"estimate": effect.estimate, "se": effect.se, "detects": test.detects}
    bias = (truth[f"contrast_x_{PRIMARY}"] - truth[f"benefit_x_{PRIMARY}"]).mean()
    return found, float(bias)


def summary(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Describe one control in one world: how often it differs, and by how much."""
    estimate = np.array([row["estimate"] for row in rows])
    detects = np.array([row["detects"] for row in rows], dtype=float)
    return {
        "cohorts": len(rows),
        "detection_rate": float(detects.mean()),
        "mcse": float(np.sqrt(detects.mean() * (1 - detects.mean()) / len(rows))),
        "mean_effect": float(estimate.mean()),
        "sd": float(estimate.std(ddof=1)),
        "mean_se": float(np.mean([row["se"] for row in rows])),
    }


def main() -> None:
    """Measure, print the table, keep it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, default=200)
    asked = parser.parse_args()
    table: dict[str, Any] = {}
    print(f"{'':<18}{'':<20}{'found':>8}{'MCSE':>8}{'effect':>9}{'SD':>8}{'SE':>8}")
    for world, name in WORLDS.items():
        cohorts = [measure(world, number) for number in range(asked.cohorts)]
        tested = {each: summary([row[each] for row, _ in cohorts]) for each in CONTROLS}
        bias = float(np.mean([one for _, one in cohorts]))
        table[name] = {"bias_of_the_benefit": bias, "controls": tested}
        print(f"{name:<18}the benefit is off by {100 * bias:+.1f} points")
        for each, one in tested.items():
            shown = [one[key] for key in ("detection_rate", "mcse")]
            shown += [100 * one[key] for key in ("mean_effect", "sd", "mean_se")]
            print(f"{name:<18}{each:<20}" + "".join(f"{x:>8.3f}" for x in shown[:2])
                  + "".join(f"{x:>8.1f}" for x in shown[2:]), flush=True)  # fmt: skip
    keep("negative_controls", {"seed": SEED, "patients": PATIENTS, "folds": FOLDS, "worlds": table})


if __name__ == "__main__":
    main()
