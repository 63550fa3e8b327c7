"""The chance that a benefit exceeds a threshold, read off its range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats
from scipy.stats import norm

from twoarm.modelfile import load_model, predict_patients, read_patients
from twoarm.modelfile.chance import chance_above
from twoarm.modelfile.model import Model

PATIENT = "67,0,0,16,8,M1,360,3,0,0,0,0,0,7.1"


def test_it_is_the_normal_part_above_the_threshold():
    z = np.linspace(-8.0, 8.0, 1601)
    width = norm.ppf(0.975) * 0.1
    found = chance_above(0.15 + 0.1 * z, np.full(z.size, width), 0.15)
    np.testing.assert_allclose(found, norm.cdf(z), rtol=1e-12, atol=1e-15)


@given(floats(-1, 1), floats(1e-6, 1), floats(0, 1))
def test_a_range_that_ends_at_the_threshold_leaves_a_fortieth(middle, width, threshold):
    ends = np.array([threshold - width, threshold, threshold + width])
    found = chance_above(ends, np.full(3, width), threshold)
    np.testing.assert_allclose(found, [0.025, 0.5, 0.975], rtol=1e-7)
    above = chance_above(np.array([middle]), np.array([width]), threshold)
    assert (above > 0.5) == (middle > threshold) or above == 0.5


def test_without_a_width_it_is_one_or_none_and_without_a_range_absent():
    found = chance_above(
        np.array([0.2, 0.15, 0.1, 0.2]), np.array([0.0, 0.0, 0.0, np.nan]), 0.15
    )  # fmt: skip
    np.testing.assert_array_equal(found, [1.0, 0.0, 0.0, np.nan])


@pytest.fixture(scope="module")
def model(small_result):
    return load_model(small_result.folder / "model.json")


@pytest.fixture(scope="module")
def patients(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("chance") / "new.csv"
    header = ",".join(each.column for each in model.codebook)
    path.write_text(f"{header}\n{PATIENT}\n67,0,0,16,99,M1,360,3,0,0,0,0,0,7.1\n")
    return read_patients(model, path)


def test_only_outcomes_with_a_threshold_have_one_and_only_patients_with_numbers(model, patients):
    said = predict_patients(model, patients)
    with_one = {name for name, each in model.outcomes.items() if each["threshold"] is not None}
    assert with_one
    assert set(said.recommended.chance) == with_one < set(said.recommended.low)
    assert said.study.chance == {}
    for chance in said.recommended.chance.values():
        assert 0.0 < chance[0] < 1.0
        assert np.isnan(chance[1])


def test_it_rests_on_the_range_before_the_range_is_cut(model, patients):
    content = dict(model.content)
    content["uncertainty"] = {**content["uncertainty"], "multiple": 25.0}
    wide = Model(content, model.encoding)
    coded = patients.coded[:1]
    for each in (model, wide):
        risks = each.recommended_risks(coded)["mrs_0_2"]
        benefit = each.benefit(risks, "mrs_0_2")[0]
        found = [each.chance(coded, "mrs_0_2", risks, at)[0] for at in (0.15, benefit)]
        assert found[1] == 0.5
        low, high = each.benefit_range(coded, "mrs_0_2", risks)[:, 0]
        sd = (norm.ppf(found[0]) * 1.0) / (benefit - 0.15)
        assert (high < 1.0) == (each is model)
        if each is model:
            assert (high - low) / 2 * sd == pytest.approx(norm.ppf(0.975), rel=1e-9)
            kept = sd
    assert kept / sd == pytest.approx(25.0 / model.content["uncertainty"]["multiple"], rel=1e-6)


def test_it_is_withheld_with_the_range(model, patients):
    adapted = Model({**model.content, "uncertainty": None}, model.encoding)
    chance = predict_patients(adapted, patients).recommended.chance
    assert chance
    assert all(np.isnan(each).all() for each in chance.values())
