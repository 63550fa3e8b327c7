"""From an outcome's column to event, no event, not known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical
from twoarm.cohort.problems import Problem
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.cohort.values import Coded, blank_missing, numbers

__all__ = ["event_of"]


def event_of(outcome: OutcomeSpec, cells: NDArray[np.str_], rows: NDArray[np.int64]) -> Coded:
    """Give 1, 0 or NaN for each cell; empty cells and missing codes are not known.

    Where the rule compares by size, text is an error. Where it compares codes, any other code
    counts as no event.
    """
    kept = blank_missing(cells, outcome.missing_codes)
    known = kept != ""
    rule = outcome.event
    problems: tuple[Problem, ...] = ()
    if rule.equals is not None or rule.one_of is not None:
        codes = rule.one_of if rule.one_of is not None else (rule.equals,)
        wanted = [canonical(code) for code in codes if code is not None]
        event = np.isin(np.array([canonical(cell) for cell in kept], dtype=np.str_), wanted)
    else:
        read = numbers(kept, outcome.column, rows)
        problems = read.problems
        known &= np.isfinite(read.values)
        event = _compared(outcome, read.values)
    values = np.where(known, event.astype(np.float64), np.nan)
    absent = tuple(int(row) for row in rows[~known])
    if absent:
        share = len(absent) / rows.size
        problems += (
            Problem(
                "notice",
                outcome.column,
                absent,
                f"outcome '{outcome.name}' is not known in {len(absent)} patients ({share:.1%}); "
                "they are predicted and left out of its fit and measures",
                "",
                "",
            ),
        )
    return Coded(values, problems)


def _compared(outcome: OutcomeSpec, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    rule = outcome.event
    if rule.at_most is not None:
        return values <= rule.at_most
    if rule.at_least is not None:
        return values >= rule.at_least
    if rule.above is not None:
        return values > rule.above
    assert rule.below is not None
    return values < rule.below
