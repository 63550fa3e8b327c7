"""A trial's plan in sentences; no number is computed here."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.planning.trial_plan import DesignRow, TrialPlan
from twoarm.report.formats import points, shown
from twoarm.report.sentence import Sentence

__all__ = ["basis_words", "gain", "kind_title", "needs", "sentences_of", "threshold_words"]

_TITLES = {
    "all-comers": "All-comers",
    "enriched": "Only those above the threshold",
    "stratified": "Everybody, stratified, interaction tested",
    "strategy against none": "Treat by the model, against treating none",
    "strategy against all": "Treat by the model, against treating all",
}


def kind_title(kind: str) -> str:
    """Give what a design is called on the page."""
    return _TITLES.get(kind, kind)


def threshold_words(threshold: float | None) -> str:
    """Give a threshold in points."""
    return "" if threshold is None else f"{100 * threshold:g} points"


def gain(value: float | None) -> str:
    """Give a benefit in points, with its sign and unit."""
    return f"{points(value)} points"


def needs(row: DesignRow) -> str:
    """Say what a design takes."""
    screened = f", {row.screened} screened" if row.screened != row.randomised else ""
    return f"{row.randomised} randomised{screened}, {row.months:.0f} months"


def sentences_of(plan: TrialPlan) -> Iterator[Sentence]:
    """Give what a reader must know first: the sizes, and what they rest on."""
    basis = plan.basis
    everybody = plan.row("all-comers")
    if everybody is not None:
        yield Sentence("finding", _everybody(plan, everybody))
    if basis.no_ranking:
        yield Sentence(
            "caution",
            "Only the trial of everybody is planned: no design may choose or rank patients by the "
            f"model, because {basis.no_ranking}.",
        )
    enriched = plan.row("enriched", basis.threshold)
    if enriched is not None:
        yield Sentence("finding", _enriched(basis.threshold, enriched))
    yield from _naive(plan)
    yield from _haircut(plan, enriched if enriched and enriched.patients else everybody)


def _everybody(plan: TrialPlan, row: DesignRow) -> str:
    average = f"average benefit of {gain(plan.basis.average)} ({plan.basis.label})"
    if row.patients is None:
        return f"A trial of everybody cannot be planned on the {average}: {row.reason}.{_vain(row)}"
    return f"A trial of everybody, planned on the {average}: {needs(row)}.{_assured(row)}"


def _vain(row: DesignRow) -> str:
    if row.no_benefit is None:
        return ""
    chance = shown(row.no_benefit, "percent")
    return f" The chance that patients do not gain on average is {chance}."


def _assured(row: DesignRow) -> str:
    if row.assurance is None:
        return ""
    return (
        f" Its power at exactly this benefit is as planned; averaged over what is not known, it "
        f"succeeds with a chance of {shown(row.assurance, 'percent')} (assurance)."
    )


def _enriched(threshold: float, row: DesignRow) -> str:
    if row.patients is None:
        who = f"those predicted to gain {threshold_words(threshold)}"
        return f"A trial of {who} cannot be planned: {row.reason}."
    return (
        f"A trial of those predicted to gain {threshold_words(threshold)} or more "
        f"({shown(row.share, 'percent')} of patients): the model predicts {gain(row.predicted)} "
        f"for them, the shrunk expectation is {gain(row.expected)}; {needs(row)}."
    )


def _naive(plan: TrialPlan) -> Iterator[Sentence]:
    for each in plan.naive:
        if each.threshold == plan.basis.threshold:
            yield Sentence(
                "caution",
                f"Planned on the predictions as they stand ({gain(each.promised)} for those above "
                f"{threshold_words(each.threshold)}), the trial would have {each.patients} "
                f"patients an arm and, at the benefit to expect, a power of "
                f"{shown(each.true_power, 'percent')} in place of "
                f"{shown(plan.settings.power, 'percent')}.",
            )


def _haircut(plan: TrialPlan, row: DesignRow | None) -> Iterator[Sentence]:
    basis = plan.basis
    if row is None or row.assurance is None:
        return
    if basis.haircut is None:
        return
    source = "the haircut chosen"
    if plan.settings.haircut is None and basis.haircut_odds_ratio is not None:
        source = (
            f"a hidden factor as strong as the strongest measured one ({basis.haircut_covariate}, "
            f"odds of treatment {basis.haircut_odds_ratio:.2g}-fold)"
        )
    futile = (
        "No haircut up to 100 points brings the assurance under 30 %."
        if row.futile_haircut is None
        else f"It is futile (assurance under 30 %) from a haircut of "
        f"{100 * row.futile_haircut:.1f} points."
    )
    yield Sentence(
        "caution",
        f"{_RESTS[basis.source]} With {source}, {100 * basis.haircut:.1f} points of it may "
        f"be no effect; then the assurance of the trial ({kind_title(row.kind).lower()}) falls "
        f"from {shown(row.assurance, 'percent')} to "
        f"{shown(row.assurance_after_haircut, 'percent')}, and the chance that those randomised do "
        f"not gain on average (a trial never to start) is "
        f"{shown(row.no_benefit_after_haircut, 'percent')}. {futile}",
    )


def basis_words(plan: TrialPlan) -> tuple[tuple[str, str], ...]:
    """Give what the plan rests on, name and text."""
    basis, chosen = plan.basis, plan.settings
    rows = [
        ("Outcome", f"{basis.label}, {'desirable' if basis.desirable else 'undesirable'}"),
        (
            "Cohort",
            f"{basis.patients} patients, {basis.source}"
            if basis.patients
            else "none: numbers typed in",
        ),
        ("Average benefit", gain(basis.average) + _error(basis.average_se, "points")),
        ("Calibration slope", _slope(plan)),
        (
            "Risk without treatment",
            shown(basis.control_risk, "percent") + _error(basis.control_risk_se, "points"),
        ),
        (
            "Predicted benefit",
            f"mean {gain(basis.predicted_mean)}, SD "
            f"{shown(basis.predicted_sd, 'spread')} points (one model)",
        ),
        (
            "Test",
            f"two-sided {shown(chosen.alpha, 'percent')}, power "
            f"{shown(chosen.power, 'percent')}, two equal arms",
        ),
        (
            "Flow",
            f"{chosen.rate:g} patients screened per site and month, {chosen.sites} sites "
            f"opening over {chosen.opening_months:g} months, outcome after "
            f"{chosen.follow_up_months:g} months",
        ),
        (
            "Lost, crossing over",
            f"{shown(chosen.loss, 'percent')} lost; "
            f"{shown(chosen.to_treatment, 'percent')} of controls treated, "
            f"{shown(chosen.to_control, 'percent')} of the treated arm not treated",
        ),
        (
            "Made by",
            f"twoarm {plan.version}, seed {chosen.seed}, {chosen.draws} draws of the "
            f"truth, {chosen.trials} simulated trials of each design",
        ),
    ]
    return tuple(rows)


_RESTS = {
    "observational": "The benefit is observational.",
    "randomised": "The benefit comes from a randomised trial.",
    "typed in": "The benefit was typed in.",
}


def _error(se: float | None, kind: str) -> str:
    if se is None:
        return ""
    return f" (SE {shown(se, 'spread' if kind == 'points' else kind)})"


def _slope(plan: TrialPlan) -> str:
    basis = plan.basis
    if basis.no_ranking:
        return f"not used: {basis.no_ranking}"
    if basis.slope is None:
        return "none"
    return shown(basis.slope, "number") + _error(basis.slope_se, "number")
