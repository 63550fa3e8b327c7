"""How far is each learner's benefit from the truth? Root mean squared error over new patients.

Cohorts of 195 stented and 198 other patients from each synthetic world; the outcome is mRS 0-2; the
error is taken over 5000 new patients of the same world, against the identified contrast
E[Y | X, W = 1] - E[Y | X, W = 0], on which learners are ranked, and against E[benefit | X], on
which they are not ranked where an unmeasured factor is at work: predicting nothing would win there.
Squared error is split into the square of the mean error and the centred rest.

Run: ``python -m benchmarks.pehe [cohorts] [own] [peers] [--cohorts 200] [--worlds A M] [--seeds
development]``. The steps write the cohorts, fit the own learners, and take in what the peers have
predicted since (``python -m benchmarks.pehe_peers runs/pehe-<seeds>`` in their environment, in
between; pinned in ``requirements/peers-pehe.txt``); the tables are printed and kept after any of
them. What is done stands in ``runs/pehe-<seeds>.jsonl`` and is not computed again, so a run can be
stopped and resumed. Learners of whom nothing stands there keep their lines of the last tables, as
long as the errors of those they were paired with have moved by less than 1 %. The comparison seeds
are for the comparison alone: the recommended learner was named before they were drawn
(docs/decisions/0011-recommended-learner.md).
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ledger import Ledger
from benchmarks.pehe_peers import exchange
from benchmarks.record import RESULTS, keep
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
    recommended_learner,
)
from twoarm.synthetic import find_scenario, generate

WORLDS = ("A", "A-sharp", "M", "B", "N", "Z", "H")
FIRST_SEED = {"development": 41_000, "comparison": 97_000}
NEW_SEED, NEW_PATIENTS = 88_000, 5000
TREATED, CONTROL = 195, 198
STEPS = ("cohorts", "own", "peers")
RECOMMENDED = "penalized interaction, averaged"
"""The learner for all worlds, named on the development seeds alone."""
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
    RECOMMENDED: over(lambda s: recommended_learner(desirable=True, seed=s)),
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


@dataclass(frozen=True)
class Measurement:
    """Where a run keeps its cohorts, predictions and errors.

    Attributes
    ----------
    folder : Path
        Cohorts and the peers' predictions.
    ledger : Ledger
        A line for each world, cohort and learner.
    truth : dict
        By world, the truth of its new patients.
    """

    folder: Path
    ledger: Ledger
    truth: dict[str, pd.DataFrame]

    def score(self, world: str, cohort: int, name: str, benefit: np.ndarray, seconds: float):
        """Add the errors of a prediction to the ledger."""
        truth = self.truth[world]
        found = {each: errors(benefit, truth[column].to_numpy()) for each, column in TRUTHS.items()}
        line = {"world": world, "cohort": cohort, "learner": name, **found, "seconds": seconds}
        self.ledger.add(line)


def new_patients(folder: Path, worlds: list[str]) -> dict[str, pd.DataFrame]:
    """Write the new patients' predictors; give their truth."""
    truth = {}
    for world in worlds:
        made = generate(world, n=NEW_PATIENTS, seed=NEW_SEED)
        truth[world] = made.truth
        exchange.write(exchange.new_patients_file(folder, world), X=encoded(made.cohort))
    return truth


def write_cohorts(folder: Path, worlds: list[str], cohorts: int, first_seed: int) -> None:
    """Write the cohorts that are not there yet."""
    for cohort in range(cohorts):
        for world in worlds:
            path, seed = exchange.cohort_file(folder, world, cohort), first_seed + cohort
            if path.exists():
                continue
            made = generate(world, treated=TREATED, control=CONTROL, seed=seed).cohort
            exchange.write(
                path,
                X=encoded(made),
                y=(made["mrs90"] <= 2).to_numpy(int),
                treatment=made["arm"].to_numpy(int),
                seed=seed,
            )


def fit_own(run: Measurement, cohorts: int, learners: list[str]) -> None:
    """Fit the learners on the cohorts where they are missing, all worlds in step."""
    new = {
        world: np.load(exchange.new_patients_file(run.folder, world))["X"] for world in run.truth
    }
    for cohort in range(cohorts):
        for world in run.truth:
            data = np.load(exchange.cohort_file(run.folder, world, cohort))
            X, y, treatment, seed = data["X"], data["y"], data["treatment"], int(data["seed"])
            for name in learners:
                if not run.ledger.has(world, cohort, name):
                    start = time.process_time()
                    benefit = LEARNERS[name](X, y, treatment, new[world], seed)
                    run.score(world, cohort, name, benefit, time.process_time() - start)


def take_in_peers(run: Measurement, cohorts: int) -> None:
    """Score the peers' predictions that are not in the ledger yet."""
    for world in run.truth:
        for path in sorted((run.folder / world).glob("*/*.npz")):
            cohort, name = int(path.stem), path.parent.name
            if cohort < cohorts and not run.ledger.has(world, cohort, name):
                found = np.load(path)
                run.score(world, cohort, name, found["benefit"], float(found["seconds"]))


def table(rows: pd.DataFrame, truth: str) -> list[dict]:
    """Give each learner's errors in one world, and its paired distance to the best."""
    parts = pd.DataFrame(rows[truth].tolist(), index=rows.index)
    parts["mse"] = parts["mean_error"] ** 2 + parts["centred"]
    parts = parts.join(rows[["cohort", "learner"]]).pivot(index="cohort", columns="learner")
    root = np.sqrt(parts["mse"])
    everywhere = root[[name for name in root if root[name].count() == len(root)]]
    best = everywhere.mean().idxmin()
    lines = [_line(parts, name, best) for name in root]
    return sorted(lines, key=lambda line: line["to_best"])


