"""What each outcome is: its column, what counts, and how many had it."""

from __future__ import annotations

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.report.labels import arm_labels
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["definitions_table", "part"]


def part(result: StudyResult) -> Part:
    """Fold the definitions away."""
    table = definitions_table(result)
    return Part(details=(Details(summary="How the outcomes are defined", tables=(table,)),))


def definitions_table(result: StudyResult) -> Table:
    """Give every outcome and negative control as the study file defines it."""
    cohort, labels = result.plan.cohort, arm_labels(result)
    rows: list[Row] = []
    for spec in result.plan.file.outcomes:
        values = cohort.outcomes[spec.name]
        counts = [
            f"{int((values[own] == 1).sum())} of {int((values[own] == values[own]).sum())}"
            for own in (cohort.treatment == arm for arm in (0, 1))
        ]  # NaN differs from itself
        rows.append((spec.title, spec.column, _event(spec), _role(spec), *counts))
    columns = (
        Column("outcome", "Outcome"),
        Column("column", "Column of the data"),
        Column("event", "Counts as the outcome"),
        Column("role", "Role"),
        Column("control", labels[0]),
        Column("treated", labels[1]),
    )
    note = (
        "As the study file has it. Right: patients with the outcome, of those in whom it is known."
    )
    return Table("outcomes", "Outcomes as they are defined", note, columns, tuple(rows))


def _event(spec: OutcomeSpec) -> str:
    text = str(spec.event)
    if spec.non_event is not None:
        text += f"; does not count: {spec.non_event}"
    if spec.missing_codes:
        text += f"; not known: {', '.join(map(str, spec.missing_codes))}"
    return text


def _role(spec: OutcomeSpec) -> str:
    if spec.role == "negative_control":
        return "negative control: treatment cannot change it"
    role = "primary; " if spec.primary else ""
    role += "desirable" if spec.desirable else "undesirable"
    return role if spec.threshold is None else f"{role}; threshold {100 * spec.threshold:g} points"
