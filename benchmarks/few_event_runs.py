"""All small cohorts with 2 to 9 events through `twoarm run`: how they end, what they contradict.

    python -m benchmarks.few_event_runs --keep

Sizes 8 to 60, arms alike or 1 to 3, 2 to 9 events in all, shared by the arms as they are or all in
the larger one; three predictors without effect. Two replicates each. A row a size and a share, the
exit codes over the numbers of events. Ends with 1 if anything was wrong (see `run_fuzz`).
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.check_fuzz import Cohort
from benchmarks.record import keep
from benchmarks.small_runs import faults, tried

SEED = 11
SIZES = (8, 12, 16, 20, 30, 40, 60)
TREATED = (0.5, 0.25)
EVENTS = range(2, 10)
SHARED = ("as the arms", "all in the larger arm")


def cohort(n: int, treated: float, events: int, shared: str) -> Cohort:
    """Make a cohort of noise with so many events."""
    rng = np.random.default_rng([SEED, n, round(100 * treated), events, SHARED.index(shared)])
    arm = np.arange(n) < round(n * treated)
    in_treated = round(events * treated) if shared == "as the arms" else 0
    died = np.zeros(n, dtype=int)
    died[np.flatnonzero(arm)[:in_treated]] = 1
    died[np.flatnonzero(~arm)[: events - in_treated]] = 1
    age, score, sex = rng.normal(70, 10, n), rng.integers(0, 25, n), rng.integers(0, 2, n)
    rows = [
        {
            "arm": str(int(arm[k])), "died": str(died[k]), "age": f"{age[k]:.1f}",
            "score": str(score[k]), "sex": str(sex[k]),
        }
        for k in rng.permutation(n)
    ]  # fmt: skip
    return _STUDY, rows


_STUDY: dict[str, Any] = {
    "study": {"name": "few", "title": "Few events"},
    "target_trial": {
        "eligibility": "all", "time_zero": "then", "control_by": "other", "estimand": "RD",
        "strategies": {"control": "no", "treated": "yes"},
    },
    "treatment": {"column": "arm", "control": 0, "treated": 1},
    "outcomes": [
        {
            "name": "death", "column": "died", "event": {"equals": 1}, "desirable": False,
            "primary": True, "threshold": 0.1,
        }
    ],
    "predictors": [
        {"column": "age", "type": "number"}, {"column": "score", "type": "integer"},
        {"column": "sex", "type": "binary"},
    ],
}  # fmt: skip


def measured(case: tuple[int, float, int, str]) -> dict[str, Any]:
    """Run one of them."""
    found = tried(cohort(*case))
    return {
        "n": case[0], "treated": case[1], "events": case[2], "shared": case[3], "code": found.code,
        "reason": found.said.strip()[-300:] if found.code else "", "wrong": faults(found),
    }  # fmt: skip


def main() -> None:
    """Run all combinations, print a table of exit codes and what was wrong."""
    parser = argparse.ArgumentParser(description="Cohorts with 2 to 9 events.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    cases = [
        case
        for case in itertools.product(SIZES, TREATED, EVENTS, SHARED)
        if case[2] <= case[0] * (1 - case[1])
    ]
    with ProcessPoolExecutor(asked.workers) as pool:
        rows = list(pool.map(measured, cases))
    for n, treated, shared in itertools.product(SIZES, TREATED, SHARED):
        own = [r for r in rows if (r["n"], r["treated"], r["shared"]) == (n, treated, shared)]
        codes = dict(Counter(row["code"] for row in own))
        print(f"n {n:2}, {treated:.0%} treated, {shared}: exit codes {codes}")
    wrong = [row for row in rows if row["wrong"]]
    for row in wrong:
        print(row)
    print(f"{len(rows)} cohorts, {len(wrong)} wrong")
    if asked.keep:
        keep("few_event_runs", {"seed": SEED, "cohorts": len(rows), "rows": rows})
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