def _line(parts: pd.DataFrame, name: str, best: str) -> dict:
    """Describe a learner on the cohorts it has; distances pair it with others cohort by cohort."""
    root = np.sqrt(parts["mse"])
    own = root[name].dropna().index
    line = {"learner": name, "cohorts": len(own), "pehe": float(root.loc[own, name].mean())}
    for key, other in (("to_best", best), ("recommended_to_it", RECOMMENDED)):
        sign = 1 if key == "to_best" else -1
        distance = sign * (root.loc[own, name] - root.loc[own, other])
        line[key] = float(distance.mean())
        known = len(own) > 1
        line[f"{key}_se"] = float(distance.std(ddof=1) / np.sqrt(len(own))) if known else None
    bias = parts["mean_error"].loc[own, name]
    return {
        **line,
        "mean_error": float(bias.mean()),
        "bias_squared": float((bias**2).mean()),
        "centred": float(parts["centred"].loc[own, name].mean()),
    }


def _printed(line: dict) -> str:
    """Give a line in points; squares as their roots."""
    widths = {
        "pehe": 7, "to_best": 9, "to_best_se": 7,
        "recommended_to_it": 11, "recommended_to_it_se": 7, "mean_error": 8,
    }  # fmt: skip
    roots = zip(("bias_squared", "centred"), (8, 9), strict=True)
    cells = [
        f"{'-':>{width}}" if line[key] is None else f"{100 * line[key]:>{width}.2f}"
        for key, width in widths.items()
    ]
    cells += [f"{100 * np.sqrt(line[key]):>{width}.2f}" for key, width in roots]
    return f"{line['learner']:<32}{line['cohorts']:>8}" + "".join(cells)


def lines_before(before: list[dict], lines: list[dict]) -> list[dict]:
    """Give the lines of learners that were not run again.

    Raises
    ------
    ValueError
        If the errors of those they are paired with, the best and the recommended, have moved.
    """
    errors = {line["learner"]: line["pehe"] for line in lines}
    rest = [line for line in before if line["learner"] not in errors]
    paired = {lines[0]["learner"], RECOMMENDED} if rest else set()
    own = {line["learner"]: line["pehe"] for line in before}
    for name in paired:
        if not math.isclose(own[name], errors[name], rel_tol=0.01):
            raise ValueError(
                f"{name} had an error of {own[name]}, now {errors[name]}: run all again"
            )
    return rest


def report(rows: pd.DataFrame, before: dict) -> dict:
    """Print a table a world and give all of them."""
    found: dict = {}
    for world, own in rows.groupby("world", sort=False):
        hidden = find_scenario(str(world)).unmeasured_weight > 0
        found[world] = {}
        for truth in TRUTHS:
            lines = table(own, truth)
            rest = lines_before(before.get(world, {}).get(truth, []), lines)
            found[world][truth] = sorted(lines + rest, key=lambda line: line["to_best"])
        for truth, lines in found[world].items():
            ranked = "" if truth == "contrast" or not hidden else " (not ranked: unmeasured factor)"
            print(f"\n{world}, against the {truth}{ranked}; points")
            print(
                f"{'':<32}{'cohorts':>8}{'PEHE':>7}{'to best':>9}{'SE':>7}"
                f"{'ours to it':>11}{'SE':>7}{'mean':>8}{'bias':>8}{'centred':>9}"
            )
            for line in lines:
                print(_printed(line))
    return found


def main() -> None:
    """Take the steps asked for, print the tables, keep them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("steps", nargs="*", help=f"of {STEPS}; by default all")
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--learners", nargs="+", choices=LEARNERS, default=list(LEARNERS))
    parser.add_argument("--seeds", choices=FIRST_SEED, default="development")
    asked = parser.parse_args()
    if not set(asked.steps) <= set(STEPS):
        parser.error(f"steps are {STEPS}; found {asked.steps}")
    steps = asked.steps or STEPS
    folder = Path("runs") / f"pehe-{asked.seeds}"
    ledger = Ledger(folder.with_suffix(".jsonl"), ("world", "cohort", "learner"))
    run = Measurement(folder, ledger, new_patients(folder, asked.worlds))
    if "cohorts" in steps:
        write_cohorts(folder, asked.worlds, asked.cohorts, FIRST_SEED[asked.seeds])
    if "own" in steps:
        fit_own(run, asked.cohorts, asked.learners)
    if "peers" in steps:
        take_in_peers(run, asked.cohorts)
    if ledger.lines:
        keep_tables(pd.DataFrame(ledger.lines), asked, exchange.peer_versions(folder))


def keep_tables(rows: pd.DataFrame, asked: argparse.Namespace, peers: dict[str, str]) -> None:
    """Print the tables of the worlds and cohorts asked for, and keep them."""
    rows = rows[rows["world"].isin(asked.worlds) & (rows["cohort"] < asked.cohorts)]
    path = RESULTS / f"pehe_{asked.seeds}.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    seconds = rows.groupby("learner")["seconds"].median().dropna().to_dict()
    keep(
        f"pehe_{asked.seeds}",
        {
            "synthetic": True,
            "first_seed": FIRST_SEED[asked.seeds],
            "treated": TREATED,
            "control": CONTROL,
            "new_patients": NEW_PATIENTS,
            "recommended": RECOMMENDED,
            "peers": peers or before.get("peers", {}),
            "worlds": report(rows, before.get("worlds", {})),
            "cpu_seconds_per_fit": {**before.get("cpu_seconds_per_fit", {}), **seconds},
        },
    )


if __name__ == "__main__":
    main()
