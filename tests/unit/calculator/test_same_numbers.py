"""The page's JavaScript and Python give the same numbers."""

import json

import numpy as np
import pytest
from sklearn.isotonic import isotonic_regression

CLOSE = 1e-12


def in_javascript(engine, expression, patients):
    """Evaluate an expression of `coded` for every patient."""
    rows = [[None if np.isnan(value) else value for value in row] for row in patients.tolist()]
    code = f"JSON.stringify({json.dumps(rows)}.map((coded) => ({expression})))"
    return json.loads(engine.eval(code))


def largest(found, expected):
    return float(np.abs(np.asarray(found, dtype=np.float64) - np.asarray(expected)).max())


def test_the_test_patients_are_answered_alike(engine):
    assert engine.eval("MODEL.vectors.length") >= 50
    assert engine.eval("largestDifference(MODEL)") < CLOSE
    assert engine.eval("mayCompute(MODEL)") is True


def test_the_studys_learner_gives_the_same_risks(engine, model, patients):
    found = in_javascript(engine, "answer(MODEL, coded, 'study')", patients)
    for name in model.outcomes:
        risks = model.risks(patients, name)
        expected = np.vstack([risks, model.benefit(risks, name)]).T
        given = [[each[name][key] for key in ("control", "treated", "benefit")] for each in found]
        assert largest(given, expected) < CLOSE
        assert all(each[name]["range"] is None for each in found)


def test_the_recommended_learner_gives_the_same_risks_and_ranges(engine, model, patients):
    found = in_javascript(engine, "answer(MODEL, coded, 'recommended')", patients)
    for name, risks in model.recommended_risks(patients).items():
        ends = model.benefit_range(patients, name, risks)
        expected = np.vstack([risks, model.benefit(risks, name), ends]).T
        given = [
            [
                each[name]["control"],
                each[name]["treated"],
                each[name]["benefit"],
                *each[name]["range"],
            ]
            for each in found
        ]
        assert largest(given, expected) < CLOSE


def test_treatment_and_distance_are_foreseen_alike(engine, model, patients):
    found = in_javascript(
        engine, "[propensity(MODEL, encode(MODEL, coded)), distance(MODEL, encode(MODEL, coded))]",
        patients,
    )  # fmt: skip
    expected = np.column_stack([model.propensity(patients), model.distance(patients)])
    assert largest(found, expected) < CLOSE


def test_the_same_patients_are_refused(engine, model, patients):
    overlap = {**model.content["overlap"], "alpha": 0.3}
    strict = type(model)({**model.content, "overlap": overlap}, model.encoding)
    beyond = patients.copy()
    beyond[::3, 0] += 60.0
    page = "{...MODEL, overlap: {...MODEL.overlap, alpha: 0.3}}"
    found = in_javascript(engine, f"refusal({page}, coded)?.key ?? null", beyond)
    outside, far = strict.outside_support(beyond), strict.too_far(beyond)
    decided = strict.decided(beyond)
    expected = [
        "outside" if names else "far" if away else "decided" if fixed else None
        for names, away, fixed in zip(outside, far.tolist(), decided.tolist(), strict=True)
    ]
    assert found == expected
    assert set(found) == {"outside", "far", "decided", None}


def in_order(found, place, arm):
    risk = found[place["outcome"]][arm]
    return 1 - risk if place["complement"] else risk


def test_nested_outcomes_of_one_arm_do_not_contradict_each_other(engine, model, patients):
    found = in_javascript(engine, "answer(MODEL, coded, 'recommended')", patients)
    order = model.content["recommended"]["order"]
    assert len(order) > 1
    for arm in ("control", "treated"):
        chain = np.array([[in_order(each, o, arm) for o in order] for each in found])
        assert (np.diff(chain, axis=1) > -CLOSE).all()


def test_pooling_is_isotonic_regression(plain_engine):
    rng = np.random.default_rng(1)
    for size in (1, 2, 3, 5, 9):
        values, weights = rng.random(size), rng.uniform(0.5, 8.0, size)
        given = f"nonDecreasing({values.tolist()}, {weights.tolist()})"
        found = json.loads(plain_engine.eval(f"JSON.stringify({given})"))
        assert largest(found, isotonic_regression(values, sample_weight=weights)) < CLOSE


@pytest.mark.parametrize(
    "change",
    [
        "model.study.control.mrs_0_2.members.at(-1).weight += 1e-6",
        "model.recommended.outcomes.death.fits[0].intercept += 1e-6",
        "model.uncertainty.outcomes.sich.root[0][0] *= 1.01",
        "model.overlap.treatment.slopes[0] += 1e-6",
        "model.outcomes.death.desirable = true",
        "model.codebook[5].levels.reverse()",
        "model.fill[13] = 20",
        "model.vectors = []",
        "delete model.study.treated.sich",
    ],
)
def test_a_page_that_computes_otherwise_is_silent(engine, change):
    copy = "const model = JSON.parse(JSON.stringify(MODEL))"
    assert engine.eval(f"(() => {{ {copy}; {change}; return mayCompute(model); }})()") is False
