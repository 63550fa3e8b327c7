"""What is reported of one measure: every estimate of it, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.metrics.discrimination import Interval

__all__ = ["Gate", "Metric"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of a model, apparent and corrected for optimism.

    A part that is not computed, or cannot be, is None.

    Attributes
    ----------
    apparent : float
        The full fit on its own patients.
    harrell : float or None
        Apparent minus the mean of (resample minus original) over replicates.
    oob : float or None
        Mean over replicates of the measure on the patients not drawn.
    d632, d632plus : float or None
        Efron's combinations of apparent and out-of-bag.
    nested_cv : float or None
        Repeated nested cross-validation.
    headline : float or None
        The estimate fixed in advance as the one to quote.
    headline_method : str
        Which one that is.
    ci : Interval or None
        95 % interval of the headline.
    mcse : float or None
        Monte-Carlo standard error of the optimism.
    replicates_used, failed : int
        Replicates in which the measure is defined, and the others.
    """

    apparent: float
    harrell: float | None
    oob: float | None
    d632: float | None
    d632plus: float | None
    nested_cv: float | None
    headline: float | None
    headline_method: str
    ci: Interval | None
    mcse: float | None
    replicates_used: int
    failed: int


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether Harrell's correction can be quoted for this learner on these patients.

    Attributes
    ----------
    harrell_valid : bool or None
        None if it cannot be told.
    harrell_minus_headline : float or None
        Difference of the two AUCs.
    reason : str
        In words.
    """

    harrell_valid: bool | None
    harrell_minus_headline: float | None
    reason: str
