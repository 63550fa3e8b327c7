"""Bad input ends every command with exit code 2, plain words, and nothing written."""

from __future__ import annotations

import copy
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from twoarm.cli.main import main
from twoarm.cohort import load_study
from twoarm.modelfile import digest

STUDY = Path(load_study("rescue-stenting").path)
TEXT = STUDY.read_text(encoding="utf-8")
PATIENTS = (STUDY.parent / "rescue_stenting_synthetic.csv").read_text(encoding="utf-8")


@pytest.fixture
def twoarm(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder; give its exit code and all that it prints."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["twoarm", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out + printed.err

    return run


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def refused(twoarm, tmp_path):
    """Run a command that must fail and leave the disk as it was; give what it prints."""

    def run(*arguments):
        before = files_in(tmp_path)
        code, printed = twoarm(*arguments)
        assert code == 2, printed
        assert "Traceback" not in printed
        assert "defect of twoarm" not in printed
        assert files_in(tmp_path) == before
        return printed

    return run


@pytest.fixture
def file(tmp_path):
    def write(content, name="patients.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def patients(change):
    """Give the shipped cohort as CSV after `change(rows)`, row 2 of the file being rows[0]."""
    rows = list(csv.DictReader(io.StringIO(PATIENTS)))
    changed = change(rows) or rows
    text = io.StringIO()
    writer = csv.DictWriter(text, list(changed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(changed)
    return text.getvalue()


def cell(row, column, value):
    return lambda rows: rows[row - 2].update({column: value})


def no_event_in_the_treated(rows):
    for row in rows:
        if row["arm"] == "1":
            row["sich"] = "0"


def without(column):
    return lambda rows: [{k: v for k, v in row.items() if k != column} for row in rows]


def fractions_both_ways(rows):
    rows[1]["glucose_mmol"] = "7,8"


BAD_DATA = {
    "pipe": (
        PATIENTS.replace(",", "|"),
        ["header is a single cell, 'record_id|centre|arm", "tabs"],
    ),
    "no such column": (patients(without("nihss")), ["nihss: the file has no such column"]),
    "third arm": (patients(cell(5, "arm", "2")), ["arm row 5: found '2'; expected two arms"]),
    "text in a number": (patients(cell(7, "age", "old")), ["age row 7: found 'old'", "a number"]),
    "fraction": (patients(cell(7, "passes", "2.5")), ["passes row 7: found '2.5'", "whole number"]),
    "NIHSS 99": (patients(cell(9, "nihss", "99")), ["nihss row 9: found '99'", "0 to 42 points"]),
    "not recorded": (patients(cell(9, "aspects", "")), ["aspects row 9: found an empty cell"]),
    "unknown level": (patients(cell(4, "site", "BA")), ["site row 4: found 'BA'", "M1, ICA, M2"]),
    "one class": (patients(no_event_in_the_treated), ["'sich' has 0 events and 195 non-events"]),
    "duplicate id": (
        patients(cell(3, "record_id", "S0001")),
        ["record_id rows 2, 3: found 'S0001'"],
    ),
    "two decimal marks": (patients(fractions_both_ways), ["decimal commas and decimal points"]),
    "short row": (
        PATIENTS + "S0394,C01\n",
        ["1 row(s) do not have the header's 33 cells (rows 395"],
    ),
    "something else": ("a,b\n1,2\n", ["none of the study's columns; its header reads a, b"]),
    "header only": (PATIENTS.split("\n")[0], ["holds a header and no patients"]),
    "empty": ("", ["patients.csv is empty"]),
    "binary": (b"\x89PNG\r\n\0\0", ["no text file"]),
}


@pytest.mark.parametrize(("content", "words"), BAD_DATA.values(), ids=BAD_DATA)
@pytest.mark.parametrize("command", ["check", "run"])
def test_bad_data(refused, file, command, content, words):
    printed = refused(command, "rescue-stenting", "--cohort", file(content))
    for word in words:
        assert word in printed


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(
    ("cohort", "message"),
    [
        ("absent.csv", "Cannot read the data file absent.csv: No such file or directory"),
        (".", "Cannot read the data file .: Is a directory"),
        ("", "Cannot read the data file"),
        ("package:no_such_package_here/x", "pip install no_such_package_here"),
        (STUDY, "expected a file ending in .csv, .csv.gz or .xlsx"),
    ],
)
def test_data_that_are_not_there(refused, command, cohort, message):
    assert message in refused(command, "rescue-stenting", "--cohort", cohort)


@pytest.mark.parametrize("study", ["ist-aspirin", "ist-heparin"])
def test_a_trial_that_must_be_downloaded_says_what_to_type(refused, study):
    printed = refused("run", study)
    assert f"twoarm run {study} --cohort ist.csv.gz" in printed
    assert "doi:10.7488/ds/104" in printed


def test_check_lists_every_problem_on_a_line_and_counts_them(refused, file):
    def change(rows):
        cell(3, "nihss", "99")(rows)
        cell(4, "age", "?")(rows)
        cell(5, "arm", "9")(rows)

    printed = refused("check", "rescue-stenting", "--cohort", file(patients(change)))
    lines = printed.strip().split("\n")
    assert sum(line.startswith("error: ") for line in lines) == 3
    assert lines[-1].startswith("3 error(s), ")
    assert [line for line in lines if line.startswith("error")] == lines[:3]


LINE = TEXT[: TEXT.index("usual = { min = 3,")].count("\n") + 1

BAD_STUDIES = {
    "unknown key": (
        TEXT.replace("usual = { min = 3,", "usual = { mim = 3,"),
        [f"predictors.nihss.usual.mim (line {LINE}) | unknown key | did you mean 'min'?"],
    ),
    "post-decision predictor": (
        TEXT.replace('column = "ivt"', 'column = "final_mtici"'),
        ["predictors.final_mtici", "refused as a predictor: it is measured after the decision"],
    ),
    "outcome as a predictor": (TEXT.replace('column = "ivt"', 'column = "sich"'), ["an outcome"]),
    "percent": (TEXT.replace("= 0.15\n", "= 15\n", 1), ["less than 1 (for 15 % write 0.15)"]),
    "rule": (TEXT.replace("premrs <= 2", "__import__('os')"), ["character 11: expected one of =="]),
    "no TOML": ("[study\n", ["is not valid TOML", "line 1"]),
    "Latin-1": ("# Größe".encode("latin-1"), ["must be UTF-8 text"]),
    "empty": ("", ["predictors | this key is required and missing"]),
}


@pytest.mark.parametrize(("content", "words"), BAD_STUDIES.values(), ids=BAD_STUDIES)
@pytest.mark.parametrize("command", ["check", "run"])
def test_bad_study_files(refused, file, command, content, words):
    printed = refused(command, file(content, "study.toml"))
    for word in words:
        assert word in printed


@pytest.mark.parametrize("command", ["check", "run"])
def test_no_such_study(refused, command):
    assert "Did you mean 'rescue-stenting'?" in refused(command, "rescue_stentin")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--executor", "cluster"], ["Unknown executor 'cluster'", "serial, threads, processes"]),
        (["--replicates", "1"], ["--replicates", "greater than or equal to 2"]),
        (["--replicates", "many"], ["--replicates", "integer"]),
        (["--workers", "-1"], ["--workers", "greater than or equal to 0"]),
        (["--seed", "-1"], ["--seed", "greater than or equal to 0"]),
        (["--replicate", "5"], ["No such option: --replicate"]),
    ],
)
def test_bad_options_of_run(refused, options, words):
    printed = refused("run", "rescue-stenting", *options)
    for word in words:
        assert word in printed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--executor", "cluster"], ["Unknown executor 'cluster'"]),
        (["--scheduler", "tcp://here:1"], ["belongs to the executor 'dask'"]),
        (["--shard", "5/3"], ["1 <= k <= K"]),
        (["--shard", "x"], ["--shard expects k/K"]),
        (["--replicates", "4", "--shard", "1/9"], ["K at most the 4 replicates"]),
        (["--replicates", "4", "--only", "4"], ["numbered from 0 to 3; found 4"]),
        (["--only", "1", "--shard", "1/2"], ["--only computes one replicate", "leave out --shard"]),
        (["--only", "1", "--out", "x", "--resume"], ["leave out --out, --resume"]),
        (["--out", "../full"], ["The run folder ../full is not empty. Add --resume"]),
        (["--out", "../full/file"], ["Cannot write to the run folder ../full/file: it is a file"]),
    ],
)
def test_bad_options_are_refused_before_the_data_are_looked_for(refused, tmp_path, options, words):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    printed = refused("run", "rescue-stenting", "--cohort", "absent.csv", *options)
    for word in words:
        assert word in printed
    assert "absent.csv" not in printed


