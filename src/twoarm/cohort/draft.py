"""A study file drafted from a data file: what the data show is filled in, decisions are not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from twoarm.cohort.appearance import LONGEST_SCALE, Appearance, appearance
from twoarm.cohort.codebook import spells_number
from twoarm.cohort.contradictions import SYNTHETIC_COLUMN
from twoarm.cohort.decimals import decimal_comma, with_points
from twoarm.cohort.readers import Table
from twoarm.cohort.suspicions import looks_late
from twoarm.errors import ArgumentError

__all__ = ["DECIDE", "Roles", "draft"]

DECIDE: Final = "# DECIDE "
"""Begins a line that nobody but the user can complete."""

_NAMES = {
    "treatment": re.compile(r"arm|treat.*|trt|group|alloc.*|rand.*|exposure", re.IGNORECASE),
    "outcome": re.compile(r"mrs_?90.*|outcome.*|dead|death.*|died|mort.*", re.IGNORECASE),
    "id": re.compile(r".*(?:record|patient|subject|study)?_?(?:id|no|nr|number)", re.IGNORECASE),
    "centre": re.compile(r"cent(?:re|er).*|hosp.*|clinic.*", re.IGNORECASE),
}
_HEAD = """\
# Drafted by twoarm init from {source}: {n} rows.
# What a line marked DECIDE asks for stands in no data file: complete it and take the mark away.
# Then type: twoarm check FILE. Nothing is recoded or left out without a line here.

[study]
name = {name}
title = {name}
cohort = {cohort}
"""
_TARGET_TRIAL = f"""
[target_trial]
{DECIDE}eligibility = "who could have been given either treatment"
{DECIDE}time_zero = "the moment at which the treatment was decided on"
{DECIDE}strategies = {{ control = "...", treated = "..." }}
{DECIDE}control_by = "other"  # randomised, status_at_decision, final_reperfusion, other
{DECIDE}estimand = "risk difference at ..."
"""


@dataclass(frozen=True, slots=True)
class Roles:
    """Which columns are what; for an empty one a column is proposed by its name, if at all."""

    treatment: str = ""
    outcome: str = ""
    id: str = ""
    centre: str = ""


def draft(table: Table, cohort: str, roles: Roles) -> str:
    """Draft a study file.

    Parameters
    ----------
    table : Table
        All columns of the data file.
    cohort : str
        Path of the data file, as the study file is to name it.
    roles : Roles

    Raises
    ------
    ArgumentError
        If a column that is named does not exist.
    """
    columns = {column.name: column for column in _described(table)}
    for name in (roles.treatment, roles.outcome, roles.id, roles.centre):
        if name and name not in columns:
            known = ", ".join(columns)
            raise ArgumentError(f"{table.source} has no column '{name}'; it has {known}.")
    roles = _proposed(roles, columns, table.rows.size)
    name = re.sub("[^A-Za-z0-9_-]+", "-", PurePath(cohort).name.split(".")[0]).strip("-") or "study"
    head = _HEAD.format(
        source=table.source, n=table.rows.size, name=_quoted(name), cohort=_quoted(cohort)
    )
    parts = [head, *_study_lines(roles), _TARGET_TRIAL]
    parts += _treatment(columns.get(roles.treatment), columns)
    parts += _outcome(columns.get(roles.outcome))
    parts.append(
        "\n# Predictors: what was known when the treatment was decided on. List what came later\n"
        "# under [[columns]] with before_decision = false; delete what is of no use.\n"
    )
    taken = {roles.treatment, roles.outcome, roles.id, roles.centre, SYNTHETIC_COLUMN}
    for column in columns.values():
        if column.name not in taken:
            parts += _predictor(column)
    return "".join(parts)


def _described(table: Table) -> Iterator[Appearance]:
    comma, _ = decimal_comma(table.columns, table.columns, table.rows)
    for name, cells in table.columns.items():
        yield appearance(name, with_points(cells) if comma else cells)


def _proposed(roles: Roles, columns: dict[str, Appearance], n: int) -> Roles:
    """Complete the roles by the columns' names, each column at most once."""
    taken = {roles.treatment, roles.outcome, roles.id, roles.centre}
    fits: dict[str, Callable[[Appearance], bool]] = {
        "id": lambda column: len(column.codes) == n,
        "centre": lambda column: column.kind in ("nominal", "ordinal", "integer"),
        "treatment": lambda column: 2 <= len(column.codes) <= 4,
        "outcome": lambda column: 2 <= len(column.codes) <= LONGEST_SCALE,
    }
    for role, fit in fits.items():
        found = (
            name
            for name, column in columns.items()
            if name not in taken and _NAMES[role].fullmatch(name) and fit(column)
        )
        if not getattr(roles, role):
            roles = replace(roles, **{role: next(found, "")})
            taken.add(getattr(roles, role))
    return roles


