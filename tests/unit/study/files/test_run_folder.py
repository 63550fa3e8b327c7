import hashlib
import json
import sqlite3
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.errors import ArgumentError, RunFolderError
from twoarm.resampling import RunStore
from twoarm.study import run
from twoarm.study.files.folder import open_folder, write_json
from twoarm.study.files.record import record_of
from twoarm.study.plan.plan import make_plan


@pytest.fixture
def plan(small):
    return make_plan(*small, replicates=3, executor="serial")


def opened(path, plan, *, resume, shard=None):
    """Open the folder and begin, as a run does."""
    folder = open_folder(path, record_of(plan, shard), resume=resume)
    folder.begin()
    return folder


def test_a_folder_with_anything_in_it_is_refused_without_resume(plan, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="not empty"):
        opened(tmp_path, plan, resume=False)


def test_a_folder_with_foreign_files_is_refused_even_with_resume(plan, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunFolderError, match=r"no run \(notes.txt\)"):
        opened(tmp_path, plan, resume=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_resume_in_an_empty_folder_starts(plan, tmp_path):
    folder = opened(tmp_path / "new", plan, resume=True)
    assert not folder.was_finished
    assert json.loads((tmp_path / "new" / "run.json").read_text())["finished"] is False


def test_a_folder_that_cannot_be_made_is_named(plan, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError, match="Cannot write to the run folder"):
        opened(tmp_path / "file" / "run", plan, resume=False)


def test_a_broken_run_json_counts_as_none(plan, tmp_path):
    opened(tmp_path / "run", plan, resume=False)
    (tmp_path / "run" / "run.json").write_text('{"seed": 1,')
    assert not opened(tmp_path / "run", plan, resume=True).was_finished


def test_another_seed_is_refused_by_name(small, plan, tmp_path):
    opened(tmp_path / "run", plan, resume=False)
    other = make_plan(*small, replicates=3, seed=99)
    with pytest.raises(RunFolderError, match=r"'seed' \(20260 there, 99 now\)"):
        opened(tmp_path / "run", other, resume=True)


def test_other_options_are_refused_by_name(plan, study_text, tmp_path):
    opened(tmp_path / "run", plan, resume=False)
    text = study_text.replace("inner_folds = 3", "inner_folds = 4")
    (tmp_path / "other.toml").write_text(text)
    study = load_study(tmp_path / "other.toml")
    other = make_plan(study, read_cohort(study), replicates=3)
    with pytest.raises(RunFolderError, match="differs from this one in 'study'"):
        opened(tmp_path / "run", other, resume=True)


def test_fewer_replicates_are_refused(small, plan, tmp_path):
    opened(tmp_path / "run", plan, resume=False)
    with pytest.raises(RunFolderError, match="has 3 replicates, more than the 2"):
        opened(tmp_path / "run", make_plan(*small, replicates=2), resume=True)


def test_executor_and_workers_are_not_compared(small, plan, tmp_path):
    opened(tmp_path / "run", plan, resume=False)
    other = make_plan(*small, replicates=3, executor="threads", workers=7)
    assert not opened(tmp_path / "run", other, resume=True).was_finished


def test_a_finished_run_is_recognised_and_its_outputs_written_again(small, finished):
    summary = json.loads((finished / "summary.json").read_text())
    (finished / "summary.json").unlink()
    again = run(*small, out=finished, replicates=2, executor="serial", resume=True)
    assert json.loads((finished / "summary.json").read_text()) == summary
    assert again.summary() == summary


def test_a_store_in_use_is_refused(small, finished):
    other = sqlite3.connect(finished / "replicates.sqlite")
    try:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RunFolderError, match="in use by another process"):
            run(*small, out=finished, replicates=2, executor="serial", resume=True)
    finally:
        other.close()


