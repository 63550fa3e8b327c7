"""Texts for lines of checklists that the study file and the cohort hold; the author edits them."""

from __future__ import annotations

import numpy as np

from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.finding import is_randomised
from twoarm.report.labels import arm_labels
from twoarm.study.result import StudyResult

__all__ = [
    "arms",
    "assignment",
    "centre_seen",
    "centres",
    "choice",
    "confounders",
    "data",
    "design",
    "eligibility",
    "estimand",
    "exclusions",
    "follow_up",
    "harms",
    "inputs",
    "outcomes",
    "path",
    "predictors",
    "question",
    "rules",
    "stop",
    "strategies",
    "timing",
    "title",
]


def stop(text: str) -> str:
    """Give a user's own words as a sentence; nothing where there are none."""
    words = " ".join(text.split()).rstrip(" .")
    return f"{words}." if words else ""


def title(result: StudyResult) -> str:
    """Propose a title."""
    return (
        f"{result.plan.file.study.title}: development and internal validation of models that "
        f"predict {result.primary.spec.title} in each arm."
    )


def question(result: StudyResult) -> str:
    """Put the question."""
    control, treated = arm_labels(result)
    trial = result.plan.file.target_trial
    return (
        f"What does {treated} in place of {control} do to {result.primary.spec.title}, and who "
        f"benefits? Averaged {OVER[trial.population]}. Models are developed and validated in one "
        "cohort."
    )


def data(result: StudyResult) -> str:
    """Name the data."""
    cohort = result.plan.cohort
    made = " The patients are synthetic." if cohort.synthetic else ""
    return (
        f"File {cohort.source.rsplit('/', 1)[-1]}, {cohort.flow.read} rows, "
        f"{len(cohort)} patients analysed.{made} Origin, place and time are for the authors."
    )


def centres(result: StudyResult) -> str:
    """Count the centres; nothing where none are named."""
    centre = result.plan.cohort.centre
    if centre is None:
        return ""
    return f"{np.unique(centre).size} centres; setting and places are for the authors."


def eligibility(result: StudyResult) -> str:
    """Say who was eligible."""
    rules = [each.reason for each in result.plan.file.eligibility]
    left = f" Left out: {'; '.join(rules)}." if rules else ""
    return stop(result.plan.file.target_trial.eligibility) + left


def exclusions(result: StudyResult) -> str:
    """Say who left and by which rules."""
    flow = result.plan.cohort.flow
    left = [f"{each.reason} ({each.n})" for each in flow.excluded]
    rules = [each.rule for each in result.plan.file.eligibility]
    rule = f" Rules on the data: {'; '.join(rules)}." if rules else " No rule on the data."
    return f"Left out of {flow.read}: {'; '.join(left) or 'nobody'}.{rule}"


def strategies(result: StudyResult) -> str:
    """Name the strategies."""
    strategies, (control, treated) = result.plan.file.target_trial.strategies, arm_labels(result)
    return f"{control}: {stop(strategies.control)} {treated}: {stop(strategies.treated)}"


def arms(result: StudyResult) -> str:
    """Say which codes are which arm."""
    treatment, (control, treated) = result.plan.file.treatment, arm_labels(result)
    trial = result.plan.file.target_trial
    codes = [" or ".join(map(str, each)) for each in (treatment.control, treatment.treated)]
    return (
        f"Column {treatment.column}: {codes[0]} is {control}, {codes[1]} is {treated}. "
        f"{stop(trial.control_definition)}"
    ).rstrip()


def assignment(result: StudyResult) -> str:
    """Say how patients came to their arm."""
    if is_randomised(result.plan.study):
        return "By lot, as the study file says."
    known = result.plan.file.target_trial.control_by.replace("_", " ")
    return (
        f"As it happened; controls are known by: {known}. A model of treatment stands for the lot."
    )


def follow_up(result: StudyResult) -> str:
    """Say when follow-up starts."""
    trial = result.plan.file.target_trial
    return f"Start: {stop(trial.time_zero)} {stop(trial.estimand)}".strip()


def outcomes(result: StudyResult) -> str:
    """Name the outcomes."""
    return "; ".join(
        f"{each.title} ({'to hope for' if each.desirable else 'to avoid'})"
        f"{', primary' if each.primary else ''}"
        for each in result.plan.outcomes
    )


def rules(result: StudyResult) -> str:
    """Give the rules by which values are events."""
    return "; ".join(
        f"{each.title}: column {each.column}, {each.event}" for each in result.plan.outcomes
    )


def estimand(result: StudyResult) -> str:
    """Name estimand and population."""
    trial = result.plan.file.target_trial
    return f"{stop(trial.estimand)} Averaged {OVER[trial.population]}.".strip()


def predictors(result: StudyResult) -> str:
    """Name the predictors."""
    described = (
        f"{each.title}{f' ({each.unit})' if each.unit else ''}"
        for each in result.plan.cohort.codebook
    )
    return f"{'; '.join(described)}. How and when they were measured is for the authors."


def choice(result: StudyResult) -> str:
    """Say how many predictors were named and used."""
    return (
        f"The study file names {len(result.plan.cohort.codebook)} predictors; all were used, none "
        "was selected by the data. Why these is for the authors."
    )


def confounders(result: StudyResult) -> str:
    """Name what is adjusted for."""
    cohort = result.plan.cohort
    names = [each.title for each in (*cohort.codebook, *cohort.propensity_codebook)]
    centre = ["the centre"] if cohort.centre is not None else []
    return f"{'; '.join([*names, *centre])}."


def harms(result: StudyResult) -> str:
    """Name the outcomes to avoid."""
    avoid = [each.title for each in result.plan.outcomes if not each.desirable]
    return f"Outcomes to avoid: {'; '.join(avoid)}." if avoid else ""


def design(result: StudyResult) -> str:
    """Name the design."""
    lot = is_randomised(result.plan.study)
    return "Randomised trial." if lot else "Cohort; treatment was not assigned at random."


def timing(result: StudyResult) -> str:
    """Say that predictors are known at time zero."""
    return (
        f"Time zero: {stop(result.plan.file.target_trial.time_zero)} The study file says of every "
        "predictor that it is known then; columns from later are refused."
    )


def path(result: StudyResult) -> str:
    """Say whom the statement is written for."""
    asked = "The statement's four groups of guidance (A to D); numbers within them are ours. "
    if is_randomised(result.plan.study):
        return f"{asked}It is written for randomised trials."
    return (
        f"{asked}It is written for randomised trials: here a difference between the arms can look "
        "like an effect in every line."
    )


def inputs(result: StudyResult) -> str:
    """Say which inputs may be missing."""
    may = [each.title for each in result.plan.cohort.codebook if each.may_be_missing]
    if not may:
        return "The model takes no patient with a missing input: the study file allows none."
    return f"May be missing, and is then filled as in training: {'; '.join(may)}. No other may."


def centre_seen(result: StudyResult) -> str:
    """Say whether the outcome models see the centre."""
    file = result.plan.file
    if file.study.centre in {each.column for each in file.predictors}:
        return "The centre is a predictor."
    return "Outcome models do not see the centre."
