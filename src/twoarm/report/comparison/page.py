"""The page of a comparison: the report's shapes, put together."""

from __future__ import annotations

from importlib.metadata import version

from twoarm.comparison import Comparison
from twoarm.report.comparison.dots import paired_dots
from twoarm.report.comparison.inputs import (
    baseline_file,
    baseline_table,
    columns_table,
    flow_table,
    patients_table,
    runs_table,
    settings_file,
    settings_table,
)
from twoarm.report.comparison.numbers import (
    numbers_file,
    quoted_file,
    quoted_table,
    said_table,
    where_table,
    words_file,
)
from twoarm.report.comparison.texts import sentences_of, synthetic_text
from twoarm.report.html import Page
from twoarm.report.section import Details, Section
from twoarm.report.table import Table

__all__ = ["comparison_page"]

_MANY = 15
"""More rows than these are folded away."""


def comparison_page(found: Comparison) -> Page:
    """Put the content of a comparison's page together."""
    titles = dict.fromkeys(run.result.plan.file.study.title for run in (found.a, found.b))
    return Page(
        title=" and ".join(titles),
        subtitle=f"Two runs side by side: A, {found.a.folder.name}, and B, {found.b.folder.name}",
        synthetic=found.synthetic,
        banner=synthetic_text(found),
        sentences=tuple(sentences_of(found)),
        sections=(_numbers(found), _words(found), _patients(found), _settings(found)),
        provenance=(("Compared by", f"twoarm {version('twoarm')}; nothing was fitted"),),
    )


def _numbers(found: Comparison) -> Section:
    where = where_table(found)
    return Section(
        name="numbers",
        link="Numbers",
        title="What was found",
        lead="Every number of both runs is the same." if not where.rows else "",
        figures=tuple(paired_dots(found)),
        tables=(quoted_table(found),),
        details=_folded("Where else the numbers differ", where),
        files=(quoted_file(found), where, numbers_file(found)),
    )


def _words(found: Comparison) -> Section:
    verdict = said_table(found, "verdict")
    turned = said_table(found, "finding", turned=True)
    return Section(
        name="said",
        link="Verdict",
        title="What the runs say differently",
        lead="" if found.words else "Verdict and findings are the same in both runs.",
        tables=_filled(verdict, turned),
        details=_folded(
            "Findings with the same verdict in other words",
            said_table(found, "finding", turned=False),
        ),
        files=(words_file(found),),
    )


def _patients(found: Comparison) -> Section:
    patients = patients_table(found)
    others = (flow_table(found), columns_table(found))
    return Section(
        name="patients",
        link="Patients",
        title="The patients",
        lead="",
        tables=(patients, *_filled(baseline_table(found), *others)),
        files=(patients, baseline_file(found), *others),
    )


def _settings(found: Comparison) -> Section:
    table = settings_table(found)
    long = len(table.rows) > _MANY
    return Section(
        name="settings",
        link="Settings",
        title="What was asked",
        lead="" if table.rows else "Study file, seed, replicates and software are the same.",
        tables=(runs_table(found, whole=False), *(() if long else _filled(table))),
        details=_folded(f"{len(table.rows)} settings that differ", table) if long else (),
        files=(runs_table(found, whole=True), settings_file(found)),
    )


def _filled(*tables: Table) -> tuple[Table, ...]:
    """Leave out tables without rows: their CSV files say that there is nothing."""
    return tuple(each for each in tables if each.rows)


def _folded(summary: str, table: Table) -> tuple[Details, ...]:
    return (Details(summary=summary, tables=(table,)),) if table.rows else ()
