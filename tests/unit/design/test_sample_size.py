from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose

from twoarm.design import (
    cox_snell_of_c,
    cox_snell_of_nagelkerke,
    expected_shrinkage,
    largest_cox_snell,
    parameters_supported,
    sample_size_prediction,
    supported_by,
)
from twoarm.errors import ArgumentError


@given(
    n=integers(50, 100_000),
    prevalence=floats(0.02, 0.98),
    r2=floats(0.02, 0.85),
    shrinkage=floats(0.7, 0.99),
)
def test_the_parameters_supported_need_just_these_patients(n, prevalence, r2, shrinkage):
    cox_snell = cox_snell_of_nagelkerke(r2, prevalence)
    supported = parameters_supported(n, prevalence, r2, shrinkage)
    whole = int(supported)
    if whole < 1:
        return
    need = sample_size_prediction(
        parameters=whole, prevalence=prevalence, r2=cox_snell, shrinkage=shrinkage
    )
    assert need.shrinkage_criterion <= n
    assert expected_shrinkage(n, parameters=whole, r2=cox_snell) >= shrinkage - 1e-9


@given(
    n=integers(5, 10_000), parameters=integers(1, 200), r2=floats(0.01, 0.7), more=integers(1, 100)
)
def test_shrinkage_is_worse_with_more_parameters_and_solves_criterion_1(n, parameters, r2, more):
    s = expected_shrinkage(n, parameters=parameters, r2=r2)
    assert r2 <= s < 1
    # the root is found to 1e-12
    assert expected_shrinkage(n, parameters=parameters + more, r2=r2) <= s + 1e-11
    if s > r2 + 1e-6:
        assert_allclose(parameters / ((s - 1) * np.log(1 - r2 / s)), n, rtol=1e-5)


@pytest.mark.seconds
@settings(deadline=None)  # the first call imports the quadrature
@given(c=floats(0.51, 0.98), prevalence=floats(0.02, 0.98))
def test_r2_of_a_c_statistic_is_symmetric_and_below_the_largest(c, prevalence):
    r2 = cox_snell_of_c(c, prevalence)
    assert 0 < r2 < largest_cox_snell(prevalence)
    assert_allclose(cox_snell_of_c(c, 1 - prevalence), r2, rtol=1e-9)
    assert r2 < cox_snell_of_c(c + 0.01, prevalence)


def test_support_is_none_without_two_kinds_of_patients():
    assert supported_by(100, 0, parameters=5) is None
    assert supported_by(100, 100, parameters=5) is None
    found = supported_by(198, 15, parameters=14)
    assert found.margin == pytest.approx(1.96 * np.sqrt(15 / 198 * 183 / 198 / 198))
    assert found.parameters[0] == parameters_supported(198, 15 / 198, 0.15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"parameters": 0, "prevalence": 0.2, "r2": 0.1}, "at least 1 parameter"),
        ({"parameters": 5, "prevalence": 0.0, "r2": 0.1}, "prevalence must lie between"),
        ({"parameters": 5, "prevalence": 0.2}, "found none"),
        ({"parameters": 5, "prevalence": 0.2, "r2": 0.1, "c_statistic": 0.8}, "exactly one"),
        ({"parameters": 5, "prevalence": 0.2, "r2": 0.64}, r"between 0 and 0\.632"),
        ({"parameters": 5, "prevalence": 0.2, "r2": 0.0}, "Cox-Snell"),
        ({"parameters": 5, "prevalence": 0.2, "c_statistic": 0.5}, "above 0.5"),
        ({"parameters": 5, "prevalence": 0.2, "r2_nagelkerke": 1.2}, "r2_nagelkerke must lie"),
        ({"parameters": 5, "prevalence": 0.2, "r2": 0.3, "shrinkage": 0.2}, "target shrinkage"),
        ({"parameters": 5, "prevalence": 0.2, "r2": 0.3, "shrinkage": 1.0}, "target shrinkage"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        sample_size_prediction(**arguments)


def test_events_above_patients_are_refused():
    with pytest.raises(ArgumentError, match="between 0 and the 10"):
        supported_by(10, 11, parameters=3)


def test_a_small_r2_is_not_lost_by_rounding():
    exact = cox_snell_of_nagelkerke(0.05, 0.002)
    found = sample_size_prediction(parameters=5, prevalence=0.002, r2_nagelkerke=0.05)
    assert exact < 0.002
    assert_allclose(found.r2, exact, rtol=0.005)
