"""Where something that was measured decides about treatment, a run gives no number and says so."""

import csv
import json

import numpy as np
import pytest

from twoarm.modelfile import load_model
from twoarm.report import write_report
from twoarm.report.sentences import sentences
from twoarm.report.terminal import terminal_summary
from twoarm.study import merge_shards, read_result, read_shards, run, run_shard
from twoarm.study.judge.comparability.balance import BALANCE
from twoarm.study.judge.comparability.overlap import OVERLAP

pytestmark = pytest.mark.usefixtures("unrendered")

ARM = np.tile([0, 1], 60)
ABSENT = (
    "average_effect.g_formula",
    "average_effect.aipw",
    "average_effect.tmle",
    "average_effect.iptw",
    "average_effect.overlap",
    "average_effect.att",
    "average_effect.ato",
    "benefit.mean",
    "benefit.in_sample",
    "benefit.nnt_of_mean",
    "benefit.share_at_threshold.shrunk",
    "benefit.share_at_threshold.deconvolved",
    "baseline_risk",
    "benefit_metrics",
)
HIDDEN = ("e_value", "marginal_sensitivity", "rosenbaum", "partial_r2")


def decided(kind):
    """Decide by a number whose ranges are apart, by a level, or by both, constant in each arm."""
    rng = np.random.default_rng(3)
    if kind == "number":
        return {"age": np.where(ARM == 1, 80, 50) + rng.integers(0, 9, ARM.size)}
    if kind == "level":
        return {"ward": ARM}
    return {"age": 60 + 20 * ARM, "ward": 1 - ARM}


@pytest.fixture(scope="module", params=["number", "level", "both"])
def made(request, overlap_study, tmp_path_factory):
    study, cohort = overlap_study(**decided(request.param))
    folder = tmp_path_factory.mktemp("decided") / "run"
    return run(study, cohort, out=folder, executor="serial")


@pytest.mark.seconds
def test_no_average_and_nothing_that_rests_on_it(made, validator):
    summary = made.summary()
    validator.validate(summary)
    for part in ABSENT:
        (reason,) = {
            text
            for path, text in summary["absent"].items()
            if path == f"outcomes.death.{part}" or path.startswith(f"outcomes.death.{part}.")
        }
        assert "nobody in the other arm" in reason or "every treated patient" in reason
    assert summary["outcomes"]["death"]["average_effect"]["crude"]["estimate"] is not None
    hidden = summary["hidden_confounding"] or dict.fromkeys(HIDDEN)
    assert [hidden[name] for name in HIDDEN] == [None] * 4
    assert made.answers.defects == ()


@pytest.mark.seconds
def test_the_findings_question_and_count_nobody(made):
    said = {each.name: each for each in made.findings}
    for name in ("overlap", "balance", "average effect"):
        assert said[name].verdict == "questions"
    assert said["overlap"].text.startswith("0 of 120 patients could well have been in either arm")
    assert "cannot be told" in said["average effect"].text
    causal, ranking = made.verdict[:2]
    assert causal.verdict == "questions"
    assert ranking.verdict == "cannot tell"
    assert "was not made" in ranking.text
    assert "ranking" not in said


@pytest.mark.seconds
def test_no_patient_gets_a_number_in_the_report_or_by_the_model(made):
    page = write_report(made).read_text(encoding="utf-8")
    assert "there is no average effect over all patients" in page
    with (made.folder / "tables" / "patients.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 120
    for row in rows:
        assert row["outside_support"]
        assert not any(value for name, value in row.items() if name.startswith("benefit"))
    model, cohort = load_model(made.folder / "model.json"), made.plan.cohort
    outside = model.outside_support(cohort.predictors)
    assert all(model.decided(cohort.predictors) | np.array([bool(each) for each in outside]))


@pytest.mark.seconds
def test_terminal_and_sentences_show_the_crude_difference_alone(made):
    (line,) = [each for each in terminal_summary(made) if each.startswith("  death  ")]
    assert line.split()[2:] == ["–", "–"]
    assert any("there is no average effect" in each.text for each in sentences(made))


@pytest.mark.seconds
def test_it_survives_the_folder_and_shards(made, tmp_path):
    again = read_result(made.folder)
    assert again.summary() == made.summary()
    assert again.value(OVERLAP).identified.reasons == made.value(OVERLAP).identified.reasons
    study, cohort = made.plan.study, made.plan.cohort
    for k in (1, 2):
        run_shard(study, cohort, shard=(k, 2), out=tmp_path / str(k), executor="serial")
    shards = read_shards([tmp_path / "1", tmp_path / "2"])
    merged = merge_shards(shards, study, cohort, out=tmp_path / "whole", executor="serial")
    assert json.dumps(merged.summary()) == json.dumps(made.summary())


@pytest.mark.seconds
def test_a_column_that_is_the_arm_is_infinitely_far_apart(overlap_study, tmp_path):
    result = run(*overlap_study(ward=ARM), out=tmp_path / "run", executor="serial")
    balance = result.value(BALANCE)
    assert np.isinf(balance.before[0])
    write_report(result)
    with (result.folder / "tables" / "balance.csv").open(encoding="utf-8-sig") as file:
        first = next(csv.DictReader(file))
    assert (first["before"], first["inverse"], first["overlap"]) == ("infinite",) * 3
