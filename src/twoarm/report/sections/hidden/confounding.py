"""What a hidden factor would have to be, by every measure in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twoarm.cohort.studyfile import StudyFile
from twoarm.diagnostics import (
    BenefitEValue,
    CovariateStrength,
    PartialR2,
    RosenbaumBounds,
    SensitivityCurve,
)
from twoarm.report.formats import Value, shown
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.hidden.e_value import E_VALUE
from twoarm.study.judge.hidden.partial_r2 import PARTIAL_R2
from twoarm.study.judge.hidden.rosenbaum import ROSENBAUM
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.result import StudyResult

__all__ = ["hidden_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Show every measure beside a yardstick; nothing where treatment was drawn by lot."""
    curve, file = result.value(SENSITIVITY), result.plan.file
    if curve is None:
        return None
    effect = "harm" if curve.harm else "benefit"
    rows = (
        *_e_value_rows(file, result.value(E_VALUE), result.why_absent(E_VALUE)),
        _odds_row(curve),
        _pairs_row(result.value(ROSENBAUM), result.why_absent(ROSENBAUM)),
        *_linear_rows(file, result.value(PARTIAL_R2)),
    )
    return Part(tables=(hidden_table(result, rows, effect),))


def hidden_table(result: StudyResult, rows: Iterable[Row], effect: str) -> Table:
    """Give every measure of hidden confounding of the primary outcome, beside a yardstick."""
    spec = result.primary.spec
    threshold = f"{100 * (spec.threshold or 0.0):g} points"
    columns = (
        Column("measure", "Measure"),
        Column("unit", "What must be this large"),
        Column("to_zero", f"For no {effect}", "number"),
        Column("to_threshold", f"For {threshold}", "number"),
        Column("yardstick", "Strongest measured covariate"),
    )
    note = (
        f"How strong one hidden factor would have to be to bring the average {effect} down to "
        f"nothing, or to {threshold}; smaller numbers mean that less is enough. The data do not "
        "say whether there is such a factor: a large number is no proof of an effect. The measures "
        "make different assumptions; their numbers are not comparable with each other. The "
        "yardstick is the measured covariate that does most; what decides about a treatment and is "
        "not recorded can be stronger. Marginal sensitivity and the E-value of the estimate leave "
        "sampling error aside."
    )
    title = f"What a hidden factor would have to be, {spec.title}"
    return Table("hidden_confounding", title, note, columns, tuple(rows))


def _e_value_rows(file: StudyFile, value: BenefitEValue | None, reason: str) -> Iterator[Row]:
    if value is None:
        yield "E-value", reason, None, None, ""
        return
    yardstick = "" if value.measured is None else _pair(file, value.measured)
    unit = "risk ratio with treatment, and with the outcome"
    for name, which in (("E-value of the estimate", "estimate"), ("of its 95 % limit", "limit")):
        yield name, unit, *_e_values(value, which), yardstick


def _e_values(value: BenefitEValue, which: str) -> tuple[Value, Value]:
    threshold = None if value.to_threshold is None else getattr(value.to_threshold, which)
    return getattr(value.to_zero, which), threshold


def _pair(file: StudyFile, strongest: CovariateStrength) -> str:
    ratios = (strongest.with_treatment, strongest.with_outcome)
    both = " and ".join(shown(each, "number") for each in ratios)
    return f"{file.column_title(strongest.name)}: {both}"


def _odds_row(curve: SensitivityCurve) -> Row:
    unit = "odds ratio of treatment, for patients alike in all that was measured"
    return "Marginal sensitivity", unit, curve.to_zero, curve.to_threshold, ""


def _pairs_row(pairs: RosenbaumBounds | None, reason: str) -> Row:
    if pairs is None:
        return "Rosenbaum bounds", reason, None, None, ""
    unit = f"odds ratio of treatment within {pairs.pairs} matched pairs, until p reaches 5 %"
    return "Rosenbaum bounds", unit, pairs.tipping, None, ""


def _linear_rows(file: StudyFile, value: PartialR2 | None) -> Iterator[Row]:
    if value is None:
        return
    unit = "share of what is left of treatment, and of the outcome (linear probability model)"
    yardstick = ""
    if value.benchmarks:
        one = value.benchmarks[0]
        shares = " and ".join(shown(each, "number") for each in (one.r2_treatment, one.r2_outcome))
        yardstick = f"{file.column_title(one.name)}: {shares}"
    yield "Robustness value", unit, value.robustness, None, yardstick
    yield "until not significant", unit, value.robustness_significance, None, yardstick
