"""The page of an external validation: the report's shapes, put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from twoarm.report.html import Page
from twoarm.report.section import Details, Section
from twoarm.report.sentence import Sentence
from twoarm.report.table import Table
from twoarm.report.validation.drawings import (
    auc_drawing,
    calibration_drawings,
    case_mix_drawing,
    net_benefit_drawing,
)
from twoarm.report.validation.tables import (
    auc_table,
    benefit_table,
    calibration_table,
    case_mix_table,
    flow_table,
    needed_table,
    net_benefit_table,
    tests_table,
    update_table,
)
from twoarm.report.validation.words import answers, leading, learner_title, primary
from twoarm.validation import ExternalValidation

__all__ = ["validation_page"]

_FURTHER = ("auc_development", "auc_between", "auc_matched", "brier", "brier_low", "brier_high",
            "brier_expected")  # fmt: skip
_OF_CALIBRATION = ("ratio_matched", "ici", "ici_null")


def validation_page(found: ExternalValidation, adapted: Mapping[str, Any] | None) -> Page:
    """Put the content of the page together.

    Parameters
    ----------
    found : ExternalValidation
    adapted : mapping or None
        Content of the new model file, where one is written.
    """
    model, cohort = found.model.content, found.site.cohort
    sections = [_patients(found)]
    if found.outcomes:
        sections += [_ranks(found), _risks(found)]
        if len(found.site.arms) > 1:
            sections.append(_benefit(found))
        sections += [_update(found, adapted), _needed(found)]
    return Page(
        title=f"{model['title']}: does the model hold elsewhere?",
        subtitle=_subtitle(found),
        synthetic=bool(model["synthetic"] or cohort.synthetic),
        sentences=tuple(_sentences(found)),
        sections=tuple(sections),
        provenance=_basis(found, adapted),
    )


def _subtitle(found: ExternalValidation) -> str:
    model, cohort = found.model.content, found.site.cohort
    control, treated = cohort.arm_sizes
    labels, outcome = model["labels"], primary(found)
    text = (
        f"Version {model['version']} of {model['created']} in {len(cohort)} other patients "
        f"({cohort.source}): {control} {labels['control']}, {treated} {labels['treated']}."
    )
    if outcome is not None:
        name, _ = leading(outcome)
        text += f" In short: {outcome.spec.title}, by the {learner_title(name)} learner."
    return text


def _sentences(found: ExternalValidation) -> Iterator[Sentence]:
    for each in answers(found):
        yield Sentence("finding", f"{each.question} {each.word.capitalize()}. {each.text}")
    for text in found.cannot:
        yield Sentence("caution", text)


def _of_leading(
    found: ExternalValidation, table: Table
) -> tuple[tuple[Table, ...], tuple[Details, ...]]:
    """Give the rows of the learner that leads, and fold away those of the other one.

    A table without rows is left out: its CSV file says that there is nothing.
    """
    outcome = primary(found)
    lead = "" if outcome is None else learner_title(leading(outcome)[0])
    place = [column.name for column in table.columns].index("learner")
    rows = [row for row in table.rows if row[place] == lead]
    rest = [row for row in table.rows if row[place] != lead]
    shown = (_with_rows(table, table.name, rows),) if rows else ()
    if not rest:
        return shown, ()
    other = _with_rows(table, f"{table.name}_study", rest)
    return shown, (Details(summary=f"{table.title} The study's learner", tables=(other,)),)


def _with_rows(table: Table, name: str, rows: list[Any]) -> Table:
    kept = Table(name, table.title, table.note, table.columns, tuple(rows))
    empty = [
        column.name
        for k, column in enumerate(table.columns)
        if all(row[k] in (None, "") for row in rows)
    ]
    return kept.without("learner", *empty)


def _patients(found: ExternalValidation) -> Section:
    table = case_mix_table(found)
    return Section(
        name="patients",
        link="Patients",
        title="The patients, here and there",
        lead="",
        figures=(case_mix_drawing(found),),
        tables=(flow_table(found),),
        details=(Details(summary="The means here and there", tables=(table,)), *_notices(found)),
    )


def _notices(found: ExternalValidation) -> tuple[Details, ...]:
    notices = tuple(str(each) for each in found.site.cohort.notices)
    summary = f"Notices about the data ({len(notices)})"
    return (Details(summary=summary, items=notices),) if notices else ()


def _ranks(found: ExternalValidation) -> Section:
    whole = auc_table(found)
    tables, folded = _of_leading(found, whole.without(*_FURTHER[3:]))
    return Section(
        name="ranking",
        link="Ranking",
        title="Does it rank patients as it should?",
        lead="",
        figures=tuple(auc_drawing(found)),
        tables=tables,
        details=folded,
        files=(whole,),
    )


def _risks(found: ExternalValidation) -> Section:
    whole = calibration_table(found)
    tables, folded = _of_leading(found, whole.without(*_OF_CALIBRATION))
    return Section(
        name="risks",
        link="Risks",
        title="Are its risks right here?",
        lead="",
        figures=tuple(calibration_drawings(found)),
        tables=tables,
        details=folded,
        files=(whole,),
    )


def _benefit(found: ExternalValidation) -> Section:
    whole = benefit_table(found)
    tables, folded = _of_leading(found, whole)
    return Section(
        name="benefit",
        link="Benefit",
        title="Is its benefit right here?",
        lead=_benefit_lead(found, told=bool(whole.rows)),
        figures=tuple(net_benefit_drawing(found)),
        tables=tables,
        details=folded,
        files=(whole, net_benefit_table(found)),
    )


def _benefit_lead(found: ExternalValidation, *, told: bool) -> str:
    if not told:
        return "Too few patients, or too few with and without the event, in one of the arms."
    if found.randomised:
        return ""
    return (
        "Treatment was not drawn by lot: what stands here compares patients who were treated "
        "differently for reasons."
    )


def _update(found: ExternalValidation, adapted: Mapping[str, Any] | None) -> Section:
    if adapted is not None:
        lead = (
            f"A new model file, version {adapted['version']}, holds the updates. It gives no range "
            "of the benefit, and has not been tried in patients other than these."
        )
    elif found.updated:
        lead = "No new model file was written: it was not asked for."
    else:
        lead = "No new model file: nothing is updated."
    return Section(
        name="update",
        link="Update",
        title="Which update does it need?",
        lead=lead,
        tables=(update_table(found),),
        details=(Details(summary="The closed tests", tables=(tests_table(found),)),),
    )


def _needed(found: ExternalValidation) -> Section:
    whole = needed_table(found)
    tables, folded = _of_leading(found, whole)
    return Section(
        name="needed",
        link="How many",
        title="How many patients does it take?",
        lead="",
        tables=tables,
        details=folded,
        files=(whole,),
    )


def _basis(
    found: ExternalValidation, adapted: Mapping[str, Any] | None
) -> tuple[tuple[str, str], ...]:
    model, cohort = found.model.content, found.site.cohort
    rows = [
        ("Model", f"{model['name']} {model['version']}, digest {model['digest'][:16]}"),
        ("Data", f"{cohort.source}, SHA-256 {cohort.digest[:16]}"),
        ("Study file", f"{found.site.study.path.name}, SHA-256 {found.site.study.digest[:16]}"),
        ("Development", found.development or "not at hand: means and deviations of the model file"),
    ]
    if adapted is not None:
        rows.append(("New model", f"{adapted['version']}, digest {adapted['digest'][:16]}"))
    return (*rows, ("twoarm", version("twoarm")))
