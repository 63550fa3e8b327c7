"""The real and synthetic cohorts that the shipped studies name, against published counts."""

from __future__ import annotations

import csv
import gzip
import re

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.synthetic import generate

pytestmark = pytest.mark.seconds

# Counts of the International Stroke Trial: Lancet 1997;349:1569-81 and the released table
# (doi:10.7488/ds/104), control before treated.
KNOWN_AT_SIX_MONTHS = 19285
ARMS = {"ist-aspirin": (9715, 9720), "ist-heparin": (9718, 9717)}
KNOWN = {"ist-aspirin": (9646, 9639), "ist-heparin": (9644, 9641)}
EVENTS = {
    "ist-aspirin": {
        "dead_or_dependent_6m": (6125, 6000),
        "dead_14d": (909, 872),
    },
    "ist-heparin": {
        "dead_or_dependent_6m": (6062, 6063),
        "dead_14d": (905, 876),
    },
}
DEAD_AT_SIX_MONTHS = 4241  # both arms: the same patients under both factors
STROKES_BY_14_DAYS = 807
NOT_RECORDED = {"RATRIAL": 984, "RASP3": 984, "RHEP24": 344}
SEXES = {"M": 10407, "F": 9028}


@pytest.fixture(scope="module", params=["ist-aspirin", "ist-heparin"])
def trial(request, ist_path):
    return request.param, read_cohort(load_study(request.param), ist_path)


def by_arm(cohort, values):
    return tuple(int(values[cohort.treatment == arm].sum()) for arm in (0, 1))


def test_everybody_who_was_randomised_is_in(trial):
    name, cohort = trial
    assert len(cohort) == cohort.flow.read == 19435
    assert cohort.flow.excluded == ()
    assert by_arm(cohort, np.ones(19435)) == ARMS[name]
    assert np.unique(cohort.centre).size == 466
    assert not cohort.synthetic


def test_the_published_events_are_found(trial):
    name, cohort = trial
    for outcome, events in EVENTS[name].items():
        assert by_arm(cohort, cohort.outcomes[outcome] == 1) == events, outcome
    assert (cohort.outcomes["dead_6m"] == 1).sum() == DEAD_AT_SIX_MONTHS
    assert (cohort.outcomes["stroke_14d"] == 1).sum() == STROKES_BY_14_DAYS


def test_events_are_those_of_a_plain_count_of_the_file(trial, ist_path):
    name, cohort = trial
    column, control = ("RXASP", "N") if name == "ist-aspirin" else ("RXHEP", "N")
    with gzip.open(ist_path, "rt", encoding="utf-8", newline="") as file:
        patients = list(csv.DictReader(file))
    for outcome, (cell, codes) in {
        "dead_or_dependent_6m": ("OCCODE", "12"),
        "dead_6m": ("OCCODE", "1"),
        "dead_14d": ("ID14", "1"),
        "stroke_14d": ("STRK14", "1"),
    }.items():
        treated = [p[column] != control for p in patients if p[cell] and p[cell] in codes]
        expected = (len(treated) - sum(treated), sum(treated))
        assert by_arm(cohort, cohort.outcomes[outcome] == 1) == expected, outcome


def test_unknown_status_is_neither_dead_nor_alive(trial):
    name, cohort = trial
    for outcome in ("dead_or_dependent_6m", "dead_6m"):
        known = np.isfinite(cohort.outcomes[outcome])
        assert known.sum() == KNOWN_AT_SIX_MONTHS
        assert by_arm(cohort, known) == KNOWN[name]
    for outcome in ("dead_14d", "stroke_14d"):
        assert np.isfinite(cohort.outcomes[outcome]).all()
    assert {notice.column for notice in cohort.notices} == {"OCCODE"}


def test_what_the_pilot_phase_did_not_record_is_a_level_and_not_missing(trial):
    _, cohort = trial
    assert not np.isnan(cohort.predictors).any()
    columns = [predictor.column for predictor in cohort.codebook]
    for column, n in NOT_RECORDED.items():
        levels = cohort.codebook[columns.index(column)].levels
        position = [level.code for level in levels].index("")
        assert (cohort.predictors[:, columns.index(column)] == position).sum() == n, column


