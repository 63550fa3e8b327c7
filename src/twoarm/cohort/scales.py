"""Scales of whole numbers, and the codes for "unknown" that stand apart from them."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["LONGEST_SCALE", "is_unknown_code", "off_the_scale", "runs"]

LONGEST_SCALE = 12
"""With more different values it is a measurement."""

_CODE = re.compile(r"-?([789])\1*(?:\.\1+)?|-1")


def is_unknown_code(spelled: str) -> bool:
    """Say whether a number, spelled canonically, is one that often means "unknown".

    Examples
    --------
    >>> [is_unknown_code(each) for each in ("9", "88", "-999", "99.9", "-1", "98", "5", "0")]
    [True, True, True, True, True, False, False, False]
    """
    return _CODE.fullmatch(spelled) is not None


def runs(scale: Collection[int]) -> list[list[int]]:
    """Cut whole numbers into stretches without a hole.

    Examples
    --------
    >>> runs({0, 1, 2, 8, 9})
    [[0, 1, 2], [8, 9]]
    """
    found: list[list[int]] = []
    for value in sorted(scale):
        if found and value == found[-1][-1] + 1:
            found[-1].append(value)
        else:
            found.append([value])
    return found


def off_the_scale(codes: Collection[int], meant: Collection[int] = ()) -> set[int] | None:
    """Give the codes that stand apart from a scale of whole numbers; None if it is no scale.

    Parameters
    ----------
    codes : collection of int
        The values that occur.
    meant : collection of int
        Values that the study file names: they belong to the scale, whether they occur or not.

    Examples
    --------
    >>> off_the_scale({0, 1, 2, 8}), off_the_scale({0, 1, 2, 4}, {3}), off_the_scale({2, 5, 9, 14})
    ({8}, set(), None)
    """
    named = set(meant)
    usual = {code for code in set(codes) - named if is_unknown_code(str(code))}
    scale = set(codes) | named
    alone = {code for code in scale if code < 0}
    if not alone <= usual or (alone == {-1} and len(scale) == 2):
        alone = set()
    rest = scale - alone
    longest = max(runs(rest), key=len, default=[])
    outside = rest - set(longest) - named
    if len(scale) == 2 and not outside <= usual:
        return alone
    if not outside or len(runs(rest - (usual & outside))) == 1:
        return alone | outside
    few = len(outside) <= max(1, len(longest) // 3)
    return alone | outside if few else None
