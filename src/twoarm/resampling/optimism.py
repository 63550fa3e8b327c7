"""From apparent performance and replicates to corrected performance.

Harrell, Lee, Mark 1996, doi 10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4;
Efron and Tibshirani 1997, doi 10.1080/01621459.1997.10474007 (.632 and .632+). Out-of-bag values
are averaged per replicate. None of the corrections is valid for every learner: Harrell's fails for
those that reproduce their training labels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics.discrimination import auc_interval
from twoarm.resampling.metric import Gate, Metric

__all__ = [
    "HEADLINE",
    "LARGEST_MISSING_SHARE",
    "ResampledScores",
    "corrected_auc",
    "corrected_brier",
    "gate",
]

HEADLINE = "d632plus"
"""The estimate to quote, fixed in advance and the same for every learner."""

LARGEST_MISSING_SHARE = 0.20
"""No interval if the measure is undefined in more replicates than this."""

_TOLERATED_EXCESS = 0.02


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


def _optimism(scores: ResampledScores) -> tuple[float | None, float | None]:
    """Give mean optimism and its Monte-Carlo standard error."""
    difference = scores.train - scores.test
    defined = difference[np.isfinite(difference)]
    if defined.size == 0:
        return None, None
    mcse = float(defined.std(ddof=1) / math.sqrt(defined.size)) if defined.size > 1 else None
    return float(defined.mean()), mcse


def _defined(scores: ResampledScores) -> int:
    return int(np.isfinite(scores.train + scores.test + scores.oob).sum())


def corrected_auc(apparent: float, scores: ResampledScores, *, events: int, others: int) -> Metric:
    """Correct an AUC for optimism in every way that holds for it.

    Parameters
    ----------
    apparent : float
        AUC of the full fit on its own patients.
    scores : ResampledScores
        AUCs of the replicates.
    events, others : int
        Patients with and without the event; they decide the width of the interval.
    """
    optimism, mcse = _optimism(scores)
    oob, used = _mean(scores.oob), _defined(scores)
    d632plus = None if oob is None else auc_632plus(apparent, oob)
    missing = 1.0 - used / max(1, scores.train.size)
    give_interval = d632plus is not None and missing <= LARGEST_MISSING_SHARE
    return Metric(
        apparent=apparent,
        harrell=None if optimism is None else apparent - optimism,
        oob=oob,
        d632=None if oob is None else 0.368 * apparent + 0.632 * oob,
        d632plus=d632plus,
        nested_cv=None,
        headline=d632plus,
        headline_method=HEADLINE,
        ci=auc_interval(d632plus, events, others) if give_interval and d632plus else None,
        mcse=mcse,
        replicates_used=used,
        failed=scores.train.size - used,
    )


def corrected_brier(apparent: float, scores: ResampledScores, *, no_information: float) -> Metric:
    """Correct a Brier score for optimism (`no_information`: `metrics.brier_no_information`)."""
    optimism, mcse = _optimism(scores)
    oob, used = _mean(scores.oob), _defined(scores)
    d632plus = None if oob is None else loss_632plus(apparent, oob, no_information)
    return Metric(
        apparent=apparent,
        harrell=None if optimism is None else apparent - optimism,
        oob=oob,
        d632=None if oob is None else 0.368 * apparent + 0.632 * oob,
        d632plus=d632plus,
        nested_cv=None,
        headline=d632plus,
        headline_method=HEADLINE,
        ci=None,
        mcse=mcse,
        replicates_used=used,
        failed=scores.train.size - used,
    )


def gate(auc: Metric, events: int) -> Gate:
    """Say whether Harrell's AUC stays near the headline or shows its known failure.

    It exceeds by more than 0.02 plus two Monte-Carlo standard errors: not valid. Within that, no
    failure was seen, which is not a proof of validity.
    """
    if auc.harrell is None or auc.headline is None:
        return Gate(None, None, "cannot tell: the AUC is not defined in the replicates")
    excess = auc.harrell - auc.headline
    if excess > _TOLERATED_EXCESS + 2.0 * (auc.mcse or 0.0):
        reason = (
            f"Harrell's AUC exceeds the headline by {excess:.3f}: not valid for this learner at "
            f"this number of events ({events})"
        )
        return Gate(False, excess, reason)
    return Gate(True, excess, "Harrell's AUC does not exceed the headline by more than 0.02")
