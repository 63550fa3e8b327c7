"""The average benefit, crude and adjusted in several ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twoarm.diagnostics import Absent, Population
from twoarm.diagnostics.comparability.population import OVER
from twoarm.metrics import Estimate, finite
from twoarm.report.figures import GREY, INK, Drawing, ForestRow, draw, forest, forest_height
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = [
    "average_effect_table",
    "method_rows",
    "other_populations_table",
    "outcome_rows",
    "part",
]

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
    return Part(
        figures=(_outcomes_drawing(result), _methods_drawing(result)),
        tables=(average_effect_table(result),),
        details=(folded,) if others.rows else (),
    )


def outcome_rows(result: StudyResult) -> list[ForestRow]:
    """Give the rows of the outcomes' forest: each with its adjusted and its crude benefit."""
    population = result.plan.file.target_trial.population
    rows: list[ForestRow] = []
    for outcome in result.outcomes.values():
        control, treated = (outcome.arms[arm] for arm in ARMS)
        counts = f"events {control.events}/{control.n}, {treated.events}/{treated.n}"
        rows.append(ForestRow(label=outcome.spec.title, note=counts, heading=True))
        found = dict(_methods(result, outcome, population))
        adjusted = found.get(_ADJUSTED["aipw"], Absent("no estimate"))
        rows.append(_forest_row("adjusted", adjusted, series="adjusted (AIPW)"))
        rows.append(_forest_row("crude", outcome.crude, series="crude", colour=GREY, hollow=True))
    return rows


def method_rows(result: StudyResult) -> list[ForestRow]:
    """Give the rows of the primary outcome's estimators, the one to quote marked."""
    population, outcome = result.plan.file.target_trial.population, result.primary
    methods = [("crude", outcome.crude), *_methods(result, outcome, population)]
    if population != "overlap":
        methods += [
            each for each in _methods(result, outcome, "overlap") if each[0] == _WEIGHTS["overlap"]
        ]
    return [
        _forest_row(
            name,
            found,
            series=name,
            hollow=name == "crude",
            **({"marker": "D", "colour": INK, "size": 6.0} if name == _ADJUSTED["aipw"] else {}),
        )
        for name, found in methods
    ]


def _forest_row(label: str, found: Estimate | Absent, **look: Any) -> ForestRow:
    if isinstance(found, Absent):
        return ForestRow(label=label, note="no estimate")
    estimate, low, high = (
        None if (value := finite(each)) is None else 100 * value
        for each in (found.estimate, found.low, found.high)
    )
    if estimate is None:
        return ForestRow(label=label, note="no estimate")
    return ForestRow(label=label, estimate=estimate, low=low, high=high, **look)


def _outcomes_drawing(result: StudyResult) -> Drawing:
    rows, population = outcome_rows(result), result.plan.file.target_trial.population
    return draw(
        "outcomes",
        "Average benefit, outcome by outcome",
        "Forest of every outcome's average benefit in points with its 95 % interval, adjusted and "
        "crude; to the right of 0 the treatment helps, to the left it harms.",
        lambda panel: forest(panel, rows, "Average benefit, points"),
        legend=f"Averaged {OVER[population]}. Adjusted: AIPW with cross-fitted outcome models; "
        "crude: the arms as they are; 95 % intervals. An outcome to be avoided has a benefit "
        "where treatment makes it rarer. Events: control, treated.",
        height_mm=forest_height(rows),
        synthetic=result.plan.cohort.synthetic,
    )


def _methods_drawing(result: StudyResult) -> Drawing:
    rows, spec = method_rows(result), result.primary.spec
    threshold = None if spec.threshold is None else 100 * spec.threshold
    patients = sum(result.primary.arms[arm].n for arm in ARMS)
    return draw(
        "average_methods",
        f"The same average benefit by several methods, {spec.title}",
        "Forest of the average benefit in points by each method with its 95 % interval; a line at "
        "0 and one at the threshold.",
        lambda panel: forest(panel, rows, "Average benefit, points", threshold=threshold),
        legend=f"{patients} patients with known outcome. The diamond (AIPW) is the one to quote. "
        "Overlap weights speak of the patients in whom treatment was most open. None of them "
        "removes confounding by what was not measured.",
        height_mm=forest_height(rows),
        synthetic=result.plan.cohort.synthetic,
    )


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
