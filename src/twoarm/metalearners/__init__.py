"""From outcome models to the benefit of each patient."""

from twoarm.metalearners.benefit_range import RANGE_MULTIPLE, BenefitRange, fit_range
from twoarm.metalearners.comparison import Comparison, LearnerSummary, compare
from twoarm.metalearners.dr import DRLearner
from twoarm.metalearners.effects import Effects, effects_of
from twoarm.metalearners.metalearner import Metalearner
from twoarm.metalearners.nuisances import Nuisances, cross_fitted_nuisances
from twoarm.metalearners.penalized_interaction import PenalizedInteraction
from twoarm.metalearners.predictors import Predictors
from twoarm.metalearners.r import RLearner
from twoarm.metalearners.recommended import recommended_learner
from twoarm.metalearners.risk import RiskModel
from twoarm.metalearners.s import SLearner
from twoarm.metalearners.sample import Sample
from twoarm.metalearners.scores import arm_scores, dr_scores, hajek_control_scores, hajek_scores
from twoarm.metalearners.t import TLearner, arm_seeds, fit_arms, replicate_arm
from twoarm.metalearners.x import XLearner

__all__ = [
    "RANGE_MULTIPLE",
    "BenefitRange",
    "Comparison",
    "DRLearner",
    "Effects",
    "LearnerSummary",
    "Metalearner",
    "Nuisances",
    "PenalizedInteraction",
    "Predictors",
    "RLearner",
    "RiskModel",
    "SLearner",
    "Sample",
    "TLearner",
    "XLearner",
    "arm_scores",
    "arm_seeds",
    "compare",
    "cross_fitted_nuisances",
    "dr_scores",
    "effects_of",
    "fit_arms",
    "fit_range",
    "hajek_control_scores",
    "hajek_scores",
    "recommended_learner",
    "replicate_arm",
]
