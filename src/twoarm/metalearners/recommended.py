"""The learner that predicts benefit best over all worlds: named once, before it was compared."""

from __future__ import annotations

from twoarm.metalearners.penalized_interaction import PenalizedInteraction

__all__ = ["recommended_learner"]


def recommended_learner(*, desirable: bool, seed: int = 0) -> PenalizedInteraction:
    """Give the recommended learner: penalized interactions, averaged over their strengths.

    One setting for every cohort; why this one: docs/decisions/0011-recommended-learner.md. The test
    of the ranking that is declared in advance ranks patients by it.

    Parameters
    ----------
    desirable : bool
        Whether the outcome is one to hope for.
    seed : int
        Not used by this setting, which makes no random choice; kept as learners are built alike.

    Examples
    --------
    >>> recommended_learner(desirable=True).main_penalty
    10.0
    """
    return PenalizedInteraction(desirable=desirable, seed=seed, averaged=True, main_penalty=10.0)
