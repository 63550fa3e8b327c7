import copy
import datetime as dt
import json

import numpy as np
import pytest

from twoarm.cohort import EncodingSpec
from twoarm.errors import CohortError, ModelFileError
from twoarm.learners import Boosting, ElasticNet, Forest, Logistic, Mean, SplineLogistic, Stack
from twoarm.modelfile import (
    load_model,
    parse_model,
    predict_patients,
    read_patients,
    stack_risk,
)
from twoarm.modelfile.predictor import member_risk
from twoarm.modelfile.reading import read_cells
from twoarm.study import run
from twoarm.study.files.model import model_content

DAY = dt.date(2026, 2, 28)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    X = np.column_stack([rng.normal(50, 9, 220), rng.integers(0, 2, 220), rng.gamma(2, 3, 220)])
    y = (rng.random(220) < 1 / (1 + np.exp(-(X[:, 0] - 50) / 6 - X[:, 1]))).astype(int)
    new = np.column_stack([rng.normal(50, 12, 80), rng.integers(0, 2, 80), rng.gamma(2, 4, 80)])
    return X, y, new


MEMBERS = [Mean(), Logistic(), SplineLogistic(), SplineLogistic(knots=6), ElasticNet(),
           Forest(trees=25), Forest(trees=3, max_depth=1), Boosting(trees=25), Boosting(depth=1),
           Boosting(trees=10, depth=4)]  # fmt: skip


@pytest.mark.parametrize("member", MEMBERS, ids=str)
def test_the_plain_form_predicts_what_the_member_predicts(data, member):
    X, y, new = data
    plain = json.loads(json.dumps(member.fit(X, y).to_plain()))
    expected = member.predict_proba(new)[:, 1]
    np.testing.assert_allclose(member_risk(plain, new), expected, atol=1e-12)


@pytest.mark.parametrize("combine", ["convex_loglik", "nnls", "discrete"])
def test_the_plain_form_predicts_what_the_stack_predicts(data, combine):
    X, y, new = data
    stack = Stack(combine=combine, inner_folds=3).fit(X, y)
    plain = json.loads(json.dumps(stack.to_plain()))
    assert all(member["weight"] > 0 for member in plain["members"])
    np.testing.assert_allclose(stack_risk(plain, new), stack.predict_proba(new)[:, 1], atol=1e-12)


def test_a_value_at_a_threshold_goes_left_as_in_training():
    X = np.repeat([[0.0], [1.0]], 20, axis=0)
    y = np.r_[np.tile([0, 0, 0, 1], 5), np.tile([1, 1, 1, 0], 5)]
    forest = Forest(trees=1, min_leaf=1).fit(X, y)
    plain = forest.to_plain()
    threshold = plain["trees"][0]["threshold"][0]
    at, above = np.array([[threshold]]), np.array([[np.nextafter(threshold, np.inf)]])
    assert member_risk(plain, at) < 0.5 < member_risk(plain, above)
    np.testing.assert_array_equal(forest.predict_proba(at)[:, 1], member_risk(plain, at))


@pytest.fixture(scope="module")
def content(small_result):
    return model_content(small_result, small_result.models, created=DAY)


def test_the_file_of_a_run_predicts_what_the_run_predicted(small_result):
    model = load_model(small_result.folder / "model.json")
    for name, effects in small_result.in_sample.items():
        mu = model.risks(small_result.plan.cohort.predictors, name)
        np.testing.assert_allclose(mu, [effects.mu0, effects.mu1], atol=1e-12)


def test_it_holds_at_least_fifty_test_vectors_and_none_is_a_patient(small_result, content):
    model = parse_model(content)
    vectors = [vector["cells"] for vector in content["test_vectors"]]
    columns = {name: np.array([cells[name] for cells in vectors]) for name in vectors[0]}
    read = read_cells(model.codebook, model.encoding.fill, columns)
    patients = {tuple(row) for row in small_result.plan.cohort.predictors.tolist()}
    assert len(vectors) >= 50
    assert not patients & {tuple(row) for row in read.coded.tolist()}
    assert "S0001" not in json.dumps(content)


def test_it_says_that_the_patients_were_synthetic(content):
    assert content["synthetic"] is True


def changed(content, change):
    other = copy.deepcopy(content)
    change(other)
    return other


def move_a_weight(content):
    members = content["arms"]["treated"]["death"]["members"]
    members[0]["weight"] += 1e-6


