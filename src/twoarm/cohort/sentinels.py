"""Numbers that may be codes for "unknown": 9, 99, 999, -9, -1, 0 where they stand apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.scales import LONGEST_SCALE, is_unknown_code

__all__ = ["far_codes", "frequent_codes"]

_MOST_CODES = 3
"""So many codes for different reasons may follow each other at one end."""

_FEWEST_OTHERS = 5
_OFTEN = 3
_OFTEN_SHARE = 0.01
"""A code near the others must be frequent: a tail, too, ends in a 9 now and then."""

_LONG_CODE = 99
"""Of 99, 999, -99 and the like one is enough, if it is very far off."""

_FAR, _VERY_FAR = 3.0, 10.0
"""Distance of a frequent code, and of a rare one, from the median of the others, in their
interquartile ranges."""

_NORMAL_SPREAD = 1.35  # interquartile range of a normal distribution, in standard deviations

_RANGES = 3.0
"""What is no usual code is pointed at only when it is farther off than so many whole ranges,"""

_HOLES = 2.0
"""or frequent, and so many of the widest steps among the others away from them."""

_SCALE_HOLE = 3.0
"""Step to a usual code from a short scale of whole numbers: 6 to 9, not 7 to 9, which is a tail."""

_ZERO_SHARE = 1 / 3
"""Where more have 0, it is rather "none" than "not known"."""

_BOUNDED_AWAY, _ZERO_SPREADS = 0.3, 1.5
"""A quantity that cannot be 0 has its minimum above this share of the median, and the median so
many interquartile ranges above 0."""

_TIMES, _MORE = 2, 4
"""A code among the others occurs so many times as often as any of them, and so many times more."""

_SHORTEST_CODE = 2  # figures: a 9 among the others is a 9

Numbers = NDArray[np.float64]


def frequent_codes(values: Numbers) -> list[float]:
    """Give usual codes that lie among the others, such as 88 among ages, and are far too frequent.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite.

    Examples
    --------
    >>> frequent_codes(np.concatenate([np.arange(40.0, 95), np.full(9, 88)]))
    [88.0]
    """
    distinct, counts = np.unique(values, return_counts=True)
    if distinct.size <= LONGEST_SCALE:
        return []
    most = int(counts.argmax())
    others = int(np.delete(counts, most).max())
    code = float(distinct[most])
    long = code >= 0 and sum(each.isdecimal() for each in f"{code:g}") >= _SHORTEST_CODE
    if long and _is_code(code) and counts[most] >= _TIMES * others + _MORE:
        return [code]
    return []


def far_codes(values: Numbers) -> list[float]:
    """Give values at the ends of a number that stand apart from the others as codes do.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite.

    Returns
    -------
    list of float
        Repeated, at one end, and far from the rest: -9, -1, 99, 999 (or three of them in a row), a
        0 below a quantity that is nowhere near it, anything that is very far off. In ascending
        order.

    Examples
    --------
    >>> far_codes(np.array([120.0, 140, 131, 155, 110, 128, 999, 999, -9]))
    [-9.0, 999.0]
    """
    low = list(_at_one_end(values))
    high = [-code for code in _at_one_end(-values, flipped=True)]
    return low + high[::-1] if not set(low) & set(high) else low


def _at_one_end(values: Numbers, *, flipped: bool = False) -> Iterator[float]:
    """Give the codes at the lower end; `flipped` if the values have been turned round."""
    distinct = np.unique(values)
    for k in range(1, 1 + min(_MOST_CODES, distinct.size)):
        if not _is_usual(distinct[k - 1], flipped):
            break
        inside = values <= distinct[k - 1]
        if _stands_apart(distinct[:k], inside, values, flipped):
            yield from (float(code) for code in distinct[:k])
            yield from _at_one_end(values[~inside], flipped=flipped)
            return
    lowest = values == distinct[0] if distinct.size else values == 0
    if _is_very_far(lowest, values) or _is_repeated(lowest, values):
        yield float(distinct[0])


def _is_usual(value: float, flipped: bool) -> bool:
    value = -value if flipped else value
    return _is_code(value) or (value <= 0 and value == int(value) and not flipped)


def _is_code(value: float) -> bool:
    return is_unknown_code(str(int(value)) if value == int(value) else repr(float(value)))


def _stands_apart(
    codes: Numbers, inside: NDArray[np.bool_], values: Numbers, flipped: bool
) -> bool:
    rest, repeated = values[~inside], int(inside.sum())
    if rest.size < _FEWEST_OTHERS or np.unique(rest).size < 2:
        return False
    often = repeated >= _often(values.size)
    if not flipped and any(code < 0 and not _is_code(code) for code in codes):  # such as -5
        alone = codes.size == 1 and codes[0] < 0 <= rest.min() and _is_alone(rest, float(codes[0]))
        return bool(often and alone)
    if not flipped and codes[-1] < 0 <= rest.min():
        return _is_alone(rest, float(codes[-1])) or (often and _is_only_negative(rest, repeated))
    if not flipped and codes[-1] == 0:
        return often and repeated <= _ZERO_SHARE * values.size and _is_never_zero(rest)
    enough = often or np.unique(values[inside]).size < repeated or abs(codes[-1]) >= _LONG_CODE
    if enough and _is_far(rest, float(codes[-1]), _FAR if often else _VERY_FAR):
        return True
    if not flipped and codes[0] > 0 and often:
        return _is_far(np.log(rest), float(np.log(codes[-1])), _FAR)
    hole = rest.min() - codes[-1] >= _SCALE_HOLE
    return bool(often and flipped and hole and _is_short_scale(-rest))


def _is_far(rest: Numbers, code: float, spreads: float) -> bool:
    return _is_alone(rest, code) and _spreads(rest, code) >= spreads


def _is_alone(rest: Numbers, code: float) -> bool:
    """Say whether the hole above a code is the widest on that side of the others."""
    return float(rest.min()) - code > _widest_step(rest)


def _is_only_negative(rest: Numbers, repeated: int) -> bool:
    """Say whether a -1 next to 0 is no tail: a long scale, or its commonest value, begins at 0."""
    distinct, counts = np.unique(rest, return_counts=True)
    return bool(
        distinct.size > LONGEST_SCALE or counts[0] == counts.max() or repeated > _OFTEN * counts[0]
    )


def _spreads(rest: Numbers, code: float) -> float:
    """Give how many interquartile ranges a code lies below the median of the others."""
    low, middle, high = np.quantile(rest, [0.25, 0.5, 0.75])
    width = high - low if high > low else _NORMAL_SPREAD * rest.std()
    return float((middle - code) / width)


def _is_short_scale(rest: Numbers) -> bool:
    distinct = np.unique(rest)
    unbroken = bool((np.diff(distinct) == 1).all())
    return unbroken and distinct[0] in (0, 1) and distinct.size <= LONGEST_SCALE


def _is_never_zero(rest: Numbers) -> bool:
    """Say whether the others keep away from 0, as an age, a weight or a pressure does."""
    bounded = rest.min() >= _BOUNDED_AWAY * np.median(rest)
    wide = rest.min() > 2 * _widest_step(rest) and np.unique(rest).size > 2
    return bool(bounded and wide and _spreads(rest, 0.0) >= _ZERO_SPREADS)


def _is_very_far(inside: NDArray[np.bool_], values: Numbers) -> bool:
    rest = values[~inside]
    if inside.sum() < 3 or rest.size < _FEWEST_OTHERS or inside.sum() > rest.size:
        return False
    width = float(rest.max() - rest.min())
    return width > 0 and float(rest.min() - values[inside][0]) >= _RANGES * width


def _is_repeated(inside: NDArray[np.bool_], values: Numbers) -> bool:
    """Say whether one value of a measurement stands often, alone and far: 1 among ages from 33."""
    rest = values[~inside]
    if np.unique(rest).size <= LONGEST_SCALE or inside.sum() < _often(values.size):
        return False
    hole = float(rest.min() - values[inside][0])
    alone = hole > _HOLES * _widest_step(rest)
    return alone and _spreads(rest, float(values[inside][0])) >= _FAR


def _often(n: int) -> float:
    return max(_OFTEN, _OFTEN_SHARE * n)


def _widest_step(rest: Numbers) -> float:
    """Give the widest step in the half of the others that is nearer to the code.

    At least 1 where all are whole: 0 follows 1 and no hole is between them.
    """
    distinct = np.unique(rest)
    near = distinct[distinct <= np.median(rest)]
    least = 1.0 if (distinct == np.rint(distinct)).all() else 0.0
    return max(float(np.diff(near).max()), least) if near.size > 1 else least
