from __future__ import annotations

import shutil

import pytest

from twoarm.cli.main import main

NUMBERS = [
    "--benefit-mean", "0.08", "--benefit-sd", "0.12", "--slope", "0.25", "--control-risk", "0.25",
]  # fmt: skip


@pytest.fixture
def said(monkeypatch, capsys):
    """Type a command; give exit code, output and errors."""

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["twoarm", *map(str, words)])
        try:
            main()
        except SystemExit as done:
            code = done.code or 0
        else:
            code = 0
        out = capsys.readouterr()
        return code, out.out, out.err

    return typed


def test_four_numbers_are_enough(said, tmp_path):
    code, out, _ = said("design", *NUMBERS, "--out", tmp_path / "plan")
    assert code == 0
    assert "71 patients an arm" in out
    assert (tmp_path / "plan" / "design.html").is_file()


def test_a_finished_run_is_planned_in_its_folder(said, finished):
    code, out, _ = said("design", finished)
    assert code == 0
    assert str(finished / "design.html") in out
    assert (finished / "protocol_draft.md").is_file()
    assert (finished / "tables" / "design_main.csv").is_file()


def test_a_run_that_is_not_finished_is_refused(said, finished):
    shutil.rmtree(finished / "values")
    code, _, err = said("design", finished)
    assert code == 2
    assert "holds no finished run" in err
    assert "--resume" in err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["nowhere"], "holds no finished run"),
        ([], "missing: --benefit-mean, --benefit-sd, --slope, --control-risk"),
        (NUMBERS[:6], "missing: --control-risk"),
        ([*NUMBERS, "--outcome", "death"], "no run was given"),
        ([*NUMBERS, "--power", "80"], "power must lie between 0 and 1"),
        ([*NUMBERS, "--threshold", "15"], "0.15 for 15 points"),
        ([*NUMBERS, "--se", "1", "-1", "0"], "Standard errors"),
        ([*NUMBERS, "--crossover", "0.6", "0.6"], "less than 1"),
        (["nowhere", "--slope", "0.3"], "leave out --slope"),
        (["nowhere", "--undesirable"], "leave out --undesirable"),
    ],
)
def test_what_makes_no_plan_is_refused_in_one_line(said, words, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = said("design", *words)
    assert code == 2
    assert expected in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_an_outcome_that_the_run_does_not_have_is_refused(said, finished):
    code, _, err = said("design", finished, "--outcome", "mrs_0_1")
    assert code == 2
    assert "it has mrs_0_2" in err
