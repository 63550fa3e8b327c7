"""Every centre predicted by models that have not seen it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from twoarm.diagnostics import BenefitByCentre, Pooled
from twoarm.metrics import finite
from twoarm.report.cohort_tables import arm_labels
from twoarm.report.formats import Value, shown
from twoarm.report.table import Column, Table
from twoarm.study.judge.stability.centres import Centres
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["centre_tables", "largest_centres"]

_MOST_ROWS = 30

_POOLED_AUC = {
    "estimate": "Pooled AUC",
    "prediction_low": "A further centre, low",
    "prediction_high": "A further centre, high",
}
_POOLED = (
    Column("low", "95 % low", "points"),
    Column("high", "95 % high", "points"),
    Column("prediction_low", "A further centre, low", "points"),
    Column("prediction_high", "A further centre, high", "points"),
)


def centre_tables(result: StudyResult, found: Centres) -> Iterator[Table]:
    """Give the performance of the models, the benefit, and the benefit centre by centre."""
    yield _performance_table(result, found)
    if found.benefit is not None:
        yield _pooled_table(result, found.benefit)
        yield _benefit_table(result, found.benefit)


def _performance_table(result: StudyResult, found: Centres) -> Table:
    labels = dict(zip(ARMS, arm_labels(result), strict=True))
    anywhere = any(one.pooled_auc for by_arm in found.models.values() for one in by_arm.values())
    pooling = _POOLED_AUC if anywhere else {}
    rows: list[tuple[Value, ...]] = []
    for name, by_arm in found.models.items():
        for arm, one in by_arm.items():
            limits, pooled = one.auc_interval, one.pooled_auc
            rows.append(
                (
                    result.outcomes[name].spec.title,
                    labels[arm],
                    sum(each.events for each in one.centres),
                    finite(one.auc),
                    *((None, None) if limits is None else (limits.low, limits.high)),
                    finite(one.auc_within),
                    finite(one.o_e),
                    finite(one.o_e_low),
                    finite(one.o_e_high),
                    sum(each.auc is not None for each in one.centres),
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
        Column("centres", "Centres with enough events", "count"),
        *(Column(name, title, "probability") for name, title in pooling.items()),
    )
    title = "Outcome models in centres that they have not seen"
    return Table("centre_models", title, _performance_note(found), columns, tuple(rows))


def _performance_note(found: Centres) -> str:
    turns = "one centre left out at a time"
    if found.turns < found.n:
        turns = f"whole centres left out together in {found.turns} turns"
    note = (
        f"{found.n} centres, {turns}; everything is learnt in the others. AUC and observed over "
        "expected events: over all these predictions together. Enough: 10 or more patients with "
        "the event and as many without. "
    )
    measures = [one for by_arm in found.models.values() for one in by_arm.values()]
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


def _pooled_table(result: StudyResult, found: BenefitByCentre) -> Table:
    rows = tuple(
        (label, each.estimate, *(getattr(each, column.name) for column in _POOLED))
        for label, each in (
            ("Doubly robust benefit", found.aipw),
            ("Doubly robust minus predicted benefit", found.difference),
        )
        if isinstance(each, Pooled)
    )
    columns = (Column("measure", ""), Column("estimate", "Points", "points"), *_POOLED)
    slope = found.slope
    note = (
        "Predicted: by models that have not seen the centre. Doubly robust: mean AIPW score, which "
        "shares the cohort's confounding. Random-effects means over centres with 10 or more "
        "patients in both arms. "
    )
    if found.spread is not None:
        note += f"{found.spread} "
    if math.isfinite(slope.estimate):
        note += (
            "Slope of the doubly robust scores on the predicted benefit, centres as clusters: "
            f"{shown(slope.estimate, 'number')} (95 % {shown(slope.low, 'number')} to "
            f"{shown(slope.high, 'number')}); 1 would mean that a predicted point is worth a "
            "point, 0 that the prediction ranks nobody."
        )
    title = f"Benefit in centres that the models have not seen, {result.primary.spec.title}"
    return Table("centre_pooled", title, note.rstrip(), columns, rows)


def _benefit_table(result: StudyResult, found: BenefitByCentre) -> Table:
    rows = tuple(
        (
            each.centre or "not recorded",
            each.n_control,
            each.n_treated,
            each.predicted,
            each.aipw,
            finite(each.se),
        )
        for each in found.centres
    )
    columns = (
        Column("centre", "Centre"),
        Column("n_control", "Control", "count"),
        Column("n_treated", "Treated", "count"),
        Column("predicted", "Predicted benefit, points", "points"),
        Column("aipw", "Doubly robust benefit, points", "points"),
        Column("se", "Standard error, points", "spread"),
    )
    title = f"Benefit centre by centre, {result.primary.spec.title}"
    note = "The standard error is that of the doubly robust mean; patients with a known outcome."
    return Table("centre_benefit", title, note, columns, rows)


def largest_centres(table: Table) -> Table:
    """Keep the centres with the most patients for the page; the CSV file has them all."""
    if len(table.rows) <= _MOST_ROWS:
        return table
    order = sorted(table.rows, key=lambda row: -(int(row[1] or 0) + int(row[2] or 0)))
    note = f"{table.note} The {_MOST_ROWS} largest; all are in tables/{table.name}.csv."
    return Table(table.name, table.title, note, table.columns, tuple(order[:_MOST_ROWS]))
