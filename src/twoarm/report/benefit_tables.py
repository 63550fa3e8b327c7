"""The benefit: its distribution, its average, what it depends on, patient by patient."""

from __future__ import annotations

import math
from typing import Any

from twoarm.cohort.codebook import Predictor
from twoarm.diagnostics import STABILITY_INTERVAL, Absent, Estimate
from twoarm.report.causal_tables import support_reasons
from twoarm.report.formats import Value
from twoarm.report.table import Column, Table
from twoarm.study.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = [
    "average_effect_table",
    "benefit_table",
    "dependence_table",
    "importance_table",
    "patients_table",
]


_ADJUSTED = {
    "iptw": "inverse weights",
    "overlap": "overlap weights (ATO)",
    "aipw": "AIPW",
    "tmle": "TMLE",
}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def benefit_table(result: StudyResult) -> Table:
    """Give mean, spread and shares of the predicted benefit."""
    rows: list[tuple[Value, ...]] = []
    for outcome in result.outcomes.values():
        kinds: list[tuple[str, Any, float | None]] = [
            ("cross-fitted", outcome.benefit.crossfit, outcome.benefit.share_crossfit),
            ("in-sample", outcome.benefit.in_sample, outcome.benefit.share_raw),
        ]
        for kind, spread, share in kinds:
            numbers = (
                (None,) * 4
                if spread is None
                else (spread.mean, spread.sd, spread.median, spread.share_positive)
            )
            rows.append((outcome.spec.title, kind, *numbers, share))
    columns = (
        Column("outcome", "Outcome"),
        Column("predicted", "Predicted"),
        Column("mean", "Mean, points", "points"),
        Column("sd", "SD, points", "spread"),
        Column("median", "Median, points", "points"),
        Column("share_positive", "Above 0", "percent"),
        Column("share_at_threshold", "At the threshold", "percent"),
    )
    note = (
        "Predicted benefit, positive where the treatment helps. In-sample: by models that have "
        "seen the patient; cross-fitted: by models that have not. Shares are of patients predicted "
        "to be above a value, which is not the share who are: estimation noise widens the "
        "distribution."
    )
    return Table("benefit", "Predicted benefit", note, columns, tuple(rows))


def average_effect_table(result: StudyResult) -> Table:
    """Give the average benefit, crude and standardised."""
    rows: list[tuple[Value, ...]] = []
    for outcome in result.outcomes.values():
        methods = {"crude": outcome.crude, "g-formula": outcome.g_formula}
        adjusted = result.diagnostics.effects.get(outcome.spec.name)
        if adjusted is not None:
            methods |= {title: getattr(adjusted, name) for name, title in _ADJUSTED.items()}
        rows += [
            (outcome.spec.title, method, *_numbers(estimate))
            for method, estimate in methods.items()
        ]
    columns = (
        Column("outcome", "Outcome"),
        Column("method", "Method"),
        Column("estimate", "Benefit, points", "points"),
        Column("low", "95 % low", "points"),
        Column("high", "95 % high", "points"),
        Column("se", "Standard error, points", "spread"),
    )
    note = (
        "Absolute benefit averaged over all patients, positive where the treatment helps. Crude: "
        "difference of the arms as they are. G-formula: both arms' models averaged over all, "
        "interval from the bootstrap. The others add a model of treatment (ridge regression on the "
        "predictors, the columns listed for it and the centre): inverse weights; overlap weights, "
        "which speak of the patients in whom treatment was most open, another population; AIPW and "
        "TMLE, which use both kinds of model, cross-fitted outcome models here. None removes "
        "confounding by what was not measured."
    )
    return Table("average_effect", "Average benefit", note, columns, tuple(rows))


def _numbers(estimate: Estimate | Absent) -> tuple[Value, ...]:
    if isinstance(estimate, Absent):
        return (None, None, None, None)
    return (estimate.estimate, estimate.low, estimate.high, estimate.se)


def importance_table(result: StudyResult) -> Table:
    """Give the importance of every variable, most important for the primary outcome first."""
    codebook = result.plan.cohort.codebook
    order = sorted(range(len(codebook)), key=lambda k: -float(result.primary.importance[k]))
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            codebook[k].title,
            codebook[k].column,
            *(float(outcome.importance[k]) for outcome in result.outcomes.values()),
        )
        for k in order
    )
    columns = (
        Column("variable", "Variable"),
        Column("column", "Column"),
        *(
            Column(name, outcome.spec.title, "probability")
            for name, outcome in result.outcomes.items()
        ),
    )
    note = (
        "Mean squared change of the predicted benefit when the variable is permuted, scaled to sum "
        "1, by the models of all patients. It says what the prediction depends on, not what "
        "modifies the effect."
    )
    return Table("importance", "What each predicted benefit depends on", note, columns, rows)


def dependence_table(result: StudyResult) -> Table:
    """Give the curves of partial dependence."""
    codebook = result.plan.cohort.codebook
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (codebook[each.variable].column, _value_of(codebook[each.variable], value), benefit)
        for each in result.dependence
        for value, benefit in zip(each.values.tolist(), each.benefit.tolist(), strict=True)
    )
    columns = (
        Column("variable", "Variable"),
        Column("value", "Value", "number"),
        Column("benefit", "Mean predicted benefit, points", "points"),
    )
    return Table("dependence", "Partial dependence of the benefit", "", columns, rows)


def _value_of(predictor: Predictor, value: float) -> Value:
    return value if predictor.is_number else str(predictor.all_levels[int(value)].code)


def patients_table(result: StudyResult) -> Table:
    """Give every patient's predictions, cross-fitted and in-sample, and stability intervals.

    A patient outside the support of the data has the reason in place of numbers.
    """
    cohort = result.plan.cohort
    columns = [Column("id", "Patient"), Column("arm", "Arm")]
    values: list[list[Value]] = [
        cohort.ids.tolist(),
        [ARMS[arm] for arm in cohort.treatment.tolist()],
    ]
    for kind, effects in (("crossfit", result.effects), ("in_sample", result.in_sample)):
        for name, each in effects.items():
            for part in ("mu0", "mu1", "benefit"):
                columns.append(Column(f"{part}_{name}_{kind}", part, "probability"))
                values.append([_finite(value) for value in getattr(each, part).tolist()])
    if result.reliability is not None:
        for name, found in result.reliability.stability.outcomes.items():
            for end in ("low", "high"):
                columns.append(Column(f"benefit_{name}_stability_{end}", end, "probability"))
                limits = getattr(found.benefit, end).tolist()
                values.append([_finite(value) for value in limits])
    reasons = support_reasons(result)
    columns.insert(2, Column("outside_support", "Outside support"))
    shown = [
        [None if reason else value for value, reason in zip(each, reasons, strict=True)]
        for each in values[2:]
    ]
    rows: tuple[tuple[Value, ...], ...] = tuple(zip(*values[:2], reasons, *shown, strict=True))
    return Table(
        "patients", "Predictions of every patient", STABILITY_INTERVAL, tuple(columns), rows
    )
