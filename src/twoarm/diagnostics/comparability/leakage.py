"""Does a predictor tell what cannot be known at the decision: the outcome itself?"""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.cohort.suspicions import outcome_leaks
from twoarm.diagnostics.finding import Finding, says

__all__ = ["Leakage", "finding", "leakage"]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Leakage:
    """Predictors that are nearly an outcome, or missing or known by it.

    Attributes
    ----------
    found : tuple of str
        What was found of each, beginning with its name; empty if nothing was.
    """

    found: tuple[str, ...]


def leakage(study: Study, cohort: Cohort) -> Leakage:
    """Look for predictors that alone tell an outcome, in all patients or in an arm.

    The same is told as a notice before anything is fitted.

    Parameters
    ----------
    study : Study
    cohort : Cohort
        Read by it.

    Examples
    --------
    >>> from twoarm.cohort import load_study, read_cohort
    >>> study = load_study("rescue-stenting")
    >>> leakage(study, read_cohort(study))
    Leakage(found=())
    """
    found = tuple(
        f"{predictor.title}: {problem.found}"
        for predictor, values in cohort.measured()
        for problem in outcome_leaks(
            study.file, predictor, values, cohort.outcomes, cohort.treatment
        )
    )
    return Leakage(found)


@says("leakage")
def finding(value: Leakage, _: Study) -> Finding | None:
    """Say which predictors may be known only afterwards; nothing if none was found."""
    if not value.found:
        return None
    more = len(value.found) - _SHOWN
    shown = "; ".join(value.found[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    text = (
        f"What is known before a treatment does not tell its outcome so well ({shown}). If it was "
        "known only afterwards, no measure of the models holds for patients at the decision."
    )
    return Finding("leakage", "questions", text)
