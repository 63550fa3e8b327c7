"""Contradictions between the models of nested outcomes."""

from __future__ import annotations

from twoarm.report.labels import arm_labels
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.outcomes.coherence import COHERENCE, StudyCoherence
from twoarm.study.result import StudyResult

__all__ = ["coherence_table", "part", "repaired_table"]


def part(result: StudyResult) -> Part | None:
    """Fold the contradictions away; nothing where outcomes are not nested."""
    found = result.value(COHERENCE)
    if found is None:
        return None
    tables = (coherence_table(found, arm_labels(result)), repaired_table(result, found))
    summary = "Do the outcomes' models contradict each other?"
    return Part(details=(Details(summary=summary, tables=tables),))


def coherence_table(found: StudyCoherence, labels: tuple[str, str]) -> Table:
    """Give how often the models contradict each other, in each arm."""
    titles = [
        f"not {cut.outcome.title}" if cut.opposite else cut.outcome.title for cut in found.cuts
    ]
    rows: list[Row] = []
    for label, arm in zip(labels, found.arms, strict=True):
        for k, share in enumerate(arm.share_violated):
            rows.append((label, f"{titles[k]}, predicted above {titles[k + 1]}", share, None))
        rows.append((label, "any of these", arm.share_any, arm.largest))
    columns = (
        Column("arm", "Arm"),
        Column("contradiction", "Contradiction"),
        Column("share", "Patients", "percent"),
        Column("largest", "Largest, points", "spread"),
    )
    note = (
        "Whoever has the first has the second, so no probability of the first can be larger. "
        "Separate models do not know that. Cross-fitted predictions of the "
        f"{found.patients} patients whose outcomes are all known."
    )
    return Table(
        "coherence", "Contradictions between the outcomes' models", note, columns, tuple(rows)
    )


def repaired_table(result: StudyResult, found: StudyCoherence) -> Table:
    """Give the mean benefit of each outcome before and after the repair."""
    rows = tuple(
        (result.outcomes[name].spec.title, mean, found.repaired_benefit[name])
        for name, mean in found.mean_benefit.items()
    )
    columns = (
        Column("outcome", "Outcome"),
        Column("separate", "Mean benefit as predicted, points", "points"),
        Column("repaired", "After the repair, points", "points"),
    )
    note = (
        "The repair gives each patient the closest probabilities without contradiction (isotonic "
        "regression, each model trusted by the inverse of its Brier score). It makes them "
        "coherent, not right; nothing else in this report uses it."
    )
    return Table(
        "coherence_repaired", "Mean benefit before and after the repair", note, columns, rows
    )
