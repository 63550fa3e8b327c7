"""Shards that make up one run, and those that do not."""

import json

import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.errors import ArgumentError, RunFolderError
from twoarm.study import make_plan, merge_shards, read_shards, repeat_replicate, run_shard
from twoarm.study.files.record import read_record, record_of
from twoarm.study.shards import shard_rows


def shard_folder(path, plan, name, **changed):
    """Make a folder whose run.json is that of a shard; nothing is computed."""
    path.mkdir()
    (path / "run.json").write_text(json.dumps(record_of(plan, name) | changed), encoding="utf-8")
    return path


@pytest.fixture
def plan(small):
    return make_plan(*small, replicates=10, executor="serial")


@pytest.mark.parametrize(("replicates", "total"), [(10, 3), (5000, 40), (7, 7), (2, 1)])
def test_shards_hold_every_replicate_once_and_differ_by_one_at_most(replicates, total):
    parts = [shard_rows(replicates, (k, total)) for k in range(1, total + 1)]
    assert [i for part in parts for i in part] == list(range(replicates))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("shard", [(0, 3), (4, 3), (1, 11), (1, 0)])
def test_an_impossible_shard_is_refused(shard):
    with pytest.raises(ArgumentError, match="1 <= k <= K"):
        shard_rows(10, shard)


def test_shards_are_put_in_the_order_of_their_replicates(plan, tmp_path):
    folders = [shard_folder(tmp_path / str(k), plan, f"{k}/3") for k in (3, 1, 2)]
    shards = read_shards(folders)
    assert [folder.name for folder in shards.folders] == ["1", "2", "3"]
    assert shards.rows == (range(3), range(3, 6), range(6, 10))


def test_shards_may_be_cut_differently_as_long_as_they_fit(plan, tmp_path):
    names = ["1/2", "3/4", "4/4"]
    folders = [shard_folder(tmp_path / name.replace("/", "-"), plan, name) for name in names]
    assert [(rows.start, rows.stop) for rows in read_shards(folders).rows] == [
        (0, 5), (5, 7), (7, 10),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["1/3", "3/3"], "no shard holds replicates 3 to 5 of 10"),
        (["2/3", "3/3"], "no shard holds replicates 0 to 2 of 10"),
        (["1/3", "2/3"], "no shard holds replicates 6 to 9 of 10"),
        (["1/2", "2/3", "3/3"], "replicates 3 to 4 are both in .*0 and in .*1"),
        (["1/1", "2/3"], "replicates 3 to 5 are both"),
    ],
)
def test_gaps_and_overlaps_are_refused_by_number(plan, tmp_path, names, message):
    folders = [shard_folder(tmp_path / str(k), plan, name) for k, name in enumerate(names)]
    with pytest.raises(RunFolderError, match=message):
        read_shards(folders)


def test_the_same_shard_twice_is_an_overlap(plan, tmp_path):
    folders = [shard_folder(tmp_path / str(k), plan, f"{k}/2") for k in (1, 2)]
    with pytest.raises(RunFolderError, match="both in"):
        read_shards([*folders, folders[0]])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"study": "abc"}, "'study'"),
        ({"data": "abc"}, "'data'"),
        ({"lock": "abc"}, "'lock'"),
        ({"seed": 1}, r"'seed' \(20260 there, 1 now\)"),
        ({"versions": {"numpy": "1.0"}}, r"'versions' \(.*numpy"),
        ({"options": {}}, "'options'"),
    ],
)
def test_shards_of_different_runs_are_refused_naming_what_differs(plan, tmp_path, changed, message):
    folders = [
        shard_folder(tmp_path / "1", plan, "1/2"),
        shard_folder(tmp_path / "2", plan, "2/2", **changed),
    ]
    with pytest.raises(RunFolderError, match=f"Cannot merge: the shards .* differ in {message}"):
        read_shards(folders)


def test_another_type_of_processor_is_told_not_refused(plan, tmp_path):
    folders = [
        shard_folder(tmp_path / "1", plan, "1/2", cpu="A"),
        shard_folder(tmp_path / "2", plan, "2/2", cpu="B"),
    ]
    assert read_shards(folders).cpus == ("A", "B")


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(RunFolderError, match=r"no valid run\.json"):
        read_shards([tmp_path])


def test_another_study_than_that_of_the_shards_is_refused(small, study_text, tmp_path):
    shard = run_shard(*small, shard=(1, 1), out=tmp_path / "1", replicates=2, executor="serial")
    (tmp_path / "other.toml").write_text(study_text + "\n# a comment\n", encoding="utf-8")
    other = load_study(tmp_path / "other.toml")
    with pytest.raises(RunFolderError, match=r"'study'.*--study and --cohort"):
        merge_shards(
            read_shards([shard.folder]), other, read_cohort(other), out=tmp_path / "merged"
        )
    assert not (tmp_path / "merged").exists()


def test_an_unfinished_shard_is_refused_before_anything_is_written(small, tmp_path):
    asked = {"replicates": 4, "executor": "serial"}
    run_shard(*small, shard=(1, 2), out=tmp_path / "1", **asked)

    def stop(progress):
        if progress.stage == "bootstrap":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_shard(*small, shard=(2, 2), out=tmp_path / "2", progress=stop, **asked)
    folders = [tmp_path / "1", tmp_path / "2"]
    with pytest.raises(RunFolderError, match="lacks 2 of its 2 replicates, the first one 2"):
        merge_shards(read_shards(folders), *small, out=tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_a_shard_goes_on_as_the_same_shard_only(small, tmp_path):
    asked = {"out": tmp_path / "1", "executor": "serial", "resume": True}
    first = run_shard(*small, shard=(1, 2), replicates=4, **asked)
    again = run_shard(*small, shard=(1, 2), replicates=4, **asked)
    assert first == again
    with pytest.raises(RunFolderError, match=r"'shard' \(1/2 there, 2/2 now\)"):
        run_shard(*small, shard=(2, 2), replicates=4, **asked)
    with pytest.raises(RunFolderError, match="its part would be another one"):
        run_shard(*small, shard=(1, 2), replicates=6, **asked)
    assert read_record(tmp_path / "1")["finished"] is True


def test_a_replicate_can_be_repeated_alone(small, small_result):
    import numpy as np

    again = repeat_replicate(small_result.plan, 7)
    assert again.failures == ()
    for name, row in again.rows.items():
        stored = np.load(small_result.folder / "pred" / f"{name}.npy")[7]
        np.testing.assert_array_equal(stored, row)
    with pytest.raises(ArgumentError, match="from 0 to 11; found 12"):
        repeat_replicate(small_result.plan, 12)
