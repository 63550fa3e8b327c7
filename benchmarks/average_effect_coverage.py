"""Do the intervals of AIPW and TMLE hold what they should, in every synthetic world?

Two truths: (i) the average contrast of the arms that the cohort identifies, given all measured
covariates, and (ii) the average causal effect. Intervals speak about the population, so coverage is
counted against the world's value; that against the mean over the cohort's own patients is printed
beside it. Intervals must hold (i); where an unmeasured factor decides about treatment (M, B, N)
they cannot hold (ii), and nothing in the cohort shows it.

Adjusted for: every column measured before the decision; in the propensity also the centre. By
default the outcome models are cross-fitted and the propensity, a ridge regression, is fitted on
everybody; the other settings show what either choice does.

Run: ``python -m benchmarks.average_effect_coverage --cohorts 1000``. Finished cohorts are kept in
``runs/average_effect_coverage.csv`` and not computed again.
"""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.record import keep
from twoarm.diagnostics import Absent, AverageEffect, average_effect, propensity
from twoarm.learners import Logistic, Stack
from twoarm.synthetic import BEFORE_DECISION, DESIRABLE, OUTCOMES, generate

SEED = 31_000_000  # cohort k of every world: SEED + k
PATIENTS = 393
POPULATION, POPULATION_SEED = 200_000, 30_999_999
WORLDS = ("A", "A-sharp", "M", "B", "N", "Z", "H")
FINISHED = Path("runs") / "average_effect_coverage.csv"

#: Name of a setting: outcome model, folds of its cross-fitting, folds of the propensity's.
SETTINGS: dict[str, tuple[Any, int, int]] = {
    "logistic": (Logistic(), 5, 0),
    "logistic_in_sample": (Logistic(), 0, 0),
    "logistic_all_cross_fitted": (Logistic(), 5, 5),
    "stack": (Stack(), 5, 0),
}
ESTIMATORS = ("crude", "iptw", "overlap", "aipw", "tmle")
FIELDS = ("world", "setting", "outcome", "cohort", "estimator", "estimate", "se", "low", "high",
          "contrast", "causal")  # fmt: skip


def truth(world: str, outcome: str) -> dict[str, float]:
    """Give the world's average contrast and average causal effect, as benefits."""
    made = generate(world, n=POPULATION, seed=POPULATION_SEED).truth
    return {
        "contrast": float(made[f"contrast_x_{outcome}"].mean()),
        "causal": float(made[f"benefit_x_{outcome}"].mean()),
    }


def covariates(cohort: pd.DataFrame) -> NDArray[np.float64]:
    """Give the columns measured before the decision, the site as 0/1 columns."""
    numbers = [name for name in BEFORE_DECISION if name != "site"]
    sites = [(cohort["site"] == code).to_numpy() for code in ("ICA", "M2")]
    return np.column_stack([cohort[numbers].to_numpy(float), *sites])


def measure(world: str, setting: str, outcome: str, cohort: int) -> list[dict[str, Any]]:
    """Estimate in one cohort; rows hold benefits."""
    made = generate(world, n=PATIENTS, seed=SEED + cohort)
    data, arm = made.cohort, made.cohort["arm"].to_numpy()
    X = covariates(data)
    model, folds, propensity_folds = SETTINGS[setting]
    fitted = propensity(X, arm, centre=data["centre"], cross_fit=propensity_folds, seed=cohort)
    y = observed(data, outcome)
    found = average_effect(
        X,
        y,
        arm,
        outcome_model=model,
        propensity=fitted.score,
        cross_fit=folds,
        seed=cohort,
        replicates=0,
    )
    sign = 1.0 if DESIRABLE[outcome] else -1.0
    means = {
        "contrast": float(made.truth[f"contrast_x_{outcome}"].mean()),
        "causal": float(made.truth[f"benefit_x_{outcome}"].mean()),
    }
    return [
        {
            "world": world,
            "setting": setting,
            "outcome": outcome,
            "cohort": cohort,
            "estimator": name,
            **_estimate(found, name, sign),
            **means,
        }
        for name in ESTIMATORS
    ]


def observed(data: pd.DataFrame, outcome: str) -> NDArray[np.float64]:
    """Give an outcome of every patient as 0 and 1."""
    if outcome == "sich":
        return data["sich"].to_numpy(float)
    mrs = data["mrs90"].to_numpy()
    event = {"mrs_0_2": mrs <= 2, "mrs_0_3": mrs <= 3, "death": mrs == 6}[outcome]
    return event.astype(float)


