"""How many patients: for a model, and for the trial that tests whether it holds.

The second half is arithmetic on arrays; `twoarm.planning` takes its inputs from a finished run.
"""

from twoarm.design.assurance import (
    FUTILE,
    Drawn,
    assurance,
    chance_of_no_benefit,
    futile_haircut,
)
from twoarm.design.boundaries import GroupSequential, equal_looks, group_sequential
from twoarm.design.calibrated import Calibrated, calibrated
from twoarm.design.cox_snell import cox_snell_of_c, cox_snell_of_nagelkerke, largest_cox_snell
from twoarm.design.dropout import randomised
from twoarm.design.enrichment import (
    Enrichment,
    Overpromised,
    enrichment,
    planned_on_predictions,
)
from twoarm.design.interaction import (
    interaction_patients_per_arm,
    interaction_power,
    interaction_se,
)
from twoarm.design.kinds import (
    Kind,
    benefit_compared,
    compared,
    effect_among_randomised,
    kind_power,
    size,
)
from twoarm.design.ordinal import ordinal_patients_per_arm, ordinal_power, shifted_shares
from twoarm.design.predicted import NormalBenefit, ObservedBenefit, Parted, PredictedBenefit
from twoarm.design.prior import Prior, Truths
from twoarm.design.proportions import exact_power, patients_per_arm, power_of_trial, rejects
from twoarm.design.recruitment import Recruitment
from twoarm.design.refute import chance_of_refuting, predicted_benefit
from twoarm.design.risks import CrossOver, Risks, after_cross_over, risks_of
from twoarm.design.sample_size import SampleSize, sample_size_prediction
from twoarm.design.simulate import Flow, SimulatedTrials, TrueRisks, simulate_trials
from twoarm.design.spending import Spending, obrien_fleming_spent, pocock_spent
from twoarm.design.support import (
    Support,
    expected_shrinkage,
    parameters_supported,
    supported_by,
)

__all__ = [
    "FUTILE",
    "Calibrated",
    "CrossOver",
    "Drawn",
    "Enrichment",
    "Flow",
    "GroupSequential",
    "Kind",
    "NormalBenefit",
    "ObservedBenefit",
    "Overpromised",
    "Parted",
    "PredictedBenefit",
    "Prior",
    "Recruitment",
    "Risks",
    "SampleSize",
    "SimulatedTrials",
    "Spending",
    "Support",
    "TrueRisks",
    "Truths",
    "after_cross_over",
    "assurance",
    "benefit_compared",
    "calibrated",
    "chance_of_no_benefit",
    "chance_of_refuting",
    "compared",
    "cox_snell_of_c",
    "cox_snell_of_nagelkerke",
    "effect_among_randomised",
    "enrichment",
    "equal_looks",
    "exact_power",
    "expected_shrinkage",
    "futile_haircut",
    "group_sequential",
    "interaction_patients_per_arm",
    "interaction_power",
    "interaction_se",
    "kind_power",
    "largest_cox_snell",
    "obrien_fleming_spent",
    "ordinal_patients_per_arm",
    "ordinal_power",
    "parameters_supported",
    "patients_per_arm",
    "planned_on_predictions",
    "pocock_spent",
    "power_of_trial",
    "predicted_benefit",
    "randomised",
    "rejects",
    "risks_of",
    "sample_size_prediction",
    "shifted_shares",
    "simulate_trials",
    "size",
    "supported_by",
]
