"""A released model in another hospital or a later time: what holds, and which update it needs.

`twoarm.validate` is another thing: it validates any classifier inside its own cohort.
"""

from twoarm.validation.benefit import ExternalBenefit, external_benefit, residual_difference
from twoarm.validation.calibration import (
    ExternalCalibration,
    external_calibration,
    observed_over_expected,
)
from twoarm.validation.case_mix import (
    MatchingWeights,
    effective_sample_size,
    matching_weights,
    moment_differences,
)
from twoarm.validation.closed_testing import ClosedTest, closed_test
from twoarm.validation.discrimination import ExternalDiscrimination, external_discrimination
from twoarm.validation.expected import between_places, expected_auc, expected_brier
from twoarm.validation.external import Development, validate_model
from twoarm.validation.linear_predictors import LinearPredictors
from twoarm.validation.membership import Membership, membership
from twoarm.validation.needed import NeededForBenefit, needed_for_benefit
from twoarm.validation.power import (
    ExternalPrecision,
    ExternalSampleSize,
    external_power,
    external_precision,
    sample_size_external,
)
from twoarm.validation.result import ExternalValidation
from twoarm.validation.site import Site, read_site

__all__ = [
    "ClosedTest",
    "Development",
    "ExternalBenefit",
    "ExternalCalibration",
    "ExternalDiscrimination",
    "ExternalPrecision",
    "ExternalSampleSize",
    "ExternalValidation",
    "LinearPredictors",
    "MatchingWeights",
    "Membership",
    "NeededForBenefit",
    "Site",
    "between_places",
    "closed_test",
    "effective_sample_size",
    "expected_auc",
    "expected_brier",
    "external_benefit",
    "external_calibration",
    "external_discrimination",
    "external_power",
    "external_precision",
    "matching_weights",
    "membership",
    "moment_differences",
    "needed_for_benefit",
    "observed_over_expected",
    "read_site",
    "residual_difference",
    "sample_size_external",
    "validate_model",
]
