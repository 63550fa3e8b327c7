"""The chance that a benefit exceeds the threshold: JavaScript as Python, and its words."""

import json

import numpy as np
import pytest
from py_mini_racer import MiniRacer
from tests.unit.calculator.test_same_numbers import CLOSE, in_javascript, largest

from twoarm.calculator.page import script
from twoarm.modelfile.chance import chance_above

SAYING = ("chance", "benefit")


def test_javascript_is_python_over_a_grid(plain_engine):
    z = np.linspace(-8.0, 8.0, 3201)
    width = 1.959963984540054 * 0.05
    benefit = 0.15 + 0.05 * z
    code = f"{json.dumps(benefit.tolist())}.map((b) => chanceAbove(b, {width!r}, 0.15))"
    found = json.loads(plain_engine.eval(f"JSON.stringify({code})"))
    assert largest(found, chance_above(benefit, np.full(z.size, width), 0.15)) < CLOSE


def test_far_away_without_a_width_and_without_a_range(plain_engine):
    def told(*values):
        return json.loads(
            plain_engine.eval(f"JSON.stringify(chanceAbove({json.dumps(values)[1:-1]}))")
        )

    assert [told(b, 1e-4, 0.15) for b in (-1.0, 0.0, 0.15, 0.3, 1.0)] == [0, 0, 0.5, 1, 1]
    assert [told(b, 0, 0.15) for b in (0.1, 0.15, 0.2)] == [0, 0, 1]
    assert told(0.3, None, 0.15) is None


@pytest.mark.parametrize("threshold", [0.0, 0.15, 0.4])
def test_a_thousand_patients_have_the_same_chances(engine, model, patients, threshold):
    code = "Object.fromEntries(Object.entries(answer(MODEL, coded, 'recommended')).map("
    code += f"([name, e]) => [name, chanceAbove(e.benefit, e.width, {threshold})]))"
    found = in_javascript(engine, code, patients)
    for name, risks in model.recommended_risks(patients).items():
        expected = model.chance(patients, name, risks, threshold)
        assert largest([each[name] for each in found], expected) < CLOSE


@pytest.mark.parametrize(
    ("benefit", "said"),
    [
        (-1.0, "chance.less 0"), (0.1032, "chance.less 1"), (0.104, "chance.about 1"),
        (0.15, "chance.about 50"), (0.1668, "chance.about 80"), (0.196, "chance.about 99"),
        (0.197, "chance.more 99"), (1.0, "chance.more 100"),
    ],
)  # fmt: skip
def test_whole_patients_of_100_and_no_certainty_at_the_ends(benefit, said):
    words = "{ say: (key, { p }) => `${key} ${p}`, fixed: (value) => value.toFixed(0) }"
    main = json.dumps({"benefit": benefit, "width": 1.959963984540054 * 0.02})
    with MiniRacer() as engine:
        engine.eval(script(SAYING).replace("export ", ""))
        assert engine.eval(f"chanceText({words}, {main}, 15)") == said
