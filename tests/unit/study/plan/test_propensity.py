"""One model of treatment for the whole run: predictors, columns listed for it, pooled centres."""

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.diagnostics import balance, overlap, propensity
from twoarm.metrics import auc
from twoarm.study.fit.refits import refits_of
from twoarm.study.judge.comparability.balance import BALANCE
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.judge.comparability.propensity import PROPENSITY
from twoarm.study.plan.propensity import pooled_centres, treatment_model, treatment_predictors

EXTRA = ("dlp", "smoke", "sbp", "coll_tan", "icad_suspected")


@pytest.fixture(scope="module")
def cohort(small):
    return small[1]


def test_it_sees_predictors_columns_of_the_propensity_and_centres(cohort):
    seen = treatment_predictors(cohort)
    names = [each.column for each in seen.codebook]
    predictors = [each.column for each in cohort.codebook]
    assert names[: len(predictors) + 5] == [*predictors, *EXTRA]
    centres = names[len(predictors) + 5 :]
    number = pooled_centres(cohort.centre, cohort.treatment)
    assert centres == [f"centre={k}" for k in range(number.max() + 1)]
    assert_allclose(seen.coded[:, -len(centres) :].sum(axis=1), 1)


def test_everybody_and_every_refit_get_the_same_model(small_result, cohort):
    everybody = np.ones(len(cohort), dtype=bool)
    refitted = refits_of(small_result.plan).propensity(everybody, everybody, seed=1)
    assert_allclose(small_result.value(PROPENSITY).score, refitted, atol=1e-6)


def test_overlap_balance_and_findings_rest_on_it(small_result, cohort):
    model = treatment_model(cohort)
    score = model.propensity.score
    assert_allclose(small_result.value(PROPENSITY).score, score)
    found = overlap(score, cohort.treatment)
    assert small_result.value(OVERLAP).ess_inverse == found.ess_inverse
    direct = balance(model.X, cohort.treatment, score, names=model.names)
    judged = small_result.value(BALANCE)
    assert judged.names == direct.names
    assert set(EXTRA) <= set(judged.names)
    assert_allclose(judged.inverse, direct.inverse)


def test_it_differs_from_a_model_that_does_not_see_them(cohort):
    model = treatment_model(cohort)
    without = dataclasses.replace(
        cohort, propensity_codebook=(), propensity_columns=np.empty((len(cohort), 0))
    )
    blind = treatment_model(without)
    # Of the patients that the models were fitted to: both are equally poor in others.
    in_sample = [auc(cohort.treatment, each.propensity.score) for each in (model, blind)]
    assert in_sample[0] > in_sample[1] + 0.005
    column = blind.X.shape[1] + EXTRA.index("icad_suspected")
    icad = model.X[:, column]
    seen, unseen = (
        abs(balance(icad[:, None], cohort.treatment, each.propensity.score, names=["x"]).inverse[0])
        for each in (model, blind)
    )
    assert seen < 0.1 < unseen


def test_without_centres_it_is_the_ridge_of_the_columns(cohort):
    one = dataclasses.replace(cohort, centre=None)
    model = treatment_model(one)
    assert_allclose(model.propensity.score, propensity(model.X, one.treatment).score)


def test_missing_values_are_filled_and_their_levels_counted(cohort):
    columns = cohort.propensity_columns.copy()
    columns[::3, EXTRA.index("coll_tan")] = np.nan
    codebook = tuple(
        each.model_copy(update={"may_be_missing": True}) for each in cohort.propensity_codebook
    )
    holed = dataclasses.replace(cohort, propensity_columns=columns, propensity_codebook=codebook)
    model = treatment_model(holed)
    assert np.isfinite(model.X).all()
    assert np.isfinite(model.categories).all()
    with_levels = [
        each for each in (*cohort.codebook, *cohort.propensity_codebook) if not each.is_number
    ]
    assert model.categories.shape[1] == len(with_levels)


def test_small_centres_are_one_and_a_single_centre_is_none():
    arm = np.tile([0, 1], 30)
    centre = np.array(["A"] * 22 + ["B"] * 18 + ["C"] * 20)  # B has 9 in each arm
    assert np.unique(pooled_centres(centre, arm)[22:40]).tolist() == [2]
    assert pooled_centres(centre, arm)[[0, 59]].tolist() == [0, 1]
    only_treated = np.where(centre == "C", 1, arm)  # a centre that treats all is small, too
    assert pooled_centres(centre, only_treated)[[0, 30, 59]].tolist() == [0, 1, 1]
    assert pooled_centres(np.array(["A"] * 60), arm) is None
    assert pooled_centres(np.array([f"C{k}" for k in range(60)]), arm) is None
    assert pooled_centres(None, arm) is None