def _estimate(found: AverageEffect, name: str, sign: float) -> dict[str, float]:
    """Give an estimate as a benefit; NaN where the arms do not overlap enough for one."""
    one = getattr(found, name)
    if isinstance(one, Absent):
        return dict.fromkeys(("estimate", "se", "low", "high"), math.nan)
    low, high = sorted((sign * one.low, sign * one.high))
    return {"estimate": sign * one.estimate, "se": one.se, "low": low, "high": high}


def summary(rows: pd.DataFrame, true: dict[str, float]) -> dict[str, Any]:
    """Describe one estimator in one world: coverage of both truths, bias, SE against SD."""
    told = rows[rows["estimate"].notna()]
    estimate, se = told["estimate"].to_numpy(), told["se"].to_numpy()

    def coverage(target: NDArray[np.float64] | float) -> float:
        return float(((told["low"] <= target) & (target <= told["high"])).mean())

    return {
        "cohorts": int(estimate.size),
        "refused": float(1.0 - estimate.size / len(rows)),
        "mean": float(estimate.mean()),
        "bias_contrast": float(estimate.mean() - true["contrast"]),
        "bias_causal": float(estimate.mean() - true["causal"]),
        "mcse_bias": float(estimate.std(ddof=1) / np.sqrt(estimate.size)),
        "sd": float(estimate.std(ddof=1)),
        "mean_se": float(se.mean()),
        "se_over_sd": float(se.mean() / estimate.std(ddof=1)),
        "coverage_contrast": coverage(true["contrast"]),
        "coverage_causal": coverage(true["causal"]),
        "coverage_contrast_of_these_patients": coverage(told["contrast"].to_numpy()),
        "coverage_causal_of_these_patients": coverage(told["causal"].to_numpy()),
    }


def finished_rows() -> pd.DataFrame:
    """Give what earlier runs computed; a cohort cut off in the middle is left out."""
    if not FINISHED.exists():
        return pd.DataFrame(columns=list(FIELDS))
    rows = pd.read_csv(FINISHED)
    piece = ["world", "setting", "outcome", "cohort"]
    return rows[rows.groupby(piece)["estimator"].transform("size") == len(ESTIMATORS)]


def compute(worlds: list[str], setting: str, outcome: str, cohorts: int) -> pd.DataFrame:
    """Compute the cohorts that are missing and give all rows of this setting and outcome."""
    rows = finished_rows()
    done = set(zip(rows["world"], rows["setting"], rows["outcome"], rows["cohort"], strict=True))
    FINISHED.parent.mkdir(exist_ok=True)
    rows.to_csv(FINISHED, index=False)
    with FINISHED.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        for cohort in range(cohorts):
            for world in worlds:
                if (world, setting, outcome, cohort) not in done:
                    writer.writerows(measure(world, setting, outcome, cohort))
            file.flush()
    rows = finished_rows()
    chosen = (rows["setting"] == setting) & (rows["outcome"] == outcome)
    return rows[chosen & (rows["cohort"] < cohorts) & rows["world"].isin(worlds)]


def main() -> None:
    """Measure, print the table, keep it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, default=1000)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=WORLDS)
    parser.add_argument("--setting", default="logistic", choices=list(SETTINGS))
    parser.add_argument("--outcome", default="mrs_0_2", choices=list(OUTCOMES))
    asked = parser.parse_args()
    rows = compute(asked.worlds, asked.setting, asked.outcome, asked.cohorts)
    table: dict[str, Any] = {}
    heads = ("true (i)", "true (ii)", "mean", "SD", "SE/SD", "cover (i)", "cover (ii)")
    print(f"{'':<10}{'':<10}" + "".join(f"{head:>11}" for head in heads))
    for world in asked.worlds:
        true = truth(world, asked.outcome)
        table[world] = {"truth": true, "estimators": {}}
        for name in ESTIMATORS:
            chosen = (rows["world"] == world) & (rows["estimator"] == name)
            one = summary(rows[chosen], true)
            table[world]["estimators"][name] = one
            shown = [true["contrast"], true["causal"], one["mean"], one["sd"], one["se_over_sd"],
                     one["coverage_contrast"], one["coverage_causal"]]  # fmt: skip
            print(f"{world:<10}{name:<10}" + "".join(f"{value:>11.3f}" for value in shown))
    settings = {"seed": SEED, "patients": PATIENTS, "cohorts": asked.cohorts,
                "setting": asked.setting, "outcome": asked.outcome,
                "population": POPULATION, "population_seed": POPULATION_SEED}  # fmt: skip
    name = f"average_effect_coverage_{asked.setting}_{asked.outcome}"
    keep(name, {**settings, "worlds": table})


if __name__ == "__main__":
    main()
