"""A run's values, read back from its folder: the same report without a fit."""

import json
import shutil

import numpy as np
import pytest

from twoarm.errors import RunFolderError
from twoarm.report import write_report
from twoarm.study import read_result
from twoarm.study.files.stored import FORMAT_VERSION
from twoarm.study.judge.registry import QUESTIONS


@pytest.fixture(scope="module")
def copied(small_result, tmp_path_factory):
    """Give a folder that was copied elsewhere."""
    folder = tmp_path_factory.mktemp("copies") / "run"
    shutil.copytree(small_result.folder, folder)
    return folder


def files_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_report_is_written_again_byte_for_byte(small_report, copied, tmp_path):
    write_report(read_result(copied), tmp_path)
    first, again = files_of(small_report), files_of(tmp_path)
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []
    assert "report.html" in first


def test_the_summary_is_the_same(small_result, copied):
    assert read_result(copied).summary() == small_result.summary()


def test_every_question_has_its_file(small_result):
    stems = {path.stem for path in (small_result.folder / "values").glob("*.json")}
    assert {each.name.lower().replace(" ", "-") for each in QUESTIONS} <= stems


def test_values_are_plain_json_and_arrays(small_result):
    for path in (small_result.folder / "values").iterdir():
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        else:
            json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_another_format_is_refused_with_what_to_do(copied, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(copied, folder)
    stamp = folder / "values" / "stamp.json"
    content = json.loads(stamp.read_text())
    stamp.write_text(json.dumps(content | {"format_version": FORMAT_VERSION + 1}))
    with pytest.raises(RunFolderError, match=f"format {FORMAT_VERSION + 1}"):
        read_result(folder)


@pytest.mark.parametrize("broken", ["stamp.json", "measured.json", "cohort.0.npy", "overlap.json"])
def test_a_broken_folder_is_refused(copied, tmp_path, broken):
    folder = tmp_path / "run"
    shutil.copytree(copied, folder)
    path = folder / "values" / broken
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(RunFolderError, match="no finished run that can be read"):
        read_result(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"\x93NUMPY\x01\x00v\x00{'descr': "], ids=repr)
@pytest.mark.parametrize("name", ["cohort.0.npy", "partial-r2.json", "measured.3.npy"])
def test_damage_of_any_kind_is_refused(copied, tmp_path, name, content):
    folder = shutil.copytree(copied, tmp_path / "run")
    (folder / "values" / name).write_bytes(content)
    with pytest.raises(RunFolderError, match="no finished run"):
        read_result(folder)


def test_a_folder_without_values_is_refused(tmp_path):
    with pytest.raises(RunFolderError, match="--resume"):
        read_result(tmp_path)


def test_another_version_says_which_one_ran(copied, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(copied, folder)
    stamp = folder / "values" / "stamp.json"
    content = json.loads(stamp.read_text())
    stamp.write_text(json.dumps(content | {"twoarm_version": "0.0.9"}))
    result = read_result(folder)
    assert result.version == "0.0.9"
    assert "0.0.9" in write_report(result, tmp_path / "out").read_text(encoding="utf-8")
