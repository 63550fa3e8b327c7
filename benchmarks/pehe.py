"""How far is each learner's benefit from the truth? Root mean squared error over new patients.

Cohorts of 195 stented and 198 other patients from each synthetic world; the outcome is mRS 0-2; the
error is taken over 5000 new patients of the same world, against the identified contrast
E[Y | X, W = 1] - E[Y | X, W = 0], on which learners are ranked, and against E[benefit | X], on
which they are not ranked where an unmeasured factor is at work: predicting nothing would win there.
Squared error is split into the square of the mean error and the centred rest.

Run: ``python -m benchmarks.pehe [--cohorts 200] [--worlds A M] [--seeds development]``. A cohort
that is done stands in ``runs/pehe-<seeds>.jsonl`` and is not computed again, so the run can be
stopped and resumed. Another program's learner takes part by adding its lines to that file. The
comparison seeds are for the comparison alone: name the recommended learner before drawing them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.worlds import encoded
from twoarm.learners import Logistic, Stack
from twoarm.metalearners import (
    DRLearner,
    PenalizedInteraction,
    RiskModel,
    RLearner,
    Sample,
    SLearner,
    TLearner,
    XLearner,
    cross_fitted_nuisances,
    dr_scores,
)
from twoarm.synthetic import find_scenario, generate

WORLDS = ("A", "A-sharp", "M", "B", "N", "Z", "H")
FIRST_SEED = {"development": 41_000, "comparison": 97_000}
NEW_SEED, NEW_PATIENTS = 88_000, 5000
TREATED, CONTROL = 195, 198
TRUTHS = {"contrast": "contrast_x_mrs_0_2", "benefit": "benefit_x_mrs_0_2"}
Learner = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]
"""From X, y and treatment of a cohort, X of new patients and a seed, to their benefit."""


def over(make: Callable) -> Learner:
    """Turn a metalearner into a row of the table."""

    def benefit(X, y, treatment, new, seed):
        return make(seed).fit(X, y, treatment=treatment).effects(new).benefit

    return benefit


def constant_aipw(X, y, treatment, new, seed):
    """Predict the doubly robust average for everybody."""
    found = cross_fitted_nuisances(Sample(X, y, treatment), Logistic(), seed_path=(seed,))
    scores = dr_scores(y, treatment, found.mu0, found.mu1, found.propensity)
    return np.full(len(new), scores.mean())


LEARNERS: dict[str, Learner] = {
    "constant zero": lambda *given: np.zeros(len(given[3])),
    "constant AIPW": constant_aipw,
    "S, logistic (main effects)": over(lambda s: SLearner(Logistic(), desirable=True, seed=s)),
    "risk model, logistic": over(lambda s: RiskModel(Logistic(), desirable=True, seed=s)),
    "penalized interaction": over(lambda s: PenalizedInteraction(desirable=True, seed=s)),
    "T, logistic": over(lambda s: TLearner(Logistic(), desirable=True, seed=s)),
    "T, stack": over(lambda s: TLearner(Stack(), desirable=True, seed=s)),
    "S, stack": over(lambda s: SLearner(Stack(), desirable=True, seed=s)),
    "risk model, stack": over(lambda s: RiskModel(Stack(), desirable=True, seed=s)),
    "X, logistic": over(lambda s: XLearner(Logistic(), desirable=True, seed=s)),
    "R, logistic": over(lambda s: RLearner(Logistic(), desirable=True, seed=s)),
    "DR, logistic": over(lambda s: DRLearner(Logistic(), desirable=True, seed=s)),
    "DR, stack": over(lambda s: DRLearner(Stack(), desirable=True, seed=s)),
}


def errors(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Split the mean squared error into the squared mean error and the centred rest."""
    difference = predicted - truth
    return {"mean_error": float(difference.mean()), "centred": float(difference.var())}


