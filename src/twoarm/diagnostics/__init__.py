"""Can it be causal? One question, one file, one finding.

Each file has its numeric functions, which are exported here, and ``finding(value, study)``, which
is imported from the file: ``from twoarm.diagnostics.comparability.balance import finding``.
"""

from twoarm.diagnostics.absent import Absent, attempt, present, required
from twoarm.diagnostics.average.agreement import Agreement, agreement
from twoarm.diagnostics.average.average_effect import AverageEffect, average_effect
from twoarm.diagnostics.average.multiple_imputation import (
    PooledEstimate,
    imputed,
    over_imputations,
    rubin,
)
from twoarm.diagnostics.average.published_benchmark import (
    PublishedBenchmark,
    ReanchoredEffect,
    published_benchmark,
    reanchored_benefit,
)
from twoarm.diagnostics.average.unknown_outcomes import observation_weighted_effect
from twoarm.diagnostics.comparability.balance import Balance, balance
from twoarm.diagnostics.comparability.identified import Identified, identified
from twoarm.diagnostics.comparability.leakage import Leakage, leakage
from twoarm.diagnostics.comparability.one_treatment_centres import (
    OneTreatmentCentres,
    one_treatment_centres,
)
from twoarm.diagnostics.comparability.overlap import Overlap, Trimming, crump_trimming, overlap
from twoarm.diagnostics.comparability.population import (
    Population,
    PopulationScores,
    population_scores,
)
from twoarm.diagnostics.comparability.propensity import Propensity, propensity
from twoarm.diagnostics.comparability.support import Support, SupportFlags, learn_support
from twoarm.diagnostics.comparability.target_trial import TargetTrialCheck, target_trial
from twoarm.diagnostics.finding import Finding
from twoarm.diagnostics.hidden.benefit_e_value import BenefitEValue, benefit_e_value
from twoarm.diagnostics.hidden.confounder_strength import (
    CovariateStrength,
    covariate_strengths,
    treatment_odds_ratio,
)
from twoarm.diagnostics.hidden.e_value import (
    ArmRisks,
    EValue,
    e_value,
    e_value_of_difference,
    risk_ratio_of_hazard_ratio,
    risk_ratio_of_mean_difference,
    risk_ratio_of_odds_ratio,
)
from twoarm.diagnostics.hidden.marginal_sensitivity import (
    MarginalSensitivity,
    marginal_sensitivity,
    tipping_strength,
)
from twoarm.diagnostics.hidden.negative_control import NegativeControl, negative_control
from twoarm.diagnostics.hidden.partial_r2 import PartialR2, partial_r2, robustness_value
from twoarm.diagnostics.hidden.patient_bounds import (
    PatientBounds,
    ShareHolding,
    patient_bounds,
    share_holding,
)
from twoarm.diagnostics.hidden.rosenbaum import RosenbaumBounds, propensity_pairs, rosenbaum_bounds
from twoarm.diagnostics.hidden.sensitivity_curve import SensitivityCurve, sensitivity_curve
from twoarm.diagnostics.outcomes.coherence import Coherence, coherence
from twoarm.diagnostics.outcomes.ordinal import (
    UTILITY_MRS,
    BenefitComparison,
    OrdinalEffects,
    compare_benefits,
    ordinal_effects,
    utility_benefit,
)
from twoarm.diagnostics.outcomes.proportional_odds import ProportionalOdds, proportional_odds
from twoarm.diagnostics.ranking.heterogeneity import Heterogeneity, heterogeneity
from twoarm.diagnostics.ranking.heterogeneity_chain import CrossFits
from twoarm.diagnostics.ranking.heterogeneity_kept import heterogeneity_of_cross_fits
from twoarm.diagnostics.ranking.heterogeneity_ranking import RankingTest, ranking_test
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits
from twoarm.diagnostics.stability.centre_benefit import (
    BenefitByCentre,
    CentreBenefit,
    ClusteredSlope,
    benefit_by_centre,
)
from twoarm.diagnostics.stability.centre_performance import (
    CentreMeasure,
    CentrePerformance,
    CentresPerformance,
    performance_by_centre,
)
from twoarm.diagnostics.stability.centres import (
    CentreFailure,
    HeldOutEffects,
    HeldOutRisks,
    leave_one_centre_out,
    leave_one_centre_out_effects,
)
from twoarm.diagnostics.stability.missingness import (
    Association,
    Missingness,
    VariableMissingness,
    missingness,
)
from twoarm.diagnostics.stability.pooling import Pooled, pool
from twoarm.diagnostics.stability.stability import (
    STABILITY_INTERVAL,
    EffectStability,
    Stability,
    effect_stability,
    stability,
)
from twoarm.diagnostics.stability.stability_plots import (
    CalibrationInstability,
    InstabilityPlot,
    calibration_instability,
    instability_plot,
)

__all__ = [
    "STABILITY_INTERVAL",
    "UTILITY_MRS",
    "Absent",
    "Agreement",
    "ArmRisks",
    "Association",
    "AverageEffect",
    "Balance",
    "BenefitByCentre",
    "BenefitComparison",
    "BenefitEValue",
    "CalibrationInstability",
    "CentreBenefit",
    "CentreFailure",
    "CentreMeasure",
    "CentrePerformance",
    "CentresPerformance",
    "ClusteredSlope",
    "Coherence",
    "CovariateStrength",
    "CrossFits",
    "EValue",
    "EffectStability",
    "Finding",
    "HeldOutEffects",
    "HeldOutRisks",
    "Heterogeneity",
    "Identified",
    "InstabilityPlot",
    "Leakage",
    "MarginalSensitivity",
    "Missingness",
    "NegativeControl",
    "OneTreatmentCentres",
    "OrdinalEffects",
    "Overlap",
    "PartialR2",
    "PatientBounds",
    "Pooled",
    "PooledEstimate",
    "Population",
    "PopulationScores",
    "Propensity",
    "ProportionalOdds",
    "PublishedBenchmark",
    "RankingTest",
    "ReanchoredEffect",
    "Refits",
    "RosenbaumBounds",
    "SensitivityCurve",
    "ShareHolding",
    "Stability",
    "Support",
    "SupportFlags",
    "TargetTrialCheck",
    "Trimming",
    "VariableMissingness",
    "agreement",
    "attempt",
    "average_effect",
    "balance",
    "benefit_by_centre",
    "benefit_e_value",
    "calibration_instability",
    "coherence",
    "compare_benefits",
    "covariate_strengths",
    "crump_trimming",
    "e_value",
    "e_value_of_difference",
    "effect_stability",
    "heterogeneity",
    "heterogeneity_of_cross_fits",
    "identified",
    "imputed",
    "instability_plot",
    "leakage",
    "learn_support",
    "leave_one_centre_out",
    "leave_one_centre_out_effects",
    "marginal_sensitivity",
    "missingness",
    "negative_control",
    "observation_weighted_effect",
    "one_treatment_centres",
    "ordinal_effects",
    "over_imputations",
    "overlap",
    "partial_r2",
    "patient_bounds",
    "performance_by_centre",
    "pool",
    "population_scores",
    "present",
    "propensity",
    "propensity_pairs",
    "proportional_odds",
    "published_benchmark",
    "ranking_test",
    "reanchored_benefit",
    "required",
    "risk_ratio_of_hazard_ratio",
    "risk_ratio_of_mean_difference",
    "risk_ratio_of_odds_ratio",
    "robustness_value",
    "rosenbaum_bounds",
    "rubin",
    "sensitivity_curve",
    "share_holding",
    "stability",
    "target_trial",
    "tipping_strength",
    "treatment_odds_ratio",
    "utility_benefit",
]
