"""From an outcome's column to event, no event, not known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical, spells_number
from twoarm.cohort.problems import Problem
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.cohort.values import Coded, blank_missing, numbers, problem_at

__all__ = ["event_of"]

_OFTEN_UNKNOWN = {9, 99, 999, -9, -99, -999}
_LONGEST_SCALE = 12


def event_of(outcome: OutcomeSpec, cells: NDArray[np.str_], rows: NDArray[np.int64]) -> Coded:
    """Give 1, 0 or NaN for each cell; empty cells and missing codes are not known.

    Text is an error where the rule compares by size or with numbers alone. Any other code than the
    rule's counts as no event; one that looks like a code for "unknown" is pointed at.
    """
    kept = blank_missing(cells, outcome.missing_codes)
    known = kept != ""
    codes = outcome.event.codes
    problems: tuple[Problem, ...] = ()
    spelled = np.array([canonical(cell) for cell in kept], dtype=np.str_)
    if codes and not all(spells_number(code) for code in codes):
        event = np.isin(spelled, codes)
    else:
        read = numbers(kept, outcome.column, rows)
        problems = read.problems
        known &= np.isfinite(read.values)
        event = np.isin(spelled, codes) if codes else _compared(outcome, read.values)
        problems += tuple(_looks_unknown(outcome, spelled, known, event, rows))
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


def _looks_unknown(
    outcome: OutcomeSpec,
    spelled: NDArray[np.str_],
    known: NDArray[np.bool_],
    event: NDArray[np.bool_],
    rows: NDArray[np.int64],
) -> Iterator[Problem]:
    """Point at an outlying 9, 99, -9, ... on a scale of whole numbers, and at 2 beside 0 and 1."""
    codes = set(spelled[known].tolist())
    if len(codes) > _LONGEST_SCALE or not all(code.lstrip("-").isdecimal() for code in codes):
        return
    scale = sorted(int(code) for code in codes)
    suspects = {2} if scale == [0, 1, 2] else _OFTEN_UNKNOWN.intersection(scale[:1] + scale[-1:])
    for suspect in sorted(suspects):
        at = known & (spelled == str(suspect))
        if {suspect - 1, suspect + 1}.isdisjoint(scale) or suspect == 2:
            as_event = "the event" if event[at].all() else "no event"
            yield from problem_at(
                at,
                outcome.column,
                rows,
                spelled,
                expected="",
                advice=f"It counts as {as_event} in outcome '{outcome.name}'; list it under "
                "missing_codes if it means unknown",
                level="notice",
            )


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
