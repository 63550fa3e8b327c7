"""What does the range for one patient hold? The contrast of the arms, of 5000 new patients.

    python -m benchmarks.range_coverage --cohorts 100 --keep

Cohorts of 195 stented and 198 other patients from each synthetic world, all four outcomes, models
as a run releases them (`study.files.recommended`); and kinds of worlds beside them that had no say
in the choice of the range: harm, no effect, curvature, products, a weak signal, thin overlap (ten
normal predictors, one outcome). A range holds a new patient if it contains the true contrast of the
arms given the predictors; by quarter of the true benefit, unless all are alike.
What is done stands in ``runs/range_coverage.jsonl`` and is not computed again.
"""

from __future__ import annotations

import argparse
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.two_arm_worlds import KINDS
from twoarm.cohort import load_study, read_cohort
from twoarm.metalearners import fit_range, recommended_learner
from twoarm.metrics import as_benefit
from twoarm.study.files.recommended import fit_recommended
from twoarm.study.plan.plan import make_plan
from twoarm.synthetic import generate

SEED, NEW_SEED = 61_000, 88_000
WORLDS = ("A", "A-sharp", "M", "B", "N", "Z", "H")
TREATED, CONTROL, NEW_PATIENTS = 195, 198, 5000
QUARTERS = 4


@cache
def new_patients(world: str) -> tuple[np.ndarray, pd.DataFrame]:
    """Give coded predictors and truth of the new patients."""
    made = generate(world, n=NEW_PATIENTS, seed=NEW_SEED)
    return read_frame(made.cohort).predictors, made.truth


def read_frame(frame: pd.DataFrame) -> Any:
    """Read a synthetic cohort as a run does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.csv"
        frame.to_csv(path, index=False)
        return read_cohort(load_study("rescue-stenting"), path)


def held(benefit: np.ndarray, width: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    """Say how many ranges hold the truth, by quarter of it, and how wide they are."""
    low, high = (np.clip(benefit + side * width, -1.0, 1.0) for side in (-1.0, 1.0))
    holds = (low <= truth) & (truth <= high)
    quarters = None
    if np.ptp(truth) > 1e-9:
        parts = np.array_split(holds[np.argsort(truth, kind="stable")], QUARTERS)
        quarters = [float(part.mean()) for part in parts]
    return {
        "held": float(holds.mean()),
        "quarters": quarters,
        "width": float((high - low).mean()),
        "off": float((benefit - truth).mean()),
    }


def fitted_in(world: str, cohort: int) -> tuple[Any, Any, Any]:
    """Give plan, encoding and released model of one cohort of a synthetic world."""
    frame = generate(world, treated=TREATED, control=CONTROL, seed=SEED + cohort).cohort
    plan = make_plan(load_study("rescue-stenting"), read_frame(frame), replicates=2)
    encoding = plan.predictors.spec()
    return plan, encoding, fit_recommended(plan, encoding)


def of_world(world: str, cohort: int) -> list[dict[str, Any]]:
    """Fit one cohort of a synthetic world as a run does; a line for each outcome."""
    plan, encoding, fitted = fitted_in(world, cohort)
    coded, truth = new_patients(world)
    X = encoding.encode(coded)
    risks = fitted.risks(X)
    widths = fitted.half_widths(X, risks)
    lines = []
    for spec in plan.outcomes:
        if spec.name in risks:
            benefit = as_benefit(
                risks[spec.name][1] - risks[spec.name][0], desirable=spec.desirable
            )
            right = truth[f"contrast_x_{spec.name}"].to_numpy()
            lines.append({"outcome": spec.name, **held(benefit, widths[spec.name], right)})
    return lines


def of_kind(kind: str, cohort: int) -> list[dict[str, Any]]:
    """Fit one cohort of a kind beside the synthetic worlds."""
    world = KINDS[kind]
    X, treatment, y, _ = world.draw(TREATED + CONTROL, SEED + cohort)
    learner = recommended_learner(desirable=True).fit(X, y, treatment=treatment)
    new, _, _, contrast = world.draw(NEW_PATIENTS, NEW_SEED)
    benefit = learner.effects(new).benefit
    width = fit_range(X, y, treatment).half_width(new, benefit)
    return [{"outcome": "event", **held(benefit, width, contrast)}]


def table(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Give means over cohorts, with standard errors, for each world and outcome."""
    lines = []
    for (world, outcome), part in rows.groupby(["world", "outcome"], sort=False):
        quarters = [each for each in part["quarters"] if each is not None]
        lines.append(
            {
                "world": world,
                "outcome": outcome,
                "cohorts": len(part),
                "held": float(part["held"].mean()),
                "se": float(part["held"].std(ddof=1) / len(part) ** 0.5),
                "quarters": np.mean(quarters, axis=0).tolist() if quarters else None,
                "width": float(part["width"].mean()),
                "off": float(part["off"].mean()),
            }
        )
    return lines


def main() -> None:
    """Measure what is not measured yet, and print the table."""
    parser = argparse.ArgumentParser(description="Coverage of the range for one patient.")
    parser.add_argument("--cohorts", type=int, default=100)
    parser.add_argument("--lines", type=Path, default=Path("runs/range_coverage.jsonl"))
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    ledger = Ledger(asked.lines, ("world", "cohort"))
    for cohort in range(asked.cohorts):
        for world in (*WORLDS, *KINDS):
            if not ledger.has(world, cohort):
                measure = of_world if world in WORLDS else of_kind
                outcomes = measure(world, cohort)
                ledger.add({"world": world, "cohort": cohort, "outcomes": outcomes})
    rows = pd.DataFrame(
        {"world": line["world"], **each}
        for line in ledger.lines
        if line["cohort"] < asked.cohorts
        for each in line["outcomes"]
    )
    found = table(rows)
    for line in found:
        quarters = line["quarters"]
        shown = "-" if quarters is None else " ".join(f"{each:.3f}" for each in quarters)
        print(
            f"{line['world']:13} {line['outcome']:8} {line['cohorts']:4}  held {line['held']:.3f} "
            f"(SE {line['se']:.3f})  quarters {shown}  width {100 * line['width']:.0f}  "
            f"off {100 * line['off']:+.1f}"
        )
    if asked.keep:
        keep("range_coverage", {"seed": SEED, "rows": found})


if __name__ == "__main__":
    main()
