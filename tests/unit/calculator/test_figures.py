"""Dots and bars stand for a hundred patients, and add up to what the sentence says."""

import json

import numpy as np
import pytest
from py_mini_racer import MiniRacer

from twoarm.calculator.compact import compact_content
from twoarm.calculator.page import script

DRAWN = ("evaluator", "range", "reading", "answer", "words", "figures")


@pytest.fixture(scope="module")
def drawing(model):
    content = compact_content(model.content, model.codebook)
    with MiniRacer() as engine:
        engine.eval(script(DRAWN).replace("export ", ""))
        engine.eval(f"const MODEL = {json.dumps(content)}")
        yield engine


def counted(drawing, patients, learner, page="MODEL"):
    rows = [[None if np.isnan(value) else value for value in row] for row in patients.tolist()]
    code = f"""JSON.stringify({json.dumps(rows)}.map((coded) => {{
      const found = answer(MODEL, coded, "{learner}");
      return ["control", "treated"].map((arm) => [
        parts({page}, found, arm, "{learner}", "mrs_0_2"),
        Object.fromEntries(Object.keys(found).map((name) =>
          [name, hundredths({page}, name, found[name][arm], 0)])),
      ]);
    }}))"""
    return [arm for both in json.loads(drawing.eval(code)) for arm in both]


def test_nested_outcomes_are_parts_of_a_hundred(drawing, patients):
    for parts, whole in counted(drawing, patients, "recommended"):
        kinds = [part["kind"] for part in parts]
        assert kinds == ["full", "half", "open", "cross"]
        counts = [part["count"] for part in parts]
        assert sum(counts) == 100
        assert min(counts) >= 0
        assert counts[0] == whole["mrs_0_2"]
        assert counts[0] + counts[1] == whole["mrs_0_3"]
        assert counts[3] == whole["death"]


@pytest.mark.parametrize(
    ("desirable", "kinds"), [(True, ["full", "open"]), (False, ["open", "cross"])]
)
def test_outcomes_that_may_contradict_each_other_are_not_stacked(
    drawing, patients, desirable, kinds
):
    outcome = f"{{...MODEL.outcomes.mrs_0_2, desirable: {json.dumps(desirable)}}}"
    page = f"{{...MODEL, outcomes: {{...MODEL.outcomes, mrs_0_2: {outcome}}}}}"
    for parts, whole in counted(drawing, patients[:50], "study", page):
        assert [part["kind"] for part in parts] == kinds
        assert sum(part["count"] for part in parts) == 100
        had = next(part for part in parts if part["label"] == "first")
        assert had["count"] == whole["mrs_0_2"]
