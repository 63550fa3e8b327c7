"""How often does the share predicted to gain exceed what one odds ratio for everybody would show?

Where one odds ratio holds, it should exceed the upper limit of its band in 2.5 % of the cohorts, or
less; where benefit differs more, often. Both bands are asked: that of models that have seen the
patients, and that of the cross-fitted share, which a run quotes. A cohort has 393 patients, ten
predictors, and the T-learner of stacks.

Run: ``python -m benchmarks.share_null [--cohorts 60] [--folder DIR] [--keep]``. Cohorts are
appended to ``DIR/share_null.jsonl``; an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.two_arm_worlds import KINDS, Kind
from twoarm.diagnostics import Refits
from twoarm.diagnostics.ranking.heterogeneity_crossfit_null import cross_fitted_null
from twoarm.diagnostics.ranking.heterogeneity_nulls import SameEffectTask, same_effect_risk
from twoarm.diagnostics.ranking.threshold_shares import bands
from twoarm.learners import Logistic, Stack
from twoarm.metalearners import Predictors, Sample, TLearner
from twoarm.metalearners.sample import sample_folds
from twoarm.metrics import share_at_threshold

SEED, PATIENTS, THRESHOLD, FOLDS, REPEATS, DRAWS = 88_000_000, 393, 0.15, 5, 3, 60

WORLDS: dict[str, Kind] = {
    "one odds ratio": Kind(KINDS["none"].baseline, lambda X: np.full(len(X), 0.8)),
    "one odds ratio, flat risk": Kind(
        lambda X: np.full(len(X), -0.4), lambda X: np.full(len(X), 0.5)
    ),
    "none": KINDS["none"],
    "products": KINDS["products"],
    "strong": Kind(KINDS["none"].baseline, lambda X: 0.4 + 1.5 * X[:, 3]),
}


def one(world: str, cohort: int) -> dict[str, Any]:
    """Compare one cohort's shares with both bands."""
    X, treatment, y, _ = WORLDS[world].draw(PATIENTS, SEED + cohort)
    predictors = Predictors.from_matrix(X)
    learner = TLearner(Stack(), desirable=True)
    refits = Refits(learner, predictors, y.astype(float), treatment, Logistic(), predictors)
    everybody = refits.known
    raw = refits.effects(everybody, everybody, seed=cohort).benefit
    task = SameEffectTask(refits, same_effect_risk(refits), cohort)
    seen = bands([task(number) for number in range(DRAWS)], THRESHOLD)[0]
    benefit = np.array([cross_fit(refits, cohort, repeat) for repeat in range(REPEATS)])
    quoted = cross_fitted_null(
        refits, benefit, threshold=THRESHOLD, folds=FOLDS, draws=DRAWS, seed=cohort,
        executor="serial",
    )  # fmt: skip
    return {
        "world": world,
        "cohort": cohort,
        "raw": share_at_threshold(raw, THRESHOLD),
        "raw_high": seen.high,
        "crossfit": quoted.share,
        "crossfit_high": quoted.gaining_band.high,
    }


def cross_fit(refits: Refits, cohort: int, repeat: int) -> np.ndarray:
    """Predict each patient's benefit by models that have not seen him."""
    sample = Sample(refits.predictors.coded, refits.outcome.astype(np.int64), refits.treatment)
    fold = sample_folds(sample, FOLDS, cohort, 7, repeat)
    found = np.empty(len(fold))
    for number in range(FOLDS):
        held = fold == number
        seed = 100 * cohort + 10 * repeat + number
        found[held] = refits.effects(~held, held, seed=seed).benefit[held]
    return found


def summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the share of cohorts above each band, with its standard error."""
    rows = {}
    for world in WORLDS:
        own = [line for line in lines if line["world"] == world]
        row: dict[str, Any] = {"cohorts": len(own)}
        for name in ("raw", "crossfit"):
            known = [line for line in own if line[f"{name}_high"] is not None]
            above = np.mean([line[name] > line[f"{name}_high"] for line in known])
            row[name] = {
                "share": float(np.mean([line[name] for line in known])),
                "above": float(above),
                "se": float(np.sqrt(above * (1.0 - above) / len(known))),
            }
        rows[world] = row
    return rows


def main() -> None:
    """Go on with the simulation and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/twoarm-benchmarks"))
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / "share_null.jsonl", ("world", "cohort"))
    for cohort in range(asked.cohorts):
        for world in WORLDS:
            if not ledger.has(world, cohort):
                ledger.add(one(world, cohort))
    rows = summary(ledger.lines)
    for world, row in rows.items():
        print(f"{world:<28}{row['cohorts']:>5}", row["raw"], row["crossfit"])
    if asked.keep:
        content = {"seed": SEED, "patients": PATIENTS, "threshold": THRESHOLD, "draws": DRAWS}
        keep("share_null", {**content, "folds": FOLDS, "repeats": REPEATS, "worlds": rows})


if __name__ == "__main__":
    main()
