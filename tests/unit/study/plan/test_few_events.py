"""Fewer than ten events in an arm: the elastic net alone, in every fit of the run."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import Absent, Refits
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.learners import ElasticNet, Logistic, Mean, replicate
from twoarm.metalearners import TLearner, effects_of
from twoarm.modelfile import load_model
from twoarm.report import write_report
from twoarm.report.sections import models
from twoarm.report.sentences import sentences
from twoarm.report.terminal import opening_lines
from twoarm.resampling import draw_counts
from twoarm.study import make_plan, merge_shards, read_shards, run, run_shard
from twoarm.study.fit.fits import FittedModels, FullFit
from twoarm.study.judge.answers import asked
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.plan.few_events import FEW_EVENTS, RarerClass, arm_learners, rarer_class

pytestmark = pytest.mark.usefixtures("unrendered")

REPLICATES = 12
EVENTS = 7
ALONE, WHOLE = ("sich", "treated"), ("sich", "control")


@pytest.fixture(scope="module")
def few(small_study_file, tmp_path_factory):
    """The shipped cohort with seven of the treated's haemorrhages left, as study and cohort."""
    study = load_study(small_study_file)
    with Path(study.cohort_source).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    left = EVENTS
    for row in rows:
        if row["arm"] == "1" and row["sich"] == "1":
            row["sich"] = "1" if left > 0 else "0"
            left -= 1
    path = tmp_path_factory.mktemp("few") / "few.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return study, read_cohort(study, path)


@pytest.fixture(scope="module")
def result(few, tmp_path_factory):
    folder = tmp_path_factory.mktemp("few-run") / "run"
    found = run(*few, out=folder, executor="serial", replicates=REPLICATES)
    write_report(found)
    return found


def arm_of(result, model):
    return result.outcomes[model[0]].arms[model[1]]


def with_outcome(cohort, name, values):
    return dataclasses.replace(cohort, outcomes={**cohort.outcomes, name: values})


def outcome_with(cohort, arm, *, events, unknown=0):
    """An outcome with so many events in one arm, and everybody in the other."""
    values = np.ones(len(cohort))
    own = np.flatnonzero(cohort.treatment == arm)
    values[own[events:]] = 0.0
    values[own[own.size - unknown :]] = np.nan
    return values


@pytest.mark.parametrize("events", [0, 1, FEW_EVENTS - 1, FEW_EVENTS])
def test_events_decide_and_so_do_those_without_them(small, events):
    _, cohort = small
    n = int((cohort.treatment == 0).sum())
    rare = with_outcome(cohort, "x", outcome_with(cohort, 0, events=events))
    assert rarer_class(rare, "x", 0) == RarerClass(events, has_event=True)
    common = with_outcome(cohort, "x", outcome_with(cohort, 0, events=n - events))
    assert rarer_class(common, "x", 0) == RarerClass(events, has_event=False)
    assert rarer_class(rare, "x", 0).is_few == rarer_class(common, "x", 0).is_few == (events < 10)


def test_patients_whose_outcome_is_not_known_count_on_neither_side(small):
    _, cohort = small
    n = int((cohort.treatment == 0).sum())
    some = with_outcome(cohort, "x", outcome_with(cohort, 0, events=30, unknown=n - 38))
    assert rarer_class(some, "x", 0) == RarerClass(8, has_event=False)


def test_only_the_arm_and_outcome_with_few_events_gets_the_elastic_net(few):
    study, cohort = few
    found = arm_learners(study.file.model, cohort)
    kinds = {(name, arm): pair[arm].kind for name, pair in found.items() for arm in (0, 1)}
    assert kinds.pop(("sich", 1)) == "fallback"
    assert set(kinds.values()) == {"stack"}
    assert found["sich"][1].member_names == ("elastic_net",)
    assert found["sich"][0].member_names == study.file.model.members


def test_its_penalty_is_the_study_files(few):
    study, cohort = few
    penalty = study.file.model.elastic_net.model_copy(update={"C": 0.07, "l1_ratio": 0.9})
    model = study.file.model.model_copy(update={"elastic_net": penalty, "members": ("forest",)})
    member = arm_learners(model, cohort)["sich"][1].stack.named_members()[0][1]
    assert (member.C, member.l1_ratio) == (0.07, 0.9)


def test_every_replicate_is_that_of_the_elastic_net_alone_even_with_ten_events(few, result):
    _, cohort = few
    stored = np.load(result.folder / "pred" / "mu1_sich.npy")
    weights = np.load(result.folder / "pred" / "weights1_sich.npy")
    assert weights.shape == (REPLICATES, 1)
    assert_array_equal(weights, 1.0)
    counted = []
    y = cohort.outcomes["sich"].astype(np.int64)
    for index in range(REPLICATES):
        counts = draw_counts(result.plan.seed, index, len(cohort), strata=cohort.treatment)
        own = np.where(cohort.treatment == 1, counts, 0)
        counted.append(own[y == 1].sum())
        fit = replicate(
            ElasticNet(), result.plan.predictors.prepared(counts), y, own,
            wanted=np.ones(len(cohort), dtype=bool), seed=0,
        )  # fmt: skip
        assert_array_equal(stored[index], fit.risk.astype(np.float32))
    assert max(counted) > FEW_EVENTS > min(counted)


def test_the_other_models_are_those_of_the_study_without_few_events(few, small_result, result):
    here = result.models.stacks["sich"][0].to_plain()
    assert here == small_result.models.stacks["sich"][0].to_plain()
    assert arm_of(result, WHOLE).learner.kind == "stack"
    assert set(arm_of(result, WHOLE).weights) == set(few[0].file.model.members)


