"""Harrell's bootstrap of a plain logistic model: ours beside R's `rms::validate`."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.bench.clock import seconds_of, summarised
from benchmarks.bench.cohorts import cohort
from twoarm.learners import Logistic
from twoarm.resampling import validate

__all__ = ["measure"]

PATIENTS, PREDICTORS, REPLICATES, ROUNDS = 198, 14, 200, 5
SCRIPT = Path(__file__).with_name("rms_validate.R")


def _rms(data: Path) -> dict[str, Any]:
    ran = subprocess.run(
        ["Rscript", str(SCRIPT), str(data), str(REPLICATES)],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        return {"absent": ran.stderr.strip().splitlines()[-1]}
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def measure() -> dict[str, Any]:
    """Print and give the seconds of both, their ratio, and both corrected AUCs."""
    print(f"\nHarrell's bootstrap of a logistic model: n = {PATIENTS}, B = {REPLICATES}")
    if shutil.which("Rscript") is None:
        print("R is not installed; not measured")
        return {"absent": "Rscript not found"}
    X, y = cohort(PATIENTS, PREDICTORS)

    def ours() -> float | None:
        model = Logistic(C=np.inf)
        found = validate(
            model, X, y, replicates=REPLICATES, seed=1, cv_repeats=0, executor="serial"
        )
        return found.auc.harrell

    auc = ours()
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "cohort.csv"
        pd.DataFrame(X).add_prefix("x").assign(y=y).to_csv(data, index=False)
        for _ in range(ROUNDS):
            mine.append(seconds_of(ours))
            theirs.append(_rms(data))
            if "absent" in theirs[-1]:
                print(f"rms not measured: {theirs[-1]['absent']}")
                return theirs[-1]
    a, b = summarised(mine), summarised([each["seconds"] for each in theirs])
    print(f"{'twoarm':<17}{1e3 * a.median:>9.1f} ms   corrected AUC {auc:.3f}")
    print(
        f"{'rms::validate':<17}{1e3 * b.median:>9.1f} ms   corrected AUC {theirs[0]['auc']:.3f}"
        f"   ratio {b.median / a.median:.1f}"
    )
    return {
        "patients": PATIENTS,
        "predictors": PREDICTORS,
        "replicates": REPLICATES,
        "twoarm": {"seconds": a.to_plain(), "auc": auc},
        "rms": {
            "seconds": b.to_plain(),
            "auc": theirs[0]["auc"],
            "replicates_used": theirs[0]["replicates_used"],
            "versions": {"R": theirs[0]["R"], "rms": theirs[0]["rms"]},
        },
        "ratio": b.median / a.median,
    }
