"""One stack of 197 patients, whole and member by member: ours, scikit-learn's, LightGBM's."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import lightgbm_stack, scikit_learn_stack, twoarm_stack
from benchmarks.bench.clock import interleaved
from benchmarks.bench.cohorts import cohort

__all__ = ["measure"]

PATIENTS, PREDICTORS, ROUNDS = 197, 14, 5
OURS, SCIKIT_LEARN, LIGHTGBM = "twoarm", "scikit_learn", "lightgbm"


def measure() -> dict[str, Any]:
    """Print and give the table of times and ratios."""
    X, y = cohort(PATIENTS, PREDICTORS)
    forest = lightgbm_stack.fastest_forest(X, y)
    print(f"One stack, one core: n = {PATIENTS}, {PREDICTORS} predictors, 5 inner folds")
    print(f"{'':<17}{'twoarm':>12}{'scikit-learn':>15}{'ratio':>8}{'LightGBM+':>13}{'ratio':>8}")
    every = scikit_learn_stack.MEMBERS
    rows = {}
    for name, members in {**{each: [each] for each in every}, "stack": list(every)}.items():
        times = interleaved(
            {
                OURS: twoarm_stack.work(members, X, y),
                SCIKIT_LEARN: scikit_learn_stack.work(members, X, y),
                LIGHTGBM: lightgbm_stack.work(members, X, y, forest=forest),
            },
            ROUNDS,
        )
        ours, ratios = times[OURS].median, {}
        line = f"{name:<17}{1e3 * ours:>9.2f} ms"
        for other in (SCIKIT_LEARN, LIGHTGBM):
            ratios[f"ratio_{other}"] = times[other].median / ours
            line += f"{1e3 * times[other].median:>10.1f} ms{times[other].median / ours:>8.1f}"
        print(line, flush=True)
        rows[name] = {"seconds": {k: v.to_plain() for k, v in times.items()}, **ratios}
    return {
        "patients": PATIENTS,
        "predictors": PREDICTORS,
        "inner_folds": twoarm_stack.FOLDS,
        "forest_of_the_composition": forest,
        "rows": rows,
    }
