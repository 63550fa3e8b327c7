"""A comparison on one screen of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from twoarm.comparison import Comparison, FinishedRun
from twoarm.report.comparison.numbers import change_text, quote_text
from twoarm.report.comparison.texts import sentences_of

__all__ = ["comparison_lines"]

_WIDTH = 96
_SHORT = {"share": "share at the threshold", "autoc": "AUTOC, points"}


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Give the two runs, what differs, and the numbers to quote of both."""
    yield _run("A", found.a)
    yield _run("B", found.b)
    yield ""
    for sentence in sentences_of(found):
        lead = "! " if sentence.kind == "caution" else "- "
        yield from textwrap.wrap(sentence.text, _WIDTH, initial_indent=lead, subsequent_indent="  ")
    yield ""
    yield f"{'':<36}{'A (95 %)':<28}{'B (95 %)':<28}{'B - A':>6}"
    for pair in found.quoted:
        name = _SHORT.get(pair.kind) or (
            f"benefit, {pair.of}, points" if pair.kind == "benefit" else f"AUC, {pair.of}"
        )
        title = f"{pair.outcome[:12]}: {name}"[:35]
        a, b = quote_text(pair, pair.a), quote_text(pair, pair.b)
        yield f"{title:<36}{a:<28}{b:<28}{change_text(pair):>6}"
    turned = [each for each in found.words if each.is_turned]
    if turned:
        yield ""
    for each in turned:
        said = f"{each.name}: {each.verdict_a.upper()} in A, {each.verdict_b.upper()} in B"
        yield from textwrap.wrap(said, _WIDTH, subsequent_indent="  ")
    yield ""
    yield (
        f"{len(found.numbers)} other values differ, {len(found.settings)} settings, "
        f"{len(found.words)} lines of the verdict and the findings"
    )


def _run(name: str, run: FinishedRun) -> str:
    cohort = run.result.plan.cohort
    control, treated = cohort.arm_sizes
    label = "  [SYNTHETIC DATA]" if cohort.synthetic else ""
    return (
        f"{name}  {run.folder}: {len(cohort)} patients ({control} control, {treated} treated), "
        f"{run.result.replicates} replicates, seed {run.result.plan.seed}{label}"
    )
