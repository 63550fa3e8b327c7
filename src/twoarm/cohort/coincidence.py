"""May rows be equal by chance? The evidence are columns that seldom agree in two patients."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["Prints", "families", "may_be_chance", "summed"]

_BEYOND_CHANCE, _LOG_CHANCE = 5, math.log(1e-4)
"""Copies must exceed what chance gives so many times, and be so unlikely (Poisson)."""

_FEWEST_PASTED = 20
"""Of so many different rows each stands twice, or each three times, by no chance."""

_HALF = 0.5
"""Also the number of pairs taken for seen where none was."""

_AGREE, _TIMES, _FEWEST_PAIRS = 0.3, 5, 5
"""A column belongs to another one if it agrees in so many of the pairs that agree in that, so many
times as often as in any pairs; of fewer pairs nothing is said."""

_SAMPLE = 3000
"""So many rows are enough to see which columns depend on each other."""

Numbers = NDArray[np.uint64]
Prints = Mapping[str, Numbers]
"""A number for each cell, by column: equal cells have equal numbers, and sums tell rows apart."""


def may_be_chance(
    count: int, prints: Prints, whole: Numbers, family: Mapping[str, frozenset[str]]
) -> bool:
    """Say whether so many rows may equal earlier ones by chance.

    Expected are the pairs that are equal but for one column, times the share of all pairs that
    agree in this. Every column is asked, so that the others may depend on each other. Where no pair
    is equal but for one column, each may follow from the others, as a body mass index does:
    expected is what independent columns give, the most telling one left out.

    Parameters
    ----------
    count : int
        Rows that equal an earlier one, 1 at least.
    prints : mapping of str to ndarray, shape (n,)
        The columns in which they are equal.
    whole : ndarray, shape (n,)
        Their sum.
    family : mapping of str to frozenset of str
        From `families`: columns that depend on each other count as one.
    """
    times = np.unique(whole, return_counts=True)[1]
    if times.size >= _FEWEST_PASTED and np.gcd.reduce(times) > 1:
        return False
    equal, pairs = _pairs(whole), math.comb(whole.size, 2)
    shares, most = [], 0.0
    for few in _apart(prints, family):
        block = summed(prints[name] for name in few)
        others = _pairs(whole - block)
        shares.append((_pairs(block) - equal + _HALF) / pairs)
        most = max(most, others - equal)
        if others > _HALF * pairs:
            return True
        if others > equal and _is_few(count, (others - equal) * shares[-1]):
            return True
    return most == 0 and _is_few(count, pairs * math.prod(sorted(shares)[1:]))


def _is_few(count: int, expected: float) -> bool:
    """Say whether a count is not clearly more than what is expected."""
    if count <= _BEYOND_CHANCE * expected:
        return True
    return count * math.log(expected) - math.lgamma(count + 1) > _LOG_CHANCE


def _apart(prints: Prints, family: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """Give the columns, those that depend on each other together."""
    left = list(prints)
    while left:
        few = [name for name in left if name in family[left[0]]]
        yield few
        left = [name for name in left if name not in few]


def families(prints: Prints) -> dict[str, frozenset[str]]:
    """Give, for each column, those that depend on it, such as the year of birth on the age."""
    step = 1 + (next(iter(prints.values())).size - 1) // _SAMPLE if prints else 1
    some = {name: cells[::step] for name, cells in prints.items()}
    equal = _pairs(summed(some.values())) if some else 0.0
    pairs = {name: _pairs(cells) for name, cells in some.items()}
    total = max(1.0, max((math.comb(cells.size, 2) for cells in some.values()), default=1.0))

    def depends(name: str, other: str) -> bool:
        agreeing = pairs[name] - equal
        if agreeing < _FEWEST_PAIRS or name == other:
            return name == other
        share = (_pairs(some[name] + some[other]) - equal) / agreeing
        return share > max(_AGREE, _TIMES * pairs[other] / total)

    return {name: frozenset(other for other in some if depends(name, other)) for name in some}


def _pairs(numbers: Numbers) -> float:
    """Give how many pairs of rows are equal."""
    counts = np.unique(numbers, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1)).sum() / 2)


def summed(columns: Iterable[Numbers]) -> Numbers:
    """Give one number a row: equal rows have equal numbers."""
    return np.asarray(np.sum(list(columns), axis=0, dtype=np.uint64))
