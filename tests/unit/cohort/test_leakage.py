"""A predictor that is the outcome in other words, or is known only after it: before any fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from

from twoarm.cohort import Predictor
from twoarm.cohort.leakage import leakages, separation

DEATH = ("with outcome 'death'", "without outcome 'death'")
NUMBER = {"column": "x", "type": "number", "may_be_missing": True}


def notices(values, event, **keys):
    predictor = Predictor.model_validate(NUMBER | keys)
    values, event = np.asarray(values, float), np.asarray(event, float)
    return [str(each) for each in leakages(predictor, values, event, DEATH)]


def patients(n=160, seed=0, prevalence=0.4):
    rng = np.random.default_rng(seed)
    return rng, (rng.random(n) < prevalence).astype(float)


def auc_by_pairs(values, event):
    cases, controls = values[event], values[~event]
    wins = (cases[:, None] > controls).sum() + 0.5 * (cases[:, None] == controls).sum()
    return wins / (cases.size * controls.size)


@settings(max_examples=100, deadline=None)
@given(seed=integers(0, 10**6), n=integers(40, 120), steps=integers(1, 30))
def test_the_area_is_that_of_all_pairs(seed, n, steps):
    rng = np.random.default_rng(seed)
    event = rng.random(n) < 0.5
    values = np.rint(steps * (event + 0.3 * rng.normal(size=n)))
    area = separation(values, event, ordered=True)
    if area is not None:
        expected = auc_by_pairs(values, event)
        assert area == pytest.approx(max(expected, 1 - expected), abs=1e-12)


def test_the_input_outcome_determined():
    rng, _ = patients()
    age = np.rint(rng.uniform(33, 97, 160))
    (notice,) = notices(age, age > 66, column="age")
    assert notice == (
        "notice: age: alone it tells patients with outcome 'death' from those without outcome "
        "'death' with an AUC of 1.000; expected a predictor known at the decision. Is it the same "
        "in other words, or known only after the decision? If so, list it under [[columns]] with "
        "before_decision = false"
    )


@settings(max_examples=100, deadline=None)
@given(
    seed=integers(0, 10**6),
    wrong=sampled_from([0, 1, 2, 3]),
    turned=sampled_from([False, True]),
    kind=sampled_from(["number", "binary", "ordinal", "nominal"]),
)
def test_the_outcome_in_any_dress_is_pointed_at(seed, wrong, turned, kind):
    rng, event = patients(seed=seed)
    told = event.copy()
    told[:wrong] = 1 - told[:wrong]
    told = 1 - told if turned else told
    levels = [{"code": code} for code in "abc"] if kind in ("ordinal", "nominal") else []
    values = told + 10 * rng.random(event.size) / 11 if kind == "number" else told
    (notice,) = notices(values, event, type=kind, levels=levels)
    assert "alone it tells patients with outcome 'death'" in notice


def test_a_nominal_that_is_the_outcome_without_an_order():
    rng, event = patients()
    place = np.where(event == 1, rng.choice([1, 3], event.size), rng.choice([0, 2], event.size))
    levels = [{"code": code} for code in ("home", "grave", "ward", "morgue")]
    assert "AUC of 1.000" in notices(place, event, type="nominal", levels=levels)[0]


def test_survival_times_are_pointed_at():
    # R8: followed for five years; the dead before that
    rng, event = patients(400)
    time = np.where(event == 1, rng.uniform(0, 5, 400), 5 - rng.exponential(0.02, 400))
    assert "known only after the decision?" in notices(time, event)[0]


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize(("n", "prevalence"), [(20, 0.2), (60, 0.1), (160, 0.4), (160, 0.03)])
def test_what_is_known_before_the_decision_is_left_in_peace(seed, n, prevalence):
    rng, event = patients(n, seed, prevalence)
    strong = event + rng.normal(0, 0.7, n)  # AUC 0.84
    for values in (strong, rng.normal(size=n), rng.integers(0, 2, n), rng.integers(0, 12, n)):
        assert notices(np.where(rng.random(n) < 0.3, np.nan, values), event) == []
    levels = [{"code": k} for k in range(12)]
    assert notices(rng.integers(0, 12, n), event, type="nominal", levels=levels) == []


@pytest.mark.parametrize("n", [8, 12, 20])
def test_few_patients_prove_nothing(n):
    event = np.arange(n) < 2
    assert notices(np.arange(n), event) == []


@pytest.mark.parametrize(
    ("inside", "words"),
    [(1, "missing only in patients with outcome 'death'"),
     (0, "missing only in patients without outcome 'death'")],
)  # fmt: skip
def test_a_value_missing_in_one_class_alone_is_pointed_at(inside, words):
    # R8: a value missing only in the dead
    rng, event = patients()
    values = rng.normal(size=160)
    values[np.flatnonzero(event == inside)[:30]] = np.nan
    (notice,) = notices(values, event)
    assert f"{words} (30 of 30)" in notice
    assert "Is it measured, or asked for, only afterwards? If so, list it" in notice


def test_nearly_so_too_and_known_in_one_class_alone():
    rng, event = patients(400)
    values = rng.normal(size=400)
    dead, alive = np.flatnonzero(event == 1), np.flatnonzero(event == 0)
    values[dead[:80]] = values[alive[:2]] = np.nan
    assert (
        "missing almost only in patients with outcome 'death' (80 of 82)"
        in notices(values, event)[0]
    )
    known = np.full(400, np.nan)
    known[dead] = rng.normal(size=dead.size)
    count = f"({dead.size} of {dead.size})"
    assert f"known only in patients with outcome 'death' {count}" in notices(known, event)[-1]


def test_not_recorded_as_a_level_counts_as_missing():
    rng, event = patients()
    levels = [{"code": "M1"}, {"code": "M2"}, {"code": "", "label": "not recorded"}]
    values = rng.integers(0, 2, 160).astype(float)
    values[np.flatnonzero(event == 1)[:25]] = 2
    found = notices(values, event, type="nominal", levels=levels, may_be_missing=False)
    assert "missing only in patients with outcome 'death' (25 of 25)" in found[0]


@pytest.mark.parametrize("seed", range(20))
def test_values_missing_more_often_in_one_class_are_no_leak(seed):
    rng, event = patients(400, seed)
    missing = rng.random(400) < np.where(event == 1, 0.3, 0.1)
    assert notices(np.where(missing, np.nan, rng.normal(size=400)), event) == []


def test_outcomes_that_are_not_known_tell_nothing():
    rng, event = patients()
    values = rng.normal(size=160)
    event[:30] = values[:30] = np.nan
    assert notices(values, event) == []
    assert notices(values, np.full(160, np.nan)) == []
    assert notices(np.full(160, np.nan), event) == []


def test_it_is_asked_of_every_predictor_and_outcome_and_of_no_negative_control(
    read, rows, study_file
):
    many = [row | {"record": f"{k}{row['record']}"} for k in range(4) for row in rows]
    for k, row in enumerate(many):
        row["lab"], row["mrs"] = str(k // 2 % 2 + 7), str(k // 2 % 2 * 6)
    lab = '[[columns]]\ncolumn = "lab"\ntype = "integer"\npropensity = true\n\n[ordinal]'
    found = [str(notice) for notice in read(many, ("[ordinal]", lab)).notices]
    assert any(
        line.startswith("notice: lab: alone it tells patients with outcome 'good'")
        for line in found
    )
    control = "desirable = true\nprimary = true\nthreshold = 0.15\n"
    other = f'{control}\n[[outcomes]]\nname = "own"\ncolumn = "lab"\nevent = {{ equals = 8 }}\n'
    other += 'desirable = true\nrole = "negative_control"\n'
    lines = [str(notice) for notice in read(many, ("[ordinal]", lab), (control, other)).notices]
    assert not [line for line in lines if "'own'" in line]


def test_so_it_is_of_the_arm(read, rows):
    # what only treated patients have: the kind of a device, the minutes to it
    many = [row | {"record": f"{k}{row['record']}"} for k in range(4) for row in rows]
    for k, row in enumerate(many):
        row["site"] = "ICA" if row["arm"] != "P" else "M1"
        row["glucose"] = f"{5 + k % 7 / 2}" if row["arm"] != "P" else ""
    found = [str(notice) for notice in read(many).notices]
    arms = "in the arm 'Drug' from those in the arm 'Placebo' with an AUC of 1.000"
    assert any(line.startswith(f"notice: site: alone it tells patients {arms}") for line in found)
    assert any("glucose: known only in patients in the arm 'Drug' (40 of 40)" in f for f in found)


def test_so_it_is_within_one_arm(read, rows):
    # measured for the outcome in treated patients alone: the arm's own model would see it
    rng = np.random.default_rng(4)
    many = [row | {"record": f"{k}{row['record']}"} for k in range(8) for row in rows]
    for k, row in enumerate(many):
        good = k // 2 % 2
        row["mrs"] = str(2 - good if good else 5)
        told = good if row["arm"] != "P" else rng.integers(2)
        row["glucose"] = f"{5 + 3 * told + k % 5 / 10:.1f}"
    found = [str(notice) for notice in read(many).notices if notice.column == "glucose"]
    assert len(found) == 1
    assert "patients with outcome 'good' in the arm 'Drug' from those without" in found[0]
