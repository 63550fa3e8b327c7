"""What `twoarm validate` leaves in its folder."""

from __future__ import annotations

import json
import re
import sys

import pytest

from twoarm.cli.main import main
from twoarm.modelfile import load_model
from twoarm.report.validation import validation_lines, write_validation


@pytest.fixture
def command(monkeypatch, capsys, model_file, small_study_file):
    def run(*arguments):
        asked = ["twoarm", "validate", model_file, "--study", small_study_file, *arguments]
        monkeypatch.setattr(sys, "argv", [str(each) for each in asked])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out + printed.err

    return run


def all_dead(rows):
    """Three in four of those alive die, in both arms."""
    alive = [row for row in rows if row["mrs90"] != "6"]
    for row in alive[: 3 * len(alive) // 4]:
        row["mrs90"] = "6"


def test_the_folder_holds_page_numbers_tables_figures_and_the_new_model(
    command, data_file, model_file, tmp_path
):
    out = tmp_path / "out"
    code, printed = command("--cohort", data_file(all_dead), "--out", out, "--development",
                            model_file.parent)  # fmt: skip
    assert code == 0, printed
    for question in ("Are these patients like", "Does it rank", "Are its risks", "Which update"):
        assert question in printed
    content = json.loads((out / "validation.json").read_text(encoding="utf-8"))
    assert content["updated_model"]["file"] == "model-1.1.json"
    adapted = load_model(out / "model-1.1.json")
    assert adapted.content["digest"] == content["updated_model"]["digest"]
    assert "Adapted to other patients" in (out / "model-1.1-card.md").read_text(encoding="utf-8")
    assert 0.3 < content["case_mix"]["membership"]["auc"] < 0.7
    assert content["development"] == "run"
    page = (out / "validation.html").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="https?:', page)  # it opens without a network
    assert "Synthetic data" in page
    tables = {path.stem for path in (out / "tables").iterdir()}
    assert {"validation_auc", "validation_calibration", "validation_case_mix"} <= tables
    for name in ("validation_case_mix", "validation_auc", "validation_calibration_treated"):
        assert (out / "figures" / f"{name}.svg").stat().st_size > 1000
        assert (out / "figures" / f"{name}.png").stat().st_size > 1000
    # again without an update: nothing of the first one is left
    code, printed = command("--cohort", data_file(all_dead), "--out", out, "--no-update")
    assert code == 0, printed
    assert "not written (--no-update)" in printed
    assert not list(out.glob("model-*"))
    again = json.loads((out / "validation.json").read_text(encoding="utf-8"))
    assert again["updated_model"] is None


def test_one_arm_is_written_without_a_benefit(command, data_file, tmp_path):
    out = tmp_path / "out"
    path = data_file(lambda rows: [row for row in rows if row["arm"] == "0"])
    code, printed = command("--cohort", path, "--out", out)
    assert code == 0, printed
    assert "Every patient had the same treatment." in printed
    page = (out / "validation.html").read_text(encoding="utf-8")
    assert 'id="benefit"' not in page
    assert not list(out.glob("model-*"))


def test_no_outcome_is_written_too(command, data_file, tmp_path):
    out = tmp_path / "out"
    path = data_file(
        lambda rows: [{k: v for k, v in r.items() if k not in ("mrs90", "sich")} for r in rows]
    )
    code, printed = command("--cohort", path, "--out", out)
    assert code == 0, printed
    assert "No outcome is known." in printed
    assert json.loads((out / "validation.json").read_text())["outcomes"] == {}


def test_the_same_patients_give_the_same_files(validated, tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        write_validation(validated, folder, update=False)
    one, two = (
        {path.relative_to(each): path.read_bytes() for path in each.rglob("*") if path.is_file()}
        for each in folders
    )
    assert one == two


def test_words_recommend_nothing(validated):
    said = " ".join(validation_lines(validated, None)).lower()
    for word in ("should be treated", "recommend treat", "should receive", "we advise"):
        assert word not in said
