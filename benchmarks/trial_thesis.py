"""The next trial planned on raw, cross-fitted, shrunk and average benefit, then run in truth.

    python -m benchmarks.trial_thesis --cohorts 200 --keep

Cohorts of 195 stented and 198 other patients from six synthetic worlds (mRS 0-2). What is done
stands in a file of lines and is not computed again; the table is made from the lines alone
(`benchmarks.trial_rules`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.ledger import Ledger
from benchmarks.record import keep
from benchmarks.trial_cohorts import SEED, line_of
from benchmarks.trial_rules import MOST, rows_of

WORLDS = ("A", "M", "B", "N", "Z", "H")


def main() -> None:
    """Draw what is not drawn yet, and print the table."""
    parser = argparse.ArgumentParser(description="Trials planned on four kinds of benefit.")
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--lines", type=Path, default=Path("runs/trial_thesis.jsonl"))
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    ledger = Ledger(asked.lines, ("world", "cohort"))
    for cohort in range(asked.cohorts):
        for world in WORLDS:
            if not ledger.has(world, cohort):
                ledger.add(line_of(world, cohort))
    rows = rows_of([line for line in ledger.lines if line["cohort"] < asked.cohorts])
    print(
        f"{'world':6}{'planner':12}{'rule':9}{'started':>8}{'promised':>9}{'assured':>8}{'true':>7}"
        f"{'benefit':>8}{'random.':>8}{'screened':>9}{'never':>7}{'in vain':>8}"
    )
    for row in rows:
        cells = [
            "      -" if row[name] is None else f"{scale * row[name]:7.{digits}f}"
            for name, scale, digits in (
                ("promised_power", 1, 2), ("promised_assurance", 1, 2), ("true_power", 1, 2),
                ("true_benefit", 100, 1), ("randomised", 1, 0), ("screened", 1, 0),
            )
        ]  # fmt: skip
        print(
            f"{row['world']:6}{row['planner']:12}{row['rule']:9}{row['started']:8.2f} "
            f"{' '.join(cells)} {row['never_to_start']:7.2f}{row['randomised_in_vain']:8.0f}"
        )
    if asked.keep:
        keep(
            "trial_thesis",
            {"seed": SEED, "cohorts": asked.cohorts, "most_patients_per_arm": MOST, "rows": rows},
        )


if __name__ == "__main__":
    main()
