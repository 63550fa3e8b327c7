"""Do intervals hold what they say as the arms overlap less, wherever a number is given?

Cohorts of `benchmarks.overlap_cohorts`: a covariate decides about treatment with slopes of 1, 2, 3
and 5 (logit, per standard deviation), alone or beside four that bear on the outcome. Every adjusted
estimator is held against its own estimand: averages over everybody, the treated and the overlap
population, in 400 000 patients of the same kind. Counted are intervals that hold it among those
given, their width, and the averages that `identified` refuses. The rule was chosen on a few hundred
cohorts of "normal", of one with fewer treated and of "curved"; "skewed" and "uneven" had no say.

The propensity is a ridge regression of everybody, outcome models are cross-fitted ridge
regressions; the g-formula has models of everybody and 50 resamples, in the first `--refitted`
cohorts of a cell. In "curved" the outcome models are wrong, and with them the g-formula.

Run: ``python -m benchmarks.overlap_coverage --kinds normal --cohorts 2000``. Finished cohorts are
kept in ``runs/overlap_coverage.csv`` and not computed again.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.average_effect_coverage import SEED as WORLDS_SEED
from benchmarks.average_effect_coverage import WORLDS, covariates
from benchmarks.overlap_cohorts import KINDS, Design, Fitted, agrees_with_package, cohort, world
from benchmarks.record import keep
from twoarm.diagnostics import average_effect
from twoarm.diagnostics.average.standardisation import by_resampling
from twoarm.diagnostics.comparability.identified import Identified, identified
from twoarm.diagnostics.comparability.population import target_weights
from twoarm.metrics import Estimate
from twoarm.synthetic import generate

SEED = 42_000_000  # cohort k of cell c: SEED + 10 000 c + k
SLOPES, SIZES, COVARIATES = (1.0, 2.0, 3.0, 5.0), (393, 2000), (1, 5)
POPULATIONS = ("all", "treated", "overlap")
ESTIMATORS = ("iptw", "aipw", "tmle", "g_formula")
RESAMPLES = 50
SAME = 1e-9  # fits of a cohort at once and the package's agree to this
FINISHED = Path("runs") / "overlap_coverage.csv"
CELL = ["kind", "patients", "covariates", "slope"]
FIELDS = [*CELL, "cohort", "population", "told",
          *(f"{name}_{each}" for name in ESTIMATORS for each in ("holds", "width"))]  # fmt: skip

Cell = tuple[str, int, int, float]


def cells(kinds: list[str]) -> Iterator[tuple[int, Cell]]:
    """Give every cell of these kinds with its number."""
    every = product(KINDS, SIZES, COVARIATES, SLOPES)
    yield from ((number, cell) for number, cell in enumerate(every) if cell[0] in kinds)


def measure(
    found: Fitted, truth: dict[str, float], seed: int, *, refit: bool
) -> list[dict[str, Any]]:
    """Estimate in one cohort: a row for each population."""
    told = identified(found.propensity, found.w, found.X)
    rows = []
    for population in POPULATIONS:
        row: dict[str, Any] = {
            "population": population,
            "told": int(population not in told.reasons),
        }
        if row["told"]:
            row |= _compared(_estimates(found, population, told, seed, refit), truth[population])
        rows.append(row)
    return rows


def _estimates(
    found: Fitted, population: Any, told: Identified, seed: int, refit: bool
) -> dict[str, Any]:
    effect = average_effect(
        found.X, found.y, found.w, mu=found.mu, propensity=found.propensity,
        population=population, judged=told,
    )  # fmt: skip
    estimates = {name: getattr(effect, name) for name in ESTIMATORS[:3]}
    if refit:
        target = target_weights(population, found.w, found.propensity)
        standardised, fits = found.standardised(target, RESAMPLES, seed)
        estimates["g_formula"] = by_resampling(standardised, fits, RESAMPLES)
    return estimates


def _compared(estimates: dict[str, Any], truth: float) -> dict[str, Any]:
    return {
        f"{name}_{key}": value
        for name, one in estimates.items()
        if isinstance(one, Estimate)
        for key, value in (
            ("holds", int(one.low <= truth <= one.high)),
            ("width", round(one.high - one.low, 5)),
        )
    }


def compute(kinds: list[str], sizes: list[int], cohorts: int, refitted: int) -> pd.DataFrame:
    """Compute the cohorts that are missing and give all rows of these kinds."""
    rows = finished_rows()
    done = rows.groupby(CELL)["cohort"].apply(set).to_dict()
    FINISHED.parent.mkdir(exist_ok=True)
    rows.to_csv(FINISHED, index=False)
    with FINISHED.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        for number, cell in cells(kinds):
            kind, patients, p, slope = cell
            if patients not in sizes:
                continue
            chosen = world(kind, slope, p)
            truth = chosen.truth()
            for k in sorted(set(range(cohorts)) - done.get(cell, set())):
                seed = SEED + 10_000 * number + k
                found = cohort(chosen, patients, seed)
                if found is None:
                    continue
                if k == 0 and agrees_with_package(found) > SAME:
                    raise RuntimeError(f"fits differ from the package's in {cell}")
                own = dict(zip(CELL, cell, strict=True)) | {"cohort": k}
                for row in measure(found, truth, seed, refit=k < refitted):
                    writer.writerow(own | row)
            file.flush()
            print("finished", *cell, flush=True)
    rows = pd.read_csv(FINISHED)
    asked = rows["kind"].isin(kinds) & rows["patients"].isin(sizes)
    return rows[asked & (rows["cohort"] < cohorts)]


def finished_rows() -> pd.DataFrame:
    """Give what earlier runs computed, but for the last cohort, which may be cut off."""
    if not FINISHED.exists():
        return pd.DataFrame(columns=FIELDS)
    rows = pd.read_csv(FINISHED)
    own = rows[[*CELL, "cohort"]]
    return rows[(own != own.iloc[-1]).any(axis=1)] if len(rows) else rows


def summary(rows: pd.DataFrame) -> dict[str, Any]:
    """Describe a population in a cell: share refused; coverage and width of the intervals given."""
    found: dict[str, Any] = {
        "cohorts": len(rows),
        "refused": float(1.0 - rows["told"].mean()),
        "estimators": {},
    }
    for name in ESTIMATORS:
        holds, width = rows[f"{name}_holds"].dropna(), rows[f"{name}_width"].dropna()
        if len(holds):
            coverage = float(holds.mean())
            found["estimators"][name] = {
                "given": len(holds),
                "coverage": coverage,
                "mcse": float(np.sqrt(coverage * (1.0 - coverage) / len(holds))),
                "width": float(width.median()),
            }
    return found


def refused_in_worlds(cohorts: int) -> dict[str, dict[str, float]]:
    """Give the share of averages refused in the seven worlds, 393 patients."""
    shares = {}
    for name in WORLDS:
        refused = np.zeros(len(POPULATIONS))
        for k in range(cohorts):
            data = generate(name, n=393, seed=WORLDS_SEED + k).cohort
            X, arm = covariates(data), data["arm"].to_numpy()
            centre = data["centre"].to_numpy()
            columns = np.column_stack([X, centre[:, None] == np.unique(centre)])
            design = Design(columns.astype(np.float64))
            score = design.risks(design.fit(arm.astype(np.float64), np.ones((1, arm.size))))[0]
            refused += [each in identified(score, arm, X).reasons for each in POPULATIONS]
        shares[name] = dict(zip(POPULATIONS, (refused / cohorts).tolist(), strict=True))
    return shares


def main() -> None:
    """Measure, print the table, keep it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="+", default=["normal"], choices=list(KINDS))
    parser.add_argument("--patients", nargs="+", type=int, default=list(SIZES), choices=SIZES)
    parser.add_argument("--cohorts", type=int, default=2000)
    parser.add_argument("--refitted", type=int, default=300)
    parser.add_argument("--worlds", type=int, default=0, help="cohorts of each synthetic world")
    asked = parser.parse_args()
    rows = compute(asked.kinds, asked.patients, asked.cohorts, asked.refitted)
    table: list[dict[str, Any]] = []
    for key, cell in rows.groupby([*CELL, "population"], sort=False):
        one = dict(zip([*CELL, "population"], key, strict=True)) | summary(cell)
        table.append(one)
        shown = " ".join(
            f"{name} {each['coverage']:.3f} ({each['given']}, {each['width']:.2f})"
            for name, each in one["estimators"].items()
        )
        print(*key, f"refused {one['refused']:.3f}", shown)
    worlds = refused_in_worlds(asked.worlds) if asked.worlds else {}
    print(worlds)
    settings = {"seed": SEED, "cohorts": asked.cohorts, "refitted": asked.refitted,
                "resamples": RESAMPLES, "worlds_cohorts": asked.worlds}  # fmt: skip
    name = "overlap_coverage_" + "_".join(asked.kinds)
    keep(name, {**settings, "cells": table, "refused_in_worlds": worlds})


if __name__ == "__main__":
    main()
