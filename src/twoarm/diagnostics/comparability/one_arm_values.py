"""Columns that decide about treatment: values that only one arm has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

__all__ = ["OneArmColumn", "one_arm_columns", "patients_without"]

Floats = NDArray[np.float64]

_FEW_VALUES: Final = 10
_CHANCE: Final = 0.01
"""Chance, over all columns, that values are called an arm's own where a lot decided."""


@dataclass(frozen=True, slots=True)
class OneArmColumn:
    """A column that decides about the treatment of some patients.

    Attributes
    ----------
    name : str
    position : int
        Of the column.
    values : tuple of float or None
        Values that nobody in the other arm has; None if the arms' ranges do not meet at all.
    """

    name: str
    position: int
    values: tuple[float, ...] | None


def one_arm_columns(
    X: Floats, treatment: NDArray[np.int64], names: Sequence[str]
) -> tuple[OneArmColumn, ...]:
    """Find the columns with values that one arm has to itself, beyond what chance explains.

    Looked at are columns of up to 10 values, value by value, and whether the arms' ranges are
    apart. That k patients with a value are all of an arm with a share p of the patients has a
    chance of about p^k, that the ranges of n0 and n1 patients are apart one of 2 / C(n, n1); both
    count if below 1 % over all that is looked at. The ends of a column with many values are left to
    the propensity: there an arm may well be alone.

    Examples
    --------
    >>> arm = np.tile([0, 1], 10)
    >>> X = np.column_stack([arm, np.arange(20) // 2, np.linspace(0, 1, 20) + 2 * arm])
    >>> [each.name for each in one_arm_columns(X, arm, ["same", "pair", "apart"])]
    ['same', 'apart']
    """
    share = np.array([np.mean(treatment == arm) for arm in (0, 1)])
    levels = [np.unique(column) for column in X.T]
    looked_at = sum(each.size if each.size <= _FEW_VALUES else 1 for each in levels)
    orders = 2.0 / comb(treatment.size, int(treatment.sum()))
    found = []
    for position, (column, values) in enumerate(zip(X.T, levels, strict=True)):
        apart = _apart(column[treatment == 0], column[treatment == 1])
        if apart and orders * looked_at < _CHANCE:
            found.append(OneArmColumn(names[position], position, None))
        elif values.size <= _FEW_VALUES:
            own = tuple(
                float(value)
                for value in values
                if _chance(treatment[column == value], share) * looked_at < _CHANCE
            )
            if own:
                found.append(OneArmColumn(names[position], position, own))
    return tuple(found)


def patients_without(X: Floats, columns: Sequence[OneArmColumn]) -> NDArray[np.bool_]:
    """Say who has a value that nobody in the other arm has.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0]])
    >>> patients_without(X, [OneArmColumn("x", 0, (2.0,))]).tolist()
    [False, False, True]
    """
    found = np.zeros(X.shape[0], dtype=np.bool_)
    for each in columns:
        if each.values is None:
            found[:] = True
        else:
            found |= np.isin(X[:, each.position], each.values)
    return found


def _apart(control: Floats, treated: Floats) -> bool:
    return bool(control.max() < treated.min() or treated.max() < control.min())


def _chance(arms: NDArray[np.int64], share: Floats) -> float:
    """Give the chance that so many patients are all of their arm; 1 if they are of both."""
    if arms.min() != arms.max():
        return 1.0
    return float(share[arms[0]] ** arms.size)