def _study_lines(roles: Roles) -> list[str]:
    lines = [f"id = {_quoted(roles.id)}\n"] if roles.id else ['# id = "column of the ids"\n']
    centre = f"centre = {_quoted(roles.centre)}\n" if roles.centre else '# centre = "column"\n'
    return [*lines, centre, "seed = 1\n"]


def _treatment(column: Appearance | None, columns: dict[str, Appearance]) -> list[str]:
    lines = ["\n[treatment]\n"]
    if column is None:
        two = [each.name for each in columns.values() if len(each.codes) == 2]
        lines.append(f'{DECIDE}column = "..."  # with two values: {", ".join(two) or "none"}\n')
        codes = ["0", "1"]
    else:
        lines.append(f"column = {_quoted(column.name)}  # {column.seen}\n")
        codes = [*column.codes, "0", "1"]
    lines += [f"{DECIDE}control = {_toml(codes[0])}\n", f"{DECIDE}treated = {_toml(codes[1])}\n"]
    return [*lines, '# labels = { control = "...", treated = "..." }\n']


def _outcome(column: Appearance | None) -> list[str]:
    lines = ["\n[[outcomes]]\n"]
    if column is None:
        lines += [f'{DECIDE}name = "..."\n', f'{DECIDE}column = "..."\n']
        lines.append(f"{DECIDE}event = {{ equals = 1 }}\n")
    else:
        identifier = re.sub("[^A-Za-z0-9_]", "_", column.name)
        name = identifier if identifier[:1].isalpha() and identifier.isascii() else "outcome"
        lines += [
            f"name = {_quoted(name)}\n",
            f"column = {_quoted(column.name)}  # {column.seen}\n",
        ]
        lines.append(
            f"{DECIDE}event = {{ equals = {_toml(column.codes[-1])} }}  # or at_most = 2, ...\n"
        )
        lines += _missing_codes(column)
    lines.append(f"{DECIDE}desirable = true  # is the event one to hope for? Fixes who is helped\n")
    lines.append("primary = true\n")
    lines.append(f"{DECIDE}threshold = 0.1  # the smallest absolute benefit worth the treatment\n")
    return lines


def _predictor(column: Appearance) -> list[str]:
    name = _quoted(column.name)
    if column.kind in ("constant", "date", "text"):
        what = {"constant": "one value", "date": "dates", "text": "free text"}[column.kind]
        return [f"\n# {name} is left out: {what}\n"]
    if looks_late(column.name) or _NAMES["outcome"].fullmatch(column.name):
        late = "before_decision = false  # by its name; if it was known before, make it a predictor"
        return [f"\n[[columns]]\ncolumn = {name}\n{late}\n"]
    lines = [f"\n[[predictors]]\ncolumn = {name}\n"]
    if column.is_number:
        lines.append(f'type = "{column.kind}"  # seen: {column.seen}\n')
        lines.append('# unit = "..."\n# range = { min = ..., max = ... }  # refused outside\n')
    else:
        lines.append(f'type = "{column.kind}"  # seen: {column.seen}\n')
        if column.codes != ("0", "1"):
            levels = ", ".join(f"{{ code = {_toml(code)} }}" for code in column.codes)
            lines.append(f"levels = [{levels}]\n")
    lines += _missing_codes(column)
    absent = column.n_empty + column.n_unknown
    if absent:
        lines.append(f"may_be_missing = true  # {absent} patients; they are imputed\n")
    return lines


def _missing_codes(column: Appearance) -> list[str]:
    if not column.unknown:
        return []
    codes = ", ".join(_toml(code) for code in column.unknown)
    return [f"missing_codes = [{codes}]  # {column.n_unknown} patients; delete what is a value\n"]


def _toml(code: str) -> str:
    return code if spells_number(code) and not code.startswith("+") else _quoted(code)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
