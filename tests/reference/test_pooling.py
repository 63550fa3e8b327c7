"""Random-effects pooling against R: metafor::rma(yi, sei, method = "REML", test = "adhoc").

That is Hartung and Knapp's interval with a factor of at least 1 (metafor 3.8.1, R 4.2.2). yi =
logit(C), sei = SE(C) / (C (1 - C)); predict(transf = plogis) gives both intervals.
"""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from twoarm.diagnostics import pool

SE = [0.04, 0.05, 0.06, 0.07, 0.05, 0.03]
# metafor stops when tau2 moves by less than 1e-5 (control$threshold); ours is at the maximum to
# 1e-8, which moves the intervals by up to 4e-6.
TAU2, ENDS = 1e-5, 4e-6


def test_centres_that_differ():
    found = pool([0.80, 0.62, 0.75, 0.58, 0.84, 0.70], SE, scale="logit")
    assert_allclose(found.estimate, 0.717246, atol=5e-7)
    assert_allclose((found.low, found.high), (0.601712, 0.809857), atol=1e-6)
    assert_allclose((found.prediction_low, found.prediction_high), (0.445446, 0.889020), atol=2e-6)
    assert_allclose(found.tau2, 0.159470, atol=TAU2)
    assert found.df == 5


def test_centres_that_agree():
    found = pool([0.72, 0.68, 0.75, 0.61, 0.79, 0.70], SE, scale="logit")
    assert_allclose(found.estimate, 0.706294, atol=5e-7)
    assert_allclose((found.low, found.high), (0.655223, 0.752656), atol=ENDS)
    assert found.tau2 == pytest.approx(6e-6, abs=TAU2)


def test_centres_that_agree_too_well_do_not_narrow_the_interval():
    # test = "knha" gives 0.693587 to 0.719690 here: a factor of 0.28 on the standard error.
    found = pool([0.71, 0.70, 0.72, 0.69, 0.73, 0.70], SE, scale="logit")
    assert_allclose(found.estimate, 0.70680842, atol=5e-9)
    assert_allclose((found.low, found.high), (0.65788241, 0.75138171), atol=5e-9)
    assert_allclose(found.se, 0.087941833, atol=5e-9)
    assert found.tau2 == 0.0
