"""What the report says of its own versions is what was measured."""

import json
from pathlib import Path

import pytest

from twoarm.report.sections.ranking.share import OFF_BY

MEASURED = Path(__file__).parents[3] / "benchmarks" / "results" / "worlds_table.json"


@pytest.mark.parametrize("version", OFF_BY)
def test_how_far_a_version_is_off_is_what_the_worlds_showed(version):
    worlds = json.loads(MEASURED.read_text(encoding="utf-8"))["worlds"].values()
    biases = [world["shares"][version]["bias_to_contrast"] for world in worlds]
    assert len(biases) == 7
    assert OFF_BY[version] == pytest.approx((min(biases), max(biases)), abs=0.0006)
