"""May a forest predict out of its bags, in place of inner folds?

A stack weighs its members by what they predict for patients they have not seen. Out-of-bag
predictions spare the forest's five fits in inner folds; do they cost the stack anything? Both ways
fit the same cohort, and one bootstrap resample of it, with the same seed; AUC and log-loss of both
are measured on the same new patients. The loss that may not be exceeded: 0.005 of the AUC, as upper
limit of a two-sided 95 % interval of the mean, in every kind of data set.

Run: ``python -m benchmarks.inner_predictions [--cohorts 100] [--row NAME] [--folder DIR]
[--summary-only]``.
Cohorts are appended to ``DIR/inner_predictions.jsonl``; an interrupted run goes on where it
stopped, and every run ends with the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.worlds import World, normal, stenting
from twoarm.learners import Stack, prepare, replicate
from twoarm.metrics import auc, log_loss

SEED, NEW_PATIENTS, COLUMNS, MARGIN = 1800, 4000, 10, 0.005
LEAST = 5  # patients with the event, and without, in cohort and resample
MEASURES = ("auc", "log_loss")


def shaped(name: str, log_odds: Callable[[np.ndarray], np.ndarray]) -> World:
    """Give ten normal predictors and an outcome with these log-odds."""

    def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(n, COLUMNS))
        return X, (rng.random(n) < 1 / (1 + np.exp(-log_odds(X)))).astype(int)

    return World(name, draw)


def bent(X: np.ndarray) -> np.ndarray:
    """Give log-odds that bend: the middle of two predictors is safe, their tails are not."""
    return 1.2 * (X[:, 0] ** 2 - 1) + 0.8 * (np.abs(X[:, 1]) - 0.8)


CURVED = shaped("curvature", bent)
CROSSED = shaped("interactions", lambda X: 1.5 * X[:, 0] * X[:, 1] + X[:, 2] * X[:, 3])
STEP = shaped("a threshold", lambda X: np.where((X[:, 0] > 0.5) & (X[:, 1] > -0.5), 1.5, -1.5))
RARE = shaped("rare events", lambda X: -3.0 + 0.8 * X[:, 0] + 0.5 * X[:, 1])
MIXED = shaped("lines and curves", lambda X: 0.8 * X[:, 0] + X[:, 1] ** 2 - 1.5 + X[:, 2] * X[:, 3])
CELLS = (
    (stenting("paper-like", "control"), 198),
    (stenting("paper-like", "treated"), 195),
    (stenting("paper-like-sharp", "control"), 198),
    (stenting("moderate", "control"), 198),
    (stenting("moderate", "treated"), 198),
    (normal(0.0), 198),
    (normal(0.0), 400),
    (normal(0.3), 198),
    (normal(0.3), 1000),
    (normal(0.6), 120),
    (normal(0.6), 198),
    (normal(0.6), 400),
    (normal(1.0), 198),
    (CURVED, 150),
    (CURVED, 400),
    (CROSSED, 120),
    (CROSSED, 200),
    (CROSSED, 1000),
    (STEP, 200),
    (RARE, 400),
    (RARE, 1000),
    (MIXED, 197),
    (MIXED, 1000),
)


def difference(
    X: np.ndarray, y: np.ndarray, counts: np.ndarray, new: Any, seed: int
) -> list[float]:
    """Give AUC and log-loss on new patients, out of bag minus folds, and the forest's weights."""
    X_new, y_new = new
    prepared = prepare(np.vstack([X, X_new]), np.append(np.ones(y.size, int), [0] * y_new.size))
    outcome = np.append(y, np.zeros_like(y_new)).astype(np.int64)
    weight = np.append(counts, np.zeros(y_new.size)).astype(np.int64)
    wanted, found = np.arange(outcome.size) >= y.size, []
    for inner in ("out_of_bag", "folds"):
        fit = replicate(Stack(inner=inner), prepared, outcome, weight, wanted=wanted, seed=seed)
        risk = fit.risk[wanted]
        found.append([auc(y_new, risk), log_loss(y_new, risk), float(fit.weights[4])])
    (*first, first_weight), (*second, second_weight) = found
    return [*(a - b for a, b in zip(first, second, strict=True)), first_weight, second_weight]


