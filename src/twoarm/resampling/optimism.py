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

from twoarm.metrics import Interval
from twoarm.resampling.intervals import harrell_2025, location_shifted
from twoarm.resampling.metric import LARGEST_MISSING_SHARE, Metric, Range

__all__ = [
    "HEADLINE",
    "NO_INTERVAL_KNOWN",
    "ResampledScores",
    "corrected_auc",
    "corrected_calibration",
    "corrected_fit",
    "corrected_loss",
    "headline_of",
    "scaled",
]

HEADLINE = "nested_cv"
"""The estimate to quote, fixed in advance and the same for every learner: `d632plus`, `oob`,
`nested_cv`, or `d632plus_cv`, the mean of .632+ and cross-validation. Chosen on a grid of worlds
and learners: docs/decisions/0012-the-estimate-to-quote.md."""

NO_INTERVAL_KNOWN = "no valid interval is known for it"
"""Why a measure has none; `headline_intervals` has those that are known."""

_LARGEST_UNFITTED_SHARE = 0.05  # of the regressions that calibration, R2 and g need
_NO_REPEATS = np.empty(0)
_NO_REPEAT = "not defined in any complete repeat of cross-validation"
_NO_REGRESSION = "no finite regression in more than 5 % of the repeats of cross-validation"


@dataclass(frozen=True, slots=True)
class ResampledScores:
    """One measure in all replicates, each shape (replicates,), NaN where it is not defined."""

    train: NDArray[np.float64]
    test: NDArray[np.float64]
    oob: NDArray[np.float64]


def _enough(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the defined values; none where more are missing than a mean can bear."""
    defined = values[np.isfinite(values)]
    missing = values.size - defined.size
    return defined[:0] if missing > LARGEST_MISSING_SHARE * values.size else defined


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if values.size else None


def _defined(values: NDArray[np.float64]) -> int:
    return int(np.isfinite(values).sum())


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
    difference = _enough(scores.train - scores.test)
    return _mean(difference), _monte_carlo_error(difference)


def _monte_carlo_error(values: NDArray[np.float64]) -> float | None:
    return float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else None


def _intervals(
    apparent: float, harrell: float | None, scores: ResampledScores
) -> tuple[Interval, ...]:
    """Give the intervals of regression models, centred on Harrell's value."""
    if harrell is None:
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
    oob, nested_cv = _mean(_enough(scores.oob)), _mean(nested[np.isfinite(nested)])
    harrell = None if optimism is None else apparent - optimism
    used = _defined(scores.train - scores.test)
    headline = headline_of(oob, d632plus, nested_cv)
    return Metric(
        apparent=apparent,
        harrell=harrell,
        oob=oob,
        d632=None if oob is None else 0.368 * apparent + 0.632 * oob,
        d632plus=d632plus,
        nested_cv=nested_cv,
        headline=headline,
        headline_method=HEADLINE,
        headline_reason=_NO_REPEAT if headline is None else "",
        ci=None,
        ci_reason=NO_INTERVAL_KNOWN,
        mcse=mcse,
        replicates_used=used,
        failed=scores.train.size - used,
        oob_used=_defined(scores.oob),
        repeats_used=_defined(nested),
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
    nested: NDArray[np.float64] = _NO_REPEATS,
) -> Metric:
    """Correct an AUC for optimism in every way that holds for it.

    Parameters
    ----------
    apparent : float
        AUC of the full fit on its own patients.
    scores : ResampledScores
        AUCs of the replicates.
    nested : ndarray, shape (repeats,)
        AUCs of the repeats of nested cross-validation.
    """
    oob = _mean(_enough(scores.oob))
    d632plus = None if oob is None else auc_632plus(apparent, oob)
    return _corrected(apparent, scores, d632plus, nested)


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
    oob = _mean(_enough(scores.oob))
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
        ci=None,
        ci_reason=NO_INTERVAL_KNOWN,
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
    needed = scores.train + scores.test
    if optimism is None or math.isnan(apparent):
        return _from_regressions(apparent, needed, None, None, nested)
    return _from_regressions(apparent, needed, apparent - optimism, mcse, nested)


def corrected_calibration(
    apparent: float, scores: ResampledScores, *, nested: NDArray[np.float64] = _NO_REPEATS
) -> Metric:
    """Give Harrell's and the cross-validated estimate of a measure of calibration.

    Harrell's is the mean over replicates of the measure on the original patients: what
    `rms::validate` prints, where the values on the resamples are ideal by construction.
    """
    test = scores.test
    defined = test[np.isfinite(test)]
    mcse = _monte_carlo_error(defined)
    return _from_regressions(apparent, test, _mean(defined), mcse, nested)


def _often_unfitted(values: NDArray[np.float64]) -> bool:
    return _defined(values) < values.size - _LARGEST_UNFITTED_SHARE * values.size


def _from_regressions(
    apparent: float,
    needed: NDArray[np.float64],
    harrell: float | None,
    mcse: float | None,
    nested: NDArray[np.float64],
) -> Metric:
    """Collect the estimates; none where more than 5 % of the regressions have no finite result."""
    used = _defined(needed)
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
        headline_reason="" if repeats.size else _NO_REGRESSION,
        ci=None,
        ci_reason=NO_INTERVAL_KNOWN,
        mcse=mcse,
        replicates_used=used,
        failed=needed.size - used,
        oob_used=0,
        repeats_used=_defined(nested),
        nested_cv_range=_range(repeats),
    )
