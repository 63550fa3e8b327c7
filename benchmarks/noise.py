"""Pure noise: what does each estimate of the AUC say where the truth is 0.5?

198 patients, 15 independent standard normal predictors, outcome drawn with probability 0.30 from
nothing. Run: ``python -m benchmarks.noise`` (about six minutes on two cores).
"""

from __future__ import annotations

import numpy as np

from benchmarks.record import keep
from twoarm.learners import (
    Boosting,
    ElasticNet,
    Forest,
    Logistic,
    Mean,
    SplineLogistic,
    Stack,
)
from twoarm.resampling import validate

SEED = 1980
DATA_SETS = 100
REPLICATES = 200
PATIENTS, PREDICTORS, PREVALENCE = 198, 15, 0.30

LEARNERS = {
    "mean": Mean(),
    "logistic": Logistic(),
    "spline_logistic": SplineLogistic(),
    "elastic_net": ElasticNet(),
    "forest": Forest(),
    "boosting": Boosting(),
    "stack": Stack(),
    "stack without mean": Stack(
        ["logistic", "spline_logistic", "elastic_net", "forest", "boosting"]
    ),
}
ESTIMATES = ("apparent", "harrell", "oob", "d632", "d632plus")


def main() -> None:
    """Measure, print the table, keep it."""
    rows: dict[str, list[list[float]]] = {name: [] for name in LEARNERS}
    for data_set in range(DATA_SETS):
        rng = np.random.default_rng([SEED, data_set])
        X = rng.normal(size=(PATIENTS, PREDICTORS))
        y = (rng.random(PATIENTS) < PREVALENCE).astype(int)
        for name, learner in LEARNERS.items():
            auc = validate(learner, X, y, replicates=REPLICATES, seed=data_set, cv_repeats=0).auc
            rows[name].append([getattr(auc, estimate) for estimate in ESTIMATES])
    print(f"{'':<20}" + "".join(f"{name:>10}" for name in ESTIMATES) + f"{'SE .632+':>10}")
    table = {}
    for name, values in rows.items():
        array = np.array(values)
        mean, se = array.mean(axis=0), array.std(axis=0, ddof=1) / np.sqrt(DATA_SETS)
        print(f"{name:<20}" + "".join(f"{value:>10.3f}" for value in mean) + f"{se[-1]:>10.4f}")
        table[name] = {
            "mean": dict(zip(ESTIMATES, mean.tolist(), strict=True)),
            "se": dict(zip(ESTIMATES, se.tolist(), strict=True)),
            "sd": dict(zip(ESTIMATES, array.std(axis=0, ddof=1).tolist(), strict=True)),
        }
    keep(
        "noise",
        {
            "seed": SEED,
            "data_sets": DATA_SETS,
            "replicates": REPLICATES,
            "patients": PATIENTS,
            "predictors": PREDICTORS,
            "prevalence": PREVALENCE,
            "auc": table,
        },
    )


if __name__ == "__main__":
    main()
