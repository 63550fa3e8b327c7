"""What the models predict, patient by patient: in a file alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twoarm.diagnostics import STABILITY_INTERVAL, EffectStability, SupportFlags
from twoarm.metrics import finite
from twoarm.report.formats import Value
from twoarm.report.section import Part
from twoarm.report.table import Column, Table
from twoarm.study.judge.comparability.support import SUPPORT
from twoarm.study.judge.stability.refits import STABILITY
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["part", "patients_table", "support_reasons"]

_Cells = tuple[Column, list[Value]]


def part(result: StudyResult) -> Part | None:
    """Write every patient's predictions."""
    support, stability = result.value(SUPPORT), result.answers.each(STABILITY)
    if support is None:
        return None
    moved = {name: each.effects for name, each in stability.items()}
    return Part(files=(patients_table(result, support.flags, moved),))


def patients_table(
    result: StudyResult, flags: SupportFlags, stability: Mapping[str, EffectStability]
) -> Table:
    """Give every patient's predictions, cross-fitted and in-sample, and stability intervals.

    A patient outside the support of the data has the reason in place of numbers.
    """
    cohort, reasons = result.plan.cohort, support_reasons(flags)
    arms = [ARMS[arm] for arm in cohort.treatment.tolist()]
    numbers = [*_predicted(result), *_stability(stability)]
    shown = [
        [None if reason else value for value, reason in zip(values, reasons, strict=True)]
        for _, values in numbers
    ]
    columns = (
        Column("id", "Patient"),
        Column("arm", "Arm"),
        Column("outside_support", "Outside support"),
        *(column for column, _ in numbers),
    )
    rows = tuple(zip(cohort.ids.tolist(), arms, reasons, *shown, strict=True))
    return Table("patients", "Predictions of every patient", STABILITY_INTERVAL, columns, rows)


def _predicted(result: StudyResult) -> Iterator[_Cells]:
    for kind, effects in (("crossfit", result.effects), ("in_sample", result.in_sample)):
        for name, each in effects.items():
            for part in ("mu0", "mu1", "benefit"):
                values = [finite(value) for value in getattr(each, part).tolist()]
                yield Column(f"{part}_{name}_{kind}", part, "probability"), list(values)


def _stability(stability: Mapping[str, EffectStability]) -> Iterator[_Cells]:
    for name, found in stability.items():
        for end in ("low", "high"):
            values = [finite(value) for value in getattr(found.benefit, end).tolist()]
            yield Column(f"benefit_{name}_stability_{end}", end, "probability"), list(values)


def support_reasons(flags: SupportFlags) -> list[str]:
    """Say for every patient why no individual number is shown; empty where it is."""
    reasons = (
        (flags.propensity, "treatment all but decided"),
        (flags.distance, "nobody near"),
        (flags.category, "a level missing in one arm"),
    )
    return [
        "; ".join(text for mask, text in reasons if mask[row]) for row in range(flags.outside.size)
    ]
