"""How often do the intervals of the estimates to quote hold the truth, and what makes them?

The target moves from cohort to cohort: AUC, Brier score and calibration slope of the model fitted
to this cohort, on 15 000 new patients of the same world. The sampling variance of an AUC is tried
in three ways: DeLong's of each repeat of the cross-validation, on average (`twoarm.validate`'s),
Hanley and McNeil's, and DeLong's with each patient's placement value averaged over repeats first.
`choice` draws cohorts of some worlds and shows which multiples of the sampling variance and of the
spread between replicates' models would have held it how often; `confirmation` shows what the chosen
ones (those of `twoarm.validate`) hold on other seeds, most of them in other worlds.

Run: ``python -m benchmarks.auc_interval choice|confirmation [--cohorts N] [--cells PATTERN ..]
[--folder runs] [--summary-only]``. Interrupted runs go on where they stopped, and every run ends
with its summary; ``python -m benchmarks.auc_interval_table`` turns both into tables.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.auc_interval_summary import MULTIPLES, choice, confirmation
from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.shaped_worlds import shaped
from benchmarks.worlds import World, stenting
from twoarm.learners import ElasticNet, Stack, fit_model, prepare
from twoarm.metrics import (
    auc,
    brier,
    calibration,
    hanley_mcneil_variance,
    placement_values,
)
from twoarm.resampling import Validation, validate
from twoarm.resampling.headline_intervals import (
    auc_sampling_variance,
    brier_sampling_variance,
    slope_sampling_variance,
)
from twoarm.seeds import Stream, integer

REPLICATES, CV_REPEATS, NEW_PATIENTS, FEW_EVENTS = 100, 5, 15_000, 10
SEEDS = {"choice": 7300, "confirmation": 7400}
SUMMARIES = {"choice": choice, "confirmation": confirmation}
STACK, FALLBACK = Stack(), ElasticNet()


@dataclass(frozen=True)
class Cell:
    """A world, and how many patients of it a cohort has."""

    world: World
    patients: int

    @property
    def name(self) -> str:
        """Name of the cell."""
        return f"{self.world.name}, n = {self.patients}"


CELLS = {
    "choice": (
        Cell(shaped("curved, 40 %", 0.40, curved=(0.9, 0.9)), 160),
        Cell(shaped("curved, 20 %", 0.20, curved=(0.7, 0.7, 0.7)), 250),
        Cell(shaped("one curve, 50 %", 0.50, curved=(1.2,)), 120),
        Cell(shaped("products, 50 %", 0.50, products=(1.2, 1.2)), 220),
        Cell(shaped("products, 30 %", 0.30, products=(1.5, 1.0)), 130),
        Cell(shaped("weak, 25 %", 0.25, straight=(0.3, 0.3, 0.3)), 180),
        Cell(shaped("weak, 20 %", 0.20, straight=(0.35, 0.2, 0.2, 0.2)), 300),
        Cell(shaped("one slope, 30 %", 0.30, straight=(1.3,)), 200),
        Cell(shaped("three slopes, 40 %", 0.40, straight=(0.6, 0.6, 0.6)), 150),
        Cell(shaped("nothing, 30 %", 0.30), 160),
        Cell(stenting("paper-like", "control"), 198),
        Cell(stenting("paper-like", "treated"), 125),
        Cell(stenting("paper-like", "control"), 90),
        Cell(shaped("one slope, 10 %", 0.10, straight=(1.0,)), 70),
        Cell(shaped("weak, 12 %", 0.12, straight=(0.4, 0.3)), 60),
    ),
    "confirmation": (
        Cell(shaped("strong curves, 43 %", 0.43, curved=(1.0, 1.0)), 150),
        Cell(shaped("products only, 50 %", 0.50, products=(1.0, 1.0, 1.0)), 200),
        Cell(shaped("products only, 38 %", 0.38, products=(1.5, 1.5)), 120),
        Cell(shaped("weak, 24 %", 0.24, straight=(0.4, 0.25, 0.25)), 200),
        Cell(shaped("one strong slope, 35 %", 0.35, straight=(1.5,)), 200),
        Cell(stenting("moderate", "control"), 190),
        Cell(stenting("paper-like", "treated"), 250),
        Cell(shaped("no signal, 30 %", 0.30), 200),
        Cell(shaped("curve and product, 40 %", 0.40, curved=(0.8,), products=(0.0, 1.2)), 180),
        Cell(shaped("curves, 10 %", 0.10, curved=(0.6, 0.6)), 250),
        Cell(
            shaped("correlated, 30 %", 0.30, straight=(0.3, 0.3, -0.3, 0.3), correlation=0.5), 200
        ),
        Cell(shaped("slope and product, 25 %", 0.25, straight=(0.4,), products=(0.0, 0.9)), 400),
    ),
}


def one(cell: Cell, seed: int, cohort: int) -> dict[str, Any]:
    """Validate the stack on one cohort, and measure its model on new patients."""
    begun = time.perf_counter()
    X, y = cell.world.patients(cell.patients, seed, cohort)
    events = int(y.sum())
    line: dict[str, Any] = {"cell": cell.name, "cohort": cohort, "events": events}
    if not 2 <= events <= len(y) - 2:
        return line
    learner = STACK if min(events, len(y) - events) >= FEW_EVENTS else FALLBACK
    found = validate(
        learner, X, y, replicates=REPLICATES, seed=cohort, cv_repeats=CV_REPEATS, workers=1
    )
    once = np.ones(len(y), dtype=np.int64)
    model = fit_model(learner, prepare(X), y, once, seed=integer(cohort, Stream.FULL_FIT))
    truth = truths(model, cell.world)
    parts = pieces(found)
    line |= {name: {"truth": truth[name.split(",")[0]], **part} for name, part in parts.items()}
    return line | {"seconds": round(time.perf_counter() - begun, 2)}


def truths(model: Any, world: World) -> dict[str, float]:
    """Measure a model on new patients."""
    X, y = world.newcomers(NEW_PATIENTS)
    risk = model.predict_proba(X)[:, 1]
    return {"auc": auc(y, risk), "brier": brier(y, risk), "slope": calibration(y, risk).slope}


def pieces(found: Validation) -> dict[str, dict[str, Any]]:
    """Give of each measure what its interval is made of."""
    risk = found.cv.risk[found.cv.complete]
    value, y = found.auc.headline, found.outcome
    own = {"headline": value, "spread": found.spread.auc}
    return {
        "auc": {**own, "sampling": auc_sampling_variance(y, risk)},
        "auc, Hanley and McNeil": {
            **own,
            "sampling": hanley_mcneil_variance(value, found.events, found.n - found.events),
        },
        "auc, mean placements": {**own, "sampling": variance_of_mean_placements(y, risk)},
        "brier": {
            "headline": found.brier.headline,
            "sampling": brier_sampling_variance(found.outcome, risk),
            "spread": found.spread.brier,
        },
        "slope": {
            "headline": found.calibration.slope.headline,
            "sampling": slope_sampling_variance(found.outcome, risk),
            "spread": 0.0,
        },
    }


def variance_of_mean_placements(y: np.ndarray, risk: np.ndarray) -> float:
    """Give DeLong's variance where each patient's placement value is the mean over repeats."""
    placed = np.mean([placement_values(y, each) for each in risk], axis=0)
    return float(sum(placed[y == label].var(ddof=1) / (y == label).sum() for label in (0, 1)))


def main() -> None:
    """Go on with the simulation, keep what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=tuple(CELLS))
    parser.add_argument("--cohorts", type=int, default=80)
    parser.add_argument("--cells", nargs="*", default=[""], help="parts of the cell's name")
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / f"auc_interval_{asked.part}.jsonl", ("cell", "cohort"))
    wanted = [cell for cell in CELLS[asked.part] if any(part in cell.name for part in asked.cells)]
    for cohort in range(0 if asked.summary_only else asked.cohorts):
        for cell in wanted:
            if not ledger.has(cell.name, cohort):
                ledger.add(one(cell, SEEDS[asked.part], cohort))
    content = {"seed": SEEDS[asked.part], "replicates": REPLICATES, "cv_repeats": CV_REPEATS}
    content |= {"new_patients": NEW_PATIENTS, "multiples": MULTIPLES}
    summary = SUMMARIES[asked.part](ledger.lines)
    keep(f"auc_interval_{asked.part}", {**content, "measures": summary})


if __name__ == "__main__":
    main()
