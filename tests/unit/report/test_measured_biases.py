"""What the report says of its own versions is what was measured, where it was measured."""

import dataclasses
import json
from pathlib import Path

import pytest

from twoarm.cohort import load_study
from twoarm.report.sections.models.auc import INTERVAL_HELD
from twoarm.report.sections.ranking.share import MEASURED_PARTS, OFF_BY, part
from twoarm.study.plan.measured import was_measured

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results"
MEASURED = RESULTS / "worlds_table.json"


@pytest.mark.parametrize("version", OFF_BY)
def test_how_far_a_version_is_off_is_what_the_worlds_showed(version):
    worlds = json.loads(MEASURED.read_text(encoding="utf-8"))["worlds"].values()
    biases = [world["shares"][version]["bias_to_contrast"] for world in worlds]
    assert len(biases) == 7
    assert OFF_BY[version] == pytest.approx((min(biases), max(biases)), abs=0.0006)


def test_how_often_the_interval_of_the_auc_held_is_what_the_worlds_showed():
    content = json.loads((RESULTS / "auc_interval_confirmation.json").read_text("utf-8"))
    held = {name: cell["now"]["coverage"] for name, cell in content["measures"]["auc"].items()}
    assert len(held) == 12
    assert pytest.approx((min(held.values()), max(held.values())), abs=0.005) == INTERVAL_HELD
    assert "product" in min(held, key=held.get)


def shown_for(result, plan):
    """The words and columns of the shares, were the result one of this plan."""
    table = part(dataclasses.replace(result, plan=plan)).tables[0]
    return table.note, [column.name for column in table.columns]


def test_the_errors_stand_only_beside_the_study_they_were_measured_in(small_result):
    """Not beside another outcome, model or size of cohort: there nobody knows them."""
    shipped = load_study("rescue-stenting").file
    plan = small_result.plan
    measured = dataclasses.replace(plan, study=dataclasses.replace(plan.study, file=shipped))
    assert was_measured(measured, MEASURED_PARTS)
    note, columns = shown_for(small_result, measured)
    assert "seven synthetic worlds" in note
    assert "off" in columns
    few = dataclasses.replace(measured, cohort=plan.cohort.subset(plan.cohort.treatment == 1))
    for other in (plan, few):  # other models, fewer patients
        assert not was_measured(other, MEASURED_PARTS)
        note, columns = shown_for(small_result, other)
        assert "synthetic worlds" not in note
        assert "off" not in columns
    trial = load_study("ist-aspirin")
    assert not was_measured(dataclasses.replace(measured, study=trial), MEASURED_PARTS)
