"""What is reported of one measure: every estimate of it, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.metrics import Interval, NullBand

__all__ = ["LARGEST_MISSING_SHARE", "CalibrationMetrics", "Metric", "Range"]

LARGEST_MISSING_SHARE = 0.20
"""No mean and no interval if the measure is undefined in more replicates than this.

What is missing is not missing by chance: it is the resamples with the fewest events, or without
the rarest patients, and the others speak of another cohort.
"""

_NOTED_MISSING_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Range:
    """Smallest and largest of several values."""

    low: float
    high: float


_IN_WORDS = {
    "d632plus": ".632+",
    "oob": "out-of-bag replicates",
    "nested_cv": "repeated cross-validation",
    "d632plus_cv": "the mean of .632+ and repeated cross-validation",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of a model, apparent and corrected for optimism.

    A part that is not computed, or cannot be, is None. So is one that is defined in fewer than
    80 % of the replicates (95 % for measures that need a regression): every number rests on the
    replicates or repeats counted here.

    Attributes
    ----------
    apparent : float
        The full fit on its own patients; NaN where it is not defined.
    harrell : float or None
        Apparent minus the mean of (resample minus original) over replicates; of calibration, the
        mean over replicates of the measure on the original patients.
    oob : float or None
        Mean over replicates of the measure on the patients not drawn.
    d632, d632plus : float or None
        Efron's combinations of apparent and out-of-bag.
    nested_cv : float or None
        Repeated nested cross-validation: the mean over repeats, or, of measures that need a
        regression or a smoother, the median.
    headline : float or None
        The estimate fixed in advance as the one to quote.
    headline_method : str
        Which one that is.
    headline_reason : str
        Why there is no headline; empty where there is one.
    ci : Interval or None
        95 % interval of the headline.
    ci_reason : str
        Why there is no interval; empty where there is one.
    mcse : float or None
        Monte-Carlo standard error of `harrell`.
    replicates_used, failed : int
        Replicates in which the measure is defined, on the resample and on the original patients,
        and the others: what `harrell` and `mcse` rest on.
    oob_used : int
        Replicates in which it is defined on the patients not drawn: what `oob`, `d632` and
        `d632plus` rest on.
    repeats_used : int
        Repeats of cross-validation in which it is defined: what `nested_cv` rests on.
    intervals : tuple of Interval
        Other 95 % intervals, each under its name; none of them is recommended for every learner.
    nested_cv_range : Range or None
        Over the repeats.
    """

    apparent: float
    harrell: float | None
    oob: float | None
    d632: float | None
    d632plus: float | None
    nested_cv: float | None
    headline: float | None
    headline_method: str
    headline_reason: str
    ci: Interval | None
    ci_reason: str
    mcse: float | None
    replicates_used: int
    failed: int
    oob_used: int
    repeats_used: int
    intervals: tuple[Interval, ...] = ()
    nested_cv_range: Range | None = None

    @property
    def headline_name(self) -> str:
        """The headline's method in words."""
        return _IN_WORDS[self.headline_method]

    @property
    def often_missing(self) -> bool:
        """Whether the measure is undefined in more than 5 % of the replicates."""
        return self.failed > _NOTED_MISSING_SHARE * (self.replicates_used + self.failed)

    @property
    def often_missing_oob(self) -> bool:
        """Whether it is undefined more often than that on the patients not drawn alone."""
        undefined = self.replicates_used - self.oob_used
        return undefined > _NOTED_MISSING_SHARE * (self.replicates_used + self.failed)


@dataclass(frozen=True, slots=True)
class CalibrationMetrics:
    """Every estimate of every measure of `twoarm.metrics.calibration`.

    `ici_null` is what the cross-validated predictions' ICI would be were they perfectly calibrated
    (without cross-validation: that of the full fit's own predictions).
    """

    intercept: Metric
    slope: Metric
    in_the_large: Metric
    ici: Metric
    e50: Metric
    e90: Metric
    emax: Metric
    ici_null: NullBand
