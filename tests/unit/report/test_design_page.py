from __future__ import annotations

import dataclasses
import re

import pytest
from tests.unit.pictures import pictures

from twoarm.errors import ArgumentError
from twoarm.planning import Settings, plan_from_run, plan_trial, read_plan, to_json, typed_in
from twoarm.report import write_design, write_report
from twoarm.report.design.protocol import protocol_draft
from twoarm.report.design.words import sentences_of
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY

pytestmark = pytest.mark.usefixtures("unrendered")

NUMBERS = {"benefit_mean": 0.08, "benefit_sd": 0.12, "slope": 0.25, "control_risk": 0.25}
FEW = Settings(trials=20, draws=100, haircut=0.03)


@pytest.fixture(scope="module")
def plan():
    return plan_trial(typed_in(**NUMBERS, standard_errors=(0.03, 0.2, 0.02)), FEW)


@pytest.fixture(scope="module")
def folder(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("design")
    write_design(plan, folder)
    return folder


@pytest.fixture
def ranked(small_result, answered):
    found = small_result.value(HETEROGENEITY)
    slope = dataclasses.replace(
        found.slope, estimate=0.4, se=0.3, low=-0.2, high=1.0, estimable=True
    )
    return answered(small_result, HETEROGENEITY, dataclasses.replace(found, slope=slope))


def test_every_file_is_written(folder):
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    figures = {"design_cost", "design_assurance", "design_haircut", "design_boundaries"}
    assert {f"{each}.{kind}" for each in figures for kind in ("svg", "png")} <= names
    assert {"design.html", "design.json", "protocol_draft.md"} <= names
    assert {"design_main.csv", "design_all.csv", "design_naive.csv", "design_haircut.csv"} <= names


def test_the_page_stands_alone_and_says_what_it_is(folder):
    page = (folder / "design.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    assert "not a medical device" in page
    assert 'type="range"' in page
    ids = [each for each in re.findall(r'id="([^"]+)"', page) if not each.endswith("-reference")]
    assert len(ids) == len(set(ids))


def test_the_warnings_are_numbers(plan):
    said = " ".join(each.text for each in sentences_of(plan))
    assert "71 patients an arm" in said
    assert "32.1 %" in said
    assert "3.0 points of it may be no effect" in said


@pytest.mark.parametrize("verb", ["should", "recommend", "must be treated", "ought"])
def test_nobody_is_told_what_to_do(folder, verb):
    for name in ("design.html", "protocol_draft.md"):
        text = (folder / name).read_text(encoding="utf-8").lower()
        assert verb not in text


def test_the_protocol_fills_what_it_can_and_leaves_the_rest_open(plan):
    text = protocol_draft(plan)
    for item in ("12", "14a", "16", "19", "20", "27a", "27b", "27c", "27d", "28b"):
        assert f"\n## {item} " in text
    assert "248 patients with an outcome" in text
    assert "[to be written by the trialists]" in text
    assert "- 11a(i) " in text


def test_no_trial_is_said_to_be_none():
    harm = plan_trial(
        typed_in(
            benefit_mean=-0.05, benefit_sd=0.1, slope=0.0, control_risk=0.3,
            standard_errors=(0.01, 0.1, 0.02),
        ),
        FEW,
    )  # fmt: skip
    said = [each.text for each in sentences_of(harm)]
    assert "cannot be planned on the average benefit of −5.0 points" in said[0]
    assert "do not gain on average is 100.0 %" in said[0]
    assert "No size can be given" in protocol_draft(harm)


@pytest.mark.parametrize(
    "change", [{"looks": 1}, {"thresholds": (0.9,)}, {"loss": 0.4}, {"trials": 1}]
)
def test_any_plan_has_a_page(change, tmp_path):
    odd = plan_trial(typed_in(**NUMBERS), dataclasses.replace(FEW, **change))
    assert write_design(odd, tmp_path / "deep" / "folder").is_file()


def test_a_folder_that_cannot_be_written_is_said(plan, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ArgumentError, match="Choose another one with --out"):
        write_design(plan, tmp_path / "taken")


def test_a_run_has_its_plan_in_its_own_report(ranked, tmp_path):
    result = dataclasses.replace(ranked, folder=tmp_path)
    before = write_report(result).read_text(encoding="utf-8")
    assert 'id="design"' not in before
    found = plan_from_run(ranked, FEW)
    write_design(found, tmp_path)
    assert read_plan(tmp_path / "design.json").basis == found.basis
    page = write_report(result).read_text(encoding="utf-8")
    assert 'id="design"' in page
    assert "The trial that would test this" in page


def test_a_plan_of_another_state_of_the_run_says_so(ranked, tmp_path):
    result = dataclasses.replace(ranked, folder=tmp_path)
    found = plan_from_run(ranked, FEW)
    old = dataclasses.replace(found, basis=dataclasses.replace(found.basis, replicates=7))
    (tmp_path / "design.json").write_text(to_json(old), encoding="utf-8")
    assert "planned when the run had 7" in write_report(result).read_text("utf-8")


def test_a_plan_that_cannot_be_read_is_no_defect(ranked, tmp_path):
    (tmp_path / "design.json").write_text('{"format_version": 0}', encoding="utf-8")
    page = write_report(dataclasses.replace(ranked, folder=tmp_path)).read_text("utf-8")
    assert "Write it again with twoarm design" in page


def test_synthetic_patients_are_labelled_everywhere(ranked, tmp_path):
    found = plan_from_run(ranked, FEW)
    with pictures(rendered=True):
        page = write_design(found, tmp_path).read_text(encoding="utf-8")
    assert "Synthetic data: no real patients" in page
    assert "Synthetic data" in protocol_draft(found)
    assert "synthetic data" in (tmp_path / "figures" / "design_cost.svg").read_text()


def test_an_uncertain_slope_is_said(small_result, answered, tmp_path):
    found = small_result.value(HETEROGENEITY)
    slope = dataclasses.replace(found.slope, estimate=0.4, se=0.7, estimable=False)
    value = dataclasses.replace(found, slope=slope)
    plan = plan_from_run(answered(small_result, HETEROGENEITY, value), FEW)
    page = write_design(plan, tmp_path).read_text(encoding="utf-8")
    assert "Only the trial of everybody is planned" in page
    assert "error of 0.70" in page


def test_a_haircut_that_was_chosen_is_not_put_down_to_a_covariate(ranked):
    chosen = plan_from_run(ranked, dataclasses.replace(FEW, haircut=0.02))
    said = " ".join(each.text for each in sentences_of(chosen))
    assert "With the haircut chosen, 2.0 points" in said
    default = plan_from_run(ranked, dataclasses.replace(FEW, haircut=None))
    said = " ".join(each.text for each in sentences_of(default))
    assert f"strongest measured one ({default.basis.haircut_covariate}" in said


@pytest.mark.parametrize(
    ("source", "words"),
    [("observational", "an observational"), ("randomised", "a randomised"), ("typed in", "typed")],
)
def test_the_protocol_says_where_the_estimate_comes_from(plan, source, words):
    other = dataclasses.replace(plan, basis=dataclasses.replace(plan.basis, source=source))
    assert f"All sizes rest on {words}" in protocol_draft(other).replace("numbers that were ", "")
