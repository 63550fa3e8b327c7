"""The tables of a trial's plan."""

from __future__ import annotations

from dataclasses import replace

from twoarm.planning.trial_plan import DesignRow, TrialPlan
from twoarm.report.design.words import kind_title, threshold_words
from twoarm.report.table import Column, Row, Table

__all__ = [
    "boundaries_table",
    "designs_file",
    "designs_table",
    "haircut_file",
    "naive_table",
    "ordinal_table",
    "sequential_table",
    "simulated_table",
    "thresholds_table",
]

_FOUND = (
    Column("expected", "Shrunk benefit", "points"),
    Column("patients", "Per arm", "count"),
    Column("randomised", "Randomised", "count"),
    Column("screened", "Screened", "count"),
    Column("months", "Months", "count"),
    Column("fixed_power", "Power at the fixed size", "percent"),
    Column("assurance", "Assurance", "percent"),
    Column("assurance_after_haircut", "after the haircut", "percent"),
    Column("futile_haircut", "Futile from a haircut of", "spread"),
    Column("refuted", "Refutes the model", "percent"),
)


def _cells(row: DesignRow, columns: tuple[Column, ...]) -> Row:
    return tuple(getattr(row, column.name) for column in columns)


def _whole(row: DesignRow) -> DesignRow:
    """Round the months: a page shows whole ones."""
    return row if row.months is None else replace(row, months=float(round(row.months)))


def designs_table(plan: TrialPlan) -> Table:
    """Give the designs side by side, at the study's threshold."""
    fixed = plan.settings.fixed
    note = (
        "Shrunk benefit: what the design estimates, after the predictions were shrunk; for the "
        "stratified design how much more those above gain, for strategies the gain over the other "
        "strategy. Per arm: patients with an outcome; randomised makes up for those lost. Fixed "
        f"size: {fixed} randomised to each arm. Assurance: power averaged over the uncertainty of "
        "average, slope and control risk together. Futile: assurance under 30 %. Refutes the "
        "model: the trial's interval lies wholly below what the model predicts. A dash: cannot be "
        "planned, or nothing to say."
    )
    rows = tuple((kind_title(row.kind), *_cells(_whole(row), _FOUND)) for row in plan.main)
    title = f"At a threshold of {threshold_words(plan.basis.threshold)}"
    columns = (Column("design", "Design"), *_FOUND)
    return Table("design_main", title, note, columns, rows)


def thresholds_table(plan: TrialPlan) -> Table:
    """Give enrichment by threshold."""
    columns = (
        Column("threshold", "Threshold"),
        Column("share", "Patients above", "percent"),
        Column("predicted", "Predicted", "points"),
        *_FOUND[:5],
        *_FOUND[6:8],
        Column("no_benefit", "Never to start", "percent"),
    )
    note = (
        "Predicted: mean benefit that the model predicts for those above the threshold; shrunk: "
        "what to expect of them. Never to start: the chance that those randomised do not gain on "
        "average, before any haircut."
    )
    rows = tuple(
        (threshold_words(row.threshold), *_cells(_whole(row), columns[1:]))
        for row in plan.by_threshold
    )
    return Table("design_thresholds", "Enrichment by threshold", note, columns, rows)


def designs_file(plan: TrialPlan) -> Table:
    """Give every design at every threshold, with all that is known of it."""
    columns = tuple(Column(name, name, "number") for name in DesignRow.__dataclass_fields__)
    rows = tuple(_cells(row, columns) for row in plan.designs)
    return Table("design_all", "Every design at every threshold", "", columns, rows)


def sequential_table(plan: TrialPlan) -> Table:
    """Give what interim looks cost and save."""
    columns = (
        Column("design", "Design"),
        Column("spending", "Errors spent as"),
        Column("most", "Randomised at most", "count"),
        Column("at_effect", "on average, benefit as expected", "count"),
        Column("at_nothing", "on average, no benefit", "count"),
        Column("screened_most", "Screened at most", "count"),
    )
    rows = tuple(
        (
            kind_title(row.kind),
            _spending(row.spending),
            row.most,
            row.at_effect,
            row.at_nothing,
            row.screened_most,
        )
        for row in plan.sequential
    )
    note = (
        f"{plan.settings.looks} evenly spaced looks, the last included. Futility is not binding: "
        "going on despite it does not raise the level. Averages count patients with an outcome at "
        "the look; those who come in while outcomes are awaited are in the simulated trials."
    )
    return Table("design_sequential", "With interim looks", note, columns, rows)


def _spending(name: str) -> str:
    return {"obrien-fleming": "O'Brien-Fleming", "pocock": "Pocock"}.get(name, name)