def test_a_damaged_array_is_an_error_that_says_what_to_do(small, finished):
    (finished / "pred" / "mu0_death.npy").write_bytes(b"not an array")
    with pytest.raises(RunFolderError, match="damaged"):
        run(*small, out=finished, replicates=2, executor="serial", resume=True)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"replicates": 1}, "At least 2 replicates"),
        ({"seed": -1}, "seed must be 0"),
        ({"executor": "cloud"}, "Unknown executor 'cloud'"),
        ({"workers": -2}, "Workers must be 0"),
    ],
)
def test_impossible_settings_are_refused(small, setting, message):
    with pytest.raises(ArgumentError, match=message):
        make_plan(*small, **setting)


def test_more_folds_than_patients_are_refused_before_anything_is_fitted(small):
    study, cohort = small
    few = cohort.subset(np.arange(len(cohort)) < study.file.validation.cross_fit_folds - 1)
    with pytest.raises(ArgumentError, match="folds needs as many patients"):
        make_plan(study, few)


def test_what_a_run_was_is_written_down(small, finished):
    record = json.loads((finished / "run.json").read_text())
    study, cohort = small
    lock = Path(__file__).parents[4] / "requirements" / "core.lock"
    assert record["study"] == study.digest
    assert record["data"] == cohort.digest
    assert record["lock"] == hashlib.sha256(lock.read_bytes()).hexdigest()
    assert record["versions"]["numpy"] == np.__version__
    assert record["study_file"] == str(study.path)
    facts = ("executor", "workers", "seed", "replicates", "failed_replicates")
    assert [record[name] for name in facts] == ["serial", 3, 20260, 2, 0]
    assert record["cpu"]
    assert record["options"].keys() == {"model", "validation", "importance"}
    assert record["seconds"] >= record["replicate_seconds"] >= 0


def test_a_finished_run_keeps_its_seconds_when_its_outputs_are_written_again(small, finished):
    path = finished / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"seconds": 1234.5}))
    run(*small, out=finished, replicates=2, executor="serial", resume=True)
    assert json.loads(path.read_text())["seconds"] == 1234.5


def test_a_run_without_a_valid_run_json_starts_again_from_nothing(small, finished):
    summary = json.loads((finished / "summary.json").read_text())
    (finished / "run.json").write_text("{")
    mu0 = np.load(finished / "pred" / "mu0_death.npy", mmap_mode="r+")
    mu0[0] = 0.5  # must not survive
    mu0.flush()
    again = run(*small, out=finished, replicates=2, executor="serial", resume=True)
    assert again.summary() == summary


def test_a_run_in_use_keeps_its_run_json(small, finished):
    before = (finished / "run.json").read_bytes()
    with (
        RunStore(finished, [], 2),
        pytest.raises(RunFolderError, match="in use by another process"),
    ):
        run(*small, out=finished, replicates=9, executor="serial", resume=True)
    assert (finished / "run.json").read_bytes() == before


def test_a_model_that_cannot_be_written_is_listed_in_the_summary(study_text, tmp_path):
    text = study_text.replace('"mean", "logistic", "elastic_net", "forest", "boosting"', '"tree"')
    text += (
        '\n[[model.plugins]]\nname = "tree"\npath = "sklearn.tree:DecisionTreeClassifier"\n'
        "parameters = { min_samples_leaf = 20 }\n"
    )
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(tmp_path / "study.toml")
    run(study, read_cohort(study), out=tmp_path / "run", replicates=2, executor="serial")
    absent = json.loads((tmp_path / "run" / "summary.json").read_text())["absent"]
    assert not (tmp_path / "run" / "model.json").exists()
    assert "tree" in absent["model.json"]


def test_a_file_is_written_piece_by_piece_as_the_text_would_be(tmp_path):
    content = {"å": [1, 2.5, None, True], "trees": [[0.1 * k for k in range(200)]] * 400}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    tracemalloc.start()
    write_json(tmp_path / "model.json", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "model.json").read_text(encoding="utf-8") == text
    assert peak < len(text) / 10
    assert [each.name for each in tmp_path.iterdir()] == ["model.json"]