BROKEN = [
    (lambda c: c.update(format="pickle"), "no twoarm-model file"),
    (lambda c: c.update(format_version=99), "format version 99"),
    (move_a_weight, "differ from its test vectors"),
    (lambda c: c["test_vectors"].clear(), "0 test vectors"),
    (lambda c: c.pop("preprocessing"), "incomplete or damaged"),
    (lambda c: c["arms"]["control"].pop("death"), "incomplete or damaged"),
    (lambda c: c["codebook"][0].update(typ="integer"), "incomplete or damaged"),
    (lambda c: c["test_vectors"][0]["risks"].update(death=[float("nan"), 0.5]), "differ from"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_a_file_that_is_not_whole_is_refused(content, change, message):
    with pytest.raises(ModelFileError, match=message):
        parse_model(changed(content, change))


def test_files_that_are_no_json_or_absent_are_refused(tmp_path):
    (tmp_path / "half.json").write_text('{"format": "twoarm-mo')
    with pytest.raises(ModelFileError, match="not JSON"):
        load_model(tmp_path / "half.json")
    with pytest.raises(ModelFileError, match="Cannot read"):
        load_model(tmp_path / "none.json")
    (tmp_path / "list.json").write_text("[1]")
    with pytest.raises(ModelFileError, match="no twoarm-model file"):
        load_model(tmp_path / "list.json")


def test_new_patients_are_read_by_the_models_codebook(small_result, content, tmp_path):
    model = parse_model(content)
    header = ",".join(predictor.column for predictor in model.codebook)
    first = "67,0,0,16,8,M1,360,3,0,0,0,0,0,7.1"
    (tmp_path / "new.csv").write_text(f"{header}\n{first}\n19,0,0,16,8,M1,360,3,0,0,0,0,0,7.1\n")
    patients = read_patients(model, tmp_path / "new.csv")
    X = small_result.models.encoding.encode(patients.coded)
    pair = small_result.models.stacks["mrs_0_2"]
    expected = [stack.predict_proba(X)[:, 1] for stack in pair]
    np.testing.assert_allclose(model.risks(patients.coded, "mrs_0_2"), expected, atol=1e-12)
    assert model.outside_support(patients.coded) == [(), ("age",)]


def test_what_does_not_fit_is_said_of_the_patient_with_the_labels_of_the_levels(content, tmp_path):
    model = parse_model(content)
    header = ",".join(predictor.column for predictor in model.codebook)
    first = "67,0,0,16,8,M1,360,3,0,0,0,0,0,7.1"
    (tmp_path / "new.csv").write_text(f"{header}\n67,2,0,99,8,M9,360,3,0,0,0,0,0,7.1\n{first}\n")
    patients = read_patients(model, tmp_path / "new.csv")
    levels = next(each.levels for each in model.codebook if each.column == "site")
    codes = ", ".join(f"{each.code} ({each.label})" if each.label else each.code for each in levels)
    assert patients.unusable == [
        [
            "female '2': expected one of 0 (no), 1 (yes)",
            "nihss '99': expected 0 to 42 points",
            f"site 'M9': expected one of {codes}",
        ],
        [],
    ]
    found = predict_patients(model, patients)
    assert found.usable.tolist() == [False, True]
    mu0, mu1 = model.risks(patients.coded[1:], "death")
    np.testing.assert_array_equal(found.study.mu0["death"], [np.nan, *mu0])
    np.testing.assert_array_equal(found.study.mu1["death"], [np.nan, *mu1])
    np.testing.assert_array_equal(found.study.benefit["death"], [np.nan, *(mu0 - mu1)])
    np.testing.assert_array_equal(
        found.study.benefit["mrs_0_2"][1:],
        np.diff(model.risks(patients.coded[1:], "mrs_0_2"), axis=0)[0],
    )


def test_a_file_without_a_column_is_refused(content, tmp_path):
    model = parse_model(content)
    (tmp_path / "short.csv").write_text("age,female\n67,0\n")
    with pytest.raises(CohortError, match="has no column af, aspects"):
        read_patients(model, tmp_path / "short.csv")


@pytest.mark.seconds
def test_a_plug_in_with_weight_leaves_no_model_file_and_says_so(study_text, tmp_path):
    from twoarm.cohort import load_study, read_cohort

    text = study_text.replace('"mean", "logistic", "elastic_net", "forest", "boosting"', '"extra"')
    text += '[[model.plugins]]\nname = "extra"\npath = "sklearn.ensemble:ExtraTreesClassifier"\n'
    text += "parameters = { n_estimators = 5, min_samples_leaf = 3 }\n"
    (tmp_path / "plugin.toml").write_text(text)
    study = load_study(tmp_path / "plugin.toml")
    result = run(study, read_cohort(study), out=tmp_path / "run", replicates=2)
    assert not (tmp_path / "run" / "model.json").exists()
    assert "'extra' (ExtraTreesClassifier)" in result.absent["model.json"]
    assert result.summary()["absent"]["model.json"] == result.absent["model.json"]


def test_a_spec_encodes_as_it_was_learnt(content, small_result):
    encoding = small_result.models.encoding
    again = parse_model(content).encoding
    assert isinstance(again, EncodingSpec)
    assert again.fill == encoding.fill
    assert again.names == encoding.names
