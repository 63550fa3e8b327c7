"""The average benefit, crude and adjusted in several ways."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.diagnostics import Absent, Population
from twoarm.diagnostics.comparability.population import OVER
from twoarm.metrics import Estimate, finite
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.result import StudyResult

__all__ = ["average_effect_table", "other_populations_table", "part"]

_ADJUSTED = {"aipw": "AIPW", "tmle": "TMLE"}
_WEIGHTS: dict[Population, str] = {
    "all": "inverse weights",
    "treated": "odds weights",
    "overlap": "overlap weights (ATO)",
}
_COLUMNS = (
    Column("outcome", "Outcome"),
    Column("method", "Method"),
    Column("estimate", "Benefit, points", "points"),
    Column("low", "95 % low", "points"),
    Column("high", "95 % high", "points"),
    Column("se", "Standard error, points", "spread"),
)

Named = tuple[str, Estimate | Absent]


def part(result: StudyResult) -> Part:
    """Show the average benefit of every outcome, and fold away those over other populations."""
    others = other_populations_table(result)
    folded = Details(summary="Average benefit over other populations", tables=(others,))
    return Part(tables=(average_effect_table(result),), details=(folded,) if others.rows else ())


def average_effect_table(result: StudyResult) -> Table:
    """Give the average benefit in the study's population, crude, standardised and weighted."""
    population = result.plan.file.target_trial.population
    rows: list[Row] = []
    missing: dict[str, None] = {}
    for outcome in result.outcomes.values():
        methods = [("crude", outcome.crude), *_methods(result, outcome, population)]
        if population != "overlap":
            methods += [
                each
                for each in _methods(result, outcome, "overlap")
                if each[0] == _WEIGHTS["overlap"]
            ]
        rows += [(outcome.spec.title, name, *_numbers(found)) for name, found in methods]
        missing |= dict.fromkeys(each.reason for _, each in methods if isinstance(each, Absent))
    note = (
        f"Absolute benefit averaged {OVER[population]}, positive where the treatment helps, "
        "below 0 harm. Crude: difference of the arms as they are. G-formula: both arms' models "
        "averaged, interval from the bootstrap. The others add a model of treatment (ridge "
        "regression on the predictors, the columns listed for it and the centre; where a lot "
        "decided, its probability): weights that let either arm stand for the population; overlap "
        "weights, which speak of the patients in whom treatment was most open; AIPW and TMLE, "
        "which use both kinds of model, cross-fitted outcome models here. None removes "
        f"confounding by what was not measured.{_why(missing)}"
    )
    return Table("average_effect", "Average benefit", note, _COLUMNS, tuple(rows))


def other_populations_table(result: StudyResult) -> Table:
    """Give the average benefit over the populations that the study did not choose."""
    chosen = result.plan.file.target_trial.population
    rows: list[Row] = []
    missing: dict[str, None] = {}
    for outcome in result.outcomes.values():
        for population in (each for each in OVER if each != chosen):
            for name, found in _methods(result, outcome, population):
                rows.append((outcome.spec.title, OVER[population], name, *_numbers(found)))
                if isinstance(found, Absent):
                    missing |= {f"{OVER[population]}, {found.reason}": None}
    note = (
        "Over all patients (ATE), over the treated (ATT) and in the overlap population (ATO): "
        f"different questions with different answers.{_why(missing)}"
    )
    columns = (_COLUMNS[0], Column("over", "Averaged"), *_COLUMNS[1:])
    title = "Average benefit over other populations"
    return Table("average_effect_populations", title, note, columns, tuple(rows))


def _methods(
    result: StudyResult, outcome: OutcomeResult, population: Population
) -> Iterator[Named]:
    if outcome.has_models:
        yield "g-formula", outcome.g_formula[population]
    effects = result.value(AVERAGE_EFFECT, outcome.spec.name)
    if effects is None:
        return
    found = effects.over(population)
    yield _WEIGHTS[population], found.overlap if population == "overlap" else found.iptw
    for name, title in _ADJUSTED.items():
        yield title, getattr(found, name)


def _why(missing: dict[str, None]) -> str:
    return f" No number: {'; '.join(missing)}." if missing else ""


def _numbers(estimate: Estimate | Absent) -> Row:
    if isinstance(estimate, Absent):
        return (None, None, None, None)
    return tuple(map(finite, (estimate.estimate, estimate.low, estimate.high, estimate.se)))
