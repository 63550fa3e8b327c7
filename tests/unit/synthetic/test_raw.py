from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_array_equal

from twoarm.errors import ArgumentError
from twoarm.synthetic import CENTRES, COHORT_COLUMNS, SCENARIOS, generate
from twoarm.synthetic.raw import raw_columns, raw_export, write_raw
from twoarm.synthetic.raw_dictionary import DICTIONARY_COLUMNS, dictionary
from twoarm.synthetic.raw_dirt import YES_NO
from twoarm.synthetic.raw_missing import missing_cells

LARGE = generate("A", n=60_000, seed=3)
MISSING = missing_cells(LARGE.cohort, 3)
MADE = generate("A", treated=195, control=198, seed=20261)
EXPORT = raw_export(MADE, seed=20261)
PLACE = LARGE.cohort["centre"].map({name: k for k, name in enumerate(CENTRES)}).to_numpy()


def near(share, expected, n):
    """Within 4 standard errors of a share."""
    return abs(share - expected) <= 4 * math.sqrt(max(expected * (1 - expected), 1e-12) / n) + 1e-12


# --- what is missing (section 5.13) ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("nihss", 1), ("ivt", 1), ("lkw_to_puncture_min", 4), ("aspects", 6), ("passes", 3),
        ("glucose_mmol", 12), ("sbp", 5), ("coll_tan", 35), ("icad_suspected", 25), ("htn", 2),
        ("dm", 1), ("af", 2), ("dlp", 4), ("prior_stroke", 1), ("smoke", 8), ("final_mtici", 2),
        ("proc_min", 8), ("mrs90", 6), ("sich", 1),
    ],
)  # fmt: skip
def test_the_overall_share_of_missing_cells(name, percent):
    # The rates by arm and centre add up to the printed ones to half a percent only.
    rounding = 0.005 if name in ("coll_tan", "icad_suspected", "aspects", "glucose_mmol") else 0
    se = math.sqrt(percent / 100 * (1 - percent / 100) / len(MISSING))
    assert abs(MISSING[name].mean() - percent / 100) <= 4 * se + rounding


def test_nothing_else_is_ever_missing():
    never = {"age", "female", "arm", "centre", "record_id", "site", "premrs", "gpi", "stent_type"}
    assert not never & set(MISSING)
    assert len(MISSING.columns) == 19


def test_wake_up_patients_lack_their_time_three_times_as_often():
    late = LARGE.cohort["lkw_to_puncture_min"] >= 600
    m = np.where(late, 3, 1)
    for group, multiplier in ((late, 3), (~late, 1)):
        share = MISSING["lkw_to_puncture_min"][group].mean()
        assert near(share, 0.04 * multiplier / m.mean(), group.sum())


@pytest.mark.parametrize("centre", range(14))
def test_shares_by_centre(centre):
    here = np.equal(PLACE, centre)
    n = here.sum()
    assert near(MISSING["aspects"][here].mean(), 0.20 if centre in (4, 9, 12) else 0.022, n)
    assert near(MISSING["glucose_mmol"][here].mean(), 0.04 + 0.16 * centre / 13, n)
    graded = centre not in (1, 5, 8, 13)
    assert near(MISSING["coll_tan"][here].mean(), 0.09 if graded else 1.0, n)


def test_shares_by_arm():
    stented = LARGE.cohort["arm"] == 1
    for name, control, treated in (("passes", 0.045, 0.015), ("icad_suspected", 0.40, 0.10)):
        assert near(MISSING[name][~stented].mean(), control, (~stented).sum())
        assert near(MISSING[name][stented].mean(), treated, stented.sum())


def test_outcomes_are_not_missing_at_random():
    mrs = LARGE.cohort["mrs90"]
    m = np.where(mrs >= 4, 2, 1)
    for group, multiplier in ((mrs >= 4, 2), (mrs < 4, 1)):
        assert near(MISSING["mrs90"][group].mean(), 0.06 * multiplier / m.mean(), group.sum())
    dead = mrs == 6
    assert not MISSING["sich"][~dead].any()
    assert near(MISSING["sich"][dead].mean(), 0.01 / dead.mean(), dead.sum())


# --- the plain cohort is recoverable -----------------------------------------------------------


