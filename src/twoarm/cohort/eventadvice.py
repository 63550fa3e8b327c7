"""What to write where an outcome's values are neither event nor clearly no event."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.apart import whole_numbers
from twoarm.cohort.codebook import spells_number
from twoarm.cohort.problems import Problem
from twoarm.cohort.scales import is_unknown_code, off_the_scale
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.cohort.unknownwords import may_be_unknown
from twoarm.cohort.yesno import is_same

__all__ = ["unexplained"]

_SHOWN_VALUES = 8
_THREE_CODES = ([0, 1, 2], [1, 2, 3])
"""Yes and no, or no and yes, and a last one that often is "not known"."""

_OPPOSITE = {"at_most": "above", "at_least": "below", "above": "at_most", "below": "at_least"}

Texts = NDArray[np.str_]
Mask = NDArray[np.bool_]


def unexplained(
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
            _advice(outcome, sorted(counts), suspects, occurs=bool(event.any())),
        )
    ]


def _suspects(outcome: OutcomeSpec, codes: list[str]) -> list[str]:
    """Give the codes that may well mean "unknown"."""
    scale = whole_numbers([*codes, *outcome.event.codes])
    apart = {str(code) for code in (off_the_scale(scale) if scale else None) or ()}
    if scale and sorted(scale) in _THREE_CODES and len(codes) == len(scale) - 1:
        apart.add(str(max({int(code) for code in codes})))
    return [
        code for code in codes if may_be_unknown(code) or is_unknown_code(code) or code in apart
    ]


def _advice(outcome: OutcomeSpec, codes: list[str], suspects: list[str], *, occurs: bool) -> str:
    """Say what to write, with the codes at hand."""
    events = outcome.event.codes
    if not events:
        key, limit = outcome.event.comparison
        values = f", or non_event = {{ {_OPPOSITE[key]} = {limit:g} }} if all numbers are values"
        numeric = any(spells_number(code) for code in codes)
        return f"Write missing_codes = {_listed(codes)} for what means unknown{values * numeric}"
    same = [code for code in codes if is_same(code, events)]
    if not occurs and not same:
        return "Nobody has the event's code: correct it, and write non_event for what is no event"
    suspects = [code for code in suspects if code not in same]
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
