"""The average benefit under four ways of dealing with missing values."""

from __future__ import annotations

from collections.abc import Mapping

from twoarm.metrics import Estimate, finite
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.average.missing_effect import MISSING_EFFECT, MissingEffect, Track
from twoarm.study.result import StudyResult

__all__ = ["missing_effect_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Show the ways side by side; nothing if nothing is missing."""
    missing = result.answers.each(MISSING_EFFECT)
    return Part(tables=(missing_effect_table(result, missing),)) if missing else None


def missing_effect_table(result: StudyResult, missing: Mapping[str, MissingEffect]) -> Table:
    """Give the average benefit of each outcome in each way."""
    rows = [
        (outcome.spec.title, missing[outcome.spec.name].titles[name], *_cells(track))
        for outcome in result.outcomes.values()
        if outcome.spec.name in missing
        for name, track in missing[outcome.spec.name].tracks().items()
    ]
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
    return Table("missing_effect", title, note, columns, tuple(rows))


def _cells(track: Track) -> Row:
    g_formula = (None,) * 3 if track.g_formula is None else _numbers(track.g_formula)
    return track.patients, *_numbers(track.aipw), *g_formula


def _numbers(estimate: Estimate) -> Row:
    return tuple(map(finite, (estimate.estimate, estimate.low, estimate.high)))
