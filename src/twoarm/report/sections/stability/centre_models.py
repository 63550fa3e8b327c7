"""How the outcome models do in centres that they have not seen."""

from __future__ import annotations

from twoarm.diagnostics import Absent, CentresPerformance
from twoarm.metrics import finite
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.stability.centres import Centres
from twoarm.study.judge.stability.held_out_centres import CENTRES
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["part", "performance_table"]

_POOLED_AUC = {
    "estimate": "Pooled AUC",
    "prediction_low": "A further centre, low",
    "prediction_high": "A further centre, high",
}


def part(result: StudyResult) -> Part | None:
    """Show the models' performance; nothing in a study without centres."""
    found = result.value(CENTRES)
    return None if found is None else Part(tables=(performance_table(result, found),))


def performance_table(result: StudyResult, found: Centres) -> Table:
    """Give how the models of all outcomes do in centres that they have not seen."""
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    measured = _measured(found)
    pooling = _POOLED_AUC if any(one.pooled_auc for _, _, one in measured) else {}
    rows: list[Row] = []
    for name, arm, one in measured:
        limits, pooled = one.auc_interval, one.pooled_auc
        rows.append(
            (
                result.outcomes[name].spec.title,
                labels[arm],
                one.events,
                finite(one.auc),
                *((None, None) if limits is None else (limits.low, limits.high)),
                finite(one.auc_within),
                finite(one.o_e),
                finite(one.o_e_low),
                finite(one.o_e_high),
                one.measured,
                *(None if pooled is None else getattr(pooled, name) for name in pooling),
            )
        )
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("events", "Events", "count"),
        Column("auc", "AUC", "probability"),
        Column("auc_low", "95 % low", "probability"),
        Column("auc_high", "95 % high", "probability"),
        Column("auc_within", "AUC within centres", "probability"),
        Column("o_e", "Observed / expected", "probability"),
        Column("o_e_low", "95 % low", "probability"),
        Column("o_e_high", "95 % high", "probability"),
        Column("centres", "Centres with enough of both", "count"),
        *(Column(name, title, "probability") for name, title in pooling.items()),
    )
    title = "Outcome models in centres that they have not seen"
    return Table("centre_models", title, _note(found), columns, tuple(rows))


def _measured(found: Centres) -> list[tuple[str, str, CentresPerformance]]:
    """Give outcome, arm and performance of the models that could be measured."""
    return [
        (name, arm, one)
        for name, by_arm in found.models.items()
        for arm, one in by_arm.items()
        if not isinstance(one, Absent)
    ]


def _note(found: Centres) -> str:
    turns = "one centre left out at a time"
    if found.turns < found.n:
        turns = f"whole centres left out together in {found.turns} turns"
    note = (
        f"{found.n} centres, {turns}; everything is learnt in the others. AUC and observed over "
        "expected events: over all these predictions together. Enough: 10 or more patients with "
        "the event and as many without. "
    )
    measures = [one for _, _, one in _measured(found)]
    if any(one.pooled_auc for one in measures):
        note += (
            "Pooled: random-effects mean over such centres (REML, Hartung and Knapp), and where a "
            "further centre's AUC is expected. "
        )
    if any(one.spread for one in measures):
        note += (
            "With fewer than three such centres the spread between centres cannot be estimated. "
        )
    if found.failures:
        note += f"{len(found.failures)} fits failed; their patients are left out. "
    return note.rstrip()
