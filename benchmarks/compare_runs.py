"""What differs between two runs: every number, text, table and array, one by one.

Run: ``python -m benchmarks.compare_runs BEFORE AFTER`` with two run folders. Prints keys that are
lost or new, values of ``summary.json`` that differ by more than 1e-9, findings and tables that
differ, and arrays and model files that are not equal byte for byte. Ends with 1 if a key, a table
or an array of BEFORE is not in AFTER.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAME = 1e-9
_WIDTH = 90

Path_ = tuple[str | int, ...]


def leaves(value: Any, at: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Give every number, text and null with its place."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from leaves(each, (*at, key))
    else:
        yield at, value


def is_same(one: Any, other: Any) -> bool:
    """Say whether two values are equal, or numbers that are but for rounding."""
    try:
        return bool(abs(float(one) - float(other)) <= SAME)
    except (TypeError, ValueError):
        return bool(one == other)


def _summaries(before: Path, after: Path) -> bool:
    one, other = (json.loads((each / "summary.json").read_text()) for each in (before, after))
    findings = [[json.dumps(each) for each in value.pop("findings")] for value in (one, other)]
    old, new = dict(leaves(one)), dict(leaves(other))
    lost = [place for place in old if place not in new]
    differ = [place for place in old if place in new and not is_same(old[place], new[place])]
    added = [place for place in new if place not in old]
    counts = f"{len(lost)} lost, {len(added)} new, {len(differ)} differ"
    print(f"summary.json: {len(old)} values, {counts}")
    for title, places in (("lost", lost), ("new", added)):
        for name in sorted({".".join(map(str, place[:4])) for place in places}):
            print(f"  {title}: {name}")
    for place in differ:
        shown = (repr(each)[:_WIDTH] for each in (old[place], new[place]))
        print("  " + ".".join(map(str, place)), *shown, sep="\n      ")
    for title, these, those in (("before", *findings), ("after", *reversed(findings))):
        for each in these:
            if each not in those:
                print(f"  finding only {title}: {each}")
    return bool(lost)


def _tables(before: Path, after: Path) -> bool:
    names = sorted(each.name for each in (before / "tables").glob("*.csv"))
    lost = [name for name in names if not (after / "tables" / name).exists()]
    equal, close = 0, 0
    for name in [name for name in names if name not in lost]:
        texts = [(folder / "tables" / name).read_text("utf-8-sig") for folder in (before, after)]
        rows = [list(csv.reader(text.splitlines())) for text in texts]
        odd = [(k, *pair) for k, lines in enumerate(zip(*rows, strict=False))
               for pair in zip(*lines, strict=False) if not is_same(*pair)]  # fmt: skip
        if texts[0] == texts[1]:
            equal += 1
        elif not odd and [len(row) for row in rows[0]] == [len(row) for row in rows[1]]:
            close += 1
        else:
            print(f"  {name}: {len(rows[0])} rows, {len(rows[1])} after; cells {odd[:6]}")
    print(f"tables: {len(names)}, {len(lost)} lost {lost}, {equal} byte-equal, {close} to {SAME:g}")
    return bool(lost)


def _files(before: Path, after: Path) -> bool:
    names = [each.relative_to(before) for each in sorted((before / "pred").rglob("*.npy"))]
    names += [Path("model.json")] if (before / "model.json").exists() else []
    lost = [str(name) for name in names if not (after / name).exists()]
    odd = [str(name) for name in names if str(name) not in lost
           and (before / name).read_bytes() != (after / name).read_bytes()]  # fmt: skip
    print(f"arrays and model: {len(names)}, {len(lost)} lost {lost}, {len(odd)} differ {odd}")
    return bool(lost)


def main() -> None:
    """Compare two run folders."""
    parser = argparse.ArgumentParser(description="What differs between two runs.")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    asked = parser.parse_args()
    lost = [part(asked.before, asked.after) for part in (_summaries, _tables, _files)]
    sys.exit(int(any(lost)))


if __name__ == "__main__":
    main()
