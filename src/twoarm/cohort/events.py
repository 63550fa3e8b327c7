"""From an outcome's column to event, no event, not known; what is none of them is an error."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.apart import apart, is_scale, whole_numbers
from twoarm.cohort.codebook import canonical, spells_number
from twoarm.cohort.eventadvice import unexplained
from twoarm.cohort.problems import Problem
from twoarm.cohort.scales import is_unknown_code
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.cohort.unknownwords import may_be_unknown
from twoarm.cohort.values import Coded, as_numbers, blank_missing
from twoarm.cohort.yesno import is_same

__all__ = ["event_of"]

Texts = NDArray[np.str_]
Mask = NDArray[np.bool_]


def event_of(
    outcome: OutcomeSpec,
    cells: Texts,
    rows: NDArray[np.int64],
    meant: Collection[str] = (),
) -> Coded:
    """Give 1, 0 or NaN for each cell; empty cells and missing codes are not known.

    Without `non_event`, no event is the only other code that no outcome names, or the rest of an
    unbroken scale of four or more whole numbers, or any other number where the event is a range.
    Whatever else occurs is an error.

    Parameters
    ----------
    outcome : OutcomeSpec
    cells : ndarray of str, shape (n,)
    rows : ndarray of int, shape (n,)
        Row of each cell in the file.
    meant : collection of str
        Codes that other outcomes of the same column name, canonically spelled.
    """
    kept = blank_missing(cells, outcome.missing_codes)
    spelled = np.array([canonical(cell) for cell in kept], dtype=np.str_)
    known = spelled != ""
    values = as_numbers(kept)
    event = known & outcome.event.holds(spelled, values)
    if outcome.non_event is None:
        stray = _stray(outcome, spelled, values, event, known, meant)
    else:
        stray = known & ~event & ~outcome.non_event.holds(spelled, values)
    coded = np.where(known & ~stray, event.astype(np.float64), np.nan)
    problems = [*unexplained(outcome, spelled, stray, event, rows)]
    problems += _not_known(outcome, ~known, rows)
    return Coded(coded, tuple(problems))


def _stray(
    outcome: OutcomeSpec,
    spelled: Texts,
    values: NDArray[np.float64],
    event: Mask,
    known: Mask,
    meant: Collection[str],
) -> Mask:
    """Say which cells are neither event nor, without being declared so, clearly no event."""
    title = f"{outcome.column} {outcome.name} {outcome.label}"
    if not outcome.event.codes:
        numeric = np.isfinite(values)
        return known & (~numeric | np.isin(values, apart(title, values[numeric], meant)))
    other = known & ~event
    codes = set(spelled[other].tolist())
    unnamed = codes - set(meant)
    if len(codes) == 1 or not unnamed:
        return other & np.bool_(any(_is_suspect(each, outcome.event.codes) for each in codes))
    if len(unnamed) == 1:  # the others are events of other outcomes
        return other & np.bool_(_is_suspect(unnamed.pop(), outcome.event.codes))
    scale = whole_numbers({*codes, *outcome.event.codes})
    return other & np.bool_(scale is None or not is_scale(title, scale, meant))


def _is_suspect(code: str, events: tuple[str, ...]) -> bool:
    """Say whether the only other code may mean "unknown", or is the event spelled otherwise."""
    if may_be_unknown(code) or is_same(code, events):
        return True
    if not all(spells_number(event) for event in events):
        return is_unknown_code(code)
    numbers = whole_numbers({code, *events})
    if numbers is None or code == "-1" or not is_unknown_code(code):
        return not spells_number(code)
    return {int(code) - 1, int(code) + 1}.isdisjoint(numbers)


def _not_known(outcome: OutcomeSpec, absent: Mask, rows: NDArray[np.int64]) -> list[Problem]:
    n = int(absent.sum())
    if not n:
        return []
    found = (
        f"outcome '{outcome.name}' is not known in {n} patients ({n / rows.size:.1%}); they are "
        "predicted and left out of its fit and measures"
    )
    at = tuple(int(row) for row in rows[absent])
    return [Problem("notice", outcome.column, at, found, "", "")]