def boundaries_table(plan: TrialPlan) -> Table:
    """Give the boundaries of every look."""
    columns = (
        Column("spending", "Errors spent as"),
        Column("information", "Outcomes known", "percent"),
        Column("efficacy", "Stop for benefit: z at least", "probability"),
        Column("futility", "May stop: z below", "probability"),
        Column("alpha_spent", "Level spent, one-sided", "probability"),
        Column("stops_at_effect", "Stops here if as expected", "percent"),
        Column("stops_at_nothing", "if there is no benefit", "percent"),
    )
    rows = tuple(
        (_spending(looks.spending), *numbers)
        for looks in plan.looks
        for numbers in zip(
            looks.information,
            looks.efficacy,
            looks.futility,
            looks.alpha_spent,
            looks.stops_at_effect,
            looks.stops_at_nothing,
            strict=True,
        )
    )
    note = (
        "Lan and DeMets' error spending; boundaries agree with R's rpact. z is the standardised "
        "difference in the direction of benefit."
    )
    return Table("design_boundaries", "Boundaries", note, columns, rows)


def ordinal_table(plan: TrialPlan) -> Table:
    """Give the size with the whole scale as outcome beside the dichotomy."""
    columns = (
        Column("design", "Design"),
        Column("column", "Scale"),
        Column("odds_ratio", "Common odds ratio", "number"),
        Column("patients", "Per arm, whole scale", "count"),
        Column("patients_dichotomy", "Per arm, dichotomy", "count"),
    )
    rows = tuple(
        (kind_title(row.kind), row.column, row.odds_ratio, row.patients, row.patients_dichotomy)
        for row in plan.ordinal
    )
    note = (
        "Whitehead's formula: one odds ratio at every cut of the scale, the one that gives the "
        "shrunk benefit at the cut of the dichotomy. If the treatment moves patients at that cut "
        "alone, the dichotomy needs fewer. With arms this small the formula is rough."
    )
    return Table("design_ordinal", "The whole scale as outcome", note, columns, rows)


def naive_table(plan: TrialPlan) -> Table:
    """Give what planning on the predictions as they stand would cost."""
    columns = (
        Column("threshold", "Threshold"),
        Column("promised", "Promised benefit", "points"),
        Column("expected", "To expect", "points"),
        Column("patients", "Per arm, as promised", "count"),
        Column("true_power", "Power at what is to expect", "percent"),
    )
    rows = tuple(
        (threshold_words(row.threshold), row.promised, row.expected, row.patients, row.true_power)
        for row in plan.naive
    )
    note = (
        "Promised: mean predicted benefit of those above the threshold, by the models that know "
        "these patients. No haircut is in these numbers."
    )
    return Table("design_naive", "Planned on predictions as they stand", note, columns, rows)


def simulated_table(plan: TrialPlan) -> Table:
    """Give the simulated trials beside the formula."""
    columns = (
        Column("truth", "Truth"),
        Column("design", "Design"),
        Column("looks", "Looks"),
        Column("true_benefit", "True benefit", "points"),
        Column("formula", "Power, formula", "percent"),
        Column("power", "simulated", "percent"),
        Column("power_se", "± SE", "spread"),
        Column("randomised", "Randomised", "count"),
        Column("screened", "Screened", "count"),
        Column("months_low", "Months: 10 of 100 by", "count"),
        Column("months_median", "half by", "count"),
        Column("months_high", "90 of 100 by", "count"),
    )
    rows = tuple(
        (
            row.truth,
            kind_title(row.kind),
            _spending(row.looks) or "none",
            row.true_benefit,
            row.formula,
            row.power,
            row.power_se,
            round(row.randomised),
            round(row.screened),
            round(row.months_low),
            round(row.months_median),
            round(row.months_high),
        )
        for row in plan.simulated
    )
    note = (
        "Patients are drawn one by one, screened, randomised, lost and crossing over as settings "
        "say. True benefit: mean among those randomised. The formula has no looks in it, and is "
        "rough with fewer than a hundred patients an arm." + _worlds(plan)
    )
    return Table("design_simulated", "Simulated trials", note, columns, rows)


def _worlds(plan: TrialPlan) -> str:
    if plan.no_simulation:
        return ""
    return (
        " Worlds: the same plan, and this run's model, where the truth is known: A as the abstract "
        "says, M moderate, B and N with hidden confounding (N without average benefit), Z without "
        "any, H with one odds ratio for all."
    )


def haircut_file(plan: TrialPlan) -> Table:
    """Give the assurance of every design by the haircut."""
    columns = (
        Column("haircut", "Haircut", "spread"),
        *(Column(name, name, "percent") for name in plan.haircut_designs),
    )
    rows = tuple((row.haircut, *row.assurance) for row in plan.haircuts)
    return Table("design_haircut", "Assurance by the haircut", "", columns, rows)
