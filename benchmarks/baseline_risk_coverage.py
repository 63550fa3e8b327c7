"""Do the intervals by quarter of baseline risk hold the truth, and do the shares?

The worlds: synthetic stroke cohorts with one odds ratio for all (H), no effect (Z) or effects that
differ (A), as a trial (arms drawn by lot from the patients' potential outcomes) and as a cohort
whose treatment was chosen by what was measured; and a large trial of a small average benefit, like
that of 30 510 patients with a published share of 61 % in the highest quarter. The study's learner
is a T-learner of ridge regressions in 5 folds. The truth of a quarter is that of its own patients.

Run: ``python -m benchmarks.baseline_risk_coverage``. Finished cohorts are kept in
``runs/baseline_risk_coverage.jsonl`` and not computed again.

Coverage of odds ratios and shares is that of the intervals that are given; `questions` is how often
the finding doubts the learner, `questions_of_truth` how often it would doubt the truth itself.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from benchmarks.average_effect_coverage import covariates, observed
from benchmarks.ledger import Ledger
from benchmarks.record import keep
from twoarm.diagnostics import propensity
from twoarm.diagnostics.comparability.nuisances import cross_fit_folds, fit_outcomes
from twoarm.diagnostics.ranking.by_risk.baseline_risk import baseline_risk
from twoarm.diagnostics.ranking.by_risk.blinded_risk import blinded_risk
from twoarm.diagnostics.ranking.by_risk.risk_groups import GroupBenefit, RiskGroup
from twoarm.metrics import benefit_groups
from twoarm.seeds import generator
from twoarm.synthetic import DESIRABLE, generate

SEED = 83_000_000  # cohort k of every world: SEED + k
FOLDS, GROUPS = 5, 4
LARGE = ("trial", "large", 30_000, "death")
SETTINGS = (
    *(
        (design, world, size, outcome)
        for design in ("trial", "cohort")
        for world in ("H", "Z", "A")
        for size in (393, 1500)
        for outcome in ("mrs_0_2", "death")
    ),
    LARGE,
)
METHODS = ("aipw", "crude", "risk_model", "learner")
QUANTITIES = ("benefit", "odds_ratio", "share")
CELLS = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 10**9))
KEY = ("design", "world", "size", "outcome", "cohort")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Made:
    """Patients and their truth, of the undesirable outcome."""

    X: Floats
    event: Floats
    arm: NDArray[np.int64]
    risk0: Floats
    risk1: Floats
    centre: Any


def make(design: str, world: str, size: int, outcome: str, cohort: int) -> Made:
    """Draw a cohort."""
    if world == "large":
        return large_trial(size, cohort)
    made = generate(world, n=size, seed=SEED + cohort)
    data, truth = made.cohort, made.truth
    if design == "trial":
        arm = generator(SEED + cohort).integers(0, 2, size)
        drawn = {
            name: np.where(arm == 1, truth[f"{name}_1"], truth[f"{name}_0"])
            for name in ("mrs90", "sich")
        }
        data = data.assign(arm=arm, **drawn)
    y, (risk0, risk1) = (
        observed(data, outcome),
        (truth[f"mu{arm}_{outcome}"].to_numpy() for arm in (0, 1)),
    )
    if DESIRABLE[outcome]:
        y, risk0, risk1 = 1.0 - y, 1.0 - risk0, 1.0 - risk1
    centre = data["centre"] if design == "cohort" else None
    return Made(covariates(data), y, data["arm"].to_numpy(), risk0, risk1, centre)


def large_trial(size: int, cohort: int) -> Made:
    """Draw a trial with 7 % deaths, an AUC near 0.8 and an odds ratio of 0.85 for everybody."""
    rng = generator(SEED + cohort)
    X = rng.standard_normal((size, 6))
    lp = -3.2 + X @ (0.9, 0.6, 0.4, 0.3, 0.2, 0.1)
    arm = (rng.random(size) < 1 / 3).astype(np.int64)
    risk0, risk1 = expit(lp), expit(lp + np.log(0.85))
    event = (rng.random(size) < np.where(arm == 1, risk1, risk0)).astype(float)
    return Made(X, event, arm, risk0, risk1, None)


def measure(design: str, world: str, size: int, outcome: str, cohort: int) -> dict[str, Any]:
    """Estimate in one cohort; give each quarter's estimates beside its truth."""
    made = make(design, world, size, outcome, cohort)
    fold = cross_fit_folds(made.event, made.arm, FOLDS, cohort)
    mu0, mu1 = fit_outcomes(made.X, made.event, made.arm, fold)
    score = propensity(made.X, made.arm, centre=made.centre).score
    found = baseline_risk(
        made.X, made.event, made.arm, mu0=mu0, mu1=mu1, propensity=score, fold=fold,
        desirable=False, randomised=design == "trial",
    )  # fmt: skip
    number = benefit_groups(blinded_risk(made.X, made.event, fold), GROUPS)
    benefit = made.risk0 - made.risk1
    quarters = []
    for k, group in zip(np.unique(number), found.groups, strict=True):
        rows = number == k
        mean0, mean1 = made.risk0[rows].mean(), made.risk1[rows].mean()
        truth = {
            "benefit": float(mean0 - mean1),
            "odds_ratio": float(mean1 / (1 - mean1) / (mean0 / (1 - mean0))),
            "share": float(benefit[rows].sum() / benefit.sum()) if benefit.any() else None,
        }
        methods = {name: plain(getattr(group, name)) for name in METHODS}
        quarters.append({"smallest": smallest(group), "truth": truth, **methods})
    trend = found.odds_ratio_trend
    return {
        "design": design, "world": world, "size": size, "outcome": outcome, "cohort": cohort,
        "auc": found.auc, "quarters": quarters,
        "trend": None if trend is None else [trend.estimate, trend.se, trend.low, trend.high],
    }  # fmt: skip


