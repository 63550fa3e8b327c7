"""What is repeated less often in a large cohort, and how the results say so.

In a small cohort refits are cheap, and their number decides how well a question is answered. In a
large one each takes seconds, and chance, which they measure, is small. So the questions repeat
less, and what they did is stated in ``summary.json`` and in the report.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twoarm.diagnostics.ranking.heterogeneity_summary import FEWEST_WHOLE
from twoarm.study.plan.plan import Plan

__all__ = [
    "COMPLETE_CASE_FOLDS",
    "HALF_SAMPLES",
    "LARGE",
    "Effort",
    "Fewer",
    "effort_of",
    "fewer",
    "null_draws",
]

LARGE = 5000
"""Patients from which on a cohort is large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How often questions repeat what they repeat.

    Attributes
    ----------
    is_large : bool
        Whether the shares at the threshold come from the run's own cross-fits, and nulls that are
        not compared with are left out.
    ranking_draws : int
        Draws of folds behind the test of the ranking.
    own_turns, shared_turns : int
        More centres than the first are left out together, in as many turns as the second says.
    matchings : int
        Of pairs, behind measures of benefit.
    strength_folds : int
        Folds in which the penalized interaction model among the comparators chooses its penalty.
    modifier_measures : tuple of str
        Of how far a variable modifies the effect, each with its half-samples and permutations.
    imputations, resamples, resamples_of_an_imputation : int
        Behind the average effect with missing values, and the error of its g-formula. That of an
        imputation may be rougher: variances are averaged over the imputations.
    """

    is_large: bool
    ranking_draws: int
    own_turns: int
    shared_turns: int
    matchings: int
    strength_folds: int
    modifier_measures: tuple[str, ...]
    imputations: int
    resamples: int
    resamples_of_an_imputation: int


_USUAL = Effort(
    is_large=False,
    ranking_draws=10,
    own_turns=20,
    shared_turns=10,
    matchings=100,
    strength_folds=5,
    modifier_measures=("projection", "loss", "te_vim"),
    imputations=20,
    resamples=50,
    resamples_of_an_imputation=10,
)

_LARGE = Effort(
    is_large=True,
    ranking_draws=5,
    own_turns=5,
    shared_turns=5,
    matchings=10,
    strength_folds=2,
    modifier_measures=("projection", "loss"),
    imputations=5,
    resamples=10,
    resamples_of_an_imputation=5,
)

HALF_SAMPLES = 200
"""Behind the shares at the threshold in a large cohort, where nothing is fitted to them."""

COMPLETE_CASE_FOLDS = 5
"""Most folds of the one cross-fit of complete cases in a large cohort."""


def effort_of(plan: Plan) -> Effort:
    """Say how often the questions to this cohort repeat what they repeat."""
    return _LARGE if len(plan.cohort) >= LARGE else _USUAL


def null_draws(plan: Plan) -> int:
    """Give the draws of a null in a large cohort: what can be compared with, or none.

    None where study file or replicates allow fewer: those could not be used.
    """
    allowed = min(plan.file.validation.heterogeneity_draws, plan.replicates)
    return FEWEST_WHOLE if allowed >= FEWEST_WHOLE else 0


@dataclass(frozen=True, slots=True)
class Fewer:
    """What was done less often than in a smaller cohort.

    Attributes
    ----------
    question : str
        Name of the question.
    what, usual, here : str
        What was repeated; how often in smaller cohorts; how often in this one.
    """

    question: str
    what: str
    usual: str
    here: str


def fewer(plan: Plan) -> tuple[Fewer, ...]:
    """State what a run does less often because its cohort is large; nothing in a smaller one.

    What a study does not ask, such as a negative control, is not stated.
    """
    if not effort_of(plan).is_large:
        return ()
    models = (*_shares(plan), *_measures(), *_centres(plan)) if plan.file.predictors else ()
    return (*models, *_missing(plan), *_controls(plan))


def _shares(plan: Plan) -> tuple[Fewer, ...]:
    question, usual = "heterogeneity", str(plan.file.validation.heterogeneity_draws)
    drawn = f"{FEWEST_WHOLE}; the band is their range"
    if not null_draws(plan):
        drawn = f"none: fewer than the {FEWEST_WHOLE} that can be compared with were asked for"
    return (
        Fewer(
            question,
            "cross-fits behind the shrunk and the deconvolved share",
            "20 of their own",
            f"{plan.file.validation.cross_fit_repeats}, those of the run",
        ),
        Fewer(
            question,
            "half-samples behind the intervals of these shares",
            f"{usual}, with models fitted to each",
            f"{HALF_SAMPLES}, with the predictions kept: what learning adds is left out",
        ),
        Fewer(question, "draws of the null with the same odds ratio for all", usual, drawn),
        Fewer(
            question, "draws of the null without an effect", usual, "none: it is not compared with"
        ),
        Fewer(
            question,
            "cross-fitted draws of the null with the same odds ratio for all",
            "as many, at most 120",
            "none: the share of patients seen is compared with its own null",
        ),
    )


def _measures() -> tuple[Fewer, ...]:
    return (
        _counted("ranking", "draws of folds", "ranking_draws"),
        _counted("comparison of learners", "matchings of pairs", "matchings"),
        _counted(
            "comparison of learners",
            "folds in which the penalized interaction model chooses its penalty",
            "strength_folds",
        ),
        Fewer("importance", "measures of effect modification", "3", "2: TE-VIM is left out"),
    )


def _counted(question: str, what: str, name: str) -> Fewer:
    return Fewer(question, what, str(getattr(_USUAL, name)), str(getattr(_LARGE, name)))


def _centres(plan: Plan) -> tuple[Fewer, ...]:
    number = 0 if plan.cohort.centre is None else np.unique(plan.cohort.centre).size
    if number <= _LARGE.own_turns:
        return ()
    usual = number if number <= _USUAL.own_turns else _USUAL.shared_turns
    what = "turns in which every centre is left out once"
    return (Fewer("centres", what, str(usual), str(_LARGE.shared_turns)),)


def _missing(plan: Plan) -> tuple[Fewer, ...]:
    """State what concerns missing values; nothing where none is missing."""
    outcomes = [plan.outcome(each.name) for each in plan.outcomes]
    complete = bool(plan.cohort.complete.all())
    if complete and np.isfinite(outcomes).all():
        return ()
    question, error = "missing data and the average effect", "resamples behind the error of the "
    always = (_counted(question, f"{error}g-formula", "resamples"),)
    if complete:
        return always
    section = plan.file.validation
    return (
        *always,
        _counted(question, "imputations with outcome and arm", "imputations"),
        _counted(question, f"{error}g-formula in each of them", "resamples_of_an_imputation"),
        Fewer(
            "complete cases",
            "cross-fits of the patients without a missing value",
            f"{section.cross_fit_repeats} in {section.cross_fit_folds} folds",
            f"1 in {min(section.cross_fit_folds, COMPLETE_CASE_FOLDS)} folds",
        ),
    )


def _controls(plan: Plan) -> tuple[Fewer, ...]:
    if not plan.file.negative_controls:
        return ()
    what = "permutations of treatment behind the share at the threshold"
    return (Fewer("negative control", what, str(FEWEST_WHOLE), "none"),)
