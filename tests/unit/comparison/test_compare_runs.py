"""Two finished runs: what differs in data, settings, numbers and words."""

import json
import shutil

import numpy as np
import pytest

from twoarm.comparison import compare_runs
from twoarm.errors import RunFolderError
from twoarm.report.comparison.texts import sentences_of

pytestmark = pytest.mark.seconds


def states(found, start):
    return {each.state for each in found.numbers if each.path.startswith(start)}


def texts(found):
    return " ".join(each.text for each in sentences_of(found))


@pytest.fixture(scope="session")
def seeds(run_of_two, run_by_another_seed):
    return compare_runs(run_of_two, run_by_another_seed)


@pytest.fixture(scope="session")
def studies(run_of_two, run_of_another_study):
    return compare_runs(run_of_two, run_of_another_study)


def test_a_run_differs_from_itself_nowhere(run_of_two, tmp_path):
    found = compare_runs(run_of_two, shutil.copytree(run_of_two, tmp_path / "copy"))
    assert found.differs_nowhere
    assert (found.numbers, found.words, found.settings, found.differing_inputs) == ((), (), (), ())
    assert all(pair.change in (0.0, None) for pair in found.quoted)
    smds = [each.row.smd for variable in found.variables for each in variable.arms]
    assert np.allclose([smd for smd in smds if np.isfinite(smd)], 0.0)
    assert "differ nowhere" in texts(found)


def test_another_seed_is_the_one_input_that_differs(seeds):
    assert seeds.differing_inputs == ("the seed",)
    assert [each.path for each in seeds.settings] == ["run.seed"]
    assert seeds.patients.shared == "yes"
    assert seeds.numbers
    assert not any("cohort" in each.path.split(".")[0] for each in seeds.numbers)
    assert "differ in the seed and in no other input" in texts(seeds)
    assert "The runs share patients, so their estimates are not independent" in texts(seeds)


def test_every_differing_leaf_of_the_summary_is_in_it(seeds, run_of_two, run_by_another_seed):
    """By independent code, of all that lies in no list."""

    def flat(value, path=""):
        if not isinstance(value, dict):
            return {} if isinstance(value, list) else {path.removeprefix("."): value}
        return {k: v for key, each in value.items() for k, v in flat(each, f"{path}.{key}").items()}

    one, other = (
        flat(json.loads((folder / "summary.json").read_text(encoding="utf-8")))
        for folder in (run_of_two, run_by_another_seed)
    )
    expected = {
        path
        for path in one.keys() & other.keys()
        if one[path] != other[path] and not path.startswith("absent.")
    }
    found = {each.path for each in seeds.numbers}
    assert len(expected) > 500
    assert found & one.keys() & other.keys() == expected


def test_quoted_numbers_are_those_of_the_summaries(seeds, run_of_two, run_by_another_seed):
    for side, folder in (("a", run_of_two), ("b", run_by_another_seed)):
        outcomes = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["outcomes"]
        quoted = {(pair.kind, pair.outcome, pair.of): getattr(pair, side) for pair in seeds.quoted}
        for name, outcome in outcomes.items():
            mean = quoted["benefit", name, "all"]
            aipw = outcome["average_effect"]["ate"]["aipw"]
            assert (mean.value, mean.low, mean.high) == (
                aipw["estimate"], aipw["low"], aipw["high"],
            )  # fmt: skip
            for arm in ("control", "treated"):
                auc = quoted["auc", name, arm]
                assert auc.value == outcome["arms"][arm]["auc"]["headline"]
                assert (auc.low is None) == (outcome["arms"][arm]["auc"]["ci"] is None)
        share = outcomes["mrs_0_2"]["benefit"]["share_at_threshold"]["crossfit"]
        assert quoted["share", "mrs_0_2", ""].value == share


