"""Classifiers of other libraries: how they are found, seeded and fed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from twoarm.errors import ArgumentError, MissingPackageError
from twoarm.learners import Logistic, Stack
from twoarm.learners.plugin import fit_repeated, import_plugin, with_seed


def test_a_plug_in_is_imported_with_its_parameters():
    plugin = import_plugin("sklearn.ensemble:ExtraTreesClassifier", {"n_estimators": 7})
    assert isinstance(plugin, ExtraTreesClassifier)
    assert plugin.n_estimators == 7


@pytest.mark.parametrize(
    "path", ["sklearn.ensemble", "sklearn.ensemble:", ":ExtraTreesClassifier", ""]
)
def test_a_path_without_module_or_class_is_refused(path):
    with pytest.raises(ArgumentError, match="must read 'module:Class'"):
        import_plugin(path, {})


@pytest.mark.parametrize("module", ["no_such_package", "sklearn.no_such_module", ".relative", ".."])
def test_a_module_that_is_not_there_is_named(module):
    with pytest.raises(MissingPackageError, match=f"needs the module '{module}'"):
        import_plugin(f"{module}:Classifier", {})


def test_a_class_that_is_not_there_is_named():
    with pytest.raises(ArgumentError, match=r"'sklearn\.ensemble' has no class 'ExtraTree'"):
        import_plugin("sklearn.ensemble:ExtraTree", {})


@pytest.mark.parametrize("path", ["sklearn.ensemble:ExtraTreesClassifier", "sklearn:__version__"])
def test_parameters_that_do_not_fit_are_refused(path):
    with pytest.raises(ArgumentError, match=f"'{path}' does not take these parameters"):
        import_plugin(path, {"trees": 3})


@pytest.mark.parametrize(
    ("path", "lacks"),
    [
        ("sklearn.linear_model:LinearRegression", "predict_proba"),
        ("collections:OrderedDict", "fit, predict_proba, get_params"),
    ],
)
def test_what_is_no_classifier_is_refused(path, lacks):
    with pytest.raises(ArgumentError, match=f"has no {lacks}"):
        import_plugin(path, {})


def test_every_seed_is_set_nested_ones_too():
    pipeline = make_pipeline(StandardScaler(), ExtraTreesClassifier())
    assert with_seed(pipeline, 5)[-1].random_state == 5
    assert with_seed(Stack(), 6).seed == 6
    assert with_seed(Logistic(), 7).seed == 7
    plain = make_pipeline(StandardScaler())
    assert with_seed(plain, 5) is plain


@pytest.mark.parametrize("as_table", [np.asarray, pd.DataFrame])
def test_rows_are_repeated_as_often_as_they_weigh(as_table):
    X = as_table(np.arange(12.0).reshape(6, 2))
    y, weight = np.array([0, 1, 0, 1, 0, 1]), np.array([0, 3, 1, 0, 2, 1])
    rows = np.repeat(np.arange(6), weight)
    model = fit_repeated(LogisticRegression(), X, y, weight)
    again = LogisticRegression().fit(np.asarray(X)[rows], y[rows])
    assert_array_equal(model.coef_, again.coef_)
