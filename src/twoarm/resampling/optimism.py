"""From apparent performance and replicates to corrected performance.

Harrell, Lee, Mark 1996, doi 10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4;
Efron and Tibshirani 1997, doi 10.1080/01621459.1997.10474007 (.632 and .632+). Out-of-bag values
are averaged per replicate. None of the corrections is valid for every learner: Harrell's fails for
those that reproduce their training labels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import Interval, auc_interval
from twoarm.resampling.intervals import harrell_2025, location_shifted
from twoarm.resampling.metric import LARGEST_MISSING_SHARE, Gate, Metric, Range

__all__ = [
    "HEADLINE",
    "ResampledScores",
    "corrected_auc",
    "corrected_calibration",
    "corrected_fit",
    "corrected_loss",
    "gate",
    "headline_of",
    "scaled",
]

HEADLINE = "nested_cv"
"""The estimate to quote, fixed in advance and the same for every learner: `d632plus`, `oob`,
`nested_cv`, or `d632plus_cv`, the mean of .632+ and cross-validation. Chosen on a grid of worlds
and learners: docs/decisions/0012-the-estimate-to-quote.md."""

_WIDENED = 1.1
"""Multiple of Hanley and McNeil's standard error, which knows nothing of the spread that learning
adds: the smallest, in steps of 0.05, that held 95 % in every row of the choice (0012)."""

_TOLERATED_EXCESS = 0.02
_LARGEST_UNFITTED_SHARE = 0.05  # of the regressions that calibration, R2 and g need
_NO_REPEATS = np.empty(0)


@dataclass(frozen=True, slots=True)
class ResampledScores:
    """One measure in all replicates, each shape (replicates,), NaN where it is not defined."""

    train: NDArray[np.float64]
    test: NDArray[np.float64]
    oob: NDArray[np.float64]


def _mean(values: NDArray[np.float64]) -> float | None:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else None


def _weight_632(overfitting: float) -> float:
    return 0.632 / (1.0 - 0.368 * overfitting)


def auc_632plus(apparent: float, oob: float) -> float:
    """Combine an apparent and an out-of-bag AUC; an AUC below 0.5 out of bag counts as 0.5."""
    if oob <= 0.5:
        overfitting = 1.0
    else:
        overfitting = (apparent - oob) / (apparent - 0.5) if apparent > oob else 0.0
    weight = _weight_632(overfitting)
    return (1.0 - weight) * apparent + weight * max(oob, 0.5)


def loss_632plus(apparent: float, oob: float, no_information: float) -> float:
    """Combine an apparent and an out-of-bag loss; `no_information` is its value for no signal."""
    capped = min(oob, no_information)
    overfits = capped > apparent and no_information > apparent
    overfitting = (capped - apparent) / (no_information - apparent) if overfits else 0.0
    weight = _weight_632(overfitting)
    return (1.0 - weight) * apparent + weight * capped


def headline_of(oob: float | None, d632plus: float | None, nested_cv: float | None) -> float | None:
    """Pick the estimate that `HEADLINE` names; None if a part of it is missing."""
    if HEADLINE == "d632plus_cv":
        return None if d632plus is None or nested_cv is None else 0.5 * (d632plus + nested_cv)
    return {"d632plus": d632plus, "oob": oob, "nested_cv": nested_cv}[HEADLINE]


def _optimism(scores: ResampledScores) -> tuple[float | None, float | None]:
    """Give mean optimism and its Monte-Carlo standard error."""
    difference = scores.train - scores.test
    return _mean(difference), _monte_carlo_error(difference)


def _monte_carlo_error(values: NDArray[np.float64]) -> float | None:
    defined = values[np.isfinite(values)]
    return float(defined.std(ddof=1) / math.sqrt(defined.size)) if defined.size > 1 else None


def _intervals(
    apparent: float, harrell: float | None, scores: ResampledScores
) -> tuple[Interval, ...]:
    """Give the intervals of regression models, centred on Harrell's value."""
    if harrell is None:
        return ()
    if np.mean(~np.isfinite(scores.train + scores.test)) > LARGEST_MISSING_SHARE:
        return ()
    both = (
        location_shifted(scores.train, apparent, harrell),
        harrell_2025(scores.train, scores.test, harrell),
    )
    return tuple(each for each in both if each is not None)


def _corrected(
    apparent: float,
    scores: ResampledScores,
    d632plus: float | None,
    nested: NDArray[np.float64],
) -> Metric:
    """Give every estimate but the interval of a measure that has them all."""
    optimism, mcse = _optimism(scores)
    oob, nested_cv = _mean(scores.oob), _mean(nested)
    harrell = None if optimism is None else apparent - optimism
    used = int(np.isfinite(scores.train + scores.test + scores.oob).sum())
    return Metric(
        apparent=apparent,
        harrell=harrell,
        oob=oob,
        d632=None if oob is None else 0.368 * apparent + 0.632 * oob,
        d632plus=d632plus,
        nested_cv=nested_cv,
        headline=headline_of(oob, d632plus, nested_cv),
        headline_method=HEADLINE,
        ci=None,
        mcse=mcse,
        replicates_used=used,
        failed=scores.train.size - used,
        intervals=_intervals(apparent, harrell, scores),
        nested_cv_range=_range(nested),
    )


def _range(nested: NDArray[np.float64]) -> Range | None:
    defined = nested[np.isfinite(nested)]
    return Range(float(defined.min()), float(defined.max())) if defined.size else None


