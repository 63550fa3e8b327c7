"""The recommended learner in a model file: coherent risks and a range, by hand and by the run."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from hypothesis.strategies import floats
from scipy.special import expit

from twoarm.modelfile import load_model, predict_patients, read_patients
from twoarm.modelfile.model import Model
from twoarm.modelfile.recommended import coherent_risks, half_width


def model_of(intercept, treatment, main, interaction, *, scale=(2.0,)):
    fit = {"weight": 1.0, "intercept": intercept, "treatment": treatment, "main": main,
           "interaction": interaction}  # fmt: skip
    return {"centre": [10.0], "scale": list(scale), "fits": [fit]}


def test_risks_by_hand():
    recommended = {"outcomes": {"alive": model_of(0.1, 0.8, [0.5], [-0.4])}, "order": []}
    found = coherent_risks(recommended, np.array([[10.0], [14.0]]))["alive"]
    middle, apart = 0.1 + 0.5 * np.array([0, 2]), 0.8 - 0.4 * np.array([0, 2])
    np.testing.assert_allclose(found, [expit(middle - apart / 2), expit(middle + apart / 2)])


def test_fits_are_averaged_as_risks_not_as_log_odds():
    model = model_of(-2.0, 0.0, [0.0], [0.0])
    model["fits"] = [model["fits"][0] | {"weight": 0.25, "intercept": a} for a in (-2, 0, 1, 3)]
    found = coherent_risks({"outcomes": {"alive": model}, "order": []}, np.zeros((1, 1)))["alive"]
    np.testing.assert_allclose(found, np.full((2, 1), expit([-2, 0, 1, 3]).mean()))


def test_a_column_that_did_not_vary_in_training_says_nothing():
    recommended = {"outcomes": {"x": model_of(0.0, 1.0, [3.0], [2.0], scale=(0.0,))}, "order": []}
    found = coherent_risks(recommended, np.array([[10.0], [99.0]]))["x"]
    np.testing.assert_allclose(found, np.tile(expit([[-0.5], [0.5]]), 2))


def logit(p):
    return np.log(p / (1 - p))


def test_nested_outcomes_in_the_wrong_order_meet_at_their_weighted_mean():
    at = {"good": 0.5, "fair": 0.3, "dead": 0.4}
    recommended = {
        "outcomes": {name: model_of(logit(p), 0.0, [0.0], [0.0]) for name, p in at.items()},
        "order": [
            {"outcome": "good", "complement": False, "weight": 3.0},
            {"outcome": "fair", "complement": False, "weight": 1.0},
            {"outcome": "dead", "complement": True, "weight": 1.0},
        ],
    }
    found = coherent_risks(recommended, np.zeros((1, 1)))
    np.testing.assert_allclose(found["good"], 0.45)
    np.testing.assert_allclose(found["fair"], 0.45)
    np.testing.assert_allclose(found["dead"], 0.40)


def test_the_range_is_the_root_of_variance_and_distance():
    block = {"centre": [10.0], "scale": [2.0], "intercept": 0.2, "treatment": 0.6, "main": [0.7],
             "interaction": [-0.3], "root": [[0.1], [0.02, 0.2], [0.0, 0.01, 0.3],
                                             [0.05, 0.0, 0.02, 0.15]]}  # fmt: skip
    uncertainty = {"multiple": 2.0, "outcomes": {"alive": block}}
    root = np.zeros((4, 4))
    for k, row in enumerate(block["root"]):
        root[k, : k + 1] = row
    z, at = 1.5, np.array([0.2, 0.6, 0.7, -0.3])

    def effect(a, d, b, g):
        side = (d + g * z) / 2
        return expit(a + b * z + side) - expit(a + b * z - side)

    step = 1e-6
    gradient = [(effect(*(at + step * e)) - effect(*(at - step * e))) / (2 * step)
                for e in np.eye(4)]  # fmt: skip
    expected = 2.0 * np.sqrt(gradient @ root @ root.T @ gradient + (effect(*at) - 0.05) ** 2)
    found = half_width(uncertainty, "alive", np.array([[13.0]]), np.array([0.05]))
    np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.fixture(scope="module")
def model(small_result):
    return load_model(small_result.folder / "model.json")


@given(arrays(np.float64, (5, 14), elements=floats(0, 1)))
def test_whoever_comes_outcomes_do_not_contradict_each_other(model, share):
    low = np.array([model.content["support"][each.column]["min"] for each in model.codebook])
    high = np.array([model.content["support"][each.column]["max"] for each in model.codebook])
    coded = np.round(low + share * (high - low))
    risks = model.recommended_risks(coded)
    good, fair, dead = risks["mrs_0_2"], risks["mrs_0_3"], risks["death"]
    assert (good <= fair + 1e-12).all()
    assert (fair <= 1 - dead + 1e-12).all()
    for name, mu in risks.items():
        below, above = model.benefit_range(coded, name, mu)
        benefit = model.benefit(mu, name)
        assert (below <= benefit).all()
        assert (benefit <= above).all()


def test_nearly_all_patients_of_the_cohort_have_numbers(model, small_result):
    cohort = small_result.plan.cohort
    far = model.too_far(cohort.predictors)
    assert not far[cohort.treatment == 0].all()
    assert min(far[cohort.treatment == arm].sum() for arm in (0, 1)) == 0
    assert far.mean() < 0.02
    one_by_one = [bool(model.too_far(row[None])[0]) for row in cohort.predictors]
    assert one_by_one == far.tolist()
    distance = model.distance(cohort.predictors)
    outermost = min(distance[cohort.treatment == arm].max() for arm in (0, 1))
    assert outermost < model.content["joint_support"]["limit"] < outermost * (1 + 1e-8)


def test_ranges_are_withheld_once_a_model_was_adapted(model, small_result, tmp_path):
    content = copy.copy(dict(model.content)) | {"uncertainty": None}
    adapted = Model(content, model.encoding)
    header = ",".join(each.column for each in model.codebook)
    (tmp_path / "new.csv").write_text(f"{header}\n67,0,0,16,8,M1,360,3,0,0,0,0,0,7.1\n")
    there, gone = (
        predict_patients(each, read_patients(each, tmp_path / "new.csv")).recommended
        for each in (model, adapted)
    )
    np.testing.assert_array_equal(there.benefit["death"], gone.benefit["death"])
    assert there.low["death"] < there.benefit["death"] < there.high["death"]
    assert np.isnan(gone.low["death"]).all()
    assert np.isnan(gone.high["death"]).all()
