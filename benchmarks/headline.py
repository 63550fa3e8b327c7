"""Which estimate of the AUC should be quoted? One for every learner and every world.

Each data set is validated once, and the fitted model meets new patients of the same arm: the truth.
The headline is the estimate whose largest |mean(estimate - truth)| over the grid is smallest.

The members are validated with two repeats of the cross-validation, the stack with five.

Run: ``python -m benchmarks.headline [--data-sets 400] [--replicates 100] [--rows PATTERN ..]
[--folder DIR] [--summary-only]``. Data sets are appended to ``DIR/headline.jsonl``; an interrupted
run goes on where it stopped, and every run ends with the table.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.intervals import headlines, judged, limits, widened
from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.worlds import World, normal, stenting
from twoarm.learners import (
    Boosting,
    ElasticNet,
    Forest,
    Logistic,
    Mean,
    SplineLogistic,
    Stack,
    fit_model,
    prepare,
)
from twoarm.metrics import auc
from twoarm.resampling import validate
from twoarm.seeds import Stream, integer

SEED, PATIENTS, NEW_PATIENTS = 4100, 198, 50_000
CV_REPEATS, CV_REPEATS_OF_MEMBERS = 5, 2
TOLERATED_EXCESS = 0.02  # of Harrell's mean over the truth, beyond which the gate should speak

LEARNERS = {
    "stack": Stack(),
    "mean": Mean(),
    "logistic": Logistic(),
    "spline_logistic": SplineLogistic(),
    "elastic_net": ElasticNet(),
    "forest": Forest(),
    "boosting": Boosting(),
}
WORLDS = [
    *(
        stenting(scenario, arm)
        for scenario in ("paper-like", "paper-like-sharp", "moderate")
        for arm in ("control", "treated")
    ),
    normal(0.0),
    normal(0.6),
]
ESTIMATES = ("apparent", "harrell", "oob", "d632", "d632plus", "nested_cv", "d632plus_cv")
FACTORS = (1.0, 1.05, 1.1, 1.15, 1.2)
CANDIDATES = ("oob", "d632plus", "nested_cv", "d632plus_cv")


def one(world: World, name: str, data_set: int, replicates: int) -> dict[str, Any]:
    """Validate a learner on one data set, and measure its model on new patients."""
    X, y = world.patients(PATIENTS, SEED, data_set)
    line: dict[str, Any] = {"row": f"{world.name}; {name}", "data_set": data_set}
    line |= {"replicates": replicates, "events": int(y.sum())}
    seed, repeats = 1000 + data_set, CV_REPEATS if name == "stack" else CV_REPEATS_OF_MEMBERS
    found = validate(
        LEARNERS[name], X, y, replicates=replicates, seed=seed, cv_repeats=repeats, workers=1
    )
    prepared, once = prepare(X), np.ones(len(y), dtype=np.int64)
    model = fit_model(LEARNERS[name], prepared, y, once, seed=integer(seed, Stream.FULL_FIT))
    X_new, y_new = world.newcomers(NEW_PATIENTS)
    line["truth"] = auc(y_new, model.predict_proba(X_new)[:, 1])
    line |= {each: getattr(found.auc, each) for each in ESTIMATES[:-1]}
    both = (found.auc.d632plus, found.auc.nested_cv)
    line["d632plus_cv"] = None if None in both else 0.5 * (both[0] + both[1])
    line["mcse"] = found.auc.mcse
    line["intervals"] = {method: limits(found, value) for method, value in headlines(found).items()}
    return line


def summary(ledger: Ledger) -> dict[str, Any]:
    """Give bias, its Monte-Carlo error and RMSE of every estimate in every row."""
    rows = {}
    for row in dict.fromkeys(line["row"] for line in ledger.lines):
        lines = [line for line in ledger.lines if line["row"] == row]
        truth = np.array([line["truth"] for line in lines])
        entry: dict[str, Any] = {
            "data_sets": len(lines),
            "replicates": sorted({line["replicates"] for line in lines}),
            "events": float(np.mean([line["events"] for line in lines])),
            "truth": float(truth.mean()),
        }
        for name in ESTIMATES:
            values = np.array([line[name] for line in lines], dtype=float)
            error = (values - truth)[np.isfinite(values)]
            if error.size < 2:
                continue
            entry[name] = {
                "bias": float(error.mean()),
                "mcse": float(error.std(ddof=1) / np.sqrt(error.size)),
                "rmse": float(np.sqrt((error**2).mean())),
            }
        rows[row] = entry | {"gate": gate_alarms(lines, entry), "interval": widths(lines)}
    return rows


def widths(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Give what Hanley and McNeil's interval holds if widened, for each candidate headline."""
    truth = np.array([line["truth"] for line in lines])
    found: dict[str, Any] = {}
    for name in CANDIDATES[1:]:
        known = [name in line["intervals"] for line in lines]
        if len(lines) < 2 or not all(known):
            continue
        own = [line["intervals"][name]["hanley_mcneil"] for line in lines]
        oracle = 3.92 * float(np.std([line[name] for line in lines] - truth, ddof=1))
        found[name] = {
            str(factor): judged([widened(each, factor) for each in own], truth, oracle)
            for factor in FACTORS
            if oracle > 0
        }
    return found