def test_summary_and_model_file_follow_and_the_model_predicts(few, result):
    _, cohort = few
    arms = json.loads((result.folder / "summary.json").read_text())["outcomes"]["sich"]["arms"]
    assert arms["treated"]["learner"] == {
        "kind": "fallback",
        "reason": "7 patients with the event, fewer than 10: no ensemble, elastic_net alone",
    }
    assert arms["treated"]["weights"] == {"elastic_net": 1.0}
    assert arms["control"]["learner"]["kind"] == "stack"
    model = load_model(result.folder / "model.json")
    members = model.content["arms"]["treated"]["sich"]["members"]
    assert [each["name"] for each in members] == ["elastic_net"]
    risks = model.risks(cohort.predictors, "sich")
    np.testing.assert_allclose(risks[1], result.in_sample["sich"].mu1, rtol=0, atol=1e-12)
    assert 0.0 < risks[1].min() < risks[1].max() < 1.0


def content(folder):
    digests = {}
    for pattern in ("summary.json", "model.json", "report.html", "tables/*.csv", "pred/*.npy"):
        for path in sorted(folder.glob(pattern)):
            digests[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests


def test_parts_computed_by_different_executors_and_resumed_give_the_same_bytes(
    few, result, tmp_path
):
    parts = [tmp_path / "part-1", tmp_path / "part-2"]
    for k, executor in ((1, "serial"), (2, "threads")):
        run_shard(
            *few, shard=(k, 2), out=parts[k - 1], executor=executor, workers=2,
            replicates=REPLICATES,
        )  # fmt: skip
    joined = merge_shards(read_shards(parts), *few, out=tmp_path / "run", executor="threads")
    write_report(joined)
    assert content(tmp_path / "run") == content(result.folder)


def test_the_refits_of_the_diagnostics_keep_it(few, monkeypatch):
    study, cohort = few
    treated = np.flatnonzero((cohort.treatment == 1) & (cohort.outcomes["mrs_0_2"] == 1))
    values = cohort.outcomes["mrs_0_2"].copy()
    values[treated[EVENTS:]] = 0.0
    plan = make_plan(study, with_outcome(cohort, "mrs_0_2", values), replicates=4)
    seen = []

    def effects(self, *_arguments, **_options):
        if isinstance(self.learner, TLearner):  # the ranking test has a learner of its own
            seen.append(self.learner.bases)
        raise NotEstimable("seen")

    monkeypatch.setattr(Refits, "effects", effects)
    nobody = np.zeros(len(cohort))
    in_sample = {"mrs_0_2": effects_of(nobody, nobody, desirable=True)}
    full = FullFit(FittedModels(plan.predictors.spec(), {}), in_sample, {}, ())
    evidence = Evidence(plan, store=None, full=full, crossfit=None)
    answers = asked(evidence, (HETEROGENEITY, RANKING))
    assert answers.of(HETEROGENEITY) == answers.of(RANKING) == Absent("seen")
    assert seen
    assert all(bases == plan.stacks_of("mrs_0_2") for bases in seen)
    assert [len(each.named_members()) for each in seen[0]] == [5, 1]


def test_a_refit_fits_each_arm_by_its_own_learner(few):
    study, cohort = few
    plan = make_plan(study, cohort, replicates=2)
    everybody = np.ones(len(cohort), dtype=bool)

    def effects(base):
        refits = Refits(
            TLearner(base, desirable=True), plan.predictors, plan.outcome("sich"),
            cohort.treatment, Logistic(), plan.predictors,
        )  # fmt: skip
        return refits.effects(everybody, everybody, seed=3)

    mixed = effects((Mean(), Logistic()))
    assert_array_equal(mixed.mu0, effects(Mean()).mu0)
    assert_array_equal(mixed.mu1, effects(Logistic()).mu1)


def test_the_report_says_it_in_a_caution_and_in_the_tables(result):
    texts = [each.text for each in sentences(result) if each.kind == "caution"]
    said = [text for text in texts if text.startswith("Too few for an ensemble")]
    assert len(said) == 1
    assert "haemorrhage, Rescue stenting (7 patients with the event)" in said[0]
    tables = models.section(result).written
    learners = [row[-1] for row in tables["auc"].rows]
    assert learners.count("elastic net alone") == 1
    named = "Symptomatic intracranial haemorrhage, Rescue stenting (7 patients with the event)."
    for name in ("auc", "members"):
        assert "Elastic net alone, since fewer than 10 are too few" in tables[name].note
        assert tables[name].note.endswith(named)
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert page.count("Elastic net alone, since fewer than 10") == 2
    assert "Too few for an ensemble" in page


def test_a_study_with_enough_events_says_nothing_of_it(small_result):
    assert not any("ensemble" in each.text for each in sentences(small_result))
    assert "Elastic net alone" not in models.section(small_result).written["auc"].note


def test_it_is_said_before_anything_is_fitted(few):
    lines = list(opening_lines(*few))
    assert [line for line in lines if "no ensemble" in line] == [
        "  ! Symptomatic intracranial haemorrhage, Rescue stenting: 7 patients with the event, "
        "fewer than 10: no ensemble, elastic_net alone"
    ]


def test_replicates_with_few_of_the_rarer_class_are_counted(few, result):
    _, cohort = few
    own = (cohort.treatment == 1) & (cohort.outcomes["sich"] == 1)
    drawn = [
        draw_counts(result.plan.seed, i, len(cohort), strata=cohort.treatment)[own] > 0
        for i in range(REPLICATES)
    ]
    expected = np.mean([each.sum() < FEW_EVENTS for each in drawn])
    assert arm_of(result, ALONE).share_few_events == expected == 1.0


def test_a_pair_of_learners_is_a_pair():
    with pytest.raises(ArgumentError, match="one for each of the two arms; found 3"):
        TLearner((Mean(), Mean(), Mean()), desirable=True)
