"""Does the chance that a benefit exceeds the threshold come true? In 5000 new patients.

    python -m benchmarks.range_chance --cohorts 30 --keep

The cohorts, models and new patients of `benchmarks.range_coverage`, primary outcome alone. New
patients are put in classes by the chance stated for them; of each class: its share of the patients,
the mean chance, and how many have a true contrast of the arms of 15 points or more. The standard
error of that share counts cohorts, not patients.
What is done stands in ``runs/range_chance.jsonl`` and is not computed again.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ledger import Ledger
from benchmarks.range_coverage import (
    CONTROL,
    NEW_PATIENTS,
    NEW_SEED,
    SEED,
    TREATED,
    WORLDS,
    fitted_in,
    new_patients,
)
from benchmarks.record import keep
from benchmarks.two_arm_worlds import KINDS
from twoarm.metalearners import fit_range, recommended_learner
from twoarm.modelfile.chance import chance_above

OUTCOME, THRESHOLD = "mrs_0_2", 0.15
EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
FEWEST = 5
"""Cohorts with anybody in a class from which on its share has a standard error."""


def counted(chance: np.ndarray, contrast: np.ndarray) -> list[list[float]]:
    """Give patients, sum of their chances, and how many reach the threshold, by class."""
    of = np.digitize(chance, EDGES[1:-1])
    reached = contrast >= THRESHOLD
    return [
        [int((of == k).sum()), float(chance[of == k].sum()), int(reached[of == k].sum())]
        for k in range(len(EDGES) - 1)
    ]


def of_world(world: str, cohort: int) -> list[list[float]]:
    """Fit one cohort of a synthetic world as a run does."""
    _, encoding, fitted = fitted_in(world, cohort)
    coded, truth = new_patients(world)
    X = encoding.encode(coded)
    risks = fitted.risks(X)
    benefit = risks[OUTCOME][1] - risks[OUTCOME][0]
    width = fitted.half_widths(X, risks)[OUTCOME]
    contrast = truth[f"contrast_x_{OUTCOME}"].to_numpy()
    return counted(chance_above(benefit, width, THRESHOLD), contrast)


def of_kind(kind: str, cohort: int) -> list[list[float]]:
    """Fit one cohort of a kind beside the synthetic worlds."""
    world = KINDS[kind]
    X, treatment, y, _ = world.draw(TREATED + CONTROL, SEED + cohort)
    benefit_of = recommended_learner(desirable=True).fit(X, y, treatment=treatment)
    new, _, _, contrast = world.draw(NEW_PATIENTS, NEW_SEED)
    benefit = benefit_of.effects(new).benefit
    width = fit_range(X, y, treatment).half_width(new, benefit)
    return counted(chance_above(benefit, width, THRESHOLD), contrast)


def table(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each world's classes; null where a class is empty."""
    found = []
    for world in dict.fromkeys(line["world"] for line in lines):
        counts = np.array([line["classes"] for line in lines if line["world"] == world])
        for k, (low, high) in enumerate(pairwise(EDGES)):
            patients, stated, reached = counts[:, k].T
            n, cohorts = patients.sum(), int((patients > 0).sum())
            true = float(reached.sum() / n) if n else None
            known = true is not None and cohorts >= FEWEST
            found.append(
                {
                    "world": world,
                    "cohorts": cohorts,
                    "from": low,
                    "to": high,
                    "share": float(n / counts[:, :, 0].sum()),
                    "stated": float(stated.sum() / n) if n else None,
                    "true": true,
                    "se": _error(reached - true * patients, n) if known else None,
                }
            )
    return found


def _error(rest: np.ndarray, n: float) -> float:
    """Give the standard error of a ratio of two sums over cohorts."""
    return float(np.sqrt((rest**2).sum() * rest.size / (rest.size - 1)) / n)


def main() -> None:
    """Measure what is not measured yet, and print the table."""
    parser = argparse.ArgumentParser(description="Does the stated chance come true?")
    parser.add_argument("--cohorts", type=int, default=30)
    parser.add_argument("--lines", type=Path, default=Path("runs/range_chance.jsonl"))
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    ledger = Ledger(asked.lines, ("world", "cohort"))
    for cohort in range(asked.cohorts):
        for world in (*WORLDS, *KINDS):
            if not ledger.has(world, cohort):
                measure = of_world if world in WORLDS else of_kind
                classes = measure(world, cohort)
                ledger.add({"world": world, "cohort": cohort, "classes": classes})
    found = table([line for line in ledger.lines if line["cohort"] < asked.cohorts])
    for line in found:
        shown = "empty"
        if line["stated"] is not None:
            error = "-" if line["se"] is None else f"{line['se']:.2f}"
            shown = (
                f"stated {line['stated']:.2f}  true {line['true']:.2f} (SE {error}, "
                f"{line['cohorts']} cohorts)"
            )
        print(
            f"{line['world']:13} {line['from']:.1f} to {line['to']:.1f}  "
            f"patients {line['share']:.2f}  {shown}"
        )
    if asked.keep:
        keep("range_chance", {"seed": SEED, "threshold": THRESHOLD, "rows": found})


if __name__ == "__main__":
    main()
