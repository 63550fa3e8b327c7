"""Both arms' probabilities and their difference, in the direction of benefit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import as_benefit

__all__ = ["Effects", "effects_of"]


@dataclass(frozen=True, slots=True)
class Effects:
    """What the models say of n patients under either treatment.

    Attributes
    ----------
    mu0, mu1 : ndarray, shape (n,)
        Probability of the outcome under control and under treatment, 0 to 1.
    benefit : ndarray, shape (n,)
        Positive where the treatment helps: mu1 - mu0 for a desirable outcome, mu0 - mu1 for one to
        be avoided. It is the average effect in patients with these predictors as the model has it,
        not the effect on one person, and causal only without unmeasured confounding.
    """

    mu0: NDArray[np.float64]
    mu1: NDArray[np.float64]
    benefit: NDArray[np.float64]


def effects_of(mu0: NDArray[np.float64], mu1: NDArray[np.float64], *, desirable: bool) -> Effects:
    """Put both arms' probabilities together.

    Examples
    --------
    >>> import numpy as np
    >>> effects_of(np.array([0.2]), np.array([0.5]), desirable=False).benefit
    array([-0.3])
    """
    return Effects(mu0, mu1, as_benefit(mu1 - mu0, desirable=desirable))
