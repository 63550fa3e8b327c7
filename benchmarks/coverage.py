"""How often does an interval hold the AUC that the fitted model has in new patients?

The target moves from cohort to cohort: the AUC of the model fitted to this cohort, on 100 000 new
patients of the same world and arm. Wanted: coverage near 95 % and a width near the oracle's,
3.92 SD(headline - truth).

The interval was chosen on the data sets of ``benchmarks.headline``; the seeds here are others, and
the last two cells are of a world that had no say in the choice. Cohorts with fewer than 10 events
get the learner that a study falls back on, and are shown apart.

Run: ``python -m benchmarks.coverage [--cohorts 1000] [--replicates 50] [--cells PATTERN ..]
[--folder DIR] [--summary-only]``. Interrupted runs go on where they stopped.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.intervals import headlines, judged, limits, widened
from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.worlds import World, stenting
from twoarm.learners import ElasticNet, Logistic, Stack, fit_model, prepare
from twoarm.metrics import auc
from twoarm.resampling import validate
from twoarm.seeds import Stream, integer

SEED, NEW_PATIENTS, CV_REPEATS, FEW_EVENTS = 6100, 100_000, 2, 10
WIDENED = 1.1  # chosen on the data sets of `benchmarks.headline`
HEADLINES = ("d632plus", "nested_cv", "d632plus_cv")
FALLBACK = ElasticNet()
LEARNERS = {"stack": Stack(), "logistic, unpenalized": Logistic(C=np.inf)}


@dataclass(frozen=True)
class Cell:
    """A world, how many patients of it a cohort has, and how it is shown."""

    world: World
    patients: int

    @property
    def name(self) -> str:
        """Name of the cell."""
        return f"{self.world.name}, n = {self.patients}"


CELLS = [
    Cell(stenting("paper-like", "control"), 198),  # about 14 events
    Cell(stenting("moderate", "control"), 190),  # about 25
    Cell(stenting("paper-like", "treated"), 125),  # about 50
    Cell(stenting("paper-like", "treated"), 250),  # about 100
    Cell(stenting("paper-like-sharp", "control"), 198),  # a world not used for choosing
    Cell(stenting("paper-like-sharp", "treated"), 195),
]


def one(cell: Cell, learner: str, cohort: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Make every interval for one cohort, and measure its model on new patients."""
    X, y = cell.world.patients(cell.patients, SEED, cohort)
    events = int(y.sum())
    line: dict[str, Any] = {"cell": f"{cell.name}; {learner}", "cohort": cohort, "events": events}
    if not 2 <= events <= len(y) - 2:
        return line | {"truth": None, "estimates": {}, "intervals": {}}
    estimator = FALLBACK if learner == "stack" and events < FEW_EVENTS else LEARNERS[learner]
    found = validate(
        estimator,
        X,
        y,
        replicates=asked.replicates,
        seed=cohort,
        cv_repeats=CV_REPEATS,
        workers=1,
    )
    once = np.ones(len(y), dtype=np.int64)
    full = integer(cohort, Stream.FULL_FIT)
    model = fit_model(estimator, prepare(X), y, once, seed=full)
    X_new, y_new = cell.world.newcomers(NEW_PATIENTS)
    centres = headlines(found)
    return line | {
        "truth": auc(y_new, model.predict_proba(X_new)[:, 1]),
        "estimates": centres,
        "intervals": {method: limits(found, value) for method, value in centres.items()},
    }


def summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Give coverage, misses on each side and width, cohorts with few events apart."""
    cells: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        few = ", fewer than 10 events" if line["events"] < FEW_EVENTS else ""
        cells.setdefault(f"{line['cell']}{few}", []).append(line)
    return {
        f"{name}; {method}": cell_summary(each, method)
        for name, each in cells.items()
        for method in HEADLINES
    }


def cell_summary(lines: list[dict[str, Any]], method: str) -> dict[str, Any]:
    """Summarise the cohorts of one cell for one headline."""
    used = [line for line in lines if method in line["estimates"]]
    error = np.array([line["estimates"][method] - line["truth"] for line in used])
    found: dict[str, Any] = {
        "cohorts": len(lines),
        "events": float(np.mean([line["events"] for line in lines])),
        "without_headline": len(lines) - len(used),
    }
    if error.size < 2:
        return found
    oracle = 3.92 * float(error.std(ddof=1))
    found |= {"bias": float(error.mean()), "oracle_width": oracle, "intervals": {}}
    for name in dict.fromkeys(each for line in used for each in line["intervals"][method]):
        own = [line for line in used if name in line["intervals"][method]]
        limits_of = [line["intervals"][method][name] for line in own]
        truth = np.array([line["truth"] for line in own])
        found["intervals"][name] = judged(limits_of, truth, oracle)
        if name == "hanley_mcneil":
            wider = [widened(each, WIDENED) for each in limits_of]
            found["intervals"][f"hanley_mcneil, {WIDENED}-fold"] = judged(wider, truth, oracle)
    return found


def show(table: dict[str, Any]) -> None:
    """Print the table."""
    for name, cell in table.items():
        print(f"{name}: {cell['cohorts']} cohorts, {cell['events']:.0f} events", end="")
        if "intervals" not in cell:
            print()
            continue
        print(f", bias {cell['bias']:+.3f}, oracle width {cell['oracle_width']:.3f}")
        for method, row in cell["intervals"].items():
            print(
                f"  {method:<34} coverage {row['coverage']:.3f} (SE {row['mcse']:.3f})  truth below"
                f" {row['truth_below']:.3f} above {row['truth_above']:.3f}  width "
                f"{row['width']:.3f} = {row['width_by_oracle']:.2f} x oracle"
            )


def main() -> None:
    """Go on with the simulation, print the table, keep it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, default=1000)
    parser.add_argument("--replicates", type=int, default=50)
    parser.add_argument("--cells", nargs="*", default=[""], help="parts of 'cell; learner'")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/twoarm-benchmarks"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / f"coverage-{asked.replicates}.jsonl", ("cell", "cohort"))
    wanted = [
        (cell, learner)
        for learner in LEARNERS
        for cell in CELLS
        if any(part in f"{cell.name}; {learner}" for part in asked.cells)
    ]
    for cohort in range(0 if asked.summary_only else asked.cohorts):
        for cell, learner in wanted:
            name = f"{cell.name}; {learner}"
            if not ledger.has(name, cohort):
                ledger.add(one(cell, learner, cohort, asked))
    table = summary(ledger.lines)
    show(table)
    content = {"seed": SEED, "new_patients": NEW_PATIENTS}
    settings = {"replicates": asked.replicates, "cv_repeats": CV_REPEATS}
    keep("coverage", {**content, **settings, "cells": table})


if __name__ == "__main__":
    main()