def test_levels_and_numbers_are_as_published(trial):
    _, cohort = trial
    columns = [predictor.column for predictor in cohort.codebook]
    sex = cohort.predictors[:, columns.index("SEX")]
    levels = [level.code for level in cohort.codebook[columns.index("SEX")].levels]
    assert {code: int((sex == k).sum()) for k, code in enumerate(levels)} == SEXES
    age = cohort.predictors[:, columns.index("AGE")]
    assert (age.min(), age.max(), round(age.mean(), 1)) == (16, 99, 71.7)


def test_nhefs_gives_the_counts_and_the_crude_difference_of_the_textbook():
    # Hernan and Robins, Causal Inference: What If, chapter 12: 1566 patients, 403 quit smoking.
    cohort = read_cohort(load_study("nhefs"))
    assert len(cohort) == 1566
    assert int(cohort.treatment.sum()) == 403
    death = cohort.outcomes["death"]
    assert by_arm(cohort, death) == (200, 91)
    crude = death[cohort.treatment == 1].mean() - death[cohort.treatment == 0].mean()
    assert round(crude, 5) == 0.05384
    assert not np.isnan(cohort.predictors).any()
    assert np.isfinite(cohort.outcomes["weight_gain_5kg"]).all()


def test_the_shipped_synthetic_cohort_is_read_as_it_was_drawn():
    cohort = read_cohort(load_study("rescue-stenting"))
    drawn = generate("paper-like", treated=195, control=198, seed=20261).cohort
    drawn = drawn.sort_values("record_id").reset_index(drop=True)
    assert cohort.synthetic
    assert cohort.ids.tolist() == drawn["record_id"].tolist()
    assert cohort.treatment.tolist() == drawn["arm"].tolist()
    for k, predictor in enumerate(cohort.codebook):
        values = drawn[predictor.column]
        if predictor.type == "nominal":
            values = values.map({level.code: k for k, level in enumerate(predictor.levels)})
        assert cohort.predictors[:, k].tolist() == values.tolist(), predictor.column
    assert cohort.outcomes["mrs_0_2"].tolist() == (drawn["mrs90"] <= 2).tolist()
    assert cohort.outcomes["death"].tolist() == (drawn["mrs90"] == 6).tolist()
    assert cohort.flow.excluded == ()


@pytest.mark.parametrize("study", ["rescue-stenting", "nhefs"])
def test_the_shipped_studies_raise_no_doubts(study):
    doubts = [line for line in map(str, read_cohort(load_study(study)).notices)
              if "expected usually" not in line]  # fmt: skip
    assert doubts == []


@pytest.mark.parametrize(
    "scenario",
    ["paper-like", "paper-like-sharp", "moderate", "confounded", "confounded-null", "no-effect",
     "one-odds-ratio"],
)  # fmt: skip
def test_no_world_raises_doubts(scenario, tmp_path):
    generate(scenario, n=393, seed=3).cohort.to_csv(tmp_path / "cohort.csv", index=False)
    cohort = read_cohort(load_study("rescue-stenting"), tmp_path / "cohort.csv")
    assert [line for line in map(str, cohort.notices) if "expected usually" not in line] == []


def test_a_part_of_a_real_trial_without_ranges_raises_no_doubts(ist_path, tmp_path):
    text = re.sub(r"range = .*\n", "", load_study("ist-aspirin").path.read_text(encoding="utf-8"))
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with gzip.open(ist_path, "rt", encoding="utf-8", newline="") as file:
        header, *lines = file.read().splitlines()
    rng = np.random.default_rng(7)
    for _ in range(5):
        part = [lines[k] for k in rng.choice(len(lines), 1000, replace=False)]
        (tmp_path / "part.csv").write_text("\n".join([header, *part]), encoding="utf-8")
        cohort = read_cohort(load_study(tmp_path / "study.toml"), tmp_path / "part.csv")
        assert {notice.column for notice in cohort.notices} <= {"OCCODE"}
