"""A patient as JSON gives it is the patient of a file; what does not fit is said, not repeated."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.modelfile.test_patients import CONTENT, by_hand, vector

from twoarm.modelfile import digest, parse_model, patients_of, predict_patients

WHOLE = {"age": 60, "glucose": 7.5, "sex": "M", "site": "M1"}


@pytest.fixture(scope="module")
def model():
    whole = CONTENT | {"test_vectors": [vector(20 + k, 5 + 0.125 * k) for k in range(50)]}
    return parse_model(whole | {"digest": digest(whole)})


ALIKE = {
    "numbers": WHOLE,
    "texts": {"age": "60", "glucose": "7.50", "sex": "M", "site": "M1"},
    "whole as a float": WHOLE | {"age": 60.0},
    "spaces": WHOLE | {"site": " M1 "},
}


@pytest.mark.parametrize("record", ALIKE.values(), ids=ALIKE.keys())
def test_spellings_of_one_patient_give_the_same(model, record):
    found = predict_patients(model, patients_of(model, [record]))
    mu0, mu1 = by_hand(60, 7.5, 0, 0, 0)
    np.testing.assert_allclose(
        [found.study.mu0["death"][0], found.study.mu1["death"][0]], [mu0, mu1], rtol=1e-12
    )
    assert found.notes == ("",)


@pytest.mark.parametrize("gap", [{"glucose": None}, {"glucose": ""}, {}])
def test_null_empty_and_absent_are_all_missing(model, gap):
    record = {"age": 60, "sex": 9, "site": "M2"} | gap
    patients = patients_of(model, [record])
    assert patients.unusable == [[]]
    assert patients.remarks == [
        ["glucose is missing, taken as 6.5 mmol/L", "sex is missing, taken as female"]
    ]


MISFITS = {
    "text": ({"age": "secret"}, "age: expected a number"),
    "fraction": ({"age": 60.25}, "age: expected a whole number"),
    "true": ({"age": True}, "age: expected a number"),
    "true for letters": ({"sex": True}, "sex: expected one of M (male), F (female)"),
    "level": ({"site": "secret"}, "site: expected one of M1, M2, ICA"),
    "list": ({"site": ["secret"]}, "site: expected one of M1, M2, ICA"),
    "nan": ({"glucose": float("nan")}, "glucose: expected a number"),
    "infinite": ({"glucose": float("inf")}, "glucose: expected a number"),
    "endless": ({"glucose": 10**5000}, "glucose: expected a number"),
    "long": ({"site": "M1" * 1000}, "site: expected one of M1, M2, ICA"),
    "missing": ({"age": None}, "age is missing"),
    "unknown name": (
        {"secret": 1}, "1 name unknown to the model, which has age, glucose, sex, site"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_concerns_its_patient_and_is_not_repeated(model, change, said):
    patients = patients_of(model, [WHOLE, WHOLE | change])
    assert patients.unusable == [[], [said]]
    assert "secret" not in str((patients.unusable, patients.remarks))


def test_long_texts_of_one_patient_take_no_room_in_others(model):
    patients = patients_of(model, [WHOLE | {"site": "x" * 1_000_000}, *[WHOLE] * 500])
    assert patients.coded.shape == (501, 4)
    assert patients.unusable[1] == []


def test_an_unusual_value_is_remarked_upon(model):
    assert patients_of(model, [WHOLE | {"age": 88}]).remarks == [["age: usually at most 85 years"]]