def test_a_run_folder_that_cannot_be_made(refused, file):
    blocked = file("a file", "blocked")
    for folder in (blocked, blocked / "run"):
        printed = refused("run", "rescue-stenting", "--out", folder)
        assert f"Cannot write to the run folder {folder}" in printed
        assert "Choose another one with --out" in printed


def test_a_run_folder_that_holds_something(refused, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("keep")
    printed = refused("run", "rescue-stenting", "--out", tmp_path / "run")
    assert "is not empty. Add --resume" in printed
    printed = refused("run", "rescue-stenting", "--out", tmp_path / "run", "--resume")
    assert "holds files that are no run (notes.txt)" in printed


PREDICTORS = [
    {"column": "age", "type": "integer", "range": {"min": 18, "max": 110}},
    {"column": "glucose", "type": "number", "may_be_missing": True},
    {"column": "site", "type": "nominal", "levels": [{"code": "M1"}, {"code": "ICA"}]},
]


def constant(share):
    return {"combine": "nnls", "members": [{"kind": "mean", "share": share, "weight": 1.0}]}


MODEL = {
    "format": "twoarm-model",
    "format_version": 2,
    "expires": "2028-01-31",
    "synthetic": False,
    "codebook": PREDICTORS,
    "preprocessing": {"fill": {"age": 70, "glucose": 6.5, "site": 0}},
    "outcomes": {"death": {"label": "Death", "desirable": False, "threshold": None}},
    "arms": {"control": {"death": constant(0.3)}, "treated": {"death": constant(0.2)}},
    "support": {
        "age": {"min": 20, "max": 90, "levels": []},
        "glucose": {"min": 3, "max": 20, "levels": []},
        "site": {"min": 0, "max": 1, "levels": [0, 1]},
    },
    "overlap": {"treatment": {"kind": "mean", "share": 0.5}, "alpha": 0.1},
    "joint_support": {
        "centre": [60, 8, 0],
        "scale": [10, 2, 0],
        "root": [[1], [0], [0]],
        "limit": 9.0,
    },
    "recommended": {"outcomes": {}, "order": [], "absent": {}},
    "recalibration": None,
    "derived": {},
    "uncertainty": None,
    "test_vectors": [
        {
            "propensity": 0.5,
            "cells": {"age": "60", "glucose": "7", "site": "M1"},
            "reads": {"age": "60", "glucose": "7", "site": "M1"},
            "risks": {"death": [0.3, 0.2]},
            "benefit": {"death": 0.1},
        }
    ]
    * 50,
}
MODEL["digest"] = digest(MODEL)
NEW = "age,glucose,site\n60,7.5,M1\n70,,ICA\n"


def damaged(change):
    model = copy.deepcopy(MODEL)
    change(model)
    return json.dumps(model)


BAD_MODELS = {
    "truncated": (json.dumps(MODEL)[:500], ["is not JSON"]),
    "empty": ("", ["is not JSON"]),
    "binary": (b"\xff\xfe\0", ["is not JSON"]),
    "a list": ("[]", ["it is no twoarm-model file"]),
    "another format": (damaged(lambda m: m.update(format="pmml")), ["it is no twoarm-model file"]),
    "another version": (damaged(lambda m: m.update(format_version=3)), ["version 3", "reads 2"]),
    "no arms": (damaged(lambda m: m.pop("arms")), ["incomplete or damaged", "'arms'"]),
    "no fill": (damaged(lambda m: m["preprocessing"]["fill"].pop("age")), ["incomplete", "'age'"]),
    "no overlap": (damaged(lambda m: m.pop("overlap")), ["incomplete or damaged", "'overlap'"]),
    "no bound": (damaged(lambda m: m["overlap"].pop("alpha")), ["incomplete", "'alpha'"]),
    "no expiry": (damaged(lambda m: m.pop("expires")), ["incomplete or damaged", "'expires'"]),
    "no day": (damaged(lambda m: m.update(expires="soon")), ["incomplete or damaged", "'soon'"]),
    "no joint support": (damaged(lambda m: m.pop("joint_support")), ["'joint_support'"]),
    "few vectors": (damaged(lambda m: m["test_vectors"].pop()), ["49 test vectors"]),
    "changed": (
        damaged(lambda m: m["arms"]["control"].update(death=constant(0.31))),
        ["differ from its test vectors by up to 0.01", "do not use it"],
    ),
    "changed where no test vector looks": (
        damaged(lambda m: m["support"]["age"].update(max=120)),
        ["does not fit its digest", "do not use it"],
    ),
}


@pytest.mark.parametrize(("content", "words"), BAD_MODELS.values(), ids=BAD_MODELS)
def test_bad_model_files(refused, file, content, words):
    model = file(content, "model.json")
    printed = refused("predict", model, "--patients", file(NEW), "--out", "out.csv")
    assert str(model) in printed
    for word in words:
        assert word in printed


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("age,glucose\n60,7\n", ["has no column site", "The model needs age, glucose, site"]),
        ("age,Glucose,site\n60,7,M1\n",
         ["has no column glucose", "Perhaps: rename 'Glucose' if it is glucose"]),
        ("age,glucose,site,note\n60,7,M1,x\n", ["columns that predict writes itself: note"]),
        ('age,glucose,site\n60,"7,5",M1\n60,7.5,M1\n', ["decimal commas and decimal points"]),
        ("age,glucose,site\n", ["no patients"]),
        ("", ["is empty"]),
        ("age|glucose|site\n60|7|M1\n", ["header is a single cell"]),
    ],
)  # fmt: skip
def test_patients_that_do_not_fit_the_model(refused, file, content, words):
    model = file(json.dumps(MODEL), "model.json")
    printed = refused("predict", model, "--patients", file(content), "--out", "out.csv")
    for word in words:
        assert word in printed