def cleaned(records):
    """Undo the dirt as the documentation describes it; an empty cell is missing."""
    frame = records.drop_duplicates().copy()
    assert frame["record_id"].is_unique
    frame = frame[frame["premrs"].astype(int) <= 2]
    number = frame["record_id"].str.removeprefix("S").astype(int)
    frame = frame.loc[number.sort_values().index].reset_index(drop=True)
    frame["centre"] = frame["redcap_data_access_group"].str.upper()
    for name in YES_NO:
        frame[name] = frame[name].where(~frame[name].isin(["2", "9"]), "")
    sex = frame["centre"] == "C07"
    frame.loc[sex, "female"] = (frame.loc[sex, "female"].astype(int) - 1).astype(str)
    glucose = pd.to_numeric(frame["glucose_mmol"].str.replace(",", ".", regex=False))
    other_unit = frame["centre"].isin(["C03", "C11"])
    frame["glucose_mmol"] = glucose.where(~other_unit, glucose / 18.02).round(1)
    minutes = pd.to_numeric(frame["lkw_to_puncture_min"]).abs()
    first, second = (clock_minutes(frame[name]) for name in ("lkw_time", "puncture_time"))
    waited = (second - first) % 1440
    frame["lkw_to_puncture_min"] = minutes.fillna(waited.where(waited > 0, 1440).where(first >= 0))
    return frame


def clock_minutes(cells):
    parts = cells.str.extract(r"^(\d\d):(\d\d)$").astype(float)
    return 60 * parts[0] + parts[1]


def assert_recovers(made, export):
    found, plain = cleaned(export.records), made.cohort
    assert_array_equal(found["record_id"], plain["record_id"])
    for name in COHORT_COLUMNS:
        column, truth = found[name], plain[name]
        known = column.notna() & (column != "")
        assert name in MISSING or known.all()
        if name == "final_mtici":
            coarse = column == "2b-3"
            assert truth[coarse].isin(["2b", "2c", "3"]).all()
            known &= ~coarse
        if truth.dtype.kind in "if":
            column = pd.to_numeric(column)
        assert_array_equal(column[known], truth[known], err_msg=name)


@pytest.mark.seconds
@settings(max_examples=20, deadline=None)  # the first call loads SciPy
@given(
    letter=sampled_from([scenario.letter for scenario in SCENARIOS]),
    n=integers(1, 150),
    seed=integers(0, 2**32 - 1),
)
def test_the_plain_cohort_is_recovered(letter, n, seed):
    made = generate(letter, n=n, seed=seed)
    assert_recovers(made, raw_export(made, seed=seed + 1))


def test_the_shipped_cohort_is_recovered_with_just_its_missing_cells():
    assert_recovers(MADE, EXPORT)
    found = cleaned(EXPORT.records)[list(MISSING)]
    cells = (found.isna() | (found == "")).to_numpy().sum()
    assert cells == 512  # of this seed; the rates add up to 1.27 a row, or 499 with an SD of 19


# --- the dirt ----------------------------------------------------------------------------------


def test_counts_of_dirt_in_the_shipped_cohort():
    records = EXPORT.records
    once = records.drop_duplicates()
    assert (once["premrs"].astype(int) >= 3).sum() == math.ceil(0.04 * 393) == 16
    assert len(once) == 409
    assert len(records) - len(once) == math.ceil(0.01 * 409) == 5
    clocks = once["lkw_time"] != ""
    assert_array_equal(clocks, once["puncture_time"] != "")
    assert (once["lkw_to_puncture_min"][clocks] == "").all()
    timed = clocks | (once["lkw_to_puncture_min"] != "")
    assert clocks.sum() == math.ceil(0.10 * timed.sum())
    assert (once["lkw_to_puncture_min"].str.startswith("-")).sum() == math.ceil(
        0.005 * (timed & ~clocks).sum()
    )
    assert (once["lkw_time"] > once["puncture_time"])[clocks].any(), "nobody across midnight"
    without = once["ivt"] == "0"
    assert ((once["ivt_time"] != "") & without).sum() == math.ceil(0.01 * without.sum())
    assert (once["ivt_time"][once["ivt"] == "1"] != "").all()
    assert (once["ivt_time"][~once["ivt"].isin(["0", "1"])] == "").all()
    good = once["final_mtici"].isin(["2b", "2c", "3", "2b-3"])
    assert (once["final_mtici"] == "2b-3").sum() == math.ceil(0.05 * good.sum())


