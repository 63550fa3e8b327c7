"""Forest and boosting against scikit-learn's with the same settings: cross-validated AUC.

Real data (breast cancer, diabetes, digits, wine, NHEFS, International Stroke Trial) and semi-real
ones (both arms of the shipped synthetic cohort): ten. Run:
``python -m benchmarks.trees_against_scikit_learn ist.csv.gz``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from benchmarks.record import IST_NOTICE, keep
from twoarm.cohort import EncodingSpec, load_study, read_cohort
from twoarm.learners import Boosting, Forest

FOLDS, REPEATS = 5, 5
IST_SAMPLE = 3000

PAIRS = {
    "forest": (
        lambda seed: Forest(trees=200, min_leaf=5, seed=seed),
        lambda seed: RandomForestClassifier(200, min_samples_leaf=5, random_state=seed, n_jobs=2),
    ),
    "boosting": (
        lambda _: Boosting(trees=100, depth=2, learning_rate=0.1, min_leaf=5),
        lambda seed: GradientBoostingClassifier(
            n_estimators=100, max_depth=2, learning_rate=0.1, min_samples_leaf=5, random_state=seed
        ),
    ),
}


def data_sets(ist: str) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Give name, predictors and outcome of each data set."""
    X, y = load_breast_cancer(return_X_y=True)
    yield "breast cancer", X, y
    X, y = load_diabetes(return_X_y=True)
    yield "diabetes progression above median", X, (y > np.median(y)).astype(int)
    X, y = load_digits(return_X_y=True)
    yield "digits, odd or even, every third", X[::3], y[::3] % 2
    X, y = load_wine(return_X_y=True)
    yield "wine, second class", X, (y == 1).astype(int)
    for study, source, outcome, arm in (
        ("nhefs", None, "death", None),
        ("nhefs", None, "weight_gain_5kg", None),
        ("rescue-stenting", None, "mrs_0_2", 1),
        ("rescue-stenting", None, "death", 0),
        ("ist-aspirin", ist, "dead_or_dependent_6m", None),
        ("ist-aspirin", ist, "dead_14d", None),
    ):
        cohort = read_cohort(load_study(study), source)
        X = EncodingSpec.learn(cohort.codebook, cohort.predictors).encode(cohort.predictors)
        y = cohort.outcomes[outcome]
        kept = np.isfinite(y) & ((cohort.treatment == arm) if arm is not None else True)
        rows = np.flatnonzero(kept)
        if rows.size > IST_SAMPLE:
            rows = np.sort(np.random.default_rng(19435).choice(rows, IST_SAMPLE, replace=False))
        name = f"{study}, {outcome}" + ("" if arm is None else f", arm {arm}")
        yield name, X[rows], y[rows].astype(int)


def cross_validated(maker: Any, X: np.ndarray, y: np.ndarray) -> float:
    """Give the mean AUC over folds and repeats."""
    values = []
    for repeat in range(REPEATS):
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=repeat)
        for train, test in folds.split(X, y):
            model = maker(repeat).fit(X[train], y[train])
            values.append(roc_auc_score(y[test], model.predict_proba(X[test])[:, 1]))
    return float(np.mean(values))


def main() -> None:
    """Measure, print the table, keep it."""
    table: dict[str, dict[str, Any]] = {}
    print(f"{'':<44}{'n':>6}" + "".join(f"{name:>12}{'sklearn':>10}" for name in PAIRS))
    for name, X, y in data_sets(sys.argv[1]):
        row: dict[str, Any] = {"n": len(y), "events": int(y.sum()), "predictors": X.shape[1]}
        for learner, (ours, theirs) in PAIRS.items():
            row[learner] = {
                "twoarm": cross_validated(ours, X, y),
                "scikit-learn": cross_validated(theirs, X, y),
            }
        table[name] = row
        cells = "".join(f"{row[k]['twoarm']:>12.4f}{row[k]['scikit-learn']:>10.4f}" for k in PAIRS)
        print(f"{name:<44}{len(y):>6}{cells}", flush=True)
    means = {}
    for learner in PAIRS:
        differences = [
            row[learner]["twoarm"] - row[learner]["scikit-learn"] for row in table.values()
        ]
        means[learner] = {
            "mean": float(np.mean(differences)),
            "sd": float(np.std(differences, ddof=1)),
        }
        mean, sd = means[learner]["mean"], means[learner]["sd"]
        print(f"{learner}: mean difference {mean:+.4f}, SD {sd:.4f}")
    keep(
        "trees_against_scikit_learn",
        {
            "source": IST_NOTICE,
            "folds": FOLDS,
            "repeats": REPEATS,
            "data_sets": table,
            "difference": means,
        },
    )


if __name__ == "__main__":
    main()