def smallest(group: RiskGroup) -> int:
    """Count the rarer outcome in the arm that has fewer of it."""
    pairs = zip(group.n, group.events, strict=True)
    return min(min(events, n - events) for n, events in pairs)


def plain(found: GroupBenefit | None) -> dict[str, Any] | None:
    """Give estimate, error and limits of each quantity."""
    if found is None:
        return None
    parts = {name: getattr(found, name) for name in QUANTITIES}
    return {
        name: None if one is None else [one.estimate, one.se, one.low, one.high]
        for name, one in parts.items()
    }


def table_of(lines: list[dict[str, Any]]) -> pd.DataFrame:
    """Give a row for each cohort, quarter, method and quantity that was estimated."""
    rows = []
    for line in lines:
        for number, quarter in enumerate(line["quarters"]):
            for method, quantity in itertools.product(METHODS, QUANTITIES):
                found, truth = quarter[method], quarter["truth"][quantity]
                one = None if found is None else found[quantity]
                if one is not None and truth is not None:
                    key = [line[name] for name in KEY]
                    rows.append((*key, number, quarter["smallest"], method, quantity, truth, *one))
    columns = (*KEY, "quarter", "smallest", "method", "quantity", "truth", "estimate", "se", "low",
               "high")  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).astype({"se": float, "low": float, "high": float})
    holds = (table["low"] <= table["truth"]) & (table["truth"] <= table["high"])
    return table.assign(holds=holds.where(table["low"].notna()).astype(float))


def summary(lines: list[dict[str, Any]], table: pd.DataFrame) -> dict[str, Any]:
    """Describe one setting."""
    trends = [line["trend"] for line in lines if line["trend"]]
    benefit = table[table["quantity"] == "benefit"]
    benefit = benefit.assign(error=benefit["estimate"] - benefit["truth"])
    highest = table[(table["quantity"] == "share") & (table["quarter"] == GROUPS - 1)]
    return {
        "cohorts": len(lines),
        "auc": float(np.mean([line["auc"] for line in lines])),
        "trend_covers_1": float(np.mean([low <= 1 <= high for _, _, low, high in trends])),
        "questions": doubted(table, "learner"),
        "questions_of_truth": doubted(table, "truth"),
        "coverage": {
            f"{method} {quantity}": float(own.mean())
            for (method, quantity), own in table.groupby(["method", "quantity"])["holds"]
            if own.notna().any()
        },
        "mean_error_of_benefit_by_quarter": {
            method: own.groupby("quarter")["error"].mean().tolist()
            for method, own in benefit.groupby("method")
        },
        "share_of_the_highest_quarter": {
            method: {
                "given": len(own),
                "truth": float(own["truth"].mean()),
                "mean": float(own["estimate"].mean()),
                "sd": float(own["estimate"].std(ddof=1)),
            }
            for method, own in highest.groupby("method")
        },
    }


def doubted(table: pd.DataFrame, what: str) -> float:
    """Give the share of cohorts in which two quarters' intervals or more miss the learner."""
    key = ["cohort", "quarter"]
    own = table[table["quantity"] == "benefit"].set_index(key)
    interval = own[own["method"] == "aipw"]
    told = own[own["method"] == "learner"]["estimate"] if what == "learner" else interval["truth"]
    told = told.reindex(interval.index)
    missed = (told < interval["low"]) | (told > interval["high"])
    return float((missed.groupby("cohort").sum() >= 2).mean())


def by_smallest(table: pd.DataFrame) -> dict[str, Any]:
    """Give coverage by the number of patients in the rarest cell of the quarter's table."""
    found: dict[str, Any] = {}
    for low, high in CELLS:
        within = table[table["smallest"].between(low, high)]
        found[f"{low} or more" if high > 1000 else f"{low}-{high}"] = {
            f"{method} {quantity}": {"of": int(own.count()), "coverage": float(own.mean())}
            for (method, quantity), own in within.groupby(["method", "quantity"])["holds"]
            if method in METHODS[:2]
        }
    return found


def main() -> None:
    """Go on with the simulation, print the table, keep it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / "baseline_risk_coverage.jsonl", KEY)
    for cohort in range(0 if asked.summary_only else asked.cohorts):
        for setting in SETTINGS:
            if not ledger.has(*setting, cohort):
                ledger.add(measure(*setting, cohort))
    done = [line for line in ledger.lines if line["cohort"] < asked.cohorts]
    table = table_of(done)
    found = {}
    for setting, own in table.groupby(list(KEY[:4]), sort=False):
        lines = [line for line in done if tuple(line[key] for key in KEY[:4]) == setting]
        name = " ".join(str(each) for each in setting)
        one = found[name] = summary(lines, own)
        shown = "  ".join(f"{what} {share:.3f}" for what, share in one["coverage"].items())
        print(f"{name:<26}questions {one['questions']:.3f}  {shown}")
    cells = by_smallest(table)
    print(cells)
    settings = {"synthetic": True, "seed": SEED, "folds": FOLDS, "cohorts": asked.cohorts}
    keep("baseline_risk_coverage", {**settings, "by_rarest_cell": cells, "settings": found})


if __name__ == "__main__":
    main()
