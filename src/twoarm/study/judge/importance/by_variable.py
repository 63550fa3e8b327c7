"""The benefit along each variable: what the cohort shows beside what the model predicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.diagnostics import Absent, attempt
from twoarm.importance import GroupContrast, group_contrasts, value_groups
from twoarm.metrics import BenefitCurve, benefit_curve
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.plan.plan import Plan

__all__ = ["AlongVariable", "ValueGroup", "along_variables"]

_MOST_BINS, _PATIENTS_A_BIN = 5, 20  # of the smaller arm
_HALVES = 2


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Patients with alike values of a variable.

    Attributes
    ----------
    label : str
        The level, or the lowest and highest value.
    low, high : float
        Those values; the position of the level twice.
    contrast : GroupContrast
    """

    label: str
    low: float
    high: float
    contrast: GroupContrast


@dataclass(frozen=True, slots=True, eq=False)
class AlongVariable:
    """The primary outcome's benefit along one variable.

    Attributes
    ----------
    variable : int
        Position in the codebook.
    values : ndarray, shape (known,)
        Of the patients whose outcome and value are known.
    usual : tuple of float
        2.5th and 97.5th percentile: beyond them few patients carry what is drawn.
    bins : tuple of ValueGroup
        Up to five of about equal size for a number; the levels of anything else.
    halves : tuple of ValueGroup
        Two for a number; the levels of anything else.
    curve : BenefitCurve or Absent
        Doubly robust scores smoothed over a number, with 95 % limits.
    """

    variable: int
    values: NDArray[np.float64]
    usual: tuple[float, float]
    bins: tuple[ValueGroup, ...]
    halves: tuple[ValueGroup, ...]
    curve: BenefitCurve | Absent


def along_variables(plan: Plan, evidence: BenefitEvidence) -> tuple[AlongVariable, ...]:
    """Describe the benefit along every predictor, in the order of the codebook.

    Groups are cut by the variable alone, fixed before any outcome is looked at. Patients without
    the value are left out. Scores and predictions are those of the study's own learner.
    """
    known = np.isfinite(plan.outcome(plan.file.primary.name))
    columns = plan.cohort.predictors[known].T
    return tuple(_along(plan, evidence, k, values) for k, values in enumerate(columns))


def _along(
    plan: Plan, evidence: BenefitEvidence, variable: int, values: NDArray[np.float64]
) -> AlongVariable:
    predictor, patients = plan.cohort.codebook[variable], evidence.patients
    known = np.isfinite(values)
    x = values[known]
    usual = tuple(map(float, np.quantile(x, (0.025, 0.975)))) if x.size else (np.nan, np.nan)
    if predictor.is_number:
        smaller = int(np.bincount(patients.treatment[known], minlength=2).min())
        bins = int(np.clip(smaller // _PATIENTS_A_BIN, _HALVES, _MOST_BINS))
        cuts = [value_groups(values, each) for each in (bins, _HALVES)]
        curve = attempt(lambda: benefit_curve(patients.scores[known], x))
    else:
        cuts = [np.where(known, np.nan_to_num(values), -1).astype(np.int64)] * 2
        curve = Absent("its values are levels")
    finer, coarser = (tuple(_groups(predictor, evidence, values, cut)) for cut in cuts)
    return AlongVariable(variable, x, (usual[0], usual[1]), finer, coarser, curve)


def _groups(
    predictor: Predictor,
    evidence: BenefitEvidence,
    values: NDArray[np.float64],
    number: NDArray[np.int64],
) -> Iterator[ValueGroup]:
    patients, own = evidence.patients, evidence.compared.effects["t"].benefit
    found = group_contrasts(
        patients.outcome,
        patients.treatment,
        patients.scores,
        own,
        number,
        desirable=patients.desirable,
    )
    present = [k for k in np.unique(number) if k >= 0]
    for k, contrast in zip(present, found, strict=True):
        low, high = float(values[number == k].min()), float(values[number == k].max())
        label = f"{low:g} to {high:g}" if high > low else f"{low:g}"
        if not predictor.is_number:
            label = predictor.all_levels[int(low)].text
        yield ValueGroup(label, low, high, contrast)
