"""Several fits in one call: who learns and who is predicted, and that no fit knows of another."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from twoarm.kernels.data import Cases, each_fit, fits_with_folds, one_fit
from twoarm.kernels.members import BOOSTING, FOREST, LINEAR, MEAN, SEPARATED, predict_member
from twoarm.learners import prepare

FOLDS = 3
PARAMETERS = {
    MEAN: (0.0, 0.0, 0.0, 0.0),
    LINEAR: (0.1, 1.0, 4.0, 0.0),
    FOREST: (10.0, 5.0, 2.0, 9.0),
    BOOSTING: (10.0, 2.0, 0.1, 5.0),
}


def cases_and_folds(seed=1, n=90):
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 4, n)
    members = np.flatnonzero(weight).astype(np.uint32)
    wanted = np.flatnonzero(rng.random(n) < 0.5).astype(np.uint32)
    fold = np.where(weight > 0, rng.integers(0, FOLDS, n), -1)
    return Cases(members, wanted, rng.integers(0, 2, n), weight), fold


def test_a_fit_to_all_and_one_without_each_fold():
    cases, fold = cases_and_folds()
    on_all, without_folds = fits_with_folds(cases, fold, FOLDS)
    for fits in (on_all, one_fit(cases)):
        (only,) = each_fit(fits)
        assert_array_equal(only.members, cases.members)
        assert_array_equal(only.wanted, cases.wanted)
    held = list(each_fit(without_folds))
    assert len(held) == FOLDS
    for number, fit in enumerate(held):
        assert_array_equal(fit.members, np.flatnonzero((fold >= 0) & (fold != number)))
        assert_array_equal(fit.wanted, np.flatnonzero(fold == number))
        assert fit.outcome is cases.outcome
        assert fit.weight is cases.weight


@pytest.mark.parametrize("kind", [MEAN, LINEAR, FOREST, BOOSTING])
def test_fits_of_one_call_are_those_of_several(kind):
    cases, fold = cases_and_folds()
    rng = np.random.default_rng(2)
    columns = prepare(rng.normal(size=(fold.size, 4))).columns
    streams = [np.uint64(7), np.uint64(8), np.uint64(9)]
    _, fits = fits_with_folds(cases, fold, FOLDS)
    together, alone = np.full(fold.size, np.nan), np.full(fold.size, np.nan)
    parameters, flags = np.array(PARAMETERS[kind]), 0
    for fit, stream in zip(each_fit(fits), streams, strict=True):
        flags |= predict_member(columns, kind, parameters, one_fit(fit), [stream], alone)
    assert predict_member(columns, kind, parameters, fits, streams, together) == flags
    assert_array_equal(together, alone)
    assert_array_equal(np.isnan(together), fold < 0)


def test_the_flags_of_every_fit_count():
    outcome = np.array([0, 0, 1, 1, 0, 1])
    values = np.array([0.0, 1.0, 2.0, 3.0, 5.0, 4.0])[:, None]
    rows = np.arange(6, dtype=np.uint32)
    cases = Cases(rows, rows, outcome, np.ones(6, np.int64))
    fold = np.array([1, 0, 1, 0, 0, 1])  # a cut tells the events of fold 1 from its others
    columns, parameters = prepare(values).columns, np.array([0.0, 1.0, 0.0, 0.0])
    _, fits = fits_with_folds(cases, fold, 2)
    found = [
        predict_member(columns, LINEAR, parameters, each, [], np.empty(6))
        for each in (*map(one_fit, each_fit(fits)), fits, one_fit(cases))
    ]
    assert found == [SEPARATED, 0, SEPARATED, 0]
