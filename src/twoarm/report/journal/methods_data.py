"""Methods: the trial that is emulated, patients, outcomes, predictors."""

from __future__ import annotations

import numpy as np

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.finding import is_randomised
from twoarm.report.journal.paragraph import Paragraph, listed, sentence
from twoarm.report.labels import arm_labels
from twoarm.report.protocol import protocol_line
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.sample_size import model_parameters
from twoarm.study.result import StudyResult

__all__ = ["design", "outcomes", "predictors"]

_CONTROL_BY = {
    "final_reperfusion": (
        "Controls were recognised by their final reperfusion, which came after the decision"
    ),
    "status_at_decision": "Controls were recognised by their state at the decision",
    "other": (
        "The study file does not say that controls were recognised by their state at the decision"
    ),
}


def design(result: StudyResult) -> Paragraph:
    """Say what is compared in whom, and where it was registered."""
    plan, file = result.plan, result.plan.file
    trial, (control, treated) = file.target_trial, arm_labels(result)
    lot = is_randomised(plan.study)
    parts = [
        "All patients are synthetic; no number below is a clinical finding."
        if plan.cohort.synthetic
        else "",
        "Treatment was assigned at random; the arms were compared as assigned."
        if lot
        else "The analysis emulated a target trial [@hernan2025; @target2025].",
        sentence("Eligibility", trial.eligibility),
        sentence("Time zero", trial.time_zero),
        sentence(f"Strategy of the control arm ({control})", trial.strategies.control),
        sentence(f"Strategy of the treated arm ({treated})", trial.strategies.treated),
        sentence("Controls were", trial.control_definition),
        "" if lot else f"{_CONTROL_BY[trial.control_by]}.",
        sentence("Estimand", trial.estimand),
        f"Averages were taken {OVER[trial.population]}.",
        protocol_line(file),
    ]
    return Paragraph("Design", _joined(parts))


def outcomes(result: StudyResult) -> Paragraph:
    """Define every outcome, the threshold, and what is done where one is not known."""
    primary, cohort = result.plan.file.primary, result.plan.cohort
    assert primary.threshold is not None  # a study file without one is refused
    others = [each for each in result.plan.outcomes if not each.primary]
    controls = result.plan.file.negative_controls
    unknown = [
        f"{each.title} ({n})"
        for each in result.plan.outcomes
        if (n := int(np.isnan(cohort.outcomes[each.name]).sum()))
    ]
    parts = [
        f"The primary outcome was {_defined(primary)}, {_kind(primary)}; a benefit of at least "
        f"{100 * primary.threshold:g} percentage points is the smallest that the study file calls "
        "worth the treatment.",
        f"Other outcomes: {'; '.join(f'{_defined(each)}, {_kind(each)}' for each in others)}."
        if others
        else "",
        "Benefit is the difference between the arms' risks, positive where the treatment helps "
        "whatever the outcome's direction; below 0 it is harm.",
        f"Patients whose outcome was not known were left out of that outcome alone: "
        f"{listed(unknown)}."
        if unknown
        else "Every outcome was known in every patient.",
        f"Outcomes that the treatment cannot change (negative controls): "
        f"{'; '.join(map(_defined, controls))}."
        if controls
        else "",
    ]
    return Paragraph("Outcomes", _joined(parts))


def _kind(outcome: OutcomeSpec) -> str:
    return "an outcome to hope for" if outcome.desirable else "an outcome to avoid"


def _defined(outcome: OutcomeSpec) -> str:
    """Give an outcome with its definition: the column, and the values that count."""
    rule = str(outcome.event)
    values = f"is {rule}" if outcome.event.codes else rule
    return f"{outcome.title}, defined as {outcome.column} {values}"


def predictors(result: StudyResult) -> Paragraph:
    """Name what the models see, and how it is coded and filled."""
    cohort = result.plan.cohort
    if not cohort.codebook:
        only = listed(map(_described, cohort.propensity_codebook)) if _extra(result) else ""
        seen = f" The model of treatment saw {only}." if only else ""
        return Paragraph("Predictors", f"{NO_PREDICTORS[0].upper()}{NO_PREDICTORS[1:]}.{seen}")
    parts = [
        f"{len(cohort.codebook)} predictors known at the decision: "
        f"{'; '.join(map(_described, cohort.codebook))}.",
        f"They made {model_parameters(cohort)} model columns: numbers and ordered levels one each, "
        "a nominal predictor one for each level but the first.",
        f"The model of treatment also saw {listed(map(_described, cohort.propensity_codebook))}."
        if _extra(result)
        else "",
        _missing(result),
        "What an arm's patients support was computed before fitting from their number and events "
        "[@riley2019].",
    ]
    return Paragraph("Predictors", _joined(parts))


def _extra(result: StudyResult) -> bool:
    return bool(result.plan.cohort.propensity_codebook)


def _described(predictor: Predictor) -> str:
    if predictor.is_number:
        return f"{predictor.title} ({predictor.unit})" if predictor.unit else predictor.title
    return f"{predictor.title} ({predictor.type})"


def _missing(result: StudyResult) -> str:
    """Say how many values are missing, and how they are filled for prediction."""
    cohort = result.plan.cohort
    lacking = [
        f"{each.title} ({n})"
        for each, column in cohort.measured()
        if (n := int(np.isnan(column).sum()))
    ]
    if not lacking:
        return "No value was missing."
    return (
        f"Missing values (patients): {listed(lacking)}. For prediction they were filled by the "
        "median of numbers and ordered levels and the commonest of other levels, learnt anew in "
        "every fit without outcome and arm."
    )


def _joined(parts: list[str]) -> str:
    return " ".join(part for part in parts if part)
