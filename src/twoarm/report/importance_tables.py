"""What the predicted benefit depends on, beside what modifies the effect: primary outcome."""

from __future__ import annotations

import math
from collections.abc import Iterator

from twoarm.report.formats import Value
from twoarm.report.table import Column, Table
from twoarm.study.importance import Importance, Modifiers
from twoarm.study.result import StudyResult

__all__ = ["importance_tables", "root"]

_MEASURES = {
    "projection": "Best linear projection, variance",
    "loss": "Rise of the loss when permuted",
    "te_vim": "TE-VIM, variance",
}
_GAP: tuple[Value, ...] = (None,)


def root(variance: float) -> float:
    """Give the standard deviation of the benefit behind a variance; 0 for an estimate below 0.

    Examples
    --------
    >>> root(0.0025), root(-0.001)
    (0.05, 0.0)
    """
    return math.sqrt(max(0.0, variance))


def importance_tables(result: StudyResult) -> list[Table]:
    """Give both kinds of importance side by side, and the three measures of the second."""
    found = result.importance
    if found is None:
        return []
    tables = [_side_by_side(result, found)]
    if found.modifiers is not None:
        tables.append(_measures(result, found.modifiers))
    return tables


def _side_by_side(result: StudyResult, found: Importance) -> Table:
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


def _refitted(found: Importance, k: int) -> tuple[Value, ...]:
    if found.predicted is None:
        return _GAP * 3
    low, high = found.predicted.limits
    first, last = found.predicted.rank_limits
    return float(low[k]), float(high[k]), _ranks(float(first[k]), float(last[k]))


def _modifier(found: Importance, k: int) -> tuple[Value, ...]:
    if found.modifiers is None:
        return _GAP * 5
    group = found.modifiers.group_of(k)
    measured = found.modifiers.measures["loss"]
    high = measured.reference_high
    return (
        *(root(float(each[group]) / 2) for each in (measured.value, *measured.limits)),
        _ranks(float(measured.rank_low[group]), float(measured.rank_high[group])),
        None if high is None else root(float(high[group]) / 2),
    )


def _ranks(low: float, high: float) -> str:
    return f"{low:g} to {high:g}"


def _note(result: StudyResult, found: Importance) -> str:
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


def _how_refitted(found: Importance) -> str:
    if found.predicted is None:
        return f"The first has no range: {found.errors['predicted_benefit']}."
    return (
        f"The range of the first holds the middle 95 % of {found.predicted.refits} models refitted "
        "to bootstrap replicates: how stable the model is, no confidence interval; the model's "
        "own share may lie outside of it."
    )


def _how_modified(result: StudyResult, found: Importance) -> str:
    modifiers = found.modifiers
    if modifiers is None:
        return f"The second was not computed: {found.errors['effect_modifier']}."
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


def _measure_rows(
    result: StudyResult, modifiers: Modifiers, name: str
) -> Iterator[tuple[Value, ...]]:
    codebook, found = result.plan.cohort.codebook, modifiers.measures[name]
    reference = found.reference_mean, found.reference_high, found.p
    for number in sorted(range(len(modifiers.groups)), key=lambda k: float(found.rank[k])):
        yield (
            _MEASURES[name],
            ", ".join(codebook[k].title for k in modifiers.groups[number]),
            float(found.value[number]),
            float(found.rank[number]),
            float(found.rank_low[number]),
            float(found.rank_high[number]),
            *(None if each is None else float(each[number]) for each in reference),
        )


def _measures(result: StudyResult, modifiers: Modifiers) -> Table:
    rows = tuple(row for name in _MEASURES for row in _measure_rows(result, modifiers, name))
    columns = (
        Column("outcome", "Measure"),
        Column("variable", "Variable"),
        Column("value", "Value", "number"),
        Column("rank", "Rank", "number"),
        Column("rank_low", "95 % low", "number"),
        Column("rank_high", "95 % high", "number"),
        Column("reference_mean", "Permuted treatment, mean", "number"),
        Column("reference_high", "95th percentile", "number"),
        Column("p", "As large when permuted", "probability"),
    )
    note = (
        "Squared benefit (0.01 is the square of 10 points). Projection: variance of the best "
        "linear projection of the benefit that is lost without the variable; loss: rise of the "
        "squared error on held-out folds; TE-VIM: rise of the squared error when the model of the "
        "benefit is fitted without the variable. The last column is the share of permutations with "
        "a value as large, the data counted as one: it tests that treatment does nothing to "
        "anybody, and is not adjusted for the number of variables."
    )
    return Table("effect_modifiers", "Three measures of effect modification", note, columns, rows)