def test_outcomes_of_one_study_alone_are_listed(studies):
    assert states(studies, "outcomes.sich") == {"only in A"}
    alone = [pair for pair in studies.quoted if pair.outcome == "sich"]
    assert {pair.b.absent for pair in alone} == {"no such outcome in this run"}
    assert all(pair.change is None for pair in alone)
    assert "Outcomes of A alone: Symptomatic intracranial haemorrhage." in texts(studies)


def test_what_is_defined_in_two_ways_is_said(studies):
    assert "the study file" in studies.differing_inputs
    assert "Defined in two ways: Death at 90 days." in texts(studies)
    assert "rules of eligibility differ" in texts(studies)
    assert "Two runs do not tell" not in texts(studies) or len(studies.differing_inputs) > 1


def test_patients_are_counted_by_arm(studies):
    cohorts = [run.result.plan.cohort for run in (studies.a, studies.b)]
    counts = {(each.outcome, each.arm): each for each in studies.counts}
    for arm, name in enumerate(("control", "treated")):
        for side, cohort in enumerate(cohorts):
            died = cohort.outcomes["death"][cohort.treatment == arm]
            assert counts["death", name].known[side] == np.isfinite(died).sum()
            assert counts["death", name].events[side] == (died == 1).sum()
        assert counts["sich", name].known[1] is None
    assert studies.patients.by_id == len(cohorts[1]) < len(cohorts[0])


def test_standardised_differences_are_austins(studies):
    """By hand: difference of means over the root of the mean variance (Austin 2009)."""
    age = next(each for each in studies.variables if each.column == "age")
    a, b = (run.result.plan.cohort for run in (studies.a, studies.b))
    for arm, told in enumerate(age.arms):
        first, second = (each.predictors[each.treatment == arm, 0] for each in (a, b))
        spread = np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
        assert told.row.smd == pytest.approx((second.mean() - first.mean()) / spread)
        assert told.row.smd > 0.1  # the other study's patients are older


def test_unfinished_foreign_and_missing_folders_are_refused(finished, run_of_two, tmp_path):
    def refused(folder):
        with pytest.raises(RunFolderError) as error:
            compare_runs(run_of_two, folder)
        return str(error.value)

    assert "no such folder" in refused(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    assert "holds no run" in refused(tmp_path / "empty")
    record = json.loads((finished / "run.json").read_text(encoding="utf-8"))

    def recorded(**changed):
        (finished / "run.json").write_text(json.dumps(record | changed), encoding="utf-8")
        return refused(finished)

    assert "not finished" in recorded(finished=False)
    assert "twoarm merge" in recorded(shard="1/2")
    (finished / "run.json").write_text(json.dumps(record), encoding="utf-8")
    (finished / "summary.json").write_text("[]", encoding="utf-8")
    assert "summary.json cannot be read" in refused(finished)
    (finished / "summary.json").unlink()
    assert "summary.json cannot be read" in refused(finished)


def test_broken_values_are_refused(finished, run_of_two):
    (finished / "values" / "cohort.json").write_text("{", encoding="utf-8")
    with pytest.raises(RunFolderError, match="no finished run"):
        compare_runs(finished, run_of_two)


def test_levels_that_do_not_exist_are_refused(finished, run_of_two):
    cohort = compare_runs(finished, run_of_two).a.result.plan.cohort
    for path in (finished / "values").glob("cohort.*.npy"):
        values = np.load(path)
        if values.shape == cohort.predictors.shape:
            values[3, 1] = 7.0
            np.save(path, values)
    with pytest.raises(RunFolderError, match=r"'female' .* damaged"):
        compare_runs(finished, run_of_two)


def test_equal_inputs_with_other_results_are_called_changed(finished, run_of_two):
    path = finished / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["outcomes"]["death"]["arms"]["control"]["events"] += 1
    path.write_text(json.dumps(summary), encoding="utf-8")
    found = compare_runs(run_of_two, finished)
    assert [each.path for each in found.numbers] == ["outcomes.death.arms.control.events"]
    assert "a file of one of them was changed" in texts(found)
