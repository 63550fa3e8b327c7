"""From a data file to a study file that can be run."""

from __future__ import annotations

import csv
import io
import re
import sys
import tomllib
from pathlib import Path

import pytest

from twoarm.cli.main import main
from twoarm.cohort import load_study

SHIPPED = Path(load_study("rescue-stenting").path).parent / "rescue_stenting_synthetic.csv"


@pytest.fixture
def twoarm(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        monkeypatch.setattr(sys, "argv", ["twoarm", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert (ended.value.code or 0) == code, printed.out + printed.err
        return printed.out + printed.err

    return run


def decided(text):
    """Take the marks away: what a line proposes is taken as it stands."""
    return text.replace("# DECIDE ", "")


def registry(tmp_path, change=lambda rows: None):
    rows = list(csv.DictReader(io.StringIO(SHIPPED.read_text(encoding="utf-8"))))
    change(rows)
    with (tmp_path / "registry.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path / "registry.csv"


def test_the_draft_fills_in_what_the_data_show(twoarm, tmp_path):
    def spoil(rows):
        for row in rows[:20]:
            row["nihss"], row["site"], row["glucose_mmol"] = "999", "NA", ""

    draft = tomllib.loads(decided(twoarm("init", registry(tmp_path, spoil).name)))
    assert draft["study"]["id"] == "record_id"
    assert draft["study"]["centre"] == "centre"
    assert draft["treatment"]["column"] == "arm"
    assert draft["outcomes"][0]["column"] == "mrs90"
    predictors = {each["column"]: each for each in draft["predictors"]}
    assert predictors["age"] == {"column": "age", "type": "integer"}
    assert predictors["nihss"]["missing_codes"] == [999]
    assert predictors["nihss"]["may_be_missing"]
    assert predictors["site"]["missing_codes"] == ["NA"]
    assert {each["code"] for each in predictors["site"]["levels"]} == {"M1", "ICA", "M2"}
    assert predictors["glucose_mmol"]["type"] == "number"
    assert predictors["glucose_mmol"]["may_be_missing"]
    assert predictors["female"] == {"column": "female", "type": "binary"}
    late = {each["column"] for each in draft["columns"] if not each["before_decision"]}
    assert late == {"final_mtici", "nihss_24h", "proc_min"}
    assert "synthetic" not in predictors


def test_what_is_not_decided_is_named_by_check_and_what_is_can_be_run(twoarm, tmp_path):
    registry(tmp_path)
    printed = twoarm("init", "registry.csv", "--out", "draft.toml")
    assert "complete the lines marked DECIDE, then type: twoarm check draft.toml" in printed
    printed = twoarm("check", "draft.toml", code=2)
    for key in ("eligibility", "time_zero", "strategies", "control_by", "estimand"):
        assert re.search(rf"target_trial\.{key} \(line [0-9]+\) \| this key is required", printed)
    for key in ("treatment.control", "treatment.treated", "outcomes.mrs90.desirable"):
        assert key in printed
    draft = tmp_path / "draft.toml"
    draft.write_text(decided(draft.read_text(encoding="utf-8")), encoding="utf-8")
    printed = twoarm("check", "draft.toml")
    assert "393 patients: 198 Control, 195 Treated" in printed
    assert "stent_type: alone it tells patients in the arm 'Treated'" in printed


def test_columns_may_be_named(twoarm, tmp_path):
    def rename(rows):
        for row in rows:
            row["Zuteilung"], row["Ergebnis"] = row.pop("arm"), row.pop("sich")
            row["Größe, cm"] = row.pop("sbp")
            del row["mrs90"]

    registry(tmp_path, rename)
    text = twoarm("init", "registry.csv")
    assert '# DECIDE column = "..."  # with two values: ' in text
    assert 'column = "Größe, cm"' in text
    named = ("--treatment", "Zuteilung", "--outcome", "Ergebnis", "--id", "record_id")
    draft = tomllib.loads(decided(twoarm("init", "registry.csv", *named)))
    assert draft["treatment"]["column"] == "Zuteilung"
    assert draft["outcomes"][0]["column"] == "Ergebnis"
    assert draft["outcomes"][0]["event"] == {"equals": 1}


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas_and_other_separators_are_read(twoarm, tmp_path, separator):
    text = SHIPPED.read_text(encoding="utf-8").replace(".", "#")
    text = text.replace(",", separator).replace("#", ",")
    (tmp_path / "registry.csv").write_text(text, encoding="utf-8")
    draft = tomllib.loads(decided(twoarm("init", "registry.csv")))
    kinds = {each["column"]: each["type"] for each in draft["predictors"]}
    assert kinds["glucose_mmol"] == "number"


def test_the_cohort_is_named_from_where_the_study_file_is(twoarm, tmp_path):
    registry(tmp_path)
    (tmp_path / "studies").mkdir()
    twoarm("init", "registry.csv", "--out", "studies/draft.toml")
    draft = tomllib.loads((tmp_path / "studies" / "draft.toml").read_text(encoding="utf-8"))
    assert draft["study"]["cohort"] == "../registry.csv"


def test_the_minimal_study_is_short_and_whole(twoarm, tmp_path):
    text = twoarm("init", "--minimal")
    assert len([line for line in text.splitlines() if line]) <= 30
    (tmp_path / "my-study.toml").write_text(text, encoding="utf-8")
    assert load_study(tmp_path / "my-study.toml").name == "my-study"
    assert "my-study" not in twoarm("check", "minimal", code=2).split("shipped studies:")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name a data file, as in 'twoarm init registry.csv'"),
        (["registry.csv", "--minimal"], "Name a data file"),
        (["absent.csv"], "Cannot read the data file absent.csv"),
        (["registry.csv", "--treatment", "arms"], "registry.csv has no column 'arms'; it has"),
        (["registry.csv", "--out", "registry.csv"], "registry.csv exists and is left alone"),
        (["registry.csv", "--out", "none/draft.toml"], "Cannot write none/draft.toml"),
    ],
)
def test_what_cannot_be_drafted_is_refused(twoarm, tmp_path, arguments, message):
    registry(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert message in twoarm("init", *arguments, code=2)
    assert sorted(tmp_path.iterdir()) == before
