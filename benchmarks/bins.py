"""Does it matter that bins are cut once for the cohort and not again inside every fit?

The out-of-bag AUC of forest and boosting, bins cut from everybody against bins cut from each
resample alone. Run: ``python -m benchmarks.bins``
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes

from benchmarks.record import keep
from twoarm.cohort import EncodingSpec, load_study, read_cohort
from twoarm.learners import Boosting, Forest, prepare, replicate
from twoarm.metrics import auc
from twoarm.resampling import draw_counts
from twoarm.seeds import Stream, integer

SEED, REPLICATES = 64, 400
LEARNERS = {"forest": Forest(), "boosting": Boosting()}


def data_sets() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Give name, predictors and outcome; all have columns with more than 64 values."""
    for study, outcome, arms in (("rescue-stenting", "mrs_0_2", (0, 1)), ("nhefs", "death", (1,))):
        cohort = read_cohort(load_study(study))
        X = EncodingSpec.learn(cohort.codebook, cohort.predictors).encode(cohort.predictors)
        for arm in arms:
            own = cohort.treatment == arm
            yield (
                f"{study}, {outcome}, arm {arm}",
                X[own],
                cohort.outcomes[outcome][own].astype(int),
            )
    X, y = load_breast_cancer(return_X_y=True)
    yield "breast cancer", X, y
    X, y = load_diabetes(return_X_y=True)
    yield "diabetes progression above median", X, (y > np.median(y)).astype(int)


def out_of_bag(learner, X: np.ndarray, y: np.ndarray, *, again: bool) -> np.ndarray:
    """Give the out-of-bag AUC of each replicate."""
    everybody, once = np.ones(len(y), dtype=bool), prepare(X)
    values = np.empty(REPLICATES)
    for index in range(REPLICATES):
        counts = draw_counts(SEED, index, len(y))
        prepared = prepare(X, counts) if again else once
        seed = integer(SEED, Stream.REPLICATE, index)
        risk = replicate(learner, prepared, y, counts, wanted=everybody, seed=seed).risk
        left_out = counts == 0
        values[index] = auc(y[left_out], risk[left_out])
    return values


def main() -> None:
    """Measure, print the table, keep it."""
    rows = []
    print(f"{'':<36}{'learner':<10}{'once':>8}{'again':>8}{'difference':>12}{'SE':>9}")
    for name, X, y in data_sets():
        for learner_name, learner in LEARNERS.items():
            once = out_of_bag(learner, X, y, again=False)
            again = out_of_bag(learner, X, y, again=True)
            difference = once - again
            se = np.nanstd(difference, ddof=1) / np.sqrt(np.isfinite(difference).sum())
            rows.append(
                {
                    "data": name,
                    "learner": learner_name,
                    "once": float(np.nanmean(once)),
                    "again": float(np.nanmean(again)),
                    "difference": float(np.nanmean(difference)),
                    "se": float(se),
                }
            )
            print(
                f"{name:<36}{learner_name:<10}{np.nanmean(once):>8.4f}{np.nanmean(again):>8.4f}"
                f"{np.nanmean(difference):>+12.4f}{se:>9.4f}",
                flush=True,
            )
    keep("bins", {"seed": SEED, "replicates": REPLICATES, "rows": rows})


if __name__ == "__main__":
    main()
