"""Published trials and cohorts, on this cohort's own risks."""

from __future__ import annotations

from collections.abc import Mapping

from twoarm.diagnostics import PublishedBenchmark, ReanchoredEffect
from twoarm.report.figures import (
    GREY,
    INK,
    TREATED,
    Drawing,
    ForestRow,
    draw,
    forest,
    forest_height,
)
from twoarm.report.formats import shown
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.average.published import PUBLISHED
from twoarm.study.result import StudyResult

__all__ = ["part", "published_benchmark_tables", "published_rows"]

_MEASURES = {
    "odds_ratio": "odds ratio",
    "common_odds_ratio": "common odds ratio of the scale",
    "generalised_odds_ratio": "generalised odds ratio of the scale",
    "risks": "odds ratio from the risks",
}
_SHORT = {
    "odds_ratio": "OR",
    "common_odds_ratio": "common OR",
    "generalised_odds_ratio": "generalised OR",
    "risks": "OR from risks",
}


def part(result: StudyResult) -> Part:
    """Show the published effects on the primary outcome, and fold those on the others away."""
    found = result.answers.each(PUBLISHED)
    primary, others = published_benchmark_tables(result, found)
    own = found.get(result.primary.spec.name)
    return Part(
        figures=() if own is None or not own.rows else (_drawing(result, own),),
        tables=(primary,) if primary.rows else (),
        details=(Details(summary="Published effects on the other outcomes", tables=(others,)),)
        if others.rows
        else (),
    )


def published_rows(found: PublishedBenchmark) -> list[ForestRow]:
    """Give the rows of the forest: this study, then what each published effect would give here."""
    ours = found.ours
    rows = [
        ForestRow(
            label="This study", estimate=100 * ours.estimate, low=100 * ours.low,
            high=100 * ours.high, marker="D", colour=INK, size=6.0, series="this study",
        )
    ]  # fmt: skip
    for each in found.rows:
        comparable = each.published.comparable
        rows.append(
            ForestRow(
                label=each.published.key if comparable else f"[{each.published.key}]",
                estimate=100 * each.benefit,
                low=None if each.low is None else 100 * each.low,
                high=None if each.high is None else 100 * each.high,
                note=f"{_SHORT[each.published.measure]} {each.odds_ratio:.2f}",
                series="published" if comparable else "published, other patients",
                hollow=not comparable,
                colour=TREATED if comparable else GREY,
            )
        )
    return rows


def _drawing(result: StudyResult, found: PublishedBenchmark) -> Drawing:
    rows, spec = published_rows(found), result.primary.spec
    return draw(
        "published_effects",
        f"Published effects on this cohort's own risks, {spec.title}",
        "Forest of the average benefit in points: this study, and what each published odds ratio "
        "would give in this cohort, with 95 % intervals; a line at 0.",
        lambda panel: forest(
            panel, rows, "Average benefit, points",
            threshold=None if spec.threshold is None else 100 * spec.threshold,
        ),
        legend="Each published odds ratio (OR) applied to every patient's predicted risk without "
        f"the treatment (mean {shown(found.control_risk, 'percent')}); the interval holds the "
        "uncertainty of the published ratio and of these risks. The diamond is this study's "
        "doubly robust average. In brackets, hollow: patients who do not match this study's "
        "eligibility. The published numbers are real"
        + (", the cohort is synthetic." if result.plan.cohort.synthetic else "."),
        height_mm=forest_height(rows, 6.0),
        synthetic=result.plan.cohort.synthetic,
    )  # fmt: skip


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
