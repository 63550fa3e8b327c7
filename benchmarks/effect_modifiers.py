"""How often each measure of effect modification ranks the one true modifier first.

Scores are a mean of 0.2, ``spread`` times one standard normal variable, and noise of standard
deviation 1, about that of doubly robust scores of a binary outcome; 13 more variables do nothing.
Run: ``python -m benchmarks.effect_modifiers``
"""

from __future__ import annotations

import numpy as np

from benchmarks.record import keep
from twoarm.importance.effect_modifiers import measures

PATIENTS, VARIABLES, COHORTS, SEED = 393, 14, 200, 20260
SPREADS = (0.0, 0.15, 0.3)


def main() -> None:
    """Measure, print, keep."""
    groups = tuple((column,) for column in range(VARIABLES))
    found: dict[str, dict[str, dict[str, float]]] = {}
    for spread in SPREADS:
        values: dict[str, list[np.ndarray]] = {}
        for cohort in range(COHORTS):
            rng = np.random.default_rng([SEED, cohort])
            X = rng.normal(size=(PATIENTS, VARIABLES))
            scores = 0.2 + spread * X[:, 0] + rng.normal(size=PATIENTS)
            for name, measure in measures(groups, seed=cohort).items():
                values.setdefault(name, []).append(measure(X, scores))
        found[str(spread)] = {name: _described(np.array(each)) for name, each in values.items()}
        print(spread, found[str(spread)])
    settings = {"patients": PATIENTS, "variables": VARIABLES, "cohorts": COHORTS, "seed": SEED}
    print(keep("effect_modifiers", {**settings, "by_spread": found}))


def _described(values: np.ndarray) -> dict[str, float]:
    """Describe the measures, shape (cohorts, variables), of the true modifier, the first."""
    first = float((values.argmax(axis=1) == 0).mean())
    return {
        "ranked_first": first,
        "ranked_first_se": float(np.sqrt(first * (1 - first) / len(values))),
        "mean": float(values[:, 0].mean()),
        "sd": float(values[:, 0].std(ddof=1)),
    }


if __name__ == "__main__":
    main()
