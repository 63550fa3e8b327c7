"""Cohorts that ended a run after its bootstrap: it goes on, and says what is not there."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.unit.study.test_counts_of_few_events import STUDY

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import Absent
from twoarm.report import write_report
from twoarm.study import run
from twoarm.study.judge.average.missing_effect import MISSING_EFFECT
from twoarm.study.judge.stability.complete_cases import COMPLETE_CASES

pytestmark = [pytest.mark.seconds, pytest.mark.usefixtures("unrendered")]


def run_of(folder, study, rows):
    (folder / "cohort.csv").write_text("\n".join(["pid,arm,age,sbp,dead", *rows]), encoding="utf-8")
    (folder / "study.toml").write_text(study, encoding="utf-8")
    made = load_study(folder / "study.toml")
    out = folder / "run"
    result = run(made, read_cohort(made), out=out, replicates=4, executor="serial")
    write_report(result)
    return result, json.loads((out / "summary.json").read_text(encoding="utf-8"))


def test_a_cohort_in_which_nobody_is_complete(tmp_path):
    """Every patient lacks one of the two predictors; each of them may be missing."""
    rng, rows = np.random.default_rng(3), []
    for k in range(120):
        age, sbp, arm = rng.integers(40, 90), rng.integers(100, 190), k % 2
        dead = int(rng.random() < (0.4 if arm else 0.3))
        rows.append(f"P{k:03},{arm},{age if k % 3 else ''},{'' if k % 3 else sbp},{dead}")
    gaps = STUDY.replace('type = "integer"', 'type = "integer"\nmay_be_missing = true')
    result, summary = run_of(tmp_path, gaps, rows)
    assert result.answers.defects == ()
    assert isinstance(result.answers.of(COMPLETE_CASES), Absent)
    assert summary["complete_cases"] is None
    assert "complete" in summary["absent"]["complete_cases"]
    found = result.value(MISSING_EFFECT, "death")
    assert isinstance(found.complete_cases, Absent)
    assert not isinstance(found.multiply_imputed, Absent)
    assert abs(found.multiply_imputed.aipw.estimate) < 1


def test_so_few_patients_that_scores_leave_the_possible(tmp_path):
    """Twenty patients of whom eight died: some average of scores lies beyond -1 to 1."""
    rng = np.random.default_rng(5)
    rows = [
        f"P{k:03},{int(k < 7)},{rng.integers(40, 90)},{rng.integers(100, 190)},{int(k % 5 < 2)}"
        for k in range(20)
    ]
    result, summary = run_of(tmp_path, STUDY, rows)
    assert result.answers.defects == ()
    assert (result.folder / "report.html").exists()
    told = [
        each["estimate"]
        for name in ("ate", "att", "ato")
        for each in summary["outcomes"]["death"]["average_effect"][name].values()
        if each is not None
    ]
    assert all(value is None or abs(value) <= 1 for value in told)
