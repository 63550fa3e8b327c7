"""Bad input of `twoarm validate`: one plain sentence, exit code 2, nothing written."""

from __future__ import annotations

import json
import sys

import pytest

from twoarm.cli.main import main
from twoarm.cohort import load_study, read_cohort
from twoarm.errors import CohortError, StudyFileError
from twoarm.modelfile import digest
from twoarm.validation import read_site


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """Run `twoarm validate`, which must fail and write nothing; give what it prints."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["twoarm", "validate", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        text = " ".join((printed.out + printed.err).split())
        assert ended.value.code == 2, text
        assert "Traceback" not in text
        assert not list(folder.iterdir())
        return text

    return run


def changed(**values):
    def change(rows):
        for row in rows:
            row.update(values)

    return change


def scaled(column, factor):
    def change(rows):
        for row in rows:
            row[column] = f"{float(row[column]) * factor:.1f}"

    return change


def without(column):
    return lambda rows: [{k: v for k, v in row.items() if k != column} for row in rows]


def test_a_missing_predictor_is_named(refused, model_file, small_study_file, data_file):
    text = refused(model_file, "--cohort", data_file(without("nihss")), "--study", small_study_file)
    assert "nihss: the file has no such column" in text


def test_another_code_is_named_with_its_rows(refused, model_file, small_study_file, data_file):
    def recoded(rows):
        rows[0]["site"] = "BASILAR"

    text = refused(model_file, "--cohort", data_file(recoded), "--study", small_study_file)
    assert "site row 2" in text
    assert "BASILAR" in text


def test_another_unit_is_asked_about(site_of):
    def in_mg(rows):
        for row in rows:
            row["glucose_mmol"] = str(float(row["glucose_mmol"]) * 18)

    with pytest.raises(CohortError, match=r"glucose_mmol"):
        site_of(in_mg)


def test_another_unit_within_the_range_of_the_study_is_asked_about(site_of):
    with pytest.raises(CohortError, match=r"age: median .* outside what the model has seen"):
        site_of(changed(age="19"))


def test_another_arm_code_is_named(refused, model_file, small_study_file, data_file):
    text = refused(model_file, "--cohort", data_file(changed(arm="2")), "--study", small_study_file)
    assert "expected two arms, coded 0, 1" in text


def test_the_files_own_patients_are_refused(model, small_study_file):
    study = load_study(small_study_file)
    with pytest.raises(CohortError, match="was learnt from"):
        read_site(model, study, study.cohort_source)


def test_another_codebook_is_refused(model, small_study_file, data_file, tmp_path):
    text = small_study_file.read_text(encoding="utf-8")
    old = 'column = "glucose_mmol"'
    assert old in text
    for name, new, said in (
        ("unit", text.replace('unit = "mmol/L"', 'unit = "mg/dL"'), "unit mg/dL, in the model"),
        ("desirable", text.replace("desirable = true", "desirable = false", 1), "desirable"),
    ):
        path = tmp_path / f"{name}.toml"
        path.write_text(new, encoding="utf-8")
        with pytest.raises(StudyFileError, match="another codebook") as found:
            read_site(model, load_study(path), data_file())
        assert said in str(found.value)


def test_nobody_eligible_is_said(site_of):
    with pytest.raises(CohortError, match="no eligible patient"):
        site_of(changed(premrs="4"))


def test_an_edited_model_is_refused(refused, model_file, small_study_file, data_file, tmp_path):
    content = json.loads(model_file.read_text(encoding="utf-8"))
    content["expires"] = "2099-01-01"
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(content), encoding="utf-8")
    arguments = ("--cohort", data_file(), "--study", small_study_file)
    assert "does not fit its digest" in refused(edited, *arguments)
    content["recommended"]["outcomes"]["death"]["fits"][0]["intercept"] += 1.0
    content["digest"] = digest(content)
    edited.write_text(json.dumps(content), encoding="utf-8")
    assert "test vectors" in refused(edited, *arguments)


def test_a_folder_of_other_things_is_left_alone(
    refused, model_file, small_study_file, data_file, tmp_path
):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.docx").write_bytes(b"x")
    text = refused(
        model_file, "--cohort", data_file(), "--study", small_study_file, "--out", folder
    )
    assert "other things than a validation" in text
    assert [path.name for path in folder.iterdir()] == ["thesis.docx"]


def test_a_folder_without_a_whole_run_is_refused(
    refused, model_file, small_study_file, data_file, finished
):
    (finished / "values" / "cohort.json").write_text("{}", encoding="utf-8")
    text = refused(
        model_file, "--cohort", data_file(), "--study", small_study_file, "--development", finished
    )
    assert "holds no finished run" in text


def test_a_model_of_an_unshipped_study_needs_the_study_file(refused, model_file, data_file):
    content = json.loads(model_file.read_text(encoding="utf-8"))
    content["name"] = "our-own-study"
    content["digest"] = digest(content)
    other = data_file(name="x.csv").with_name("own.json")
    other.write_text(json.dumps(content), encoding="utf-8")
    assert "Say with --study" in refused(other, "--cohort", data_file())


def test_one_patient_is_no_defect(model, small_study_file, data_file):
    path = data_file(lambda rows: rows[:1])
    site = read_site(model, load_study(small_study_file), path)
    assert len(site.cohort) == 1


def test_reading_a_cohort_to_learn_from_still_needs_both_arms(small_study_file, data_file):
    study = load_study(small_study_file)
    path = data_file(lambda rows: [row for row in rows if row["arm"] == "0"])
    with pytest.raises(CohortError, match="no patient in the treated arm"):
        read_cohort(study, path)
