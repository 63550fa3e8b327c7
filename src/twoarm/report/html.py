"""The report as one HTML file with everything inside: it opens without a network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from twoarm.diagnostics import Answer
from twoarm.report.centre_tables import largest_centres
from twoarm.report.figures import Drawing
from twoarm.report.sentences import Sentence, sentences
from twoarm.report.table import Column, Table
from twoarm.study.plan.few_events import FALLBACK, FEW_EVENTS
from twoarm.study.result import StudyResult

__all__ = ["Page", "page_of", "render"]

_DRAWN = {"patients": "drawn within each arm", "centres": "of whole centres"}
_AUC_ON_PAGE = ("mcse", "replicates_used", "failed", "arm_learner")
_SUPPORT_BETWEEN = ("parameters_r2_30", "shrinkage_r2_30")


@dataclass(frozen=True, slots=True)
class Page:
    """What the template shows; it computes nothing."""

    title: str
    subtitle: str
    synthetic: bool
    provisional: bool
    replicates: int
    verdict: tuple[Answer, ...]
    sentences: tuple[Sentence, ...]
    alarm: str
    warnings: tuple[str, ...]
    tables: dict[str, Table]
    figures: dict[str, Drawing]
    dependence: tuple[Drawing, ...]
    provenance: tuple[tuple[str, str], ...]


def page_of(result: StudyResult, tables: dict[str, Table], figures: list[Drawing]) -> Page:
    """Put a report's content together."""
    plan = result.plan
    by_name = {figure.name: figure for figure in figures}
    warnings = tuple(str(problem) for problem in plan.cohort.notices)
    return Page(
        title=plan.file.study.title,
        subtitle=f"{len(plan.cohort)} patients, {result.replicates} bootstrap replicates",
        synthetic=plan.cohort.synthetic,
        provisional=result.provisional,
        replicates=result.replicates,
        verdict=result.verdict,
        sentences=tuple(sentences(result)),
        alarm=_alarm(result),
        warnings=warnings,
        tables={name: _on_page(table) for name, table in tables.items() if name != "patients"},
        figures=by_name,
        dependence=tuple(figure for figure in figures if figure.name.startswith("dependence_")),
        provenance=_provenance(result),
    )


def _alarm(result: StudyResult) -> str:
    """Give what is wrong with the target trial, empty if nothing is."""
    first = result.findings[0]
    return first.text if first.name == "target trial" and first.verdict == "questions" else ""


def _on_page(table: Table) -> Table:
    """Leave bookkeeping columns, and counts of missing values where there are none, to the CSV."""
    if table.name == "absent":
        return _grouped(table)
    if table.name == "centre_benefit":
        return largest_centres(table)
    dropped = {*_AUC_ON_PAGE, *_SUPPORT_BETWEEN}
    if table.name == "table_one" and not any(
        row[k] for row in table.rows for k, each in enumerate(table.columns) if each.kind == "count"
    ):
        dropped |= {column.name for column in table.columns if column.kind == "count"}
    if table.name == "balance":  # its titles say what its columns are
        dropped.add("column")
    kept = [k for k, column in enumerate(table.columns) if column.name not in dropped]
    return Table(
        table.name,
        table.title,
        table.note,
        tuple(table.columns[k] for k in kept),
        tuple(tuple(row[k] for k in kept) for row in table.rows),
    )


def _grouped(absent: Table) -> Table:
    """Give one row a reason: how many parts, and which kinds."""
    parts: dict[str, list[str]] = {}
    for path, reason in absent.rows:
        parts.setdefault(str(reason), []).append(str(path))
    rows = tuple(
        (
            reason,
            len(paths),
            ", ".join(dict.fromkeys(_last_name(path) for path in paths)).replace("_", " "),
        )
        for reason, paths in parts.items()
    )
    columns = (Column("reason", "Reason"), Column("n", "Parts", "count"), Column("kinds", "Which"))
    return Table(
        absent.name, absent.title, "Every part is listed in tables/absent.csv.", columns, rows
    )


def _last_name(path: str) -> str:
    return next(step for step in reversed(path.split(".")) if not step.isdigit())


def _provenance(result: StudyResult) -> tuple[tuple[str, str], ...]:
    plan = result.plan
    model = plan.file.model
    return (
        ("Study file", f"{plan.study.path.name}, SHA-256 {plan.study.digest[:16]}"),
        ("Data", f"{plan.cohort.source}, SHA-256 {plan.cohort.digest[:16]}"),
        ("Seed", str(plan.seed)),
        ("twoarm", result.version),
        (
            "Model",
            f"T-learner; in each arm a stack of {', '.join(plan.member_names)}; weights by "
            f"{model.combine} over {model.inner_folds} inner folds of patients; "
            f"{FALLBACK} alone in an arm with fewer than {FEW_EVENTS} events",
        ),
        (
            "Cross-fitting",
            f"{plan.file.validation.cross_fit_folds} folds, repeated "
            f"{plan.file.validation.cross_fit_repeats} times",
        ),
        (
            "Bootstrap",
            f"{result.replicates} replicates {_DRAWN[plan.file.validation.resample]} and shared by "
            "all outcomes; "
            f"imputation, folds, members and weights are learnt again in each",
        ),
    )


def _inline_svg(drawing: Drawing) -> Markup:
    """Give the SVG element alone, scaled by the page and described for screen readers."""
    svg = drawing.svg[drawing.svg.index("<svg") :]
    svg = re.sub(r'\s(width|height)="[^"]*pt"', "", svg, count=2)
    # several figures share one page: ids must differ
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{drawing.name}-", svg)
    described = f'<svg role="img" aria-label="{Markup.escape(drawing.alt)}"'
    return Markup(svg.replace("<svg", described, 1))  # noqa: S704  our own drawing


def render(page: Page) -> str:
    """Render the page."""
    environment = Environment(
        loader=PackageLoader("twoarm.report", "templates"),
        autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline_svg"] = _inline_svg
    return environment.get_template("report.html.j2").render(page=page)