def test_units_commas_and_codes_of_sex():
    once = EXPORT.records.drop_duplicates()
    centre = once["redcap_data_access_group"]
    glucose = once["glucose_mmol"]
    known = glucose != ""
    other = centre.isin(["c03", "c11"])
    assert glucose[known & other].str.fullmatch(r"\d{2,3}").all()
    assert glucose[known & ~other].str.fullmatch(r"\d+[.,]\d").all()
    assert glucose.str.contains(",").sum() == math.ceil(0.05 * (known & ~other).sum())
    assert set(once["female"][centre == "c07"]) == {"1", "2"}
    assert set(once["female"][centre != "c07"]) == {"0", "1"}


def test_unknown_is_written_in_three_ways_in_yes_or_no_fields_alone():
    records = raw_export(generate("A", n=5000, seed=1), seed=1).records
    cells = records[list(YES_NO)].to_numpy().ravel()
    unknown = cells[~np.isin(cells, ["0", "1"])]
    assert set(unknown) == {"", "2", "9"}
    for code in ("", "2", "9"):
        assert near(np.mean(unknown == code), 1 / 3, unknown.size)


def test_every_row_says_that_it_is_synthetic_and_nothing_but_text_is_there():
    assert set(EXPORT.records["synthetic"]) == {"1"}
    assert all(isinstance(cell, str) for cell in EXPORT.records.to_numpy().ravel())


def test_forms_are_complete_where_nothing_of_them_is_missing():
    records = EXPORT.records
    missing = (records["mrs90"] == "") | ~records["sich"].isin(["0", "1"])
    assert_array_equal(records["follow_up_complete"] == "0", missing)
    assert set(records["procedure_complete"]) == {"0", "2"}


# --- the dictionary and the files --------------------------------------------------------------


def test_the_dictionary_has_redcaps_columns_and_the_fields_of_the_export():
    found = dictionary()
    assert tuple(found) == DICTIONARY_COLUMNS
    assert len(DICTIONARY_COLUMNS) == 18
    names = found["Variable / Field Name"].tolist()
    assert names[0] == "record_id"
    assert len(set(names)) == len(names)
    assert names == [
        name
        for name in EXPORT.records
        if name != "redcap_data_access_group" and not name.endswith("_complete")
    ]
    assert tuple(EXPORT.records) == raw_columns()
    cohort = set(COHORT_COLUMNS) - {"centre"}
    assert cohort <= set(names)
    assert set(names) - cohort == {"lkw_time", "puncture_time", "ivt_time"}
    assert set(found["Field Type"]) == {"text", "radio"}


def test_choices_cover_all_clean_codes_of_the_cohort():
    cohort = generate("B", n=3000, seed=2).cohort
    for _, field in dictionary().iterrows():
        choices = field["Choices, Calculations, OR Slider Labels"]
        name = field["Variable / Field Name"]
        assert bool(choices) == (field["Field Type"] == "radio")
        if choices:
            codes = {choice.split(",")[0].strip() for choice in choices.split("|")}
            assert set(cohort[name].astype(str)) <= codes
        elif field["Text Validation Min"]:
            low, high = float(field["Text Validation Min"]), float(field["Text Validation Max"])
            if name in cohort:
                assert cohort[name].between(low, high).all(), name


def test_an_export_depends_on_its_seed_alone(tmp_path):
    first, again, other = (raw_export(MADE, seed=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first.records, again.records)
    assert not first.records.equals(other.records)
    write_raw(first, tmp_path / "made.csv")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "made_raw.csv",
        "made_raw_dictionary.csv",
    ]
    read = pd.read_csv(tmp_path / "made_raw.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read, first.records, check_dtype=False)
    assert b"\r" not in (tmp_path / "made_raw.csv").read_bytes()
    read = pd.read_csv(tmp_path / "made_raw_dictionary.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read, first.dictionary, check_dtype=False)


def test_a_negative_seed_is_refused():
    with pytest.raises(ArgumentError, match="0 or larger"):
        raw_export(MADE, seed=-1)


def test_the_command_writes_all_four_files(tmp_path):
    command = [sys.executable, "-m", "twoarm", "synth", "rescue-stenting", "--scenario", "A"]
    command += ["--n", "40", "--seed", "1", "--raw", "--out", str(tmp_path / "a.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    names = ["a.csv", "a_raw.csv", "a_raw_dictionary.csv", "a_truth.csv"]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    assert "a_raw_dictionary.csv" in done.stdout.replace("\n", "")
    made = generate("A", n=40, seed=1)
    read = pd.read_csv(tmp_path / "a_raw.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read, raw_export(made, seed=1).records, check_dtype=False)
