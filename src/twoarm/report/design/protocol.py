"""A draft of the statistical section of a protocol, with the items of SPIRIT that can be filled.

Chan AW, et al. SPIRIT 2025. BMJ 2025;389:e081477, doi 10.1136/bmj-2024-081477. Cruz Rivera S, et
al. SPIRIT-AI. BMJ 2020;370:m3210, doi 10.1136/bmj.m3210 (its items are numbered after SPIRIT 2013).
"""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.planning.trial_plan import DesignRow, Looks, TrialPlan
from twoarm.report.design.words import gain, kind_title, threshold_words
from twoarm.report.formats import shown

__all__ = ["protocol_draft"]

_OPEN = "[to be written by the trialists]"
_RESTS = {
    "observational": "an observational estimate",
    "randomised": "a randomised estimate",
    "typed in": "numbers that were typed in",
}


def protocol_draft(plan: TrialPlan) -> str:
    """Give the draft as Markdown; what only people can decide is left open in brackets."""
    row = _drafted(plan)
    parts = [*_head(plan, row), *_trial(plan, row), *_size(plan, row), *_analysis(plan, row)]
    parts += [*_looks(plan, row), *_spirit_ai(plan, row)]
    return "\n\n".join(parts) + "\n"


def _drafted(plan: TrialPlan) -> DesignRow:
    """Give the design that the draft speaks of: the enriched one if it can be planned."""
    enriched = plan.row("enriched", plan.basis.threshold)
    if enriched is not None and enriched.patients is not None:
        return enriched
    return plan.designs[0]


def _head(plan: TrialPlan, row: DesignRow) -> Iterator[str]:
    yield f"# {plan.basis.title}: draft of a trial protocol, statistical section"
    if plan.basis.synthetic:
        yield "**Synthetic data: the numbers below are of no real patients.**"
    yield (
        "Item numbers are those of SPIRIT 2025; those of SPIRIT-AI follow SPIRIT 2013. This draft "
        f"is of this design: {kind_title(row.kind).lower()}{_at(row)}. Others: `design.html`. "
        "Every number comes from `design.json`; what stands in brackets is for the trialists. All "
        f"sizes rest on {_RESTS[plan.basis.source]} and on a model that was not tested in a trial."
    )


def _at(row: DesignRow) -> str:
    return "" if row.threshold is None else f", {threshold_words(row.threshold)}"


def _trial(plan: TrialPlan, row: DesignRow) -> Iterator[str]:
    yield "## 12 Trial design"
    yield (
        "Randomised, two parallel arms, allocation 1:1, superiority. "
        + (
            "Patients are randomised if the model predicts a benefit of "
            f"{threshold_words(row.threshold)} or more."
            if row.kind == "enriched"
            else "All eligible patients are randomised."
        )
    )
    yield "## 14a Eligibility criteria for participants"
    predicted = (
        f" A predicted benefit of {threshold_words(row.threshold)} or more, computed before "
        f"randomisation by the model file named below; {shown(row.share, 'percent')} of the "
        "cohort's patients reached it. Patients for whom the model gives no number are not "
        "randomised."
        if row.kind == "enriched"
        else ""
    )
    yield f"{_OPEN}{predicted}"
    yield "## 16 Outcomes"
    yield (
        f"Primary: {plan.basis.label}, as a proportion, "
        f"{plan.settings.follow_up_months:g} months after randomisation. Secondary: {_OPEN}"
    )


def _size(plan: TrialPlan, row: DesignRow) -> Iterator[str]:
    yield "## 19 Sample size"
    if row.patients is None:
        yield f"No size can be given to this design: {row.reason}."
        return
    basis, chosen = plan.basis, plan.settings
    text = (
        f"We expect {basis.label} in {shown(row.reference_risk, 'percent')} of controls and "
        f"{shown(row.other_risk, 'percent')} of the treated, by assigned arm. The expected benefit "
        f"of {gain(row.expected)} is not the one that the model predicts ({gain(row.predicted)}): "
        f"it is the cohort's doubly robust average, {gain(basis.average)}"
    )
    if row.threshold is not None and basis.slope is not None:
        text += (
            ", plus what predicted benefit adds above the threshold after shrinking by its "
            f"calibration slope, {shown(basis.slope, 'number')} (clipped to 0 to 1)"
        )
    text += (
        f". With a two-sided level of {shown(chosen.alpha, 'percent')} and a power of "
        f"{shown(chosen.power, 'percent')}, {row.patients} patients with an outcome are needed in "
        f"each arm (normal test of two proportions, pooled variance); with "
        f"{shown(chosen.loss, 'percent')} lost, {row.randomised} are randomised and, to find them, "
        f"{row.screened} screened."
    )
    if row.exact_power is not None:
        text += f" The exact power at this size is {shown(row.exact_power, 'percent')}."
    yield text
    yield from _assured(plan, row)
    yield "## 20 Recruitment"
    yield (
        f"{chosen.sites} sites, opening evenly over {chosen.opening_months:g} months, each "
        f"screening {chosen.rate:g} patients a month, end recruitment and follow-up after "
        f"{row.months:.0f} months ({row.months_low:.0f} to {row.months_high:.0f} in 80 of 100 "
        f"such trials). {_OPEN}"
    )


