"""New patients: what one of them gets does not depend on who else is in the file."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from, tuples

from twoarm.errors import CohortError
from twoarm.modelfile import digest, parse_model, predict_patients, read_patients

MEMBERS = {
    "control": {"kind": "logistic", "intercept": -3.0, "slopes": [0.03, 0.1, 0.5, -0.4, 0.2],
                "knots": [[], [], [], [], []], "weight": 1.0},
    "treated": {"kind": "logistic", "intercept": -2.5, "slopes": [0.02, 0.1, 0.3, 0.4, -0.2],
                "knots": [[], [], [], [], []], "weight": 1.0},
}  # fmt: skip
CONTENT = {
    "format": "twoarm-model",
    "format_version": 2,
    "synthetic": False,
    "expires": "2028-01-31",
    "codebook": [
        {"column": "age", "type": "integer", "unit": "years", "usual": {"max": 85}},
        {"column": "glucose", "type": "number", "unit": "mmol/L", "may_be_missing": True},
        {"column": "sex", "type": "binary", "missing_codes": [9], "may_be_missing": True,
         "levels": [{"code": "M", "label": "male"}, {"code": "F", "label": "female"}]},
        {"column": "site", "type": "nominal",
         "levels": [{"code": "M1"}, {"code": "M2"}, {"code": "ICA"}]},
    ],
    "preprocessing": {"fill": {"age": 70, "glucose": 6.5, "sex": 1, "site": 0}},
    "outcomes": {"death": {"label": "Death", "desirable": False, "threshold": None}},
    "arms": {arm: {"death": {"combine": "nnls", "members": [member]}}
             for arm, member in MEMBERS.items()},
    "support": {"age": {"min": 20, "max": 90}, "glucose": {"min": 3, "max": 20},
                "sex": {"min": 0, "max": 1, "levels": [0, 1]},
                "site": {"min": 0, "max": 1, "levels": [0, 1]}},
    "overlap": {"treatment": {"kind": "mean", "share": 0.5}, "alpha": 0.1},
    "joint_support": {"centre": [60, 8, 0, 0, 0], "scale": [10, 2, 0, 0, 0],
                      "root": [[1, 0], [0, 1], [0, 0], [0, 0], [0, 0]], "limit": 6.5},
    "recommended": {"outcomes": {}, "order": [], "absent": {"death": "too few events"}},
    "recalibration": None,
    "derived": {},
    "uncertainty": None,
}  # fmt: skip


def by_hand(age, glucose, female, m2, ica):
    """Give both arms' risks by the formula that the members stand for."""
    x = np.array([age, glucose, female, m2, ica])
    return [
        1 / (1 + np.exp(-(member["intercept"] + x @ member["slopes"])))
        for member in MEMBERS.values()
    ]


def vector(age, glucose):
    mu0, mu1 = by_hand(age, glucose, 1, 0, 1)
    return {
        "cells": {"age": f"{age}", "glucose": f"{glucose:g}", "sex": "F", "site": "ICA"},
        "reads": {"age": f"{age} years", "glucose": f"{glucose:g} mmol/L", "sex": "female",
                  "site": "ICA"},
        "propensity": 0.5,
        "risks": {"death": [mu0, mu1]},
        "benefit": {"death": mu0 - mu1},
    }  # fmt: skip


@pytest.fixture(scope="module")
def model():
    whole = CONTENT | {"test_vectors": [vector(20 + k, 5 + 0.125 * k) for k in range(50)]}
    return parse_model(whole | {"digest": digest(whole)})


