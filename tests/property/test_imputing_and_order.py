"""What must not matter: an imputer with nothing to impute, and the order of a file's rows."""

from __future__ import annotations

import csv
import random
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from twoarm import validate
from twoarm.cohort import Predictor, load_study, read_cohort
from twoarm.learners import Boosting, Forest, Stack, prepare
from twoarm.metalearners import Predictors, replicate_arm
from twoarm.study import make_plan, repeat_replicate

CODEBOOK = (
    Predictor(column="age", type="number", may_be_missing=True),
    Predictor(column="passes", type="integer", may_be_missing=True),
    Predictor(
        column="site",
        type="nominal",
        levels=({"code": "M1"}, {"code": "M2"}, {"code": "ICA"}),
        may_be_missing=True,
    ),
)
STACK = Stack(["mean", "logistic", Forest(trees=3), Boosting(trees=5)], inner_folds=2)


@settings(max_examples=25, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), arm=integers(0, 1))
def test_the_studys_imputer_with_nothing_to_impute_changes_no_bit(seed, arm):
    rng = np.random.default_rng(seed)
    n = 90
    coded = np.column_stack(
        [rng.normal(60, 10, n), rng.integers(1, 6, n), rng.integers(0, 3, n)]
    ).astype(np.float64)
    treatment = np.arange(n) % 2
    outcome = (rng.random(n) < 0.4).astype(np.float64)
    counts = np.bincount(rng.integers(0, n, n), minlength=n)
    outcome[:8], counts[:8] = [0, 0, 0, 0, 1, 1, 1, 1], 1
    predictors = Predictors(CODEBOOK, coded)
    imputing = prepare(predictors.spec(counts).encode(coded))  # the way of incomplete predictors
    fits = [
        replicate_arm(
            STACK, prepared, outcome, treatment, counts, arm, wanted=np.ones(n, bool), seed=seed
        )
        for prepared in (predictors.prepared(counts), imputing)
    ]
    assert_array_equal(fits[0].risk, fits[1].risk)
    assert_array_equal(fits[0].weights, fits[1].weights)


@pytest.mark.parametrize(
    "learner", [LogisticRegression(), RandomForestClassifier(5, random_state=0)]
)
def test_an_imputing_pipeline_with_nothing_to_impute_changes_no_bit(learner):
    rng = np.random.default_rng(4)
    X = rng.normal(size=(80, 3))
    y = (rng.random(80) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
    asked = {"replicates": 5, "seed": 6, "cv_repeats": 2, "executor": "serial"}
    plain = validate(learner, X, y, **asked)
    imputing = validate(make_pipeline(SimpleImputer(), learner), X, y, **asked)
    assert_array_equal(plain.risk, imputing.risk)
    assert_array_equal(plain.cv.risk, imputing.cv.risk)
    for name, metric in plain.metrics().items():
        np.testing.assert_equal(asdict(metric), asdict(imputing.metrics()[name]))  # NaN is NaN


def test_a_file_with_an_id_may_have_its_rows_in_any_order(tmp_path):
    study = load_study("rescue-stenting")
    with Path(study.cohort_source).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    random.Random(5).shuffle(rows)
    path = tmp_path / "shuffled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    plans = [make_plan(study, read_cohort(study, each), replicates=2) for each in (None, path)]
    assert plans[0].cohort.digest != plans[1].cohort.digest
    one, other = (repeat_replicate(plan, 1) for plan in plans)
    assert one.rows.keys() == other.rows.keys()
    for name, values in one.rows.items():
        assert_array_equal(values, other.rows[name], err_msg=name)
