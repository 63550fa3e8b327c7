"""Do two runs share patients? Told from what their folders hold: files, ids, values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.comparison.columns import coded_together

__all__ = ["SharedPatients", "shared_patients"]

Shared = Literal["yes", "none found", "cannot tell"]
Codes = NDArray[np.int64]

_SAME, _OTHERS = 0.5, 0.1
"""Agreement beyond chance above which ids mean the same patients, and below which others."""
_FEW_VALUES = 30
"""Fewer compared values tell nothing."""
_DISTINCT = 0.5
"""Share of patients unlike all others in their run from which the same ones would be noticed."""
_TWINS, _MORE_THAN_CHANCE = 5, 100.0


@dataclass(frozen=True, slots=True)
class SharedPatients:
    """How far the patients of two runs are the same.

    Attributes
    ----------
    shared : str
        ``yes``, ``none found`` or ``cannot tell``.
    same_file : bool
        Whether the data files are the same, byte for byte.
    by_id : int or None
        Patients whose id is in both; None where a study names no id and the files differ.
    unchanged : int or None
        Of these, patients with the same arm and the same value in every common variable.
    agreement : float or None
        Cohen's kappa of their arms and values, mean over variables: 0 is chance, 1 is equal.
        None without such patients, and where everybody is alike.
    alike : int
        Patients with a combination of arm and values that nobody else in their run has, found in
        the other run: the same patients, or twins by chance.
    variables : int
        Variables that were compared: measured in both, of one kind.
    """

    shared: Shared
    same_file: bool
    by_id: int | None
    unchanged: int | None
    agreement: float | None
    alike: int
    variables: int


def shared_patients(a: tuple[Study, Cohort], b: tuple[Study, Cohort]) -> SharedPatients:
    """Tell from ids and values whether two cohorts have patients in common.

    Ids alone do not tell: two registries may both count from 1. So the values of equal ids are
    compared, too; a corrected value does not make another patient. Without ids, patients with the
    same values in everything are counted.
    """
    first, second = _coded(a[1], b[1])
    same_file = a[1].digest == b[1].digest
    by_id = unchanged = agreement = None
    if same_file or (a[0].file.study.id and b[0].file.study.id):
        _, rows, others = np.intersect1d(a[1].ids, b[1].ids, return_indices=True)
        equal = first[rows] == second[others]
        by_id, unchanged = int(rows.size), int(equal.all(axis=1).sum())
        agreement = _kappa(equal, _chance(first, second))
    alike, distinct = _alike(first, second)
    if same_file:
        shared: Shared = "yes" if by_id else "none found"
    elif by_id:
        shared = _by_ids(agreement, by_id * first.shape[1])
    else:
        shared = _by_values(alike, distinct, _expected(first, second))
    variables = first.shape[1] - 1
    return SharedPatients(shared, same_file, by_id, unchanged, agreement, alike, variables)


def _by_ids(agreement: float | None, values: int) -> Shared:
    if agreement is None or values < _FEW_VALUES or _OTHERS < agreement < _SAME:
        return "cannot tell"
    return "yes" if agreement >= _SAME else "none found"


def _by_values(alike: int, distinct: float, expected: float) -> Shared:
    if alike >= _TWINS and alike >= _MORE_THAN_CHANCE * expected:
        return "yes"
    return "none found" if alike == 0 and distinct >= _DISTINCT else "cannot tell"


def _coded(a: Cohort, b: Cohort) -> tuple[Codes, Codes]:
    """Code arm and common variables of both runs alike; each of shape (patients, columns)."""
    columns = [np.concatenate([a.treatment, b.treatment]).astype(float)]
    columns += [np.concatenate([each.a, each.b]) for each in coded_together(a, b)]
    codes = np.column_stack([np.unique(each, return_inverse=True)[1] for each in columns])
    return codes[: len(a)], codes[len(a) :]


def _chance(a: Codes, b: Codes) -> NDArray[np.float64]:
    """Chance that a patient of A and one of B agree, by column: shape (columns,)."""
    found = []
    for first, second in zip(a.T, b.T, strict=True):
        n = int(max(first.max(), second.max())) + 1
        shares = [np.bincount(each, minlength=n) / each.size for each in (first, second)]
        found.append(float(shares[0] @ shares[1]))
    return np.array(found)


def _kappa(equal: NDArray[np.bool_], chance: NDArray[np.float64]) -> float | None:
    """Give the mean over columns of (observed - chance) / (1 - chance)."""
    telling = chance < 1.0
    if not equal.size or not telling.any():
        return None
    observed = equal.mean(axis=0)[telling]
    return float(((observed - chance[telling]) / (1.0 - chance[telling])).mean())


def _alike(a: Codes, b: Codes) -> tuple[int, float]:
    """Count combinations that one patient of each run has, and nobody else.

    With it the smaller of the runs' shares of patients who are unlike all others in their run.
    """
    combined = np.unique(np.vstack([a, b]), axis=0, return_inverse=True)[1].ravel()
    single = []
    for codes in (combined[: len(a)], combined[len(a) :]):
        values, counts = np.unique(codes, return_counts=True)
        single.append(values[counts == 1])
    distinct = min(single[0].size / len(a), single[1].size / len(b))
    return int(np.intersect1d(single[0], single[1]).size), distinct


def _expected(a: Codes, b: Codes) -> float:
    """Give the pairs expected to agree in everything by chance, were the columns independent."""
    return float(math.prod(_chance(a, b))) * len(a) * len(b)
