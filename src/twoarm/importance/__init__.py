"""What the predicted benefit depends on."""

from twoarm.importance.dependence import Dependence, partial_dependence
from twoarm.importance.predicted_benefit import permutation_importance

__all__ = ["Dependence", "partial_dependence", "permutation_importance"]