def gate_alarms(lines: list[dict[str, Any]], entry: dict[str, Any]) -> dict[str, Any]:
    """Give, for each candidate headline, how often the gate calls Harrell not valid, and should."""
    should = entry["harrell"]["bias"] if "harrell" in entry else 0.0
    rates = {}
    for name in CANDIDATES:
        known = [line for line in lines if line[name] is not None and line["mcse"] is not None]
        trips = [line["harrell"] - line[name] > 0.02 + 2 * line["mcse"] for line in known]
        rates[name] = float(np.mean(trips)) if trips else None
    return {"harrell_invalid": abs(should) > TOLERATED_EXCESS, "alarm_rate": rates}


def main() -> None:
    """Go on with the simulation, print the table, keep it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-sets", type=int, default=400)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--rows", nargs="*", default=[""], help="parts of 'world; learner'")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/twoarm-benchmarks"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / "headline.jsonl", ("row", "data_set", "replicates"))
    wanted = [
        (world, name)
        for name in LEARNERS
        for world in WORLDS
        if any(part in f"{world.name}; {name}" for part in asked.rows)
    ]
    for data_set in range(0 if asked.summary_only else asked.data_sets):
        for world, name in wanted:
            if not ledger.has(f"{world.name}; {name}", data_set, asked.replicates):
                ledger.add(one(world, name, data_set, asked.replicates))
    rows = summary(ledger)
    show(rows)
    content = {"seed": SEED, "patients": PATIENTS, "new_patients": NEW_PATIENTS}
    content |= {"cv_repeats": CV_REPEATS, "cv_repeats_of_members": CV_REPEATS_OF_MEMBERS}
    keep("headline", {**content, "rows": rows})


def show(rows: dict[str, Any]) -> None:
    """Print bias (RMSE) of every estimate, and each candidate's largest |bias|."""
    print(f"{'bias (RMSE)':<36}{'sets':>5}{'truth':>7}" + "".join(f"{e:>15}" for e in ESTIMATES))
    for row, entry in rows.items():
        cells = [
            f"{entry[name]['bias']:+.3f} ({entry[name]['rmse']:.3f})" if name in entry else "-"
            for name in ESTIMATES
        ]
        mcse = max((entry[name]["mcse"] for name in CANDIDATES if name in entry), default=0.0)
        line = f"{row:<36}{entry['data_sets']:>5}{entry['truth']:>7.3f}"
        print(line + "".join(f"{cell:>15}" for cell in cells) + f"   SE <= {mcse:.4f}")
        gate = entry["gate"]
        wrong = "not valid" if gate["harrell_invalid"] else "valid"
        said = ", ".join(f"{k} {v:.2f}" for k, v in gate["alarm_rate"].items() if v is not None)
        print(f"    Harrell is {wrong} here; the gate speaks, by headline: {said}")
        for name, factors in entry["interval"].items():
            cells = [
                f"{k}: {v['coverage']:.3f} ({v['width_by_oracle']:.2f})" for k, v in factors.items()
            ]
            print(f"    interval about {name}, coverage (width in oracles): {'  '.join(cells)}")
    for name in CANDIDATES:
        biases = [abs(entry[name]["bias"]) for entry in rows.values() if name in entry]
        if biases:
            print(f"largest |bias| of {name}: {max(biases):.4f}")


if __name__ == "__main__":
    main()
