"""What the model uses beside what changes the effect."""

from __future__ import annotations

from twoarm.diagnostics import Absent
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.importance.modifiers import Modifiers
from twoarm.study.judge.importance.variables import IMPORTANCE, VariableImportance
from twoarm.study.result import StudyResult

__all__ = ["part", "side_by_side_table"]

_GAP: Row = (None,)


def part(result: StudyResult) -> Part | None:
    """Show both kinds of importance of every variable."""
    found = result.value(IMPORTANCE)
    return None if found is None else Part(tables=(side_by_side_table(result, found),))


def side_by_side_table(result: StudyResult, found: VariableImportance) -> Table:
    """Give both kinds of importance of every variable."""
    codebook, own = result.plan.cohort.codebook, result.primary.importance
    order = sorted(range(len(codebook)), key=lambda k: -float(own[k]))
    rows = tuple(
        (codebook[k].title, float(own[k]), *_refitted(found, k), *_modifier(found, k))
        for k in order
    )
    columns = (
        Column("variable", "Variable"),
        Column("share", "Predicted benefit: share", "probability"),
        Column("low", "95 % of refits, low", "probability"),
        Column("high", "High", "probability"),
        Column("rank", "Ranks"),
        Column("spread", "Effect: SD that goes with it, points", "spread"),
        Column("spread_low", "95 % low", "spread"),
        Column("spread_high", "95 % high", "spread"),
        Column("modifier_rank", "Ranks"),
        Column("reference", "Under permuted treatment, points", "spread"),
    )
    return Table(
        "importance_both",
        f"What the model uses, and what changes the effect: {result.primary.spec.title}",
        _note(result, found),
        columns,
        rows,
    )


def _refitted(found: VariableImportance, k: int) -> Row:
    if isinstance(found.predicted, Absent):
        return _GAP * 3
    low, high = found.predicted.limits
    first, last = found.predicted.rank_limits
    return float(low[k]), float(high[k]), _ranks(float(first[k]), float(last[k]))


def _modifier(found: VariableImportance, k: int) -> Row:
    if isinstance(found.modifiers, Absent):
        return _GAP * 5
    group = found.modifiers.group_of(k)
    measured = found.modifiers.measures["loss"]
    reference = measured.spread_reference
    return (
        *(float(each[group]) for each in (measured.spread, *measured.spread_limits)),
        _ranks(float(measured.rank_low[group]), float(measured.rank_high[group])),
        None if reference is None else float(reference[group]),
    )


def _ranks(low: float, high: float) -> str:
    return f"{low:g} to {high:g}"


def _note(result: StudyResult, found: VariableImportance) -> str:
    parts = [
        "The first is what the model uses: how much the predicted benefit changes when the "
        "variable is permuted, as shares that sum to 1. The second is what changes the effect: the "
        "standard deviation of the benefit that goes with the variable (the root of half the rise "
        "of the squared error in patients whom the model of the benefit has not seen, when the "
        "variable is permuted; 0 where the error falls). A variable can be used and change "
        "nothing.",
        _how_refitted(found),
        _how_modified(result, found),
        "Both are associations: no variable here is shown to drive a benefit.",
    ]
    return " ".join(parts)


def _how_refitted(found: VariableImportance) -> str:
    if isinstance(found.predicted, Absent):
        return f"The first has no range: {found.predicted.reason}."
    return (
        f"The range of the first holds the middle 95 % of {found.predicted.refits} models refitted "
        "to bootstrap replicates: how stable the model is, no confidence interval; the model's "
        "own share may lie outside of it."
    )


def _how_modified(result: StudyResult, found: VariableImportance) -> str:
    modifiers = found.modifiers
    if isinstance(modifiers, Absent):
        return f"The second was not computed: {modifiers.reason}."
    return (
        f"The second comes from doubly robust scores of {modifiers.patients} patients (ridge "
        f"regressions on predictors and centre, {modifiers.folds} folds); its interval and "
        f"its ranks (95 %) come from {modifiers.half_samples} random halves of the patients. "
        "The last column is the 95th percentile of "
        f"{modifiers.permutations} permutations of treatment: a value that does not exceed it "
        "cannot be told from noise; one in twenty exceeds it by chance, and more do where another "
        "variable changes the effect strongly. "
        f"{_together(result, modifiers)}"
    )


def _together(result: StudyResult, modifiers: Modifiers) -> str:
    codebook = result.plan.cohort.codebook
    several = [
        " with ".join(codebook[k].title for k in group)
        for group in modifiers.groups
        if len(group) > 1
    ]
    if not several:
        return "No two variables are correlated enough (rank correlation 0.7) to be judged as one."
    return f"Correlated variables are judged as one: {'; '.join(several)}."