def supported(y: np.ndarray, counts: np.ndarray) -> bool:
    """Say whether enough patients have the event, and enough do not."""
    drawn = y[counts > 0]
    return min(drawn.sum(), drawn.size - drawn.sum()) >= LEAST


def measured(world: World, n: int, cohort: int) -> dict[str, Any]:
    """Measure one cohort and one resample of it; None where events are too few."""
    X, y = world.patients(n, SEED, cohort)
    counts = np.bincount(np.random.default_rng([SEED, cohort]).integers(0, n, n), minlength=n)
    line: dict[str, Any] = {"row": f"{world.name}, n = {n}", "cohort": cohort}
    line |= {"events": int(y.sum()), "full": None, "boot": None}
    if supported(y, counts):
        new = world.newcomers(NEW_PATIENTS)
        line["full"] = difference(X, y, np.ones(n, int), new, cohort)
        line["boot"] = difference(X, y, counts, new, cohort)
    return line


def summary(ledger: Ledger) -> dict[str, Any]:
    """Give mean differences, their errors, and the upper limit of each loss."""
    rows = {}
    for row in dict.fromkeys(line["row"] for line in ledger.lines):
        lines = [line for line in ledger.lines if line["row"] == row and line["full"] is not None]
        rows[row] = {
            "cohorts": len(lines),
            "events": float(np.mean([line["events"] for line in lines])),
            **{kind: _cell([line[kind] for line in lines]) for kind in ("full", "boot")},
        }
    return rows


def _cell(values: list[list[float]]) -> dict[str, Any]:
    table = np.array(values)
    mean, se = table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(len(table))
    loss = np.array([-mean[0], mean[1]])
    cell: dict[str, Any] = {
        name: {
            "difference": float(mean[k]),
            "se": float(se[k]),
            "upper_limit_of_loss": float(loss[k] + 1.96 * se[k]),
        }
        for k, name in enumerate(MEASURES)
    }
    return cell | {"weight_of_forest": {"out_of_bag": float(mean[2]), "folds": float(mean[3])}}


def cells(rows: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, float]]]:
    """Give row, kind of fit and measure of each comparison, and what was found."""
    for row, entry in rows.items():
        for kind in ("full", "boot"):
            for measure in MEASURES:
                yield row, kind, measure, entry[kind][measure]


def main() -> None:
    """Measure what is missing, print the table, keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=100)
    parser.add_argument("--row", default="", help="measure rows that begin like this")
    parser.add_argument("--folder", type=Path, default=Path("results"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / "inner_predictions.jsonl", ("row", "cohort"))
    for cohort in range(0 if asked.summary_only else asked.cohorts):
        for world, n in CELLS:
            row = f"{world.name}, n = {n}"
            if row.startswith(asked.row) and not ledger.has(row, cohort):
                ledger.add(measured(world, n, cohort))
    rows = summary(ledger)
    print(f"{'out of bag minus folds':<30}{'AUC full':>18}{'AUC boot':>18}", end="")
    print(f"{'log-loss full':>18}{'log-loss boot':>18}")
    for row, entry in rows.items():
        found = [entry[kind][measure] for measure in MEASURES for kind in ("full", "boot")]
        print(f"{row:<30}" + "".join(f"{x['difference']:>+10.4f} ({x['se']:.4f})" for x in found))
    limits = [(each["upper_limit_of_loss"], *where) for *where, each in cells(rows)]
    worst = max(limits)
    print(f"{len(limits)} upper limits, the largest {worst[0]:.5f}: {', '.join(worst[1:])}")
    content = {"seed": SEED, "new_patients": NEW_PATIENTS, "margin": MARGIN, "rows": rows}
    keep("inner_predictions", content | {"largest_upper_limit": worst[0]})


if __name__ == "__main__":
    main()
