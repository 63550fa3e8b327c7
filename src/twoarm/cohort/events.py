"""From an outcome's column to event, no event, not known; what is none of them is an error."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical, spells_number
from twoarm.cohort.problems import Problem
from twoarm.cohort.sentinels import far_codes, is_unknown_code, off_the_scale
from twoarm.cohort.spelling import folded, is_like_unknown
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.cohort.values import Coded, as_numbers, blank_missing, problem_at

__all__ = ["event_of"]

_RANKIN = re.compile("mrs|rankin", re.IGNORECASE)
_RANKIN_SCALE = range(7)
_LONGEST_SCALE = 12
_SHOWN_VALUES = 8
_OPPOSITE = {"at_most": "above", "at_least": "below", "above": "at_most", "below": "at_least"}

Texts = NDArray[np.str_]
Mask = NDArray[np.bool_]


def event_of(
    outcome: OutcomeSpec,
    cells: Texts,
    rows: NDArray[np.int64],
    meant: Collection[str] = (),
) -> Coded:
    """Give 1, 0 or NaN for each cell; empty cells and missing codes are not known.

    Without `non_event`, no event is the only other code, or the rest of an unbroken scale of whole
    numbers, or any other number of a measurement. Whatever else occurs is an error.

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
    problems = [*_unexplained(outcome, spelled, stray, event, rows)]
    if not problems:
        problems += _third_code(outcome, spelled, known, rows, meant)
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
    if not outcome.event.codes:
        numeric = np.isfinite(values)
        return known & (~numeric | np.isin(values, _apart(outcome, values[numeric], meant)))
    other = known & ~event
    codes = set(spelled[other].tolist())
    if len(codes) == 1:
        clear = not _is_suspect(codes.pop(), outcome.event.codes)
    else:
        scale = _whole({*codes, *outcome.event.codes})
        clear = scale is not None and _off(outcome, scale, meant) == set()
    return other & np.bool_(not clear)


def _is_suspect(code: str, events: tuple[str, ...]) -> bool:
    """Say whether the only other code may mean "unknown", or is the event spelled otherwise."""
    if is_like_unknown(code) or folded(code) in {folded(event) for event in events}:
        return True
    if not all(spells_number(event) for event in events):
        return False
    numbers = _whole({code, *events})
    if numbers is None or code == "-1" or not is_unknown_code(code):
        return not spells_number(code)
    return {int(code) - 1, int(code) + 1}.isdisjoint(numbers)


def _apart(
    outcome: OutcomeSpec, values: NDArray[np.float64], meant: Collection[str]
) -> list[float]:
    """Give the numbers that stand apart from the others as codes do."""
    scale = _whole({canonical(value) for value in np.unique(values).tolist()})
    if scale and len(scale) <= _LONGEST_SCALE:
        found = _off(outcome, scale, meant)
        if found is not None:
            return [float(code) for code in found]
    return [code for code in far_codes(values) if is_unknown_code(canonical(code))]


def _off(outcome: OutcomeSpec, scale: set[int], meant: Collection[str]) -> set[int] | None:
    """Give the codes off the scale; the Rankin scale is known to go from 0 to 6."""
    named = {int(code) for code in meant if _whole([code])}
    if _RANKIN.search(outcome.column) and min(scale) >= 0:
        return scale - set(_RANKIN_SCALE) - named
    return off_the_scale(scale, named)


def _whole(codes: Collection[str]) -> set[int] | None:
    whole = all(code.removeprefix("-").isdecimal() for code in codes)
    return {int(code) for code in codes} if whole else None


def _unexplained(
    outcome: OutcomeSpec, spelled: Texts, stray: Mask, event: Mask, rows: NDArray[np.int64]
) -> list[Problem]:
    """Report the values that are neither event nor no event, each with its count."""
    if not stray.any():
        return []
    counts = Counter(spelled[stray].tolist())
    shown = [f"'{code}' ({n})" for code, n in counts.most_common(_SHOWN_VALUES)]
    more = f" and {len(counts) - _SHOWN_VALUES} more" if len(counts) > _SHOWN_VALUES else ""
    otherwise = "clearly no event"
    if outcome.non_event is not None:
        otherwise = f"its non_event ({outcome.non_event}) nor a missing code"
    found = (
        f"found {', '.join(shown)}{more}: neither the event of outcome '{outcome.name}' "
        f"({outcome.event}; {int(event.sum())} patients) nor {otherwise}"
    )
    suspects = _suspects(outcome, sorted(counts))
    at = stray & np.isin(spelled, suspects or sorted(counts))
    return [
        Problem(
            "error",
            outcome.column,
            tuple(int(row) for row in rows[at]),
            found,
            "",
            _advice(outcome, sorted(counts), suspects),
        )
    ]


def _suspects(outcome: OutcomeSpec, codes: list[str]) -> list[str]:
    """Give the codes that may well mean "unknown"."""
    scale = _whole([*codes, *outcome.event.codes])
    apart = {str(code) for code in (off_the_scale(scale) if scale else None) or ()}
    return [
        code for code in codes if is_like_unknown(code) or is_unknown_code(code) or code in apart
    ]


def _advice(outcome: OutcomeSpec, codes: list[str], suspects: list[str]) -> str:
    """Say what to write, with the codes at hand."""
    events = outcome.event.codes
    if not events:
        key, limit = outcome.event.comparison
        values = f", or non_event = {{ {_OPPOSITE[key]} = {limit:g} }} if all numbers are values"
        numeric = any(spells_number(code) for code in codes)
        return f"Write missing_codes = {_listed(codes)} for what means unknown{values * numeric}"
    same = [code for code in codes if folded(code) in {folded(event) for event in events}]
    rest = [code for code in codes if code not in same and code not in suspects]
    parts = []
    if same:
        parts.append(f"event = {_one_of([*events, *same])} for other spellings of it")
    if suspects:
        parts.append(f"missing_codes = {_listed(suspects)} for what means unknown")
    if rest or suspects:
        parts.append(f"non_event = {_one_of(rest or suspects)} for what is no event")
    return f"Write {', '.join(parts)}"


def _one_of(codes: list[str]) -> str:
    if len(codes) == 1:
        return f"{{ equals = {_toml(codes[0])} }}"
    return f"{{ one_of = {_listed(codes)} }}"


def _listed(codes: list[str]) -> str:
    more = ["..."] if len(codes) > _SHOWN_VALUES else []
    return f"[{', '.join([*(_toml(code) for code in codes[:_SHOWN_VALUES]), *more])}]"


def _toml(code: str) -> str:
    return code if spells_number(code) else json.dumps(code, ensure_ascii=False)


def _third_code(
    outcome: OutcomeSpec,
    spelled: Texts,
    known: Mask,
    rows: NDArray[np.int64],
    meant: Collection[str],
) -> list[Problem]:
    """Point at a 2 beside 0 and 1, or a 3 beside 1 and 2, which counts as no event."""
    if outcome.non_event is not None or len(outcome.event.codes) != 1:
        return []
    scale = sorted(_whole(set(spelled[known].tolist())) or ())
    third = str(max(scale, default=0))
    if scale not in ([0, 1, 2], [1, 2, 3]) or third in {*meant, *outcome.event.codes}:
        return []
    advice = (
        f"It counts as no event in outcome '{outcome.name}'; list it under missing_codes if it "
        "means unknown, or under non_event"
    )
    at = known & (spelled == third)
    return list(
        problem_at(at, outcome.column, rows, spelled, expected="", advice=advice, level="notice")
    )


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
