"""Codes for "unknown" that stand among numbers are pointed at; clean numbers are left in peace."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from

from twoarm.cohort import Predictor
from twoarm.cohort.doubtful import doubtful_levels, doubtful_numbers
from twoarm.cohort.scales import is_unknown_code, off_the_scale
from twoarm.cohort.sentinels import far_codes, frequent_codes

CODES = [9, 99, 999, 9999, 8, 88, 888, 77, 777, -9, -99, -999, -8, -88, -1, 99.9, 999.9]


def notices(values, **keys):
    predictor = Predictor.model_validate({"column": "x", "type": "number", **keys})
    rows = np.arange(2, 2 + len(values))
    return [str(each) for each in doubtful_numbers(predictor, np.asarray(values, float), rows)]


def pressures(n=160, seed=3):
    return np.rint(np.random.default_rng(seed).normal(140, 22, n))


def clean(rng, n):
    """Give what clinical files hold, by name; nothing in it stands for "unknown"."""
    return {
        "age": np.rint(np.clip(rng.normal(68, 13, n), 18, 103)),
        "pressure": np.rint(rng.normal(145, 24, n)),
        "weight": np.round(rng.normal(78, 14, n), 1),
        "height_m": np.round(rng.normal(1.7, 0.1, n), 2),
        "glucose": np.round(np.exp(rng.normal(1.95, 0.3, n)), 1),
        "crp": np.round(np.exp(rng.normal(1.5, 1.4, n)), 1),
        "nihss": np.clip(rng.negative_binomial(4, 0.2, n), 0, 42).astype(float),
        "pre_stroke": rng.choice(5, n, p=[0.6, 0.2, 0.1, 0.07, 0.03]).astype(float),
        "passes": 1 + rng.negative_binomial(2, 0.5, n).astype(float),
        "lesions": rng.negative_binomial(0.6, 0.2, n).astype(float),
        "pack_years": np.where(rng.random(n) < 0.4, 0, np.rint(np.exp(rng.normal(2.8, 0.7, n)))),
        "minutes": np.rint(np.exp(rng.normal(5.3, 0.6, n))),
        "ejection_fraction": np.rint(np.clip(rng.normal(52, 12, n), 10, 75)),
        "saturation": np.rint(np.clip(100 - rng.gamma(2, 1.5, n), 70, 100)),
        "base_excess": np.round(rng.normal(-2, 4, n), 1),
        "change": np.rint(rng.normal(1, 4, n)),
        "z_score": rng.normal(0, 1, n),
        "share": np.round(rng.beta(2, 3, n), 2),
        "inr": np.round(1 + np.exp(rng.normal(-2, 1, n)), 2),
        "creatinine": np.rint(np.exp(rng.normal(4.4, 0.4, n))),
    }


def test_the_input_sbp999():
    values = pressures()
    values[[3, 23, 51, 60, 80]] = 999
    (notice,) = notices(values)
    rest = values[values != 999]
    assert notice == (
        f"notice: x rows 5, 25, 53, 62, 82: found '999' (5), far from the others ({rest.min():g} "
        f"to {rest.max():g}). List it under missing_codes if it means unknown, or give the column "
        "a range"
    )


@settings(max_examples=200, deadline=None)
@given(
    code=sampled_from([999, 9999, 99999, 888, 7777, -9, -99, -999, -88, 999.9]),
    name=sampled_from(
        ["age", "pressure", "weight", "glucose", "nihss", "pre_stroke", "inr",
         "ejection_fraction", "saturation", "share", "creatinine", "height_m"]
    ),
    seed=integers(0, 10**6),
    n=integers(40, 300),
    share=sampled_from([0.1, 0.2, 0.3]),
)  # fmt: skip
def test_any_code_in_any_number_is_pointed_at(code, name, seed, n, share):
    rng = np.random.default_rng(seed)
    values = clean(rng, n)[name]
    coded = rng.permutation(n) < max(3, share * n)
    values[coded] = code
    (notice,) = notices(values)
    assert f"'{code:g}' ({coded.sum()})" in notice


@pytest.mark.parametrize("code", CODES)
def test_every_usual_code_far_from_a_pressure(code):
    values = pressures()
    values[:6] = code
    expected = [] if 77 <= code <= 200 else [float(code)]
    assert far_codes(values) == expected
    assert is_unknown_code(f"{code:g}")


@pytest.mark.parametrize("codes", [[888, 999], [-9, 999], [-99, -9], [777, 888, 999], [9, 99, 999]])
def test_several_codes_are_pointed_at_together(codes):
    values = np.concatenate([pressures() + 100, np.repeat(codes, 3)])
    assert far_codes(values) == codes


@pytest.mark.parametrize("code", [5000, -500, 555, 3])
def test_what_is_no_usual_code_is_pointed_at_if_it_is_far_off_and_repeated(code):
    values = pressures()
    values[:4] = code
    assert far_codes(values) == [code]


def test_a_frequent_value_at_the_edge_of_the_others_is_a_ceiling():
    values = pressures()
    values[:6] = values[6:].max() + 2
    assert far_codes(values) == []


@pytest.mark.parametrize("n", [60, 160, 600])
def test_clean_numbers_are_left_in_peace(n):
    # 20 variables in 60 cohorts each: at most 2 in 1000 with a notice
    found = [
        name
        for seed in range(60)
        for name, values in clean(np.random.default_rng(seed), n).items()
        if notices(values)
    ]
    assert len(found) <= 2, found


@pytest.mark.parametrize(
    ("column", "label"),
    [("weight", ""), ("x", "Body weight"), ("sbp", ""), ("x", "Systolic blood pressure"),
     ("bmi", ""), ("height_cm", ""), ("dbp_adm", ""), ("heart_rate", "")],
)  # fmt: skip
def test_a_single_zero_in_a_weight_or_a_pressure_is_pointed_at(column, label):
    values = pressures()
    values[7] = 0
    (notice,) = notices(values, column=column, label=label)
    assert "row 9: found '0' (1), far from the others" in notice
    assert notices(values, column="x") == []
    assert notices(values, column=column, label=label, range={"min": 0}) == []


@pytest.mark.parametrize("column", ["weight_change", "wt82_71", "pressure_gradient", "steps"])
def test_a_zero_that_may_be_one_is_not(column):
    values = np.round(np.random.default_rng(1).normal(20, 12, 200), 1)
    values[7] = 0
    assert notices(np.abs(values), column=column) == []


@pytest.mark.parametrize("name", ["pressure", "weight", "glucose", "height_m", "age"])
def test_repeated_zeros_in_what_is_never_0_are_pointed_at(name):
    values = clean(np.random.default_rng(5), 160)[name]
    values[[2, 30, 31, 99, 120]] = 0
    (notice,) = notices(values)
    assert "found '0' (5)" in notice


def test_a_range_settles_it_at_its_own_end():
    values = pressures()
    values[:4], values[4:8] = 999, -9
    assert "'-9' (4), '999' (4)" in notices(values)[0]
    assert "found '-9' (4)" in notices(values, range={"max": 1000})[0]
    assert "found '999' (4)" in notices(values, range={"min": -10})[0]
    assert notices(values, range={"min": -10, "max": 1000}) == []


@pytest.mark.parametrize(
    ("unit", "factor", "low", "high"),
    [("percent", 0.01, 20, 70), ("m", 0.01, 150, 195), ("share", 0.01, 35, 60)],
)
@pytest.mark.parametrize("every", [2, 3, 10])
def test_hundredths_beside_the_others_are_pointed_at(unit, factor, low, high, every):
    # the input percent-mixed, and metres beside centimetres
    values = np.rint(np.random.default_rng(2).uniform(low, high, 90))
    mixed = np.where(np.arange(90) % every == 0, np.round(values * factor, 2), values)
    (notice,) = notices(mixed)
    assert re.search("about (9[0-9]|1[0-2][0-9]) times as large", notice)
    assert notice.startswith("notice: x rows 2, ")
    assert notices(values) == []
    assert notices(np.round(values * factor, 2)) == []


def test_few_or_no_values_are_answered():
    for values in ([], [np.nan], [1.0], [999.0] * 3, [1.0, 999, 999], [0.0] * 9):
        assert notices(values) == []


@pytest.mark.parametrize(
    ("codes", "meant", "expected"),
    [
        ({0, 1, 2, 8}, (), {8}),
        ({0, 1, 2, 3}, (), set()),
        ({0, 1, 2, 8, 9}, (), {8, 9}),
        ({0, 1, 2, 88, 99}, (), {88, 99}),
        ({-1, 0, 1}, (), {-1}),
        ({-9, 1, 2}, (), {-9}),
        ({-2, -1, 0, 1, 2}, (), set()),
        ({-1, 1}, (), set()),
        ({-9, 1}, (), {-9}),
        ({1, 5}, (), set()),
        ({1, 9}, (), {9}),
        ({0, 1, 2, 3, 4, 6}, (), {6}),
        ({0, 1, 2, 3, 4, 6}, {6}, set()),
        ({0, 1, 3}, {2}, set()),
        ({2, 3, 5, 8, 9, 14, 21}, (), None),
        ({7, 8, 9}, (), set()),
        ({5}, (), set()),
        (set(), (), set()),
    ],
)
def test_which_codes_are_off_a_scale(codes, meant, expected):
    assert off_the_scale(codes, meant) == expected


def test_an_ordinal_level_that_stands_apart_is_pointed_at():
    def found(*codes, kind="ordinal"):
        levels = [{"code": code} for code in codes]
        return list(doubtful_levels(Predictor(column="g", type=kind, levels=levels)))

    (notice,) = found(0, 1, 2, 3, 9)
    assert "level 9 stands apart from the others, and counts as that number" in str(notice)
    assert found(0, 1, 2, 3) == found("low", "high", 9) == found(0, 1, 9, kind="nominal") == []


@pytest.mark.parametrize("code", [999, 9999, -99, 888])
def test_one_long_code_very_far_off_is_enough(code):
    values = pressures()
    values[7] = code
    (notice,) = notices(values)
    assert f"row 9: found '{code}' (1), far from the others" in notice
    values[7] = 260
    assert notices(values) == []


@pytest.mark.parametrize("code", [-2, -3, -4, -5, -50])
def test_a_negative_number_that_is_no_usual_code_must_be_frequent(code):
    values = pressures()
    values[:1] = code
    assert notices(values) == []
    values[:4] = code
    (notice,) = notices(values)
    assert f"found '{code}' (4), far from the others" in notice


def test_several_negative_numbers_are_numbers():
    values = np.concatenate([np.arange(40.0), [-2, -2, -2, -3, -5, -5, -5]])
    assert notices(values) == []


@pytest.mark.parametrize("code", [77, 88, 99])
def test_a_usual_code_among_the_others_is_pointed_at_if_it_is_far_too_frequent(code):
    values = np.rint(np.random.default_rng(2).uniform(30, 103, 300))
    assert notices(values) == []
    values[:25] = code
    (notice,) = notices(values)
    n = int((values == code).sum())
    assert f"found '{code}' ({n}), more than twice as often as any other value" in notice
    assert frequent_codes(np.tile(values[:12], 3)) == []  # so few values are a scale


@pytest.mark.parametrize("seed", range(40))
def test_a_commonest_value_that_happens_to_be_a_code_is_none(seed):
    rng = np.random.default_rng(seed)
    assert frequent_codes(np.rint(rng.normal(88, 6, 300))) == []
    assert frequent_codes(np.round(rng.normal(8.8, 0.7, 300), 1)) == []


@pytest.mark.parametrize(
    "column", ["age", "age_years", "Alter", "edad", "Gewicht", "poids", "taille_cm"]
)
def test_a_single_zero_is_pointed_at_in_other_languages_too(column):
    values = np.rint(np.random.default_rng(3).uniform(40, 90, 160))
    values[7] = 0
    (notice,) = notices(values, column=column)
    assert "row 9: found '0' (1)" in notice


@pytest.mark.parametrize("column", ["stage", "age", "dosage", "percentage", "agents"])
def test_a_zero_in_the_age_of_children_or_in_another_word_is_none(column):
    values = np.rint(np.random.default_rng(3).uniform(1, 15 if column == "age" else 90, 160))
    values[7] = 0
    assert notices(values, column=column) == []


@pytest.mark.parametrize(
    ("name", "factor"),
    [("glucose", 18.0), ("creatinine", 1 / 88.4), ("height_m", 100), ("weight", 1000)],
)
@pytest.mark.parametrize("every", [2, 5, 10])
def test_two_units_in_one_column_are_pointed_at(name, factor, every):
    values = clean(np.random.default_rng(4), 160)[name]
    values[::every] *= factor
    found = notices(values)
    if name == "glucose" or every == 10:  # a tail may join the two: what is told is right
        assert all("Are units mixed" in notice for notice in found)
    else:
        assert len(found) == 1
        assert "Are units mixed, such as shares and percents" in found[0]
