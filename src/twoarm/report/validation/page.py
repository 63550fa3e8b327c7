"""The page of an external validation: the report's shapes, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from twoarm.report.glossary import Glossary, glossary
from twoarm.report.html import environment
from twoarm.report.section import Details, Section
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
from twoarm.report.validation.words import Said, answers
from twoarm.validation import ExternalValidation

__all__ = ["ValidationPage", "render_page", "validation_page"]


@dataclass(frozen=True, slots=True)
class ValidationPage:
    """What the template shows; it computes nothing."""

    title: str
    subtitle: str
    synthetic: bool
    answers: tuple[Said, ...]
    cannot: tuple[str, ...]
    sections: tuple[Section, ...]
    basis: tuple[tuple[str, str], ...]


def validation_page(found: ExternalValidation, adapted: Mapping[str, Any] | None) -> ValidationPage:
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
    return ValidationPage(
        title=f"{model['title']}: elsewhere",
        subtitle=_subtitle(found),
        synthetic=bool(model["synthetic"] or cohort.synthetic),
        answers=tuple(answers(found)),
        cannot=found.cannot,
        sections=tuple(sections),
        basis=_basis(found, adapted),
    )


def render_page(page: ValidationPage) -> str:
    """Render the page."""
    words = Glossary.of(glossary())
    return environment(words).get_template("validation.html.j2").render(page=page, words=words)


def _subtitle(found: ExternalValidation) -> str:
    model, cohort = found.model.content, found.site.cohort
    control, treated = cohort.arm_sizes
    labels = model["labels"]
    return (
        f"Version {model['version']} of {model['created']} in {len(cohort)} other patients "
        f"({cohort.source}): {control} {labels['control']}, {treated} {labels['treated']}"
    )


def _patients(found: ExternalValidation) -> Section:
    return Section(
        name="patients",
        link="Patients",
        title="The patients, here and there",
        lead="",
        tables=(case_mix_table(found), flow_table(found)),
    )


def _ranks(found: ExternalValidation) -> Section:
    return Section(
        name="ranking",
        link="Ranking",
        title="Does it rank patients as it should?",
        lead="",
        tables=(auc_table(found),),
    )


def _risks(found: ExternalValidation) -> Section:
    return Section(
        name="risks",
        link="Risks",
        title="Are its risks right here?",
        lead="",
        tables=(calibration_table(found),),
    )


def _benefit(found: ExternalValidation) -> Section:
    return Section(
        name="benefit",
        link="Benefit",
        title="Is its benefit right here?",
        lead=""
        if found.randomised
        else "Treatment was not drawn by lot: what stands here compares patients who were treated "
        "differently for reasons.",
        tables=(benefit_table(found),),
        files=(net_benefit_table(found),),
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
    return Section(
        name="needed",
        link="How many",
        title="How many patients does it take?",
        lead="",
        tables=(needed_table(found),),
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
