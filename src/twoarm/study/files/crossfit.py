"""The run's cross-fit in its folder: with the data it gives every number of the report's start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import Absent
from twoarm.study.fit.fits import CrossFit
from twoarm.study.fit.tasks import all_cross_fit_folds
from twoarm.study.plan.plan import Plan

__all__ = ["CROSSFIT", "write_crossfit"]

CROSSFIT = "crossfit"
"""Folder of the arrays."""


def write_crossfit(
    folder: Path, plan: Plan, crossfit: CrossFit, propensity: NDArray[np.float64] | Absent
) -> None:
    """Write ``mu.npy``, ``fold.npy`` and ``propensity.npy``, patients in the order of the cohort.

    ``mu``, shape (repeats, outcomes, 2, patients): probability of each outcome under control and
    under treatment, by models that have not seen the patient's fold, NaN where a fit failed.
    ``fold``, shape (repeats, patients). ``propensity``, shape (patients,), where there is one.
    """
    own = folder / CROSSFIT
    own.mkdir(exist_ok=True)
    arrays = {"mu": crossfit.mu, "fold": all_cross_fit_folds(plan)}
    if not isinstance(propensity, Absent):
        arrays["propensity"] = propensity
    for name, array in arrays.items():
        np.save(own / f"{name}.npy", array, allow_pickle=False)
