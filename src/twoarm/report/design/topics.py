"""The topics of a plan's page, in the report's shape."""

from __future__ import annotations

from dataclasses import replace

from twoarm.planning.trial_plan import TrialPlan
from twoarm.report.design.drawings import (
    boundaries_drawing,
    cost_drawing,
    haircut_drawing,
    threshold_assurance,
)
from twoarm.report.design.tables import (
    boundaries_table,
    designs_file,
    designs_table,
    haircut_file,
    naive_table,
    ordinal_table,
    sequential_table,
    simulated_table,
    thresholds_table,
)
from twoarm.report.design.words import threshold_words
from twoarm.report.section import Details, Section
from twoarm.report.table import Table

__all__ = ["report_section", "topics"]

_FLOW = (
    "looks",
    "power_se",
    "randomised",
    "screened",
    "months_low",
    "months_median",
    "months_high",
)


def topics(plan: TrialPlan) -> tuple[Section, ...]:
    """Give every topic that the plan has something to say in."""
    found = (
        _designs(plan),
        _thresholds(plan),
        _warnings(plan),
        _looks(plan),
        _scale(plan),
        _simulated(plan),
    )
    return tuple(each for each in found if each is not None)


def _designs(plan: TrialPlan) -> Section:
    reasons = tuple(f"{row.name}: {row.reason}." for row in plan.main if row.reason)
    return Section(
        name="designs",
        link="Designs",
        title="Designs side by side",
        lead="",
        tables=(designs_table(plan),),
        details=(
            (Details(summary="What cannot be planned, and why", items=reasons),) if reasons else ()
        ),
        files=(designs_file(plan),),
    )


def _thresholds(plan: TrialPlan) -> Section | None:
    if not plan.by_threshold:
        return None
    return Section(
        name="thresholds",
        link="Threshold",
        title="Whom to randomise",
        lead="A higher threshold needs fewer patients in the trial, and more to be screened for "
        "it. The effect that is expected is the shrunk one.",
        figures=(*cost_drawing(plan), *threshold_assurance(plan)),
        tables=(thresholds_table(plan),),
    )


def _warnings(plan: TrialPlan) -> Section | None:
    drawn = tuple(haircut_drawing(plan))
    naive = (naive_table(plan),) if plan.naive else ()
    notes = () if plan.basis.haircut is not None else (f"No haircut: {plan.basis.no_haircut}.",)
    if not drawn and not naive:
        return None
    return Section(
        name="warnings",
        link="Warnings",
        title="Two ways to be wrong",
        lead="Planning on predictions as they stand promises more than the patients will gain; and "
        "if hidden factors made part of the average, every design that asks whether treatment "
        "helps loses.",
        figures=drawn,
        notes=notes,
        tables=naive,
        files=(haircut_file(plan),) if plan.haircut_designs else (),
    )


def _looks(plan: TrialPlan) -> Section | None:
    if plan.settings.looks < 2 or not plan.sequential:
        return None
    return Section(
        name="looks",
        link="Interim looks",
        title="Stopping early",
        lead="",
        figures=tuple(boundaries_drawing(plan)),
        tables=(sequential_table(plan),),
        details=(Details(summary="The boundaries", tables=(boundaries_table(plan),)),),
    )


def _scale(plan: TrialPlan) -> Section | None:
    if not plan.ordinal:
        return None
    return Section(
        name="scale",
        link="Whole scale",
        title="The whole scale as outcome",
        lead="",
        tables=(ordinal_table(plan),),
    )


def _simulated(plan: TrialPlan) -> Section | None:
    if not plan.simulated:
        return None
    why, whole = plan.no_simulation, simulated_table(plan)
    notes = (f"Not run in synthetic worlds: {why}.",) if why else ()
    return Section(
        name="simulated",
        link="Simulated",
        title="The designs, run",
        lead="Each design, as planned, run on trials whose truth is known.",
        notes=notes,
        tables=(_powers(whole),),
        details=(Details(summary="With looks, patients and months", tables=(whole,)),),
    )


def _powers(whole: Table) -> Table:
    """Keep the trials without looks, and their power."""
    column = [each.name for each in whole.columns].index("looks")
    plain = tuple(row for row in whole.rows if row[column] == "none")
    return replace(whole, name="design_powers", rows=plain).without(*_FLOW)


def report_section(plan: TrialPlan, *, replicates: int) -> Section:
    """Give the one section of the report of a run with so many replicates."""
    stale = plan.basis.replicates != replicates
    title = f"The trial that would test this, threshold {threshold_words(plan.basis.threshold)}"
    return Section(
        name="design",
        link="Next trial",
        title=title,
        lead="Sizes rest on shrunk benefit; design.html has thresholds, looks, warnings and "
        "simulated trials, protocol_draft.md the text for a protocol.",
        notes=(
            f"It was planned when the run had {plan.basis.replicates} replicates; now it has "
            f"{replicates}. Plan it again with twoarm design.",
        )
        if stale
        else (),
        figures=tuple(cost_drawing(plan)),
        tables=(designs_table(plan),),
    )