def test_files_of_predict_that_are_not_there(refused, file, tmp_path):
    model, new = file(json.dumps(MODEL), "model.json"), file(NEW)
    assert "Cannot read the model file absent.json" in refused(
        "predict", "absent.json", "--patients", new
    )
    assert "Cannot read the data file absent.csv" in refused(
        "predict", model, "--patients", "absent.csv"
    )
    assert "Cannot write" in refused("predict", model, "--patients", new, "--out", new / "out.csv")
    for taken in (model, new):
        before = Path(taken).read_bytes()
        assert "--out is the file of" in refused(
            "predict", model, "--patients", new, "--out", taken
        )
        assert Path(taken).read_bytes() == before
    assert "writes CSV" in refused("predict", model, "--patients", new, "--out", "out.xlsx")


@pytest.mark.parametrize(
    "content", [NEW, NEW.replace(",", ";").replace(".", ","), NEW.replace(",", "\t")]
)
def test_new_patients_are_read_as_the_cohort_is(twoarm, file, content):
    """The same model and patients as above, to show that only what is wrong is refused."""
    code, printed = twoarm(
        "predict", file(json.dumps(MODEL), "model.json"), "--patients", file(content)
    )
    assert code == 0
    assert printed == (
        "row,mu0_death,mu1_death,benefit_death,note\n"
        "2,0.300000,0.200000,0.100000,\n"
        '3,0.300000,0.200000,0.100000,"glucose is missing, taken as 6.5"\n'
    )


