from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from twoarm.errors import ArgumentError
from twoarm.synthetic import cohort_csv, generate, truth_csv, truth_path, write

MADE = generate("B", n=120, seed=8)


def test_both_files_are_written_and_nothing_else(tmp_path):
    write(MADE, tmp_path / "made.csv")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["made.csv", "made_truth.csv"]
    assert (tmp_path / "made.csv").read_bytes() == cohort_csv(MADE).encode()
    assert (tmp_path / "made_truth.csv").read_bytes() == truth_csv(MADE).encode()


def test_a_path_may_be_text(tmp_path):
    write(MADE, str(tmp_path / "made.csv"))
    assert truth_path(str(tmp_path / "made.csv")).is_file()


def test_the_cohort_survives_the_file(tmp_path):
    write(MADE, tmp_path / "made.csv")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "made.csv"), MADE.cohort)


def test_the_truth_survives_the_file_to_six_decimals(tmp_path):
    write(MADE, tmp_path / "made.csv")
    read = pd.read_csv(tmp_path / "made_truth.csv")
    pd.testing.assert_frame_equal(read, MADE.truth, rtol=0, atol=0.5e-6 + 1e-12)


def test_text_has_lf_line_ends_and_fixed_formats():
    lines = cohort_csv(MADE).splitlines()
    assert "\r" not in cohort_csv(MADE) + truth_csv(MADE)
    assert len(lines) == 121
    glucose = lines[0].split(",").index("glucose_mmol")
    assert all(len(line.split(",")[glucose].partition(".")[2]) == 1 for line in lines[1:])
    u = [line.split(",")[1] for line in truth_csv(MADE).splitlines()[1:]]
    assert all(len(value.partition(".")[2]) == 6 for value in u)


def test_an_absent_folder_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="folder"):
        write(MADE, tmp_path / "absent" / "made.csv")
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("name", ["made", "made.txt", "made.csv.gz"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(ArgumentError, match=r"ends in \.csv"):
        write(MADE, tmp_path / name)


def test_files_are_replaced(tmp_path):
    (tmp_path / "made.csv").write_text("old")
    write(MADE, tmp_path / "made.csv")
    assert (tmp_path / "made.csv").read_text() == cohort_csv(MADE)


def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path, monkeypatch):
    def fail(self, target):
        raise OSError("disk full")

    (tmp_path / "made.csv").write_text("old")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(MADE, tmp_path / "made.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["made.csv"]
    assert (tmp_path / "made.csv").read_text() == "old"
