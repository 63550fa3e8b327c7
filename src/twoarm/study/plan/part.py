"""The plan for some of the patients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.study.plan.model_predictors import model_predictors
from twoarm.study.plan.plan import Plan

__all__ = ["only"]


def only(plan: Plan, kept: NDArray[np.bool_]) -> Plan:
    """Give the plan for some of the patients and the primary outcome alone.

    The learners stay those that were chosen on the whole cohort.
    """
    cohort = _some(plan.cohort, kept)
    file = plan.file.model_copy(update={"outcomes": (plan.file.primary,)})
    return replace(
        plan,
        study=replace(plan.study, file=file),
        cohort=cohort,
        predictors=model_predictors(cohort),
    )


def _some(cohort: Cohort, kept: NDArray[np.bool_]) -> Cohort:
    return replace(
        cohort,
        ids=cohort.ids[kept],
        treatment=cohort.treatment[kept],
        predictors=cohort.predictors[kept],
        propensity_columns=cohort.propensity_columns[kept],
        outcomes={name: values[kept] for name, values in cohort.outcomes.items()},
        centre=None if cohort.centre is None else cohort.centre[kept],
        ordinal=None if cohort.ordinal is None else cohort.ordinal[kept],
    )
