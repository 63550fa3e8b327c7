"""The average benefit under four ways of dealing with missing values."""

from __future__ import annotations

from twoarm.metrics import Estimate, finite
from twoarm.report.formats import Value
from twoarm.report.table import Column, Table
from twoarm.study.judge.average.missing_effect import WAYS
from twoarm.study.result import StudyResult

__all__ = ["missing_effect_tables"]


def missing_effect_tables(result: StudyResult) -> list[Table]:
    """Give the table of the ways; none if nothing is missing."""
    rows: list[tuple[Value, ...]] = []
    for outcome in result.outcomes.values():
        found = result.diagnostics.missing.get(outcome.spec.name)
        if found is None:
            continue
        for name, track in found.tracks().items():
            g_formula = (None,) * 3 if track.g_formula is None else _numbers(track.g_formula)
            row = (outcome.spec.title, WAYS[name], track.patients)
            rows.append((*row, *_numbers(track.aipw), *g_formula))
    if not rows:
        return []
    columns = (
        Column("outcome", "Outcome"),
        Column("way", "Missing values"),
        Column("patients", "Patients", "count"),
        Column("aipw", "AIPW, points", "points"),
        Column("aipw_low", "95 % low", "points"),
        Column("aipw_high", "95 % high", "points"),
        Column("g_formula", "G-formula, points", "points"),
        Column("g_formula_low", "95 % low", "points"),
        Column("g_formula_high", "95 % high", "points"),
    )
    note = (
        "Average benefit by the same ridge regressions, so that only the handling of missing "
        "values differs; these estimates are not those of the stacks above. As for prediction: "
        "one value a variable, chosen without outcome and arm. Imputations: each arm apart, with "
        "all outcomes in the model, pooled by Rubin's rules. Unknown outcomes weighted for: known "
        "ones stand for patients alike in what was measured, over everybody. All assume that "
        "values are missing for reasons that were recorded."
    )
    title = "Average benefit and missing values"
    return [Table("missing_effect", title, note, columns, tuple(rows))]


def _numbers(estimate: Estimate) -> tuple[Value, ...]:
    return tuple(map(finite, (estimate.estimate, estimate.low, estimate.high)))
