"""Violence and attitudes in Darfur, as tested by R's sensemakr (tests/testthat/test-02-darfur.R).

Cinelli, Hazlett 2020, section 5: coefficient 0.09731582, standard error 0.02325654, 783 degrees of
freedom; the covariate 'female' as benchmark.
"""

import pytest

from twoarm.diagnostics.hidden.partial_r2 import (
    adjusted_estimate,
    benchmark,
    partial_r2_of_t,
    robustness_value,
)

ESTIMATE, SE, DF = 0.09731582, 0.02325654, 783
R2_TREATMENT = 0.00916428667504862  # of a confounder as strong as 'female'
R2_OUTCOME = 0.12464092303637
RELATIVE = 1e-5  # sensemakr's own tolerance


def test_partial_r2_and_robustness_values():
    t = ESTIMATE / SE
    assert partial_r2_of_t(t, DF) == pytest.approx(0.02187309, rel=RELATIVE)
    assert robustness_value(t, DF) == pytest.approx(0.1387764, rel=RELATIVE)
    assert robustness_value(t, DF, alpha=0.05) == pytest.approx(0.07625797, rel=RELATIVE)


@pytest.mark.parametrize(
    ("times", "r2_treatment", "r2_outcome", "estimate", "se"),
    [
        (1.0, 0.00916428667504862, 0.12464092303637, 0.0752202698486415, 0.0218733298036818),
        (2.0, 0.0183285733500972, 0.249324064199975, 0.0529151689180575, 0.0203500639944344),
        (3.0, 0.0274928600251459, 0.374050471038094, 0.0303960178770157, 0.0186700665753491),
    ],
)
def test_a_confounder_some_times_as_strong_as_female(times, r2_treatment, r2_outcome, estimate, se):
    moved = adjusted_estimate(ESTIMATE, SE, DF, r2_treatment=r2_treatment, r2_outcome=r2_outcome)
    assert moved == pytest.approx((estimate, se), rel=1e-7)
    # The covariate's own partial R2 follow from the published bounds at once its strength.
    own_treatment = R2_TREATMENT / (1 + R2_TREATMENT)
    shared = own_treatment**2 / (1 - own_treatment) ** 2
    ratio = R2_OUTCOME * (1 - shared) / (1 + shared**0.5) ** 2
    found = benchmark(
        "female",
        times,
        r2_treatment=own_treatment,
        r2_outcome=ratio / (1 + ratio),
        estimate=ESTIMATE,
        se=SE,
        df=DF,
    )
    bounds = (found.r2_treatment, found.r2_outcome, found.estimate, found.se)
    assert bounds == pytest.approx((r2_treatment, r2_outcome, estimate, se), rel=1e-7)
