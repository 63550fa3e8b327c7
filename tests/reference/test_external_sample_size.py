"""Sample sizes of external validation: what was published, and what its authors' code gives.

Published: Riley RD, et al. Stat Med 2021;40:4230-4251, doi 10.1002/sim.9025, and the expected
values in the tests of the packages pmvalsampsize (R 0.1.0 and its Python port). Computed: the R
functions that Collins published with the paper (N_OE, N_C, N_nb), which round where we round up.

Not reproduced: the 9835 patients of the paper's abstract (calibration slope, mechanical heart
valves). Its linear predictor was drawn from a distribution given by four moments (-5.8, variance 5,
skewness -0.5, kurtosis 4); Pearson's type IV with these moments, integrated, needs 10 545.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import beta

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics.normal import Z
from twoarm.validation.linear_predictors import LinearPredictors
from twoarm.validation.power import external_power, external_precision, sample_size_external
from twoarm.validation.precision import (
    auc_error,
    net_benefit_error,
    patients_for_auc,
    patients_for_net_benefit,
    patients_for_ratio,
    patients_for_slope,
    ratio_error,
    ratio_error_of_width,
    slope_error,
)

SIMULATED = 0.005  # they draw a million linear predictors


@pytest.mark.parametrize(
    ("prevalence", "se", "n"), [(0.5, 0.051, 385), (0.1, 0.051, 3461), (0.1, 0.175, 294)]
)
def test_observed_over_expected(prevalence, se, n):
    # section 3.1.1; N_OE gives 384, 3460, 294
    assert patients_for_ratio(se, prevalence=prevalence) == n


def test_observed_over_expected_of_a_rare_event():
    # the packages expect 905 at prevalence 0.018 and width 1; it steps the error up by 0.0001, and
    # takes 1.96
    assert abs(patients_for_ratio(ratio_error_of_width(1.0), prevalence=0.018) - 905) <= 1
    half = ratio_error_of_width(0.2, ratio=1.1) * Z
    assert 1.1 * (math.exp(half) - math.exp(-half)) == pytest.approx(0.2)


def test_calibration_slope_of_a_normal_linear_predictor():
    # the packages expect 4544
    lp = LinearPredictors.normal(-5.0, 2.5)
    assert patients_for_slope(0.1 / 1.96, lp) == pytest.approx(4544, rel=SIMULATED)


def test_calibration_slope_of_beta_risks():
    # the packages expect 1644 for risks from Beta(0.5, 0.5)
    places = (np.arange(200_000) + 0.5) / 200_000
    value = logit(np.clip(beta.ppf(places, 0.5, 0.5), 1e-12, 1 - 1e-12))
    lp = LinearPredictors(value, np.full(value.size, 1.0 / value.size))
    assert patients_for_slope(0.1 / 1.96, lp) == pytest.approx(1644, rel=SIMULATED)


def test_calibration_slope_where_only_an_auc_is_known():
    # the packages expect 17080 for an AUC of 0.8 and 1.8 % events
    lp = LinearPredictors.of_auc(0.8, 0.018)
    assert patients_for_slope(0.1 / 1.96, lp) == pytest.approx(17080, rel=SIMULATED)


@pytest.mark.parametrize(
    ("auc", "prevalence", "n"), [(0.7, 0.1, 1154), (0.8, 0.5, 303), (0.8, 0.018, 4255)]
)
def test_auc(auc, prevalence, n):
    # section 3.3.1, N_C with an error of 0.0255
    assert patients_for_auc(0.0255, auc, prevalence=prevalence) == n


def test_auc_of_a_rare_event():
    # the packages expect 4252
    assert patients_for_auc(0.1 / 3.92, 0.8, prevalence=0.018) == 4252


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "prevalence", "threshold", "n"),
    [(0.6, 0.88, 0.72, 0.8, 546), (0.2, 0.99, 0.018, 0.08, 3554)],
)
def test_net_benefit(sensitivity, specificity, prevalence, threshold, n):
    # sections 3.4.1 and 4.4; N_nb gives 545 and 3554 with an error of 0.051
    given_to = {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "prevalence": prevalence,
        "threshold": threshold,
    }
    assert patients_for_net_benefit(0.051, **given_to) == n
    assert net_benefit_error(n, **given_to) <= 0.051 < net_benefit_error(n - 2, **given_to)


def test_the_largest_criterion_is_the_answer():
    lp = LinearPredictors.normal(-5.0, 2.5)
    found = sample_size_external(lp, prevalence=0.018, auc=0.8, ratio_width=1.0, threshold=0.08)
    assert (
        found.n == max(found.ratio, found.slope, found.auc, found.net_benefit) == found.net_benefit
    )
    assert found.events == pytest.approx(found.n * 0.018)
    frame = found.to_frame()
    assert list(frame.columns) == ["criterion", "patients"]
    assert frame.patients.max() == found.n
    assert "net_benefit" not in set(sample_size_external(lp).to_frame().criterion)


@given(
    mean=st.floats(-3, 3), sd=st.floats(0.1, 3), n=st.integers(20, 5000), width=st.floats(0.05, 1)
)
def test_precision_and_sample_size_are_each_others_inverse(mean, sd, n, width):
    lp = LinearPredictors.normal(mean, sd)
    phi, c = lp.prevalence, lp.auc
    at_n = external_precision(n, lp)
    assert at_n.slope_width == pytest.approx(2 * Z * slope_error(n, lp))
    assert at_n.auc_width == pytest.approx(2 * Z * auc_error(n, c, prevalence=phi))
    needed = patients_for_slope(width / (2 * Z), lp)
    assert slope_error(needed, lp) <= width / (2 * Z) * (1 + 1e-9)
    assert patients_for_auc(auc_error(n, c, prevalence=phi) * (1 + 1e-9), c, prevalence=phi) == n
    assert abs(patients_for_ratio(ratio_error(n, prevalence=phi), prevalence=phi) - n) <= 1


def test_power_by_hand():
    # two-sided 5 %: 80 % at 2.8 standard errors, the level itself at none
    assert external_power(2.8016, 1.0) == pytest.approx(0.80, abs=1e-3)
    assert external_power(0.0, 1.0) == pytest.approx(0.05, abs=1e-6)


def test_what_has_no_spread_or_no_sense_is_refused():
    with pytest.raises(NotEstimable, match="the same"):
        slope_error(100, LinearPredictors.of([0.3, 0.3, 0.3]))
    for wrong in (0.0, 1.0, -0.1):
        with pytest.raises(ArgumentError, match="prevalence must lie between"):
            patients_for_ratio(0.05, prevalence=wrong)
    with pytest.raises(ArgumentError, match=r"AUC above 0\.5"):
        LinearPredictors.of_auc(0.5, 0.2)
    with pytest.raises(ArgumentError, match="above 0"):
        LinearPredictors.normal(0.0, 0.0)
