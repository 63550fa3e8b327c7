"""A model adapted to other patients: page and Python give the same numbers."""

import json

import numpy as np
import pytest
from py_mini_racer import MiniRacer

from twoarm.calculator.compact import compact_content
from twoarm.calculator.page import script
from twoarm.modelfile import Model
from twoarm.modelfile.recalibration import recalibrated_risks
from twoarm.validation.adapting import answered

ARITHMETIC = ("evaluator", "range", "chance", "reading", "answer")


def form(width, *, columns):
    rng = np.random.default_rng(width)
    part = rng.normal(0, 0.001, (2, width)).tolist() if columns else None
    return {"intercept": [0.4, -0.3], "log_odds": [[0.8, -0.1], [0.05, 0.7]], "columns": part}


@pytest.fixture(scope="module")
def adapted(model):
    width = len(model.encoding.names)
    names, fitted = list(model.outcomes), list(model.recommended_outcomes)
    steps = [
        {"study": {names[0]: form(width, columns=True)}, "recommended": {}},
        {
            "study": {names[0]: form(width, columns=False)},
            "recommended": {name: form(width, columns=True) for name in fitted},
        },
    ]
    content = {**model.content, "recalibration": steps, "uncertainty": None}
    content["test_vectors"] = answered(Model(content, model.encoding), model.content)
    return Model(content, model.encoding)


def test_the_page_answers_the_test_patients_of_an_adapted_model_alike(adapted):
    page = json.dumps(compact_content(adapted.content, adapted.codebook))
    with MiniRacer() as engine:
        engine.eval(script(ARITHMETIC).replace("export ", ""))
        engine.eval(f"const MODEL = {page};")
        assert engine.eval("largestDifference(MODEL)") < 1e-12
        assert engine.eval("mayCompute(MODEL)") is True
        # without the updates the page would not compute
        assert engine.eval("mayCompute({...MODEL, recalibration: null})") is False


def test_outcomes_stay_in_order_after_an_update(adapted, patients):
    risks = adapted.recommended_risks(patients)
    assert (risks["mrs_0_2"] <= risks["mrs_0_3"] + 1e-12).all()
    assert (risks["mrs_0_3"] <= 1.0 - risks["death"] + 1e-12).all()


def test_a_step_by_hand(plain_engine):
    step = {"intercept": [1.0, 0.0], "log_odds": [[1, 0], [0.5, 0.5]], "columns": [[2.0], [0.0]]}
    found = json.loads(
        plain_engine.eval(f"JSON.stringify(recalibrated({json.dumps(step)}, [0.5, 0.8], [0.25]))")
    )
    expected = recalibrated_risks(step, np.array([[0.5], [0.8]]), np.array([[0.25]]))[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    # control: 0 + 1 + 2 * 0.25; treated: half of logit 0.8, which is ln 2
    np.testing.assert_allclose(expected, [1 / (1 + np.exp(-1.5)), 2 / 3], rtol=1e-12)