NUMBERS = "0.300000,0.200000,0.100000"
CELLS = {
    "unknown level": ("60,7,M9", ",,", "site 'M9': expected one of M1, ICA"),
    "a gap where none may be": (",7,M1", ",,", "age is missing"),
    "a gap that is filled": ("60,,M1", NUMBERS, "glucose is missing, taken as 6.5"),
    "text in a number": ("60,?,M1", ",,", "glucose '?': expected a number"),
    "NaN as text": ("60,NaN,M1", ",,", "glucose 'NaN': expected a number"),
    "a fraction": ("60.5,7,M1", ",,", "age '60.5': expected a whole number"),
    "outside the limits": ("17,7,M1", ",,", "age '17': expected 18 to 110"),
    "negative": ("60,-7,M1", ",,", "outside what the model has seen: glucose -7 (3 to 20)"),
    "never seen": ("19,7,M1", ",,", "outside what the model has seen: age 19 (20 to 90)"),
    "all that is wrong": (
        "19,?,", ",,", "glucose '?': expected a number; site is missing; "
        "outside what the model has seen: age 19 (20 to 90)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "numbers", "note"), CELLS.values(), ids=CELLS)
def test_what_is_wrong_with_one_patient_is_his_note_and_others_get_numbers(
    twoarm, file, cells, numbers, note
):
    new = f'pid,age,glucose,site,ward\nA1,60,7,M1,"2, north"\nA1,{cells},\n'
    model = file(json.dumps(MODEL), "model.json")
    code, printed = twoarm("predict", model, "--patients", file(new), "--out", "out.csv")
    assert code == 0
    assert ("1 of 2 patients have no numbers" in printed) == (numbers == ",,")
    header, first, second = csv.reader(Path("out.csv").read_text(encoding="utf-8").splitlines())
    assert header == ["pid", "ward", "row", "mu0_death", "mu1_death", "benefit_death", "note"]
    assert first == ["A1", "2, north", "2", *NUMBERS.split(","), ""]
    assert second == ["A1", "", "3", *numbers.split(","), note]
    assert "may_be_missing" not in printed
    assert sorted(path.name for path in Path().iterdir()) == ["out.csv"]


def test_a_table_that_cannot_be_written_leaves_what_was_there(twoarm, file, monkeypatch):
    Path("out.csv").write_text("mine")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("twoarm.cli.predict._write", full)
    model = file(json.dumps(MODEL), "model.json")
    code, printed = twoarm("predict", model, "--patients", file(NEW), "--out", "out.csv")
    assert (code, "Cannot write out.csv: No space left" in printed) == (2, True)
    assert [(path.name, path.read_text()) for path in Path().iterdir()] == [("out.csv", "mine")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "rescue-stenting", "--cohort", "bad.csv"], "nihss row 9: found '99'"),
        (["run", "rescue-stenting", "--cohort", "bad.csv"], "nihss row 9: found '99'"),
        (["predict", "cut.json", "--patients", "bad.csv", "--out", "out.csv"], "is not JSON"),
    ],
)
def test_the_real_command_from_a_real_shell(tmp_path, arguments, words):
    (tmp_path / "bad.csv").write_text(patients(cell(9, "nihss", "99")))
    (tmp_path / "cut.json").write_text(json.dumps(MODEL)[:500])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "twoarm", *arguments],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert files_in(tmp_path) == ["bad.csv", "cut.json"]
