"""Base learners and the stack: scikit-learn classifiers over the kernels."""

from twoarm.learners.cross_fit import Split, cross_fitted, over_folds
from twoarm.learners.dividing import seeing_copies
from twoarm.learners.folds import inner_folds
from twoarm.learners.linear import ElasticNet, Logistic, SplineLogistic
from twoarm.learners.mean import Mean
from twoarm.learners.member import KernelMember
from twoarm.learners.prepared import Prepared, prepare
from twoarm.learners.replicate import Prediction, fit_model, replicate
from twoarm.learners.stack import Stack
from twoarm.learners.trees import Boosting, Forest

__all__ = [
    "Boosting",
    "ElasticNet",
    "Forest",
    "KernelMember",
    "Logistic",
    "Mean",
    "Prediction",
    "Prepared",
    "SplineLogistic",
    "Split",
    "Stack",
    "cross_fitted",
    "fit_model",
    "inner_folds",
    "over_folds",
    "prepare",
    "replicate",
    "seeing_copies",
]
