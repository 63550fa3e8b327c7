"""The next trial planned on raw, cross-fitted, shrunk and average benefit, then run in truth.

    python -m benchmarks.trial_thesis --cohorts 200 --keep

Cohorts of 195 stented and 198 other patients from six synthetic worlds (mRS 0-2). What is done
stands in a file of lines and is not computed again; the tables are made from the lines alone
(`benchmarks.trial_rules`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.ledger import Ledger
from benchmarks.trial_cohorts import line_of

WORLDS = ("A", "M", "B", "N", "Z", "H")


def main() -> None:
    """Draw what is not drawn yet, and print the tables."""
    parser = argparse.ArgumentParser(description="Trials planned on four kinds of benefit.")
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--lines", type=Path, default=Path("runs/trial_thesis.jsonl"))
    asked = parser.parse_args()
    ledger = Ledger(asked.lines, ("world", "cohort"))
    for cohort in range(asked.cohorts):
        for world in WORLDS:
            if not ledger.has(world, cohort):
                ledger.add(line_of(world, cohort))


if __name__ == "__main__":
    main()
