"""What is said of the range is what was measured."""

import json
from pathlib import Path

from twoarm.metalearners.benefit_range import RANGE_MULTIPLE, RANGE_PENALTY
from twoarm.study.files.recommended import RANGE_COVERAGE

MEASURED = Path(__file__).parents[4] / "benchmarks" / "results" / "range_coverage.json"
WORLDS = ("A", "A-sharp", "M", "B", "N", "Z", "H")


def test_the_quoted_coverage_is_the_least_of_the_worlds():
    rows = json.loads(MEASURED.read_text(encoding="utf-8"))["rows"]
    rows = [row for row in rows if row["world"] in WORLDS]
    assert len({row["world"] for row in rows}) == RANGE_COVERAGE["worlds"]
    assert min(row["cohorts"] for row in rows) >= 60
    assert RANGE_COVERAGE["least"] == round(min(row["held"] for row in rows), 2)
    tops = [row["quarters"][-1] for row in rows if row["quarters"] is not None]
    assert RANGE_COVERAGE["least_in_top_quarter"] == round(min(tops), 2)


def test_the_range_is_the_one_that_was_measured():
    assert (round(RANGE_PENALTY, 2), RANGE_MULTIPLE) == (21.54, 2.5)
