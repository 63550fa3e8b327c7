"""A truth made of real patients: each arm's model in the other arm of a randomised trial.

Where the treatment does next to nothing, the other arm is a sample of new patients. Its AUC is what
.632+ should have said. Run: ``python -m benchmarks.other_arm RUN_FOLDER DATA`` after
``twoarm run ist-aspirin --cohort DATA --replicates 20``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.record import IST_NOTICE, keep
from twoarm.cohort import load_study, read_cohort
from twoarm.metrics import auc


def main() -> None:
    """Print .632+ beside the other arm's AUC for every outcome, and keep it."""
    folder, data = Path(sys.argv[1]), sys.argv[2]
    summary = json.loads((folder / "summary.json").read_text())
    predictions = pd.read_csv(folder / "tables" / "patients.csv")
    name = summary["study"]["name"]
    cohort = read_cohort(load_study(name), data)
    rows = []
    print(f"{'':<42}{'oob':>8}{'.632+':>8}{'Harrell':>9}{'other arm':>11}{'difference':>12}")
    for outcome, result in summary["outcomes"].items():
        values = cohort.outcomes[outcome]
        for arm, label in enumerate(("control", "treated")):
            other = (cohort.treatment != arm) & np.isfinite(values)
            risk = predictions[f"mu{arm}_{outcome}_in_sample"].to_numpy()
            truth = auc(values[other].astype(int), risk[other])
            metric = result["arms"][label]["auc"]
            rows.append(
                {
                    "outcome": outcome,
                    "arm": label,
                    "oob": metric["oob"],
                    "d632plus": metric["d632plus"],
                    "harrell": metric["harrell"],
                    "other_arm": truth,
                }
            )
            print(
                f"{outcome + ', ' + label:<42}{metric['oob']:>8.3f}{metric['d632plus']:>8.3f}"
                f"{metric['harrell']:>9.3f}{truth:>11.3f}{metric['d632plus'] - truth:>+12.3f}"
            )
    keep(
        f"other_arm_{name}",
        {
            "source": IST_NOTICE,
            "replicates": summary["run"]["replicates"],
            "rows": rows,
        },
    )


if __name__ == "__main__":
    main()
