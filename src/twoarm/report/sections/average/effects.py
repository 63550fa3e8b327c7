"""The average benefit, crude and adjusted in several ways."""

from __future__ import annotations

from collections.abc import Mapping

from twoarm.diagnostics import AverageEffect
from twoarm.metrics import Estimate, finite
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.result import StudyResult

__all__ = ["average_effect_table", "part"]

_ADJUSTED = {
    "iptw": "inverse weights",
    "overlap": "overlap weights (ATO)",
    "aipw": "AIPW",
    "tmle": "TMLE",
}


def part(result: StudyResult) -> Part:
    """Show the average benefit of every outcome."""
    effects = result.answers.each(AVERAGE_EFFECT)
    return Part(tables=(average_effect_table(result, effects),))


def average_effect_table(result: StudyResult, effects: Mapping[str, AverageEffect]) -> Table:
    """Give the average benefit, crude and standardised."""
    rows: list[Row] = []
    for outcome in result.outcomes.values():
        methods = {"crude": outcome.crude}
        if outcome.has_models:
            methods["g-formula"] = outcome.g_formula
        adjusted = effects.get(outcome.spec.name)
        if adjusted is not None:
            methods |= {title: getattr(adjusted, name) for name, title in _ADJUSTED.items()}
        rows += [
            (outcome.spec.title, method, *_numbers(estimate))
            for method, estimate in methods.items()
        ]
    columns = (
        Column("outcome", "Outcome"),
        Column("method", "Method"),
        Column("estimate", "Benefit, points", "points"),
        Column("low", "95 % low", "points"),
        Column("high", "95 % high", "points"),
        Column("se", "Standard error, points", "spread"),
    )
    note = (
        "Absolute benefit averaged over all patients, positive where the treatment helps. Crude: "
        "difference of the arms as they are. G-formula: both arms' models averaged over all, "
        "interval from the bootstrap. The others add a model of treatment (ridge regression on the "
        "predictors, the columns listed for it and the centre): inverse weights; overlap weights, "
        "which speak of the patients in whom treatment was most open, another population; AIPW and "
        "TMLE, which use both kinds of model, cross-fitted outcome models here. None removes "
        "confounding by what was not measured."
    )
    return Table("average_effect", "Average benefit", note, columns, tuple(rows))


def _numbers(estimate: Estimate) -> Row:
    return tuple(map(finite, (estimate.estimate, estimate.low, estimate.high, estimate.se)))
