"""From two outcome models to the benefit of each patient."""

from twoarm.metalearners.effects import Effects, effects_of
from twoarm.metalearners.predictors import Predictors
from twoarm.metalearners.t import TLearner, arm_seeds, fit_arms, replicate_arm

__all__ = [
    "Effects",
    "Predictors",
    "TLearner",
    "arm_seeds",
    "effects_of",
    "fit_arms",
    "replicate_arm",
]
