"""What the predicted benefit depends on, and what modifies the effect."""

from twoarm.importance.by_variable import GroupContrast, group_contrasts, value_groups
from twoarm.importance.dependence import Dependence, partial_dependence
from twoarm.importance.effect_modifier_groups import correlated_groups
from twoarm.importance.effect_modifier_loss import loss_importance
from twoarm.importance.effect_modifier_model import LeaveOneOutRidge, leave_one_out_ridge
from twoarm.importance.effect_modifier_projection import (
    BestLinearProjection,
    best_linear_projection,
    projected_spread,
)
from twoarm.importance.effect_modifier_reference import (
    effect_scores,
    permuted_scores,
    permuted_treatment,
)
from twoarm.importance.effect_modifier_vim import EffectVariance, te_vim
from twoarm.importance.effect_modifiers import ModifierImportance, effect_modifiers
from twoarm.importance.predicted_benefit import (
    importance_shares,
    permutation_importance,
    permuted_variable,
)

__all__ = [
    "BestLinearProjection",
    "Dependence",
    "EffectVariance",
    "GroupContrast",
    "LeaveOneOutRidge",
    "ModifierImportance",
    "best_linear_projection",
    "correlated_groups",
    "effect_modifiers",
    "effect_scores",
    "group_contrasts",
    "importance_shares",
    "leave_one_out_ridge",
    "loss_importance",
    "partial_dependence",
    "permutation_importance",
    "permuted_scores",
    "permuted_treatment",
    "permuted_variable",
    "projected_spread",
    "te_vim",
    "value_groups",
]