def _assured(plan: TrialPlan, row: DesignRow) -> Iterator[str]:
    if row.assurance is None:
        return
    text = (
        "Averaged over the joint uncertainty of average benefit, calibration slope and control "
        f"risk, the chance of success (assurance) is {shown(row.assurance, 'percent')}."
    )
    if row.assurance_after_haircut is not None and plan.basis.haircut is not None:
        text += (
            f" If hidden confounding made {100 * plan.basis.haircut:.1f} points of the average, it "
            f"is {shown(row.assurance_after_haircut, 'percent')}."
        )
    if row.futile_haircut is not None:
        text += (
            f" From {100 * row.futile_haircut:.1f} points on it is under 30 %, which we call "
            "futile."
        )
    yield text


def _analysis(plan: TrialPlan, row: DesignRow) -> Iterator[str]:
    yield "## 27a Statistical methods"
    yield (
        f"The proportions with {plan.basis.label} are compared by the normal test with pooled "
        "variance; the effect is the absolute difference with its 95 % interval. An analysis "
        "adjusted for baseline predictors stands beside it. " + _OPEN
    )
    yield "## 27b Who is included in each analysis"
    yield "All randomised patients in the arm to which they were assigned."
    yield "## 27c Missing data"
    yield (
        f"{shown(plan.settings.loss, 'percent')} of outcomes are expected to be unknown. {_OPEN}"
    )
    yield "## 27d Additional analyses"
    yield (
        "Calibration of the predicted benefit: observed benefit by thirds of predicted benefit, "
        "and the slope of the outcome's difference on it. The model is refuted if the 95 % "
        f"interval of the effect lies wholly below {gain(row.predicted)}, which it predicts for "
        f"those randomised. {_OPEN}"
    )


def _looks(plan: TrialPlan, row: DesignRow) -> Iterator[str]:
    if plan.settings.looks < 2 or row.patients is None:
        return
    found = [
        (looks, each)
        for looks in plan.looks
        for each in plan.sequential
        if each.spending == looks.spending
        and (each.kind, each.threshold) == (row.kind, row.threshold)
    ]
    if not found:
        return
    looks, sized = found[0]
    yield "## 28b Interim analyses"
    yield (
        f"If interim looks are wanted: {plan.settings.looks} looks when "
        f"{', '.join(shown(each, 'percent') for each in looks.information)} of the outcomes are "
        "known, errors spent as by O'Brien and Fleming (Lan and DeMets), "
        f"{sized.most} patients randomised at most. {_limits(looks)} Futility is not binding. Who "
        f"sees the results and decides: {_OPEN}"
    )


def _limits(looks: Looks) -> str:
    benefit = ", ".join(f"{each:.3f}" for each in looks.efficacy)
    futile = ", ".join(f"{each:.3f}" for each in looks.futility[:-1])
    return f"Stop for benefit at a z of {benefit}; the trial may stop for futility below {futile}."


def _spirit_ai(plan: TrialPlan, row: DesignRow) -> Iterator[str]:
    if row.threshold is None:
        return
    yield "## SPIRIT-AI"
    yield "\n".join(
        (
            "- 10(ii) Inclusion at the level of the input data: every predictor known, all within "
            "the model's support; else the model gives no number and the patient is not "
            "randomised.",
            f"- 11a(i) Version: the model file of this run (twoarm {plan.version}), by its SHA-256 "
            f"{_OPEN}; it is not changed during the trial.",
            "- 11a(ii) Input data: predictors measured before the decision, entered by " + _OPEN,
            "- 11a(iii) Missing or poor input: the model says what is missing; values outside what "
            "it has seen give no number.",
            f"- 11a(iv) Who uses it, and the training that this takes: {_OPEN}",
            "- 11a(v) Output: predicted risk in both arms and predicted benefit.",
            f"- 11a(vi) Use in decisions: a predicted benefit of {threshold_words(row.threshold)} "
            "or more decides who is randomised; it does not decide who is treated.",
            "- 22 Performance errors: patients with a predicted benefit and a harm are listed and "
            f"reviewed by {_OPEN}",
            f"- 29 Access to the model and its code: {_OPEN}",
        )
    )
