"""What the predicted benefit depends on, and what modifies the effect."""

from twoarm.importance.dependence import Dependence, partial_dependence
from twoarm.importance.effect_modifier_groups import correlated_groups
from twoarm.importance.effect_modifier_loss import loss_importance
from twoarm.importance.effect_modifier_projection import (
    BestLinearProjection,
    best_linear_projection,
    projected_spread,
)
from twoarm.importance.effect_modifier_reference import permuted_scores, permuted_treatment
from twoarm.importance.effect_modifier_vim import EffectVariance, te_vim
from twoarm.importance.effect_modifiers import ModifierImportance, effect_modifiers
from twoarm.importance.predicted_benefit import permutation_importance

__all__ = [
    "BestLinearProjection",
    "Dependence",
    "EffectVariance",
    "ModifierImportance",
    "best_linear_projection",
    "correlated_groups",
    "effect_modifiers",
    "loss_importance",
    "partial_dependence",
    "permutation_importance",
    "permuted_scores",
    "permuted_treatment",
    "projected_spread",
    "te_vim",
]
