"""Published trials and cohorts, on this cohort's own risks."""

from __future__ import annotations

from collections.abc import Mapping

from twoarm.diagnostics import PublishedBenchmark, ReanchoredEffect
from twoarm.report.formats import shown
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.average.published import PUBLISHED
from twoarm.study.result import StudyResult

__all__ = ["part", "published_benchmark_tables"]

_MEASURES = {
    "odds_ratio": "odds ratio",
    "common_odds_ratio": "common odds ratio of the scale",
    "generalised_odds_ratio": "generalised odds ratio of the scale",
    "risks": "odds ratio from the risks",
}


def part(result: StudyResult) -> Part:
    """Show the published effects on the primary outcome, and fold those on the others away."""
    found = result.answers.each(PUBLISHED)
    primary, others = published_benchmark_tables(result, found)
    return Part(
        tables=(primary,) if primary.rows else (),
        details=(Details(summary="Published effects on the other outcomes", tables=(others,)),)
        if others.rows
        else (),
    )


def published_benchmark_tables(
    result: StudyResult, published: Mapping[str, PublishedBenchmark]
) -> tuple[Table, Table]:
    """Give the published effects beside ours: the primary outcome, then the others."""
    primary: list[Row] = []
    others: list[Row] = []
    for outcome in result.outcomes.values():
        found = published.get(outcome.spec.name)
        if found is not None:
            (primary if outcome.spec.primary else others).extend(_rows(outcome.spec.title, found))
    title = "Published trials and cohorts on this cohort's own risks"
    return (
        _table("published_benchmark", title, tuple(primary)),
        _table("published_benchmark_others", f"{title}: other outcomes", tuple(others)),
    )


def _table(name: str, title: str, rows: tuple[Row, ...]) -> Table:
    columns = (
        Column("outcome", "Outcome"),
        Column("key", "Study"),
        Column("patients", "Patients and control"),
        Column("odds_ratio", "Published"),
        Column("benefit", "Here, points", "points"),
        Column("low", "95 % low", "points"),
        Column("high", "95 % high", "points"),
        Column("e_value", "E-value", "number"),
    )
    note = (
        "What each published odds ratio would give in this cohort: every patient's risk without "
        "the treatment, as the cross-fitted models predict it, with its odds multiplied. The first "
        "row of an outcome is this study's doubly robust average. E-value: the risk "
        "ratio, with treatment and with the outcome, by which one hidden factor could turn our "
        "average into that benefit; 1 where ours is not the larger. Ratios of a whole scale are "
        "applied to the cut, which assumes that they hold at each. Patients in brackets do not "
        "match this study's eligibility and are not judged by. A difference can come from other "
        "patients, another treatment or confounding; the data cannot tell which."
    )
    return Table(name, title, note, columns, rows)


def _rows(title: str, found: PublishedBenchmark) -> list[Row]:
    ours = found.ours
    risk = f"this cohort; risk without the treatment {shown(found.control_risk, 'percent')}"
    own = (title, "This study", risk, "", ours.estimate, ours.low, ours.high, None)
    return [own, *(_row(title, each) for each in found.rows)]


def _row(title: str, row: ReanchoredEffect) -> Row:
    published = row.published
    ratio = f"{row.odds_ratio:.2f}"
    if row.odds_low is not None and row.odds_high is not None:
        ratio += f" ({row.odds_low:.2f} to {row.odds_high:.2f})"
    patients = f"{published.population}; control: {published.control_definition}"
    return (
        title,
        f"{published.key}: {published.design}. {published.source}",
        patients if published.comparable else f"[{patients}]",
        f"{_MEASURES[published.measure]} {ratio}",
        row.benefit,
        row.low,
        row.high,
        None if row.needed is None else row.needed.estimate,
    )
