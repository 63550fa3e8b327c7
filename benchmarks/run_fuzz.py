"""Random small cohorts through `twoarm run`: an answer every time, no number that cannot be.

    python -m benchmarks.run_fuzz --cohorts 1000 --keep

The clean cohorts of `check_fuzz` (types, gaps, levels, constant and doubled columns, centres, sizes
8 to 80), two replicates each; figures become pictures in every tenth. Wrong are: an exit code but
0, 2, 3; a warning; a run lost after its bootstrap; a difference of risks beyond -1 to 1; a number
without what it rests on. Lines are appended to a file as they come, so that a stopped run goes on.
Ends with 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.check_fuzz import draw
from benchmarks.record import keep
from benchmarks.small_runs import faults, tried

_PICTURES = 20  # of the even seeds every tenth


def measured(seed: int) -> dict[str, Any]:
    """Run one cohort and say how it ended and what was wrong."""
    found = tried(draw(seed), pictures=seed % _PICTURES == 0)
    reason = found.said.strip().splitlines()[-1][:300] if found.code and found.said else ""
    return {"seed": seed, "code": found.code, "reason": reason, "wrong": faults(found)}


def main() -> None:
    """Run what is not in the file yet; print what was wrong and how the runs ended."""
    parser = argparse.ArgumentParser(description="Random small cohorts through `twoarm run`.")
    parser.add_argument("--cohorts", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--lines", type=Path, default=Path("runs/run_fuzz.jsonl"))
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    seeds = range(0, 2 * asked.cohorts, 2)  # the odd ones are dirty
    asked.lines.parent.mkdir(parents=True, exist_ok=True)
    done = _read(asked.lines)
    with (
        ProcessPoolExecutor(asked.workers) as pool,
        asked.lines.open("a", encoding="utf-8") as file,
    ):
        for row in pool.map(measured, [seed for seed in seeds if seed not in done]):
            file.write(json.dumps(row) + "\n")
            file.flush()
            done[row["seed"]] = row
    rows = [done[seed] for seed in seeds]
    wrong = [row for row in rows if row["wrong"]]
    for row in wrong:
        print(row["seed"], row["code"], *row["wrong"], sep="\n   ")
    codes = {str(code): number for code, number in sorted(Counter(r["code"] for r in rows).items())}
    print(f"{len(rows)} cohorts, exit codes {codes}, {len(wrong)} wrong")
    if asked.keep:
        keep("run_fuzz", {"cohorts": len(rows), "seeds": "even", "codes": codes, "wrong": wrong})
    sys.exit(bool(wrong))


def _read(lines: Path) -> dict[int, dict[str, Any]]:
    if not lines.exists():
        return {}
    rows = map(json.loads, lines.read_text(encoding="utf-8").splitlines())
    return {row["seed"]: row for row in rows}


if __name__ == "__main__":
    main()
