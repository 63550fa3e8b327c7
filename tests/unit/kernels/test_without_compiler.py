"""The kernels as plain Python: what coverage sees, and what runs where nothing may be compiled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

pytestmark = pytest.mark.seconds  # one process with the compiler, one without

COUNTED = {"mean": 0.0, "forest": 0.0, "boosting": 1e-12}  # the last digit of exp
ITERATED = [
    *("logistic", "spline_logistic", "elastic_net"),
    *("convex_loglik", "nnls", "discrete", "out of bag"),
]
LINEAR_ALGEBRA = 1e-9  # sums in another order

SCRIPT = """
import json, sys
import numba
import numpy as np
from twoarm.kernels.bits import bit, derive, draw_below, lowest_bit
from twoarm.kernels.ranks import concordance
from twoarm.learners import *

rng = np.random.default_rng(3)
X = np.column_stack([rng.normal(size=(40, 5)), rng.integers(0, 2, (40, 3))])
y = (X[:, 0] + rng.normal(size=40) > 0).astype(np.int64)
counts = rng.integers(0, 3, 40)
everybody = np.ones(40, dtype=np.bool_)
members = {
    "mean": Mean(), "logistic": Logistic(), "spline_logistic": SplineLogistic(),
    "elastic_net": ElasticNet(), "forest": Forest(trees=3, min_leaf=2),
    "boosting": Boosting(trees=3, depth=3, min_leaf=2),
}
learners = dict(members)
for combine in ("convex_loglik", "nnls", "discrete"):
    learners[combine] = Stack(list(members.items()), combine=combine, inner_folds=2)
learners["out of bag"] = Stack(["logistic", Forest(trees=200, min_leaf=12)], combine="nnls")
results = {}
for name, learner in learners.items():
    prepared = prepare(X, counts)
    fit = replicate(learner, prepared, y, counts, wanted=everybody, seed=5)
    model = fit_model(learner, prepared, y, counts, seed=5)
    kept = model.predict_proba(X)[:, 1]
    results[name] = {"risk": fit.risk.tolist(), "kept": kept.tolist(),
                     "inner": getattr(model, "inner_", None),
                     "weights": fit.weights.tolist(), "flags": int(fit.flags)}
results["bits"] = [int(derive(np.uint64(1234567), k)) for k in range(20)]
results["draws"] = [int(draw_below(np.uint64(2**64 - 1), k, 2**32)) for k in range(20)]
results["concordance"] = concordance(X[:, 0], y, np.stack([counts, everybody]) * 1.0).tolist()
results["compiled"] = not numba.config.DISABLE_JIT
json.dump(results, sys.stdout)
"""


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def results():
    found = {}
    for name, switch in (("plain", "1"), ("compiled", "0")):
        done = run("-c", SCRIPT, NUMBA_DISABLE_JIT=switch)
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout)
    assert [found[name]["compiled"] for name in ("plain", "compiled")] == [False, True]
    return found["plain"], found["compiled"]


def test_random_bits_are_the_same(results):
    plain, compiled = results
    assert plain["bits"] == compiled["bits"]
    assert plain["draws"] == compiled["draws"]
    assert plain["bits"][0] == 6457827717110365317  # as published


@pytest.mark.parametrize("name", COUNTED)
def test_what_is_counted_is_the_same(results, name):
    plain, compiled = (each[name] for each in results)
    for part in ("risk", "kept"):
        assert_allclose(plain[part], compiled[part], rtol=0, atol=COUNTED[name])
    assert_allclose(plain["risk"], plain["kept"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ITERATED)
def test_what_is_iterated_ends_at_the_same_numbers(results, name):
    plain, compiled = (each[name] for each in results)
    for part in ("risk", "kept", "weights"):
        assert_allclose(plain[part], compiled[part], rtol=0, atol=LINEAR_ALGEBRA)
    assert_allclose(plain["risk"], plain["kept"], rtol=0, atol=1e-12)
    assert plain["flags"] == compiled["flags"]
    assert plain["inner"] == compiled["inner"]
    assert (plain["inner"] == "out_of_bag") == (name == "out of bag")


def test_concordance_is_the_same(results):
    plain, compiled = results
    assert_array_equal(plain["concordance"], compiled["concordance"])
    assert np.isfinite(plain["concordance"]).all()


def test_the_kernels_tests_hold_without_the_compiler():
    here = Path(__file__).parent
    selection = [
        f"{here}/{path}"
        for path in (
            "test_columns.py::test_a_value_at_a_cut_belongs_to_the_bin_below",
            "test_columns.py::test_neighbours_at_the_edge_of_the_numbers_are_told_apart",
            "test_ranks.py::test_concordance_without_a_pair_is_missing",
            "test_ranks.py::test_a_missing_prediction_makes_concordance_missing",
            "test_splines.py::test_the_tail_beyond_the_last_knot_keeps_its_digits",
            "test_linear.py::test_no_scale_makes_a_column_infinite",
            "test_linear.py::test_a_separated_sample_ends_in_a_finite_fit",
            "test_combine.py::test_members_that_cannot_help_get_nothing",
            "test_forest.py::test_kept_trees_add_up_over_rows_and_trees",
            "test_boosting.py::test_one_stump_by_hand",
            "test_odds.py::test_decay_ends_in_zero_and_keeps_what_is_missing",
            "test_odds.py::test_log_1_plus_equals_the_librarys",
            "test_bundles.py::test_running_sums_are_those_over_rows",
            "test_boosting.py::test_nothing_is_split_where_nothing_can_be",
        )
    ]
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *selection, NUMBA_DISABLE_JIT="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
