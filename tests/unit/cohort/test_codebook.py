import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers, text
from pydantic import ValidationError

from twoarm.cohort import Level, Predictor, Range
from twoarm.cohort.codebook import canonical, spells_number


@pytest.mark.parametrize(
    ("spellings", "code"),
    [
        ((1, 1.0, "1", " 1 ", "1.0", "1.", "+1", "01"), "1"),
        ((0, -0.0, "-0", "0.00"), "0"),
        ((2.5, "2.5", "2.50", "02.5", "+2.5"), "2.5"),
        ((100000, "1e5", "1E+05", "100000.0"), "100000"),
        (("M1", " M1\t"), "M1"),
        (("", "  "), ""),
    ],
)
def test_spellings_of_one_code_are_equal(spellings, code):
    assert {canonical(spelling) for spelling in spellings} == {code}


def test_codes_that_only_look_alike_differ():
    different = ["1", "1_0", "10", "1,0", "١", "½", "1 0", "0x1", "NaN", "nan", "inf", "m1", "M1"]
    assert len({canonical(code) for code in different}) == len(different)


def test_long_numbers_keep_all_their_digits():
    assert canonical("12345678901234567890") != canonical("12345678901234567891")
    assert canonical("9" * 5000) == "9" * 5000
    assert canonical("1e999") == "1e999"


@given(value=integers() | floats(allow_nan=False, allow_infinity=False) | text())
def test_a_canonical_code_stays_as_it_is(value):
    assert canonical(canonical(value)) == canonical(value)


@given(value=floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_as_a_number_is_one(value):
    assert spells_number(repr(value))
    assert float(canonical(value)) == value


@pytest.mark.parametrize("text", ["", "1,5", "1.5.2", "−5", "5 %", "1 000", "nan", "1e", "."])
def test_what_only_resembles_a_number_is_none(text):
    assert not spells_number(text)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"type": "number", "levels": [{"code": 1}, {"code": 2}]}, "'number' has no levels"),
        ({"type": "binary", "levels": [{"code": 1}]}, "'binary' needs two levels; found 1"),
        ({"type": "nominal"}, "'nominal' needs at least two levels; found 0"),
        ({"type": "ordinal", "levels": [{"code": 1}]}, "at least two levels; found 1"),
        (
            {"type": "nominal", "levels": [{"code": 1}, {"code": "1.0"}]},
            "codes must differ; found more than once: '1'",
        ),
        (
            {"type": "nominal", "levels": [{"code": "a"}, {"code": 9}], "missing_codes": ["9"]},
            "found more than once: '9'",
        ),
        ({"type": "binary", "missing_codes": [1]}, "found more than once: '1'"),
        ({"type": "number", "range": {"min": 5, "max": 4}}, "min must not exceed max"),
        ({"type": "number", "range": {"min": float("nan")}}, "finite"),
        ({"type": "number", "missing_codes": [True]}, "a code is a number or a text"),
        ({"type": "number", "missing_codes": [float("nan")]}, "a code is a finite number"),
    ],
)
def test_a_predictor_that_cannot_be_is_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        Predictor.model_validate({"column": "x", **keys})


def test_codes_keep_their_spelling():
    codes = ["1", 1, 1.0, "M1"]
    assert [repr(Level(code=code).code) for code in codes] == ["'1'", "1", "1.0", "'M1'"]


def test_what_has_no_label_goes_by_its_code():
    assert Level(code=2).text == "2"
    assert Level(code=2, label="two").text == "two"
    assert Predictor(column="x", type="number").title == "x"


def test_a_binary_predictor_without_levels_is_no_and_yes():
    levels = Predictor(column="x", type="binary").all_levels
    assert [(level.code, level.text) for level in levels] == [(0, "no"), (1, "yes")]


@pytest.mark.parametrize(
    ("limits", "inside", "outside", "words"),
    [
        (Range(min=1, max=3), (1, 2, 3), (0.99, 3.01), "1 to 3"),
        (Range(min=1), (1, 1e9), (0,), "at least 1"),
        (Range(max=3), (-1e9, 3), (4,), "at most 3"),
        (Range(), (-1e9, 1e9), (), "any value"),
    ],
)
def test_limits_belong_to_the_range(limits, inside, outside, words):
    assert all(limits.holds(value) for value in inside)
    assert not any(limits.holds(value) for value in outside)
    assert str(limits) == words


@pytest.mark.parametrize(
    "key",
    [
        {"phase": "dischargge"},
        {"resource": "Medication"},
        {"max_age_hours": 0},
        {"max_age_hours": -1},
        {"loinc": "72089-6|x"},
        {"snomed": "1&code=2"},
    ],
)
def test_where_a_hospital_keeps_it_is_checked(key):
    with pytest.raises(ValidationError):
        Predictor(column="nihss", type="integer", **key)


def test_where_a_hospital_keeps_it_may_be_left_out():
    predictor = Predictor(column="nihss", type="integer")
    assert (predictor.phase, predictor.resource, predictor.max_age_hours) == ("", "", None)