def corrected_auc(
    apparent: float,
    scores: ResampledScores,
    *,
    events: int,
    others: int,
    nested: NDArray[np.float64] = _NO_REPEATS,
) -> Metric:
    """Correct an AUC for optimism in every way that holds for it.

    Parameters
    ----------
    apparent : float
        AUC of the full fit on its own patients.
    scores : ResampledScores
        AUCs of the replicates.
    events, others : int
        Patients with and without the event; they decide the width of the interval.
    nested : ndarray, shape (repeats,)
        AUCs of the repeats of nested cross-validation.
    """
    oob = _mean(scores.oob)
    d632plus = None if oob is None else auc_632plus(apparent, oob)
    metric = _corrected(apparent, scores, d632plus, nested)
    missing = metric.failed / max(1, scores.train.size)
    if not metric.headline or missing > LARGEST_MISSING_SHARE:
        return metric
    return replace(metric, ci=auc_interval(metric.headline, events, others, widened=_WIDENED))


def corrected_loss(
    apparent: float,
    scores: ResampledScores,
    *,
    no_information: float,
    nested: NDArray[np.float64] = _NO_REPEATS,
) -> Metric:
    """Correct a Brier score or log-loss for optimism.

    `no_information` is the loss without any signal: `metrics.brier_no_information`,
    `metrics.log_loss_no_information`. The other parameters are those of `corrected_auc`.
    """
    oob = _mean(scores.oob)
    d632plus = None if oob is None else loss_632plus(apparent, oob, no_information)
    return _corrected(apparent, scores, d632plus, nested)


def scaled(brier: Metric, rate: float) -> Metric:
    """Turn every estimate of a Brier score into that of the scaled one; `rate` is that of events.

    The corrected scaled score is the scaled corrected score.
    """
    unit = rate * (1.0 - rate)

    def of(value: float | None) -> float | None:
        return None if value is None else 1.0 - value / unit

    span = brier.nested_cv_range
    return replace(
        brier,
        apparent=1.0 - brier.apparent / unit,
        harrell=of(brier.harrell),
        oob=of(brier.oob),
        d632=of(brier.d632),
        d632plus=of(brier.d632plus),
        nested_cv=of(brier.nested_cv),
        headline=of(brier.headline),
        mcse=None if brier.mcse is None else brier.mcse / unit,
        intervals=tuple(
            Interval(each.method, 1.0 - each.high / unit, 1.0 - each.low / unit)
            for each in brier.intervals
        ),
        nested_cv_range=None if span is None else Range(1 - span.high / unit, 1 - span.low / unit),
    )


def corrected_fit(
    apparent: float, scores: ResampledScores, *, nested: NDArray[np.float64] = _NO_REPEATS
) -> Metric:
    """Correct R2, g or gp, which recalibrate in the patients they are measured on.

    Harrell's value alone comes from the replicates: recalibrating in the few patients that were not
    drawn would flatter. The headline is cross-validation, one recalibration a repeat.
    """
    optimism, mcse = _optimism(scores)
    harrell = None if optimism is None or math.isnan(apparent) else apparent - optimism
    return _from_regressions(apparent, scores.train + scores.test, harrell, mcse, nested)


def corrected_calibration(
    apparent: float, scores: ResampledScores, *, nested: NDArray[np.float64] = _NO_REPEATS
) -> Metric:
    """Give Harrell's and the cross-validated estimate of a measure of calibration.

    Harrell's is the mean over replicates of the measure on the original patients: what
    `rms::validate` prints, where the values on the resamples are ideal by construction.
    """
    test = scores.test
    return _from_regressions(apparent, test, _mean(test), _monte_carlo_error(test), nested)


def _often_unfitted(values: NDArray[np.float64]) -> bool:
    allowed = _LARGEST_UNFITTED_SHARE * values.size
    return int(np.isfinite(values).sum()) < values.size - allowed


def _from_regressions(
    apparent: float,
    needed: NDArray[np.float64],
    harrell: float | None,
    mcse: float | None,
    nested: NDArray[np.float64],
) -> Metric:
    """Collect the estimates; none where more than 5 % of the regressions have no finite result."""
    used = int(np.isfinite(needed).sum())
    if _often_unfitted(needed):
        harrell = mcse = None
    repeats = _NO_REPEATS if _often_unfitted(nested) else nested[np.isfinite(nested)]
    nested_cv = float(np.median(repeats)) if repeats.size else None
    return Metric(
        apparent=apparent,
        harrell=harrell,
        oob=None,
        d632=None,
        d632plus=None,
        nested_cv=nested_cv,
        headline=nested_cv,
        headline_method="nested_cv",
        ci=None,
        mcse=mcse,
        replicates_used=used,
        failed=needed.size - used,
        nested_cv_range=_range(repeats),
    )


def gate(auc: Metric, events: int) -> Gate:
    """Say whether Harrell's AUC stays near the headline or shows its known failure.

    It exceeds by more than 0.02 plus two Monte-Carlo standard errors: not valid. Within that, no
    failure was seen, which is not a proof of validity.
    """
    if auc.harrell is None or auc.headline is None:
        return Gate(None, None, "cannot tell: the AUC is not defined in the replicates")
    excess = auc.harrell - auc.headline
    allowed = _TOLERATED_EXCESS + 2.0 * (auc.mcse or 0.0)
    if excess > allowed:
        reason = (
            f"Harrell's AUC exceeds the headline by {excess:.3f}: not valid for this learner at "
            f"this number of events ({events})"
        )
        return Gate(False, excess, reason)
    reason = "Harrell's AUC does not exceed the headline"
    if excess > 0.0:
        reason = (
            f"Harrell's AUC exceeds the headline by {excess:.3f}, within the {allowed:.3f} allowed "
            "(0.02 and two Monte-Carlo standard errors)"
        )
    return Gate(True, excess, reason)
