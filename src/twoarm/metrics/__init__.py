"""Measures of predictions: arrays in, value out."""

from twoarm.metrics.benefit_calibration import (
    BenefitSlope,
    BestLinearPredictor,
    LogitCalibration,
    benefit_slope,
    best_linear_predictor,
    centred_in_folds,
    logit_calibration,
    slope_is_told,
)
from twoarm.metrics.benefit_curve import (
    BenefitCurve,
    benefit_curve,
)
from twoarm.metrics.benefit_groups import (
    GroupEffects,
    GroupMeans,
    IsotonicBenefit,
    benefit_groups,
    benefit_ranks,
    group_effects,
    group_means,
    isotonic_benefit,
)
from twoarm.metrics.benefit_share import (
    deconvolved_share,
    share_at_threshold,
    share_losing,
    shrunk_benefit,
)
from twoarm.metrics.c_for_benefit import (
    CForBenefit,
    c_for_benefit,
    concordance_of_pairs,
    model_based_c_for_benefit,
)
from twoarm.metrics.calibration import (
    Calibration,
    NullBand,
    calibration,
    calibration_curve,
    ici_null,
    slope_variance,
)
from twoarm.metrics.calibration_groups import CalibrationGroups, calibration_groups
from twoarm.metrics.direction import as_benefit, limits_as_benefit
from twoarm.metrics.discrimination import (
    Interval,
    auc,
    auc_interval,
    auc_variance,
    auc_within,
    g_index,
    gp_index,
    hanley_mcneil_variance,
    placement_values,
)
from twoarm.metrics.e_for_benefit import (
    EForBenefit,
    brier_for_benefit,
    e_for_benefit,
    log_loss_for_benefit,
)
from twoarm.metrics.estimate import Estimate, finite, mean_estimate, wald
from twoarm.metrics.loess import (
    loess,
)
from twoarm.metrics.matched_pairs import (
    MatchedPairs,
    match_pairs,
)
from twoarm.metrics.net_benefit import (
    NetBenefit,
    net_benefit,
    net_benefit_congruent,
)
from twoarm.metrics.nnt import (
    NumberNeeded,
    needed_for,
    number_needed,
)
from twoarm.metrics.overall import (
    brier,
    brier_no_information,
    log_loss,
    log_loss_no_information,
    r2,
    scaled_brier,
)
from twoarm.metrics.policy import (
    PolicyValue,
    policy_value,
    population_benefit,
)
from twoarm.metrics.proportion import newcombe, wilson
from twoarm.metrics.rank_correlation import (
    rank_correlation,
)
from twoarm.metrics.rate import (
    Rate,
    TargetingCurve,
    rate,
    sequential_folds,
    targeting_curve,
    targeting_limits,
    targeting_weights,
)
from twoarm.metrics.rate_over_draws import (
    RateOverDraws,
    rate_over_draws,
)
from twoarm.metrics.roc import RocCurve, roc_curve, roc_points

__all__ = [
    "BenefitCurve",
    "BenefitSlope",
    "BestLinearPredictor",
    "CForBenefit",
    "Calibration",
    "CalibrationGroups",
    "EForBenefit",
    "Estimate",
    "GroupEffects",
    "GroupMeans",
    "Interval",
    "IsotonicBenefit",
    "LogitCalibration",
    "MatchedPairs",
    "NetBenefit",
    "NullBand",
    "NumberNeeded",
    "PolicyValue",
    "Rate",
    "RateOverDraws",
    "RocCurve",
    "TargetingCurve",
    "as_benefit",
    "auc",
    "auc_interval",
    "auc_variance",
    "auc_within",
    "benefit_curve",
    "benefit_groups",
    "benefit_ranks",
    "benefit_slope",
    "best_linear_predictor",
    "brier",
    "brier_for_benefit",
    "brier_no_information",
    "c_for_benefit",
    "calibration",
    "calibration_curve",
    "calibration_groups",
    "centred_in_folds",
    "concordance_of_pairs",
    "deconvolved_share",
    "e_for_benefit",
    "finite",
    "g_index",
    "gp_index",
    "group_effects",
    "group_means",
    "hanley_mcneil_variance",
    "ici_null",
    "isotonic_benefit",
    "limits_as_benefit",
    "loess",
    "log_loss",
    "log_loss_for_benefit",
    "log_loss_no_information",
    "logit_calibration",
    "match_pairs",
    "mean_estimate",
    "model_based_c_for_benefit",
    "needed_for",
    "net_benefit",
    "net_benefit_congruent",
    "newcombe",
    "number_needed",
    "placement_values",
    "policy_value",
    "population_benefit",
    "r2",
    "rank_correlation",
    "rate",
    "rate_over_draws",
    "roc_curve",
    "roc_points",
    "scaled_brier",
    "sequential_folds",
    "share_at_threshold",
    "share_losing",
    "shrunk_benefit",
    "slope_is_told",
    "slope_variance",
    "targeting_curve",
    "targeting_limits",
    "targeting_weights",
    "wald",
    "wilson",
]
