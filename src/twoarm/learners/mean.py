"""The learner that ignores every predictor: the share of events."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.data import Columns
from twoarm.kernels.members import MEAN
from twoarm.learners.member import KernelMember

__all__ = ["Mean"]


class Mean(KernelMember):
    """Predict the weighted share of events for everybody.

    In a stack it is what the others must beat; where all weight goes to it, the cohort holds no
    signal that the others could use.

    Examples
    --------
    >>> Mean().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 0, 1]).predict_proba([[5.0]])
    array([[0.75, 0.25]])
    """

    kind = MEAN

    def __init__(self, *, seed: int = 0):
        self.seed = seed

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags

    def kernel_parameters(self, n_columns: int) -> tuple[float, float, float, float]:
        """Give four zeros: the mean has no parameters."""
        return (0.0, 0.0, 0.0, 0.0)

    def fit_columns(
        self,
        columns: Columns,
        members: NDArray[np.uint32],
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        stream: np.uint64,
    ) -> Self:
        """Count the events."""
        counted = weight[members]
        self.share_ = int((counted * outcome[members]).sum()) / int(counted.sum())
        return self

    def to_plain(self) -> dict[str, Any]:
        """Give the share of events."""
        return {"kind": "mean", "share": self.share_}

    def _risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(values.shape[1], self.share_)
