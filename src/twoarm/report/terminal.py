"""A run on one screen of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import present
from twoarm.diagnostics.comparability.population import over
from twoarm.metrics import finite
from twoarm.report.formats import interval, points, shown
from twoarm.report.sentences import sentences
from twoarm.study.plan.few_events import FALLBACK, FEW_EVENTS, rarer_class
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS
from twoarm.study.plan.sample_size import model_parameters, supported
from twoarm.study.result import StudyResult

__all__ = ["opening_lines", "terminal_summary"]

_WIDTH = 96


def opening_lines(study: Study, cohort: Cohort) -> Iterator[str]:
    """Say what is about to be analysed: patients per arm, exclusions, events, what they support."""
    labels = study.file.treatment.labels
    yield f"{study.file.study.title}{' [SYNTHETIC DATA]' if cohort.synthetic else ''}"
    for each in cohort.flow.excluded:
        yield f"  left out: {each.n} ({each.reason})"
    n = [int((cohort.treatment == arm).sum()) for arm in (0, 1)]
    arms = f"{n[0]} {labels.control}, {n[1]} {labels.treated}"
    yield f"  {cohort.flow.read} read, {len(cohort)} patients: {arms}"
    for outcome in study.file.outcomes:
        kind = "" if outcome.role == "outcome" else " (negative control)"
        values = cohort.outcomes[outcome.name]
        events = [int((values[cohort.treatment == arm] == 1).sum()) for arm in (0, 1)]
        known = int((values == values).sum())  # NaN differs from itself
        yield f"  {outcome.title}{kind}: known in {known}; events {events[0]} and {events[1]}"
    if not study.file.predictors:
        yield f"  {NO_PREDICTORS}"
        return
    yield from _few_event_lines(study, cohort)
    yield from _sample_size_lines(study, cohort)
    others = [plugin.name for plugin in study.file.model.plugins]
    if set(others).intersection(study.file.model.members):
        yield (
            f"  members of other libraries ({', '.join(others)}) are fitted one by one in Python: "
            "--executor processes is quicker"
        )


def _analysed(study: Study) -> list[OutcomeSpec]:
    return [each for each in study.file.outcomes if each.role == "outcome"]


def _few_event_lines(study: Study, cohort: Cohort) -> Iterator[str]:
    """Name the arms and outcomes that get no ensemble."""
    labels = study.file.treatment.labels
    for outcome in _analysed(study):
        for arm, label in enumerate((labels.control, labels.treated)):
            rarer = rarer_class(cohort, outcome.name, arm)
            if rarer.is_few:
                yield (
                    f"  ! {outcome.title}, {label}: {rarer}, fewer than {FEW_EVENTS}: no ensemble, "
                    f"{FALLBACK} alone"
                )


def _sample_size_lines(study: Study, cohort: Cohort) -> Iterator[str]:
    """Say how many parameters each arm supports, from a usual to an excellent R2."""
    yield (
        f"  the model has {model_parameters(cohort)} columns; parameters supported (Riley 2019; "
        "Nagelkerke's R2 0.15 to 0.50), control and treated:"
    )
    for outcome in _analysed(study):
        found = [supported(cohort, outcome.name, arm) for arm in (0, 1)]
        ranges = [
            f"{each.parameters[0]:.1f} to {each.parameters[-1]:.1f}" if each else "none"
            for each in found
        ]
        yield f"    {outcome.title}: {ranges[0]}, and {ranges[1]}"


def terminal_summary(result: StudyResult) -> Iterator[str]:
    """Give the AUC table, the benefit of each outcome, and the sentences."""
    synthetic = "  [SYNTHETIC DATA]" if result.plan.cohort.synthetic else ""
    if result.primary.has_models:
        yield from _auc_lines(result, synthetic)
        yield from _benefit_lines(result, synthetic)
    yield ""
    for answer in result.verdict:
        said = f"{answer.question} {answer.verdict.upper()}. {answer.text}"
        yield from textwrap.wrap(said, _WIDTH)
        rests = f"Rests on: {', '.join(answer.rests_on)}." if answer.rests_on else ""
        yield from textwrap.wrap(rests, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield ""
    for sentence in sentences(result):
        lead = "! " if sentence.kind == "caution" else "- "
        yield from textwrap.wrap(sentence.text, _WIDTH, initial_indent=lead, subsequent_indent="  ")


def _auc_lines(result: StudyResult, synthetic: str) -> Iterator[str]:
    labels = result.plan.file.treatment.labels
    yield ""
    yield f"AUC{synthetic}"
    titles = ("apparent", "Harrell", "oob", ".632", ".632+", "CV")
    yield (
        f"  {'':<34}{'events/n':>9}"
        + "".join(f"{title:>9}" for title in titles)
        + "   to quote (95 %)"
    )
    for outcome in result.outcomes.values():
        for arm, label in zip(ARMS, (labels.control, labels.treated), strict=True):
            fit = outcome.arms[arm]
            auc = fit.auc
            name = f"{outcome.spec.name}, {label}"[:33]
            values = (auc.apparent, auc.harrell, auc.oob, auc.d632, auc.d632plus, auc.nested_cv)
            mark = "*" if fit.gate.harrell_valid is False else " "
            cells = [f"{shown(value, 'probability'):>9}" for value in values]
            cells[1] = cells[1][1:] + mark
            quoted = shown(auc.headline, "probability")
            if auc.ci is not None:
                quoted += f" ({interval(auc.ci.low, auc.ci.high, 'probability')})"
            yield f"  {name:<34}{f'{fit.events}/{fit.n}':>9}{''.join(cells)}   {quoted}"
    fits = [fit for outcome in result.outcomes.values() for fit in outcome.arms.values()]
    if any(fit.gate.harrell_valid is False for fit in fits):
        yield "  * Harrell's correction is not valid for this learner here"


def _benefit_lines(result: StudyResult, synthetic: str) -> Iterator[str]:
    yield ""
    where = over(result.plan.study)
    yield (
        f"Benefit, percentage points (below 0: harm){f'; average{where}' if where else ''}"
        f"{synthetic}"
    )
    yield f"  {'':<44}{'crude':>8}{'to quote':>11}   95 %              predicted mean (SD)"
    for name, outcome in result.outcomes.items():
        average, spread = present(result.quoted(name).average), outcome.benefit.crossfit
        told = () if average is None else (average.low, average.estimate, average.high)
        low, estimate, high = map(finite, told or (None, None, None))
        limits = interval(low, high, "points")
        cross = "" if spread is None else f"{points(spread.mean)} ({100 * spread.sd:.1f})"
        yield (
            f"  {outcome.spec.name[:43]:<44}{points(outcome.crude.estimate):>8}"
            f"{points(estimate):>11}   {limits:<18}{cross}"
        )
