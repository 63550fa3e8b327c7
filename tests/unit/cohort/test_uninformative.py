from __future__ import annotations

import numpy as np

from twoarm.cohort import Predictor
from twoarm.cohort.uninformative import uninformative


def told(**columns):
    codebook = [
        Predictor.model_validate({"column": name, "type": "number", "unit": "1"})
        for name in columns
    ]
    found = uninformative(codebook, np.column_stack(list(columns.values())))
    return [(each.column, each.found) for each in found]


def test_one_value_in_everybody_and_a_column_twice_are_noticed():
    age = np.array([50.0, 61, np.nan, 70])
    same = np.array([1.0, 1, np.nan, 1])
    assert told(age=age, same=same, again=age) == [
        ("same", "the same in all 3 patients in whom it is known"),
        ("again", "equal to age in every patient"),
    ]


def test_what_differs_in_one_patient_is_left_in_peace():
    age = np.array([50.0, 61, np.nan, 70])
    assert told(age=age, other=np.array([50.0, 61, 55, 70]), twice=2 * age) == []


def test_of_one_known_value_nothing_is_said():
    assert told(age=np.array([np.nan, 3.0, np.nan])) == []
