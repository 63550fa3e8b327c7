"""The commands as a user types them, in processes of their own."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest


def twoarm(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "twoarm", *map(str, arguments)],
        capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


def heed_ctrl_c():
    """A job in the background of a shell is started deaf to Ctrl-C, and so are its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def finished(small_study_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "run"
    done = twoarm("run", small_study_file, "--out", folder, "--replicates", "3")
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_run_prints_the_tables_and_where_the_report_is(finished):
    folder, printed = finished
    assert "AUC  [SYNTHETIC DATA]" in printed
    assert f"Report   {folder}/report.html" in printed
    assert "bootstrap: 3 of 3" in printed
    assert f"Calculator  {folder}/calculator.html" in printed
    for name in ("report.html", "summary.json", "model.json", "run.json", "calculator.html"):
        assert (folder / name).stat().st_size > 100


def test_the_kernels_are_announced_and_their_cost_printed(finished):
    folder, printed = finished
    lines = [line for line in printed.splitlines() if line.startswith("kernels:")]
    assert "compiled" in lines[0]
    assert "ready after" in lines[1]
    assert json.loads((folder / "run.json").read_text())["compile_seconds"] > 0


def test_run_without_resume_leaves_a_finished_folder_alone(finished, small_study_file):
    folder, _ = finished
    before = (folder / "summary.json").read_bytes()
    again = twoarm("run", small_study_file, "--out", folder, "--replicates", "3")
    assert again.returncode == 2
    assert "not empty" in again.stderr
    assert (folder / "summary.json").read_bytes() == before


def test_ctrl_c_prints_the_command_that_resumes_and_the_resume_works(small_study_file, tmp_path):
    folder = tmp_path / "run"
    arguments = ["run", str(small_study_file), "--out", str(folder), "--replicates", "40"]
    process = subprocess.Popen(
        [sys.executable, "-m", "twoarm", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (folder / "replicates.sqlite").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "--resume" in errors
    assert "Traceback" not in errors
    assert not json.loads((folder / "run.json").read_text())["finished"]
    fewer = twoarm(*arguments[:-1], "20", "--resume")
    assert fewer.returncode == 2
    assert "has 40 replicates, more than the 20" in fewer.stderr
    resumed = twoarm(*arguments, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads((folder / "run.json").read_text())["finished"]


def test_predict_writes_both_arms_and_withholds_what_was_never_seen(finished, tmp_path):
    folder, _ = finished
    header = "age,female,premrs,nihss,aspects,site,lkw_to_puncture_min,passes,ivt,htn,dm,af"
    header += ",prior_stroke,glucose_mmol"
    (tmp_path / "new.csv").write_text(
        f"{header}\n67,0,0,16,8,M1,360,3,0,0,0,0,0,7.1\n18,0,0,16,8,M1,360,3,0,0,0,0,0,7.1\n"
    )
    out = tmp_path / "predicted.csv"
    done = twoarm(
        "predict", folder / "model.json", "--patients", tmp_path / "new.csv", "--out", out
    )
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8", newline="") as file:
        inside, outside = csv.DictReader(file)
    benefit = float(inside["mu0_death"]) - float(inside["mu1_death"])
    assert float(inside["benefit_death"]) == pytest.approx(benefit, abs=2e-6)
    assert 0.0 < float(inside["recommended_chance_mrs_0_2"]) < 1.0
    assert outside["recommended_chance_mrs_0_2"] == ""
    assert "recommended_chance_death" not in inside
    assert "chance_mrs_0_2" not in inside
    assert inside["note"] == "model of synthetic patients"
    assert outside["benefit_death"] == ""
    assert outside["note"].startswith("outside what the model has seen: age")


def test_export_writes_the_calculator_again_for_a_site(finished, tmp_path):
    folder, _ = finished
    out = tmp_path / "ward.html"
    done = twoarm("export", folder, "--out", out, "--threshold", "0.1", "--language", "de")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Calculator  {out}\n"
    page = out.read_text(encoding="utf-8")
    assert '"site_threshold":10.0' in page
    assert (folder / "calculator.html").read_text(encoding="utf-8") != page
    again = tmp_path / "again.html"
    assert twoarm("export", folder / "model.json", "--out", again).returncode == 0
    assert again.read_bytes() == (folder / "calculator.html").read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threshold", "15"], "0 to 1 (0.15 for 15 of 100); found 15"),
        (["--language", "fr"], "en, de, es; found 'fr'"),
        (["--out", "no/such/folder/page.html"], "Cannot write no/such/folder/page.html"),
    ],
)
def test_export_refuses_what_does_not_exist(finished, tmp_path, options, message):
    done = twoarm("export", finished[0], *options, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_export_needs_a_run_with_a_model(tmp_path):
    done = twoarm("export", tmp_path)
    assert done.returncode == 2
    assert "Cannot read the model file" in done.stderr


def test_synth_makes_the_shipped_cohort(tmp_path):
    out = tmp_path / "cohort.csv"
    done = twoarm(
        "synth", "rescue-stenting", "--scenario", "paper-like", "--treated", "195",
        "--control", "198", "--seed", "20261", "--out", out,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    from importlib.resources import files

    shipped = files("twoarm") / "shipped" / "rescue_stenting_synthetic.csv"
    assert out.read_bytes() == shipped.read_bytes()
    assert (tmp_path / "cohort_truth.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["synth", "nhefs", "--scenario", "A", "--seed", "1", "--n", "5"],
            "'rescue-stenting' only",
        ),
        (["synth", "rescue-stenting", "--scenario", "X", "--seed", "1", "--n", "5"], "paper-like"),
        (["synth", "rescue-stenting", "--scenario", "A", "--seed", "1"], "given by n"),
    ],
)
def test_synth_refuses_what_it_cannot_make(arguments, message, tmp_path):
    done = twoarm(*arguments, "--out", tmp_path / "out.csv")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_check_lists_notices_and_ends_well():
    done = twoarm("check", "rescue-stenting")
    assert done.returncode == 0
    assert "0 error(s)" in done.stdout
    assert "393 patients: 198 Failed thrombectomy only, 195 Rescue stenting" in done.stdout


def test_more_than_one_percent_of_failed_replicates_is_exit_code_3(study_text, tmp_path):
    text = study_text.replace('"mean", "logistic", "elastic_net", "forest", "boosting"', '"picky"')
    text = text.replace("cross_fit_folds = 3\ncross_fit_repeats = 2", "cross_fit_folds = 2")
    text += '[[model.plugins]]\nname = "picky"\npath = "picky_learner:Picky"\n'
    (tmp_path / "study.toml").write_text(text)
    (tmp_path / "picky_learner.py").write_text(
        "import numpy as np\n"
        "from sklearn.naive_bayes import GaussianNB\n"
        "class Picky(GaussianNB):\n"
        "    def fit(self, X, y):\n"
        "        if len(np.unique(X, axis=0)) < len(X) and X[0, 0] == X[1, 0]:\n"
        "            raise RuntimeError('the first two are alike')\n"
        "        return super().fit(X, y)\n"
    )
    done = twoarm(
        "run", tmp_path / "study.toml", "--out", tmp_path / "run", "--replicates", "8",
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "replicates failed" in done.stderr
    assert "RuntimeError: the first two are alike" in done.stderr
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["outcomes"]["death"]["arms"]["control"]["auc"]["failed"] > 0


def test_the_version_is_told():
    done = twoarm("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("twoarm 0.")
