"""Can it be causal? One question, one file, one finding.

Each file has its numeric functions, which are exported here, and ``finding(value, study)``, which
is imported from the file: ``from twoarm.diagnostics.balance import finding``.
"""

from twoarm.diagnostics.absent import Absent
from twoarm.diagnostics.agreement import Agreement, agreement
from twoarm.diagnostics.average_effect import AverageEffect, average_effect
from twoarm.diagnostics.balance import Balance, balance
from twoarm.diagnostics.benefit_e_value import BenefitEValue, benefit_e_value
from twoarm.diagnostics.centre_benefit import (
    BenefitByCentre,
    CentreBenefit,
    ClusteredSlope,
    benefit_by_centre,
)
from twoarm.diagnostics.centre_performance import (
    CentreMeasure,
    CentrePerformance,
    CentresPerformance,
    performance_by_centre,
)
from twoarm.diagnostics.centres import (
    CentreFailure,
    HeldOutEffects,
    HeldOutRisks,
    leave_one_centre_out,
    leave_one_centre_out_effects,
)
from twoarm.diagnostics.coherence import Coherence, coherence
from twoarm.diagnostics.confounder_strength import CovariateStrength, covariate_strengths
from twoarm.diagnostics.e_value import (
    ArmRisks,
    EValue,
    e_value,
    e_value_of_difference,
    risk_ratio_of_hazard_ratio,
    risk_ratio_of_mean_difference,
    risk_ratio_of_odds_ratio,
)
from twoarm.diagnostics.estimate import Estimate
from twoarm.diagnostics.finding import Finding, FindingTable
from twoarm.diagnostics.heterogeneity import Heterogeneity, heterogeneity
from twoarm.diagnostics.heterogeneity_ranking import RankingTest, ranking_test
from twoarm.diagnostics.heterogeneity_refits import Refits
from twoarm.diagnostics.identified import Identified, identified
from twoarm.diagnostics.marginal_sensitivity import (
    MarginalSensitivity,
    marginal_sensitivity,
    tipping_strength,
)
from twoarm.diagnostics.missingness import (
    Association,
    Missingness,
    VariableMissingness,
    missingness,
)
from twoarm.diagnostics.multiple_imputation import (
    PooledEstimate,
    imputed,
    over_imputations,
    rubin,
)
from twoarm.diagnostics.negative_control import NegativeControl, negative_control
from twoarm.diagnostics.one_treatment_centres import OneTreatmentCentres, one_treatment_centres
from twoarm.diagnostics.ordinal import (
    UTILITY_MRS,
    BenefitComparison,
    OrdinalEffects,
    compare_benefits,
    ordinal_effects,
    utility_benefit,
)
from twoarm.diagnostics.overlap import Overlap, Trimming, crump_trimming, overlap
from twoarm.diagnostics.partial_r2 import PartialR2, partial_r2, robustness_value
from twoarm.diagnostics.patient_bounds import (
    PatientBounds,
    ShareHolding,
    patient_bounds,
    share_holding,
)
from twoarm.diagnostics.pooling import Pooled, pool
from twoarm.diagnostics.population import Population, PopulationScores, population_scores
from twoarm.diagnostics.propensity import Propensity, propensity
from twoarm.diagnostics.proportional_odds import ProportionalOdds, proportional_odds
from twoarm.diagnostics.published_benchmark import (
    PublishedBenchmark,
    ReanchoredEffect,
    published_benchmark,
    reanchored_benefit,
)
from twoarm.diagnostics.rosenbaum import RosenbaumBounds, propensity_pairs, rosenbaum_bounds
from twoarm.diagnostics.stability import (
    STABILITY_INTERVAL,
    EffectStability,
    Stability,
    effect_stability,
    stability,
)
from twoarm.diagnostics.stability_plots import (
    CalibrationInstability,
    InstabilityPlot,
    calibration_instability,
    instability_plot,
)
from twoarm.diagnostics.support import Support, SupportFlags, learn_support
from twoarm.diagnostics.target_trial import TargetTrialCheck, target_trial
from twoarm.diagnostics.unknown_outcomes import observation_weighted_effect
from twoarm.diagnostics.verdict import Answer, verdict

__all__ = [
    "STABILITY_INTERVAL",
    "UTILITY_MRS",
    "Absent",
    "Agreement",
    "Answer",
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
    "EValue",
    "EffectStability",
    "Estimate",
    "Finding",
    "FindingTable",
    "HeldOutEffects",
    "HeldOutRisks",
    "Heterogeneity",
    "Identified",
    "InstabilityPlot",
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
    "ShareHolding",
    "Stability",
    "Support",
    "SupportFlags",
    "TargetTrialCheck",
    "Trimming",
    "VariableMissingness",
    "agreement",
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
    "identified",
    "imputed",
    "instability_plot",
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
    "propensity",
    "propensity_pairs",
    "proportional_odds",
    "published_benchmark",
    "ranking_test",
    "reanchored_benefit",
    "risk_ratio_of_hazard_ratio",
    "risk_ratio_of_mean_difference",
    "risk_ratio_of_odds_ratio",
    "robustness_value",
    "rosenbaum_bounds",
    "rubin",
    "share_holding",
    "stability",
    "target_trial",
    "tipping_strength",
    "utility_benefit",
    "verdict",
]