@pytest.fixture(scope="module")
def predicted(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("patients") / "new.csv"

    def predict(text):
        path.write_text(text, encoding="utf-8")
        patients = read_patients(model, path)
        return patients, predict_patients(model, patients)

    return predict


HEADER = "age,glucose,sex,site"
GOOD = {
    "60,7.5,M,M1": (by_hand(60, 7.5, 0, 0, 0), ""),
    "60.0,7.5,F,M2": (by_hand(60, 7.5, 1, 1, 0), ""),
    "60,,9,M2": (
        by_hand(60, 6.5, 1, 1, 0),
        "glucose is missing, taken as 6.5 mmol/L; sex is missing, taken as female",
    ),
    "88,7,F,M1": (by_hand(88, 7, 1, 0, 0), "age 88: usually at most 85 years"),
}


@pytest.mark.parametrize(("cells", "expected"), GOOD.items())
def test_risks_and_notes_are_those_by_hand(predicted, cells, expected):
    (mu0, mu1), note = expected
    _, found = predicted(f"{HEADER}\n{cells}\n")
    np.testing.assert_allclose(found.study.mu0["death"], mu0, rtol=1e-12)
    np.testing.assert_allclose(found.study.mu1["death"], mu1, rtol=1e-12)
    np.testing.assert_allclose(found.study.benefit["death"], mu0 - mu1, rtol=1e-9)
    assert found.notes == (note,)


BAD = {
    "60,7,F,ICA": "outside what the model has seen: site ICA (M1, M2)",
    "95,-7,F,M1": "outside what the model has seen: age 95 (20 to 90 years), "
    "glucose -7 (3 to 20 mmol/L); age 95: usually at most 85 years",
    "20,19,F,M1": "outside what the model has seen: all values together, not one of them alone",
    "60,7,f,M1": "sex 'f': expected one of M (male), F (female)",
    ",seven,,": "age is missing; glucose 'seven': expected a number; site is missing; "
    "sex is missing, taken as female",
}


@pytest.mark.parametrize(("cells", "note"), BAD.items())
def test_no_numbers_but_all_the_reasons(predicted, cells, note):
    _, found = predicted(f"{HEADER}\n{cells}\n")
    assert not found.usable.any()
    assert np.isnan(
        [found.study.mu0["death"], found.study.mu1["death"], found.study.benefit["death"]]
    ).all()
    assert found.notes == (note,)


def spelled(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


ANY_CELLS = tuples(
    sampled_from(["P1", "007", "née, x", ""]),
    sampled_from(["60", "88", "15", "sixty", "", "60.5", "-1"]),
    sampled_from(["7.5", "", "NaN", "100", "-7", "#N/A", "x" * 60]),
    sampled_from(["M", "F", "9", "", "male"]),
    sampled_from(["M1", "M2", "ICA", "M9", "", "'"]),
)


@settings(deadline=None, max_examples=60)
@given(rows=lists(ANY_CELLS, min_size=1, max_size=5))
def test_a_patient_gets_the_same_alone_and_among_others(predicted, rows):
    header = ["pid", *HEADER.split(",")]
    patients, together = predicted(spelled([header, *rows]))
    for k, row in enumerate(rows):
        own, alone = predicted(spelled([header, row]))
        assert alone.notes[0] == together.notes[k]
        for part in ("mu0", "mu1", "benefit"):
            one, all_of_them = (getattr(each.study, part)["death"] for each in (alone, together))
            np.testing.assert_array_equal(one[0], all_of_them[k])
            assert np.isfinite(one[0]) == alone.usable[0] == together.usable[k]
        assert own.others["pid"][0] == patients.others["pid"][k] == row[0]


LAYOUTS = [
    " age ,glucose, sex,site\n60,7.5,M,M1\n",
    "\ufeffage,glucose,sex,site\r\n60,7.5,M,M1\r\n",
    "site;sex;glucose;age\nM1;M;7,5;60\n",
    "glucose\tage\tsite\tsex\n7,5\t60\tM1\tM\n",
]


@pytest.mark.parametrize("text", LAYOUTS)
def test_the_layout_of_the_file_does_not_matter(predicted, text):
    _, found = predicted(text)
    np.testing.assert_allclose(found.study.mu0["death"], by_hand(60, 7.5, 0, 0, 0)[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AGE,glucose,Sex,site\n60,7,M,M1\n",
         "has no column age, sex. The model needs age, glucose, sex, site; a column may be empty "
         "where values are unknown. Perhaps: rename 'AGE' if it is age; rename 'Sex' if it is sex"),
        ("age,glucose,sex,site\n60,\"7,5\",M,M1\n61,7.5,M,M1\n", "decimal commas and decimal"),
        ("age,glucose,sex,site\n", "no patients"),
        ("", "is empty"),
    ],
)  # fmt: skip
def test_what_concerns_the_whole_file_refuses_it(predicted, text, message):
    with pytest.raises(CohortError, match=message):
        predicted(text)


def test_where_treatment_was_all_but_decided_there_is_no_number(tmp_path):
    nearly_all = {"treatment": {"kind": "mean", "share": 0.97}, "alpha": 0.05}
    whole = CONTENT | {"overlap": nearly_all}
    vectors = [vector(20 + k, 5 + 0.125 * k) | {"propensity": 0.97} for k in range(50)]
    whole |= {"test_vectors": vectors}
    model = parse_model(whole | {"digest": digest(whole)})
    file = tmp_path / "new.csv"
    file.write_text("age,glucose,sex,site\n60,7.5,M,M1\n60,seven,M,M1\n")
    predicted = predict_patients(model, read_patients(model, file))
    assert not predicted.usable.any()
    assert np.isnan(predicted.study.benefit["death"]).all()
    assert predicted.notes[0] == "treatment was all but decided in patients like this"
    assert predicted.notes[1] == "glucose 'seven': expected a number"


def test_three_digits_after_a_point_are_decimals_where_thousands_were_never_seen(model, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text("age,glucose,sex,site\n60,7.125,M,M1\n")
    assert read_patients(model, file).coded[0, 1] == 7.125


def test_a_mark_that_may_set_off_thousands_is_asked_about_without_a_study_file(model, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text("age,glucose,sex,site\n60,1.184,M,M1\n")  # 1.184 was never seen, nor 1184
    with pytest.raises(CohortError, match="separator of thousands") as raised:
        read_patients(model, file)
    assert "study file" not in str(raised.value)