def measure(world: str, cohort: int, seed: int, new: tuple, learners: Iterable[str]) -> list[dict]:
    """Fit the learners on one cohort; give a row for each."""
    made = generate(world, treated=TREATED, control=CONTROL, seed=seed).cohort
    X, y = encoded(made), (made["mrs90"] <= 2).to_numpy(int)
    treatment = made["arm"].to_numpy(int)
    X_new, truth = new
    rows = []
    for name in learners:
        start = time.perf_counter()
        predicted = LEARNERS[name](X, y, treatment, X_new, seed)
        found = {each: errors(predicted, truth[column]) for each, column in TRUTHS.items()}
        seconds = time.perf_counter() - start
        rows.append(
            {"world": world, "cohort": cohort, "learner": name, **found, "seconds": seconds}
        )
    return rows


def run(worlds: list[str], cohorts: int, first_seed: int, ledger: Ledger) -> None:
    """Compute what is missing, cohort by cohort, all worlds in step."""
    new = {}
    for world in worlds:
        made = generate(world, n=NEW_PATIENTS, seed=NEW_SEED)
        new[world] = encoded(made.cohort), made.truth
    for cohort in range(cohorts):
        for world in worlds:
            missing = [name for name in LEARNERS if not ledger.has(world, cohort, name)]
            for row in measure(world, cohort, first_seed + cohort, new[world], missing):
                ledger.add(row)


def table(rows: pd.DataFrame, truth: str) -> list[dict]:
    """Give each learner's errors in one world, and its paired distance to the best."""
    parts = pd.DataFrame(rows[truth].tolist(), index=rows.index)
    parts["mse"] = parts["mean_error"] ** 2 + parts["centred"]
    parts = parts.join(rows[["cohort", "learner"]]).pivot(index="cohort", columns="learner")
    parts = parts.dropna()
    root = np.sqrt(parts["mse"])
    best = root.mean().idxmin()
    lines = []
    for name in root.mean().sort_values().index:
        distance = root[name] - root[best]
        bias = parts["mean_error"][name]
        lines.append(
            {
                "learner": name,
                "cohorts": len(root),
                "pehe": float(root[name].mean()),
                "to_best": float(distance.mean()),
                "to_best_se": float(distance.std(ddof=1) / np.sqrt(len(root))),
                "mean_error": float(bias.mean()),
                "bias_squared": float((bias**2).mean()),
                "centred": float(parts["centred"][name].mean()),
            }
        )
    return lines


def report(rows: pd.DataFrame) -> dict:
    """Print a table a world and give all of them."""
    found: dict = {}
    for world, own in rows.groupby("world", sort=False):
        hidden = find_scenario(str(world)).unmeasured_weight > 0
        found[world] = {truth: table(own, truth) for truth in TRUTHS}
        for truth, lines in found[world].items():
            ranked = "" if truth == "contrast" or not hidden else " (not ranked: unmeasured factor)"
            print(f"\n{world}, {lines[0]['cohorts']} cohorts, against the {truth}{ranked}; points")
            print(f"{'':<28}{'PEHE':>7}{'to best':>9}{'SE':>7}{'mean':>8}{'bias':>8}{'centred':>9}")
            for line in lines:
                roots = np.sqrt([line["bias_squared"], line["centred"]])
                values = [line["pehe"], line["to_best"], line["to_best_se"], line["mean_error"]]
                print(
                    f"{line['learner']:<28}"
                    + "".join(
                        f"{100 * value:>{width}.2f}"
                        for value, width in zip([*values, *roots], (7, 9, 7, 8, 8, 9), strict=True)
                    )
                )
    return found


def main() -> None:
    """Measure what is missing, print the tables, keep them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--seeds", choices=FIRST_SEED, default="development")
    asked = parser.parse_args()
    ledger = Ledger(Path("runs") / f"pehe-{asked.seeds}.jsonl", ("world", "cohort", "learner"))
    run(asked.worlds, asked.cohorts, FIRST_SEED[asked.seeds], ledger)
    rows = pd.DataFrame(ledger.lines)
    rows = rows[rows["world"].isin(asked.worlds) & (rows["cohort"] < asked.cohorts)]
    keep(
        f"pehe_{asked.seeds}",
        {
            "synthetic": True,
            "first_seed": FIRST_SEED[asked.seeds],
            "treated": TREATED,
            "control": CONTROL,
            "new_patients": NEW_PATIENTS,
            "worlds": report(rows),
            "seconds_per_fit": rows.groupby("learner")["seconds"].median().to_dict(),
        },
    )


if __name__ == "__main__":
    main()
