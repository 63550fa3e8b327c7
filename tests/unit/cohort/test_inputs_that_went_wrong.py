"""Kinds of inputs that went wrong, each as text and as a spreadsheet, with the right answer."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest

from twoarm.cohort import check_cohort, load_study, table_one

STUDY = """\
[study]
name = "trial"
title = "A trial of 160"
id = "pid"
centre = "centre"

[target_trial]
eligibility = "adults"
time_zero = "decision"
strategies = { control = "usual care", treated = "new treatment" }
control_by = "other"
estimand = "risk difference"

[treatment]
column = "arm"
control = 0
treated = 1

[[outcomes]]
name = "death"
column = "dead"
event = { equals = 1 }
desirable = false
primary = true
threshold = 0.05

[[predictors]]
column = "age"
type = "integer"

[[predictors]]
column = "sex"
type = "binary"
levels = [{ code = "M" }, { code = "F" }]

[[predictors]]
column = "sbp"
type = "integer"
missing_codes = []

[[predictors]]
column = "glu"
type = "number"
"""
N = 160


@pytest.fixture
def patients():
    """Give the patients; every third one dies, nothing else depends on anything."""
    rng = np.random.default_rng(11)
    return [
        {
            "pid": f"P{k:04d}",
            "centre": ("Lyon", "Lille", "Nantes", "Tours")[k % 4],
            "arm": str(rng.integers(2)),
            "age": str(rng.integers(33, 98)),
            "sex": "MF"[rng.integers(2)],
            "sbp": str(int(rng.normal(140, 20))),
            "glu": f"{rng.normal(7, 2):.1f}",
            "dead": "1" if k % 3 == 0 else "0",
        }
        for k in range(N)
    ]


@pytest.fixture(params=["comma", "semicolon", "tab", "xlsx"])
def checked(request, study_file, data_file, csv_text, xlsx):
    """Check patients in several dresses; give the cohort and the problems as lines."""

    def check(rows, *replacements, extra=""):
        study = load_study(study_file(*replacements, text=STUDY, extra=extra))
        if request.param == "xlsx":
            cells = [[_cell(text) for text in row.values()] for row in rows]
            path = data_file(xlsx([list(rows[0]), *cells]), "data.xlsx")
        else:
            separator = {"comma": ",", "semicolon": ";", "tab": "\t"}[request.param]
            path = data_file(csv_text(rows, separator))
        cohort, problems = check_cohort(study, path)
        told = [str(each) for each in problems if "was read as" not in str(each)]
        return cohort, told

    return check


def _cell(text):
    return float(text) if text.replace(".", "", 1).isdecimal() else text or None


def crude(cohort):
    death, arm = cohort.outcomes["death"], cohort.treatment
    return np.nanmean(death[arm == 0]) - np.nanmean(death[arm == 1])


def test_the_patients_as_they_are_raise_nothing(checked, patients):
    cohort, told = checked(patients)
    assert told == []
    assert len(cohort) == N


@pytest.mark.parametrize("unknown", ["NA", ".", "lost to follow-up"])
def test_na_controls_dot_and_lost(checked, patients, unknown):
    dead = {"1": "Dead", "0": "Alive"}
    rows = [row | {"dead": dead[row["dead"]]} for row in patients]
    controls = [k for k, row in enumerate(rows) if row["arm"] == "0"][:30]
    text = ("event = { equals = 1 }", 'event = { equals = "Dead" }')
    known = checked([row for k, row in enumerate(rows) if k not in controls], text)[0]
    for k in controls:
        rows[k]["dead"] = unknown
    cohort, (error,) = checked(rows, text)
    assert cohort is None
    assert f"'{unknown}' (30)" in error
    cohort, (notice,) = checked(rows, (text[0], f'{text[1]}\nmissing_codes = ["{unknown}"]'))
    assert "not known in 30 patients" in notice
    assert crude(cohort) == pytest.approx(crude(known), abs=1e-12)
    declared = checked(rows, (text[0], f'{text[1]}\nnon_event = {{ equals = "Alive" }}'))
    assert "neither the event of outcome 'death' ('Dead'" in declared[1][0]


@pytest.mark.parametrize("unknown", ["8", "9", "88", "7", "-9"])
def test_one_two_eight(checked, patients, unknown):
    rows = [row | {"dead": {"1": "1", "0": "2"}[row["dead"]]} for row in patients]
    for row in rows[:12]:
        row["dead"] = unknown
    cohort, (error,) = checked(rows)
    assert cohort is None
    assert f"'{unknown}' (12)" in error
    assert f"missing_codes = [{unknown}]" in error
    codes = ("event = { equals = 1 }", f"event = {{ equals = 1 }}\nmissing_codes = [{unknown}]")
    cohort, _ = checked(rows, codes)
    assert np.isnan(cohort.outcomes["death"]).sum() == 12


@pytest.mark.parametrize("unknown", ["999", "-99", "0", "9999"])
def test_sbp999(checked, patients, unknown):
    coded = [k for k in range(N) if k % 8 == 1]
    rows = [row | {"sbp": unknown} if k in coded else row for k, row in enumerate(patients)]
    _, (notice,) = checked(rows)
    assert notice.startswith("notice: sbp rows 3, 11, 19, 27, 35 and")
    assert f"found '{unknown}' ({len(coded)}), far from the others" in notice
    codes = ("missing_codes = []", f"missing_codes = [{unknown}]\nmay_be_missing = true")
    cohort, told = checked(rows, codes)
    assert told == []
    blank = [row | {"sbp": ""} if k in coded else row for k, row in enumerate(patients)]
    truth, _ = checked(blank, (codes[0], "may_be_missing = true"))
    assert table_one(cohort).rows[2].mean == table_one(truth).rows[2].mean
    assert table_one(cohort).rows[2].smd == table_one(truth).rows[2].smd


def test_point_semicolon(checked, patients):
    rng = np.random.default_rng(5)
    dimer = [f"{value:,}".replace(",", ".") for value in rng.integers(380, 2000, N)]
    rows = [row | {"dimer": cell} for row, cell in zip(patients, dimer, strict=True)]
    extra = '\n[[predictors]]\ncolumn = "dimer"\ntype = "number"\n'
    cohort, (error,) = checked(rows, extra=extra)
    assert cohort is None
    assert "dimer" in error
    assert "a decimal point, or a separator of thousands?" in error


def test_noise_three_times_and_once(checked, patients):
    nameless = ('id = "pid"\n', "")
    rows = [{name: cell for name, cell in row.items() if name != "pid"} for row in patients]
    assert checked(rows, nameless)[1] == []
    cohort, (error,) = checked(rows * 3, nameless)
    assert cohort is None
    assert "320 of 480 rows repeat other rows in all columns" in error


@pytest.mark.parametrize("turned", [False, True])
def test_nfd(checked, patients, turned):
    forms = ("NFC", "NFD") if turned else ("NFD", "NFC")
    name, asked = (unicodedata.normalize(form, "größe") for form in forms)
    rows = [row | {name: str(150 + k % 40)} for k, row in enumerate(patients)]
    cohort, told = checked(rows, extra=f'\n[[predictors]]\ncolumn = "{asked}"\ntype = "integer"\n')
    assert told == []
    assert cohort.predictors[:, -1].max() == 189


def test_centre_nfd(checked, patients):
    names = ["Orléans", unicodedata.normalize("NFD", "Orléans"), "Lyon"]
    rows = [row | {"centre": names[k % 3]} for k, row in enumerate(patients)]
    cohort, told = checked(rows)
    assert told == []
    assert set(cohort.centre) == {"Orléans", "Lyon"}


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!"])
def test_ref_error_arm(checked, patients, error):
    rows = [row | {"arm": error} if k < 20 else row for k, row in enumerate(patients)]
    cohort, (told,) = checked(rows)
    assert cohort is None
    assert told.startswith(f"error: arm rows 2, 3, 4, 5, 6 and 15 more: found {error}")


def test_percent_mixed(checked, patients):
    rng = np.random.default_rng(6)
    percent = rng.integers(30, 70, N)
    cells = [f"{p / 100:.2f}" if k % 2 else str(p) for k, p in enumerate(percent)]
    rows = [row | {"glu": cell} for row, cell in zip(patients, cells, strict=True)]
    _, (notice,) = checked(rows)
    assert notice.startswith("notice: glu rows 3, 5, 7, 9, 11 and 75 more: found values from 0.3")
    assert re.search("about (9[0-9]|1[0-2][0-9]) times as large", notice)


def test_outcome_determined(checked, patients):
    rows = [row | {"dead": str(int(int(row["age"]) > 66))} for row in patients]
    _, (notice,) = checked(rows)
    assert notice.startswith("notice: age: alone it tells patients with outcome 'death'")
    assert "AUC of 1.000" in notice


@pytest.mark.parametrize("unknown", ["", "NA", "-", "unknown"])
def test_blank_and_na(checked, patients, unknown):
    names = ["Lyon", "Lille", "", unknown or "N/A"]
    rows = [row | {"centre": names[k % 4]} for k, row in enumerate(patients)]
    cohort, (notice,) = checked(rows)
    assert set(cohort.centre) == {"Lyon", "Lille", ""}
    assert (cohort.centre == "").sum() == N // 2
    assert "They count as not recorded, together" in notice


def test_r8_time_to_death_and_zeros(checked, patients):
    rng = np.random.default_rng(8)
    rows = [
        row
        | {"days": str(rng.integers(1, 300) if row["dead"] == "1" else rng.integers(350, 366))}
        | {"lactate": "" if row["dead"] == "1" and k % 2 else f"{rng.normal(2, 0.4):.1f}"}
        | {"weight": "0" if k in (7, 77) else f"{rng.normal(80, 14):.1f}"}
        for k, row in enumerate(patients)
    ]
    extra = "".join(
        f'\n[[predictors]]\ncolumn = "{name}"\ntype = "{kind}"\nmay_be_missing = true\n'
        for name, kind in (("days", "integer"), ("lactate", "number"), ("weight", "number"))
    )
    cohort, told = checked(rows, extra=extra)
    assert cohort is not None
    starts = ["notice: weight rows 9, 79: found '0' (2)", "notice: days: alone it tells patients",
              "notice: lactate: missing only in patients with outcome 'death'"]  # fmt: skip
    assert all(line.startswith(start) for line, start in zip(told, starts, strict=True))
