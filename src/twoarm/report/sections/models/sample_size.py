"""What the patients support, arm by arm and outcome by outcome."""

from __future__ import annotations

from twoarm.report.section import Part
from twoarm.report.sections.models.rows import MODEL, arm_rows
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["part", "sample_size_table"]

_IN_FILE = ("parameters_r2_30", "shrinkage_r2_30")  # between a usual and an excellent R2


def part(result: StudyResult) -> Part:
    """Show what the patients support; the strength in the middle stands in the file."""
    table = sample_size_table(result)
    return Part(tables=(table.without(*_IN_FILE),), files=(table,))


def sample_size_table(result: StudyResult) -> Table:
    """Give the parameters that every model's patients support, and the shrinkage to expect."""
    strengths = _strengths(result)
    rows: list[Row] = []
    for outcome, arm, label, found in arm_rows(result, "supported"):
        fit = outcome.arms[arm]
        start = (outcome.spec.title, label, fit.events, fit.n)
        if found is None:
            rows.append((*start, *[None] * (2 + 2 * len(strengths))))
        else:
            numbers = (found.model_parameters, *found.parameters, *found.shrinkage, found.margin)
            rows.append((*start, *numbers))
    columns = (
        *MODEL,
        Column("model_parameters", "Columns of the model", "count"),
        *(
            Column(f"parameters_r2_{100 * each:.0f}", f"Supported if R2 is {each:.2f}", "count")
            for each in strengths
        ),
        *(
            Column(f"shrinkage_r2_{100 * each:.0f}", f"Shrinkage if R2 is {each:.2f}", "percent")
            for each in strengths
        ),
        Column("margin", "Overall risk, ± points", "spread"),
    )
    note = (
        "Riley et al. 2019, criterion 1, for a regression without penalty; flexible learners need "
        "more patients, not fewer. Supported: so many parameters, rounded down, can be estimated "
        "with slopes that shrink by no more than a tenth in new patients, if the predictors "
        "explain this much of the outcome (Nagelkerke's R2, an assumption: 0.15 where nothing is "
        "known, 0.50 for very strong predictors). Shrinkage: "
        "what a regression on all columns of the model would keep of its slopes. Where fewer "
        "parameters are supported than the model has, single predictions are imprecise, whatever "
        "the learner. Overall risk: half the width of its 95 % interval; 5 points or less are "
        "asked for."
    )
    return Table("sample_size", "What the number of patients supports", note, columns, tuple(rows))


def _strengths(result: StudyResult) -> tuple[float, ...]:
    """Give the strengths assumed, the same for all models."""
    found = (arm.supported for each in result.outcomes.values() for arm in each.arms.values())
    return next((each.r2_nagelkerke for each in found if each is not None), ())
