"""Methods: averages, and who benefits; only what this run computed."""

from __future__ import annotations

from typing import Any

from twoarm.diagnostics import Absent, Heterogeneity
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.finding import is_randomised
from twoarm.report.journal.methods_parts import Method, method, reasoned, told
from twoarm.report.journal.paragraph import Paragraph, listed
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.comparability.balance import BALANCE
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.judge.comparability.support import SUPPORT
from twoarm.study.judge.importance.variables import IMPORTANCE
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.judge.ranking.worth import WORTH
from twoarm.study.result import StudyResult

__all__ = ["averages", "who_benefits"]


def averages(result: StudyResult) -> Paragraph:
    """Say how the average benefit was estimated, and which estimate is quoted."""
    methods = (
        Method(AVERAGE_EFFECT, "the adjusted average benefit", _adjusted),
        method(
            OVERLAP,
            "overlap of the arms",
            "Overlap was judged by Crump's rule [@crump2009] and by the effective sample size "
            "after weighting; nobody was left out of an average.",
        ),
        method(
            BALANCE,
            "balance",
            "Balance was the standardised difference of every column before and after weighting.",
        ),
        method(
            SUPPORT,
            "support",
            "Patients unlike all in an arm got no individual number but stayed in every average.",
        ),
    )
    return told("Average benefit", result, methods)


def _adjusted(result: StudyResult, _: Any) -> str:
    population = result.plan.file.target_trial.population
    average = result.quoted().average
    if isinstance(average, Absent):
        return f"No adjusted average {OVER[population]} was estimated ({reasoned(average.reason)})."
    models = (
        "from cross-fitted outcome models [@chernozhukov2018]"
        if result.primary.has_models
        else "with the event rates of the arms for outcome models"
    )
    beside = ["the crude difference"]
    if result.primary.has_models:
        beside.append("standardisation (g-formula, its interval from the bootstrap)")
    beside += ["weighting", "overlap weighting [@li2018]", "TMLE [@vanderlaan2006]"]
    return (
        f"The average benefit to quote was the doubly robust estimate (AIPW) [@robins1994] "
        f"{OVER[population]}, {models} and {_treatment(result)}, with a normal 95 % interval from "
        f"its scores. Beside it stood {listed(beside)}. The number needed to treat was the inverse "
        "of the quoted benefit and its limits [@altman1998]."
    )


def _treatment(result: StudyResult) -> str:
    """Name what stands for the propensity."""
    if is_randomised(result.plan.study):
        return "the share treated as the known probability of treatment"
    cohort = result.plan.cohort
    seen = ["the predictors"] if cohort.codebook else []
    seen += ["the columns listed for it"] if cohort.propensity_codebook else []
    seen += ["the centre"] if cohort.centre is not None else []
    return f"a ridge regression of treatment on {listed(seen or ['nothing: no column is given'])}"


def who_benefits(result: StudyResult) -> Paragraph:
    """Say how differing benefit was looked at, and which test was declared in advance."""
    methods = (
        Method(HETEROGENEITY, "the share above the threshold beside its nulls", _share),
        Method(RANKING, "the test of the ranking", _ranking),
        method(
            BASELINE_RISK,
            "benefit by baseline risk",
            "As the PATH statement asks [@path2020], benefit was given in groups of baseline risk, "
            "by one logistic model of both arms that was blinded to the arm.",
        ),
        method(
            COMPARISON,
            "the comparison of learners",
            "Other learners of the same benefit stood beside the study's: S-, X-, R- and "
            "DR-learner, a risk model and penalized interactions [@vanklaveren2019], with "
            "calibration for benefit, quarters of predicted benefit, c-for-benefit "
            "[@vanklaveren2018] and net benefit [@vickers2007].",
        ),
        method(
            WORTH,
            "the worth of a predicted point",
            "What a predicted point was worth is the slope of the doubly robust scores on the "
            "cross-fitted predictions.",
        ),
        method(
            IMPORTANCE,
            "importance of variables",
            "What the predicted benefit depends on (permutation) and what modifies the effect were "
            "kept apart.",
        ),
    )
    return told("Who benefits", result, methods)


def _share(_: StudyResult, found: Heterogeneity) -> str:
    """Say how the share was computed, and the band beside it."""
    quoted = found.quoted_null
    band = found.same_effect if quoted is None else quoted.gaining_band
    how = "of its own patients" if quoted is None else "in the same cross-fitting"
    text = (
        f"The share predicted to gain at least {100 * found.threshold:g} points was that of the "
        f"cross-fitted predictions. Beside it stood what the same learner reports {how} where the "
        "treatment multiplies everybody's odds alike: "
    )
    if not band.draws:
        return f"{text}this was not drawn."
    limits = "the range" if band.whole else "the middle 95 %"
    return (
        f"{text}{limits} of {band.draws} draws of the outcome from a logistic model without "
        "interactions, with all models fitted again. Only a share above that band speaks for a "
        "benefit that differs between patients beyond what one odds ratio makes of different risks."
    )


def _ranking(_: StudyResult, found: Any) -> str:
    draws = len(found.draws)
    mean = f", the mean over {draws} draws of sequential folds" if draws > 1 else ""
    return (
        "One test was declared in advance by the software, before any result: whether patients "
        "ranked first by penalized interactions gain more than the average, by the AUTOC of "
        f"doubly robust scores [@yadlowsky2025]{mean}, two-sided at 5 %. All else about who "
        "benefits is descriptive."
    )
