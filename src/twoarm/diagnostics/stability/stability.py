"""Would another sample of the same size have told this patient the same?

Riley RD, Collins GS. Biom J 2023;65:2200302, doi 10.1002/bimj.202200302. The replicates of the
bootstrap already hold what is needed: each is a model that might have been developed instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.errors import ArgumentError
from twoarm.metrics import as_benefit

__all__ = [
    "STABILITY_INTERVAL",
    "EffectStability",
    "Stability",
    "effect_stability",
    "finding",
    "stability",
]

#: What the patients' intervals are, for wherever they are shown.
STABILITY_INTERVAL: Final = (
    "Stability interval: the middle of what models developed on resampled cohorts predict for this "
    "patient. It is not a confidence interval of the patient's risk or benefit and not a "
    "probability statement about it."
)

_CELLS: Final = 1_000_000  # numbers in memory at once; with the work on them about 30 MB
_UNSTABLE: Final = 0.25
"""A patient whom more of the models would put on the other side is called unstable."""


@dataclass(frozen=True, slots=True)
class Stability:
    """How far the replicates' predictions are from those of the full fit.

    Attributes
    ----------
    full : ndarray, shape (n,)
        Predictions of the model fitted to everybody.
    low, median, high : ndarray, shape (n,)
        Quantiles of the replicates' predictions, the middle `level` of them: a stability interval
        (`STABILITY_INTERVAL`), no confidence interval. NaN for a patient without a replicate.
    mape : ndarray, shape (n,)
        Mean absolute difference between the replicates' predictions and that of the full fit.
    mean_mape : float
        Its mean over the patients.
    threshold : float or None
        Where patients are divided, if anywhere; at the threshold counts as above.
    instability_index : ndarray, shape (n,), or None
        Share of the replicates that put the patient on the other side of the threshold than the
        full fit does, 0 to 1.
    mean_instability_index : float or None
        Its mean over the patients.
    replicates : ndarray of int, shape (n,)
        Replicates used for each patient.
    level : float
        Share of the replicates between `low` and `high`.
    """

    full: NDArray[np.float64]
    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]
    mape: NDArray[np.float64]
    mean_mape: float
    threshold: float | None
    instability_index: NDArray[np.float64] | None
    mean_instability_index: float | None
    replicates: NDArray[np.int64]
    level: float

    @property
    def mean_width(self) -> float:
        """Mean width of the stability intervals."""
        return _mean(self.high - self.low)

    @property
    def share_unstable(self) -> float | None:
        """Share of patients whom more than a quarter of the models put on the other side."""
        if self.instability_index is None:
            return None
        known = self.instability_index[np.isfinite(self.instability_index)]
        return float((known > _UNSTABLE).mean()) if known.size else None


@dataclass(frozen=True, slots=True)
class EffectStability:
    """Stability of both arms' risks and of the benefit; only the benefit has a threshold."""

    mu0: Stability
    mu1: Stability
    benefit: Stability


def stability(
    predictions: NDArray[np.floating],
    full: ArrayLike,
    *,
    threshold: float | None = None,
    counts: NDArray[np.integer] | None = None,
    level: float = 0.95,
) -> Stability:
    """Measure the instability of one prediction over stored replicates.

    Parameters
    ----------
    predictions : ndarray or memory map, shape (B, n)
        Each replicate's prediction of every patient; a row of NaN is a replicate that failed. It
        is read a few columns at a time and never held as a whole.
    full : array_like, shape (n,)
        Predictions of the model fitted to everybody.
    threshold : float, optional
        Divides the patients, on the scale of the predictions.
    counts : ndarray of int, shape (B, n), optional
        How often each replicate drew each patient. If given, a patient is looked at only in
        replicates that did not draw him: what a new patient like him would see. Learners that
        reproduce their labels look less stable without it than they are for new patients, because
        half of their predictions are copies of the label.
    level : float
        Share of the replicates in the stability interval, between 0 and 1.

    Returns
    -------
    Stability

    Raises
    ------
    ArgumentError
        If the shapes do not fit, or the level is out of range.

    Notes
    -----
    This is the variation from drawing another cohort of the same size and running the same code.
    It does not see bias, confounding, or a change of population. At least 200 replicates are
    advised.

    References
    ----------
    Riley RD, Collins GS. Biom J 2023, doi 10.1002/bimj.202200302, sections 4.2 to 4.5.

    Examples
    --------
    >>> import numpy as np
    >>> found = stability(np.array([[0.1, 0.4], [0.3, 0.6]]), [0.2, 0.45], threshold=0.5)
    >>> found.mape.round(3).tolist(), found.instability_index.tolist()
    ([0.1, 0.1], [0.0, 0.5])
    """
    reference = _checked(predictions.shape, full, level, counts)

    def columns(chosen: slice) -> NDArray[np.float64]:
        return np.array(predictions[:, chosen], dtype=np.float64)

    return _stability(columns, predictions.shape[0], reference, threshold, counts, level)


def effect_stability(
    mu0: NDArray[np.floating],
    mu1: NDArray[np.floating],
    full_mu0: ArrayLike,
    full_mu1: ArrayLike,
    *,
    desirable: bool,
    threshold: float | None = None,
    counts: NDArray[np.integer] | None = None,
    level: float = 0.95,
) -> EffectStability:
    """Measure the instability of both arms' risks and of the benefit.

    Parameters
    ----------
    mu0, mu1 : ndarray or memory map, shape (B, n)
        Each replicate's risks under control and treatment; see `stability`. A replicate counts for
        the benefit if both of its models were fitted.
    full_mu0, full_mu1 : array_like, shape (n,)
        Risks of the full fits.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.
    threshold : float, optional
        Benefit worth treating for, as a probability.
    counts, level
        As for `stability`.

    Returns
    -------
    EffectStability

    Raises
    ------
    ArgumentError
        If the shapes do not fit, or the level is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> mu0, mu1 = np.array([[0.2], [0.4]]), np.array([[0.5], [0.5]])
    >>> found = effect_stability(mu0, mu1, [0.3], [0.5], desirable=True, threshold=0.15)
    >>> found.benefit.instability_index.tolist()
    [0.5]
    """
    if mu0.shape != mu1.shape:
        raise ArgumentError(
            f"Both arms need the same replicates; found shapes {mu0.shape} and {mu1.shape}."
        )
    control = _checked(mu0.shape, full_mu0, level, counts)
    treated = _checked(mu1.shape, full_mu1, level, counts)

    def columns(chosen: slice) -> NDArray[np.float64]:
        difference = np.array(mu1[:, chosen], dtype=np.float64)
        difference -= mu0[:, chosen]
        return as_benefit(difference, desirable=desirable)

    gain = as_benefit(treated - control, desirable=desirable)
    return EffectStability(
        mu0=stability(mu0, control, counts=counts, level=level),
        mu1=stability(mu1, treated, counts=counts, level=level),
        benefit=_stability(columns, mu0.shape[0], gain, threshold, counts, level),
    )


def _checked(
    shape: tuple[int, ...],
    full: ArrayLike,
    level: float,
    counts: NDArray[np.integer] | None,
) -> NDArray[np.float64]:
    reference = np.asarray(full, dtype=np.float64)
    if len(shape) != 2 or shape[0] < 1 or reference.shape != shape[1:]:
        raise ArgumentError(
            "Predictions have one row a replicate and one column a patient, and the full fit one "
            f"number a patient; found shapes {shape} and {reference.shape}."
        )
    if counts is not None and counts.shape != shape:
        raise ArgumentError(f"Counts must have the shape {shape}; found {counts.shape}.")
    if not 0.0 < level < 1.0:
        raise ArgumentError(f"A level lies between 0 and 1; found {level}.")
    return reference


def _column_chunks(replicates: int, patients: int) -> Iterator[slice]:
    width = max(_CELLS // replicates, 1)
    return (slice(first, first + width) for first in range(0, patients, width))


def _stability(
    columns: Callable[[slice], NDArray[np.float64]],
    replicates: int,
    full: NDArray[np.float64],
    threshold: float | None,
    counts: NDArray[np.integer] | None,
    level: float,
) -> Stability:
    n = full.size
    quantiles, distance = np.full((3, n), np.nan), np.full(n, np.nan)
    crossing, used = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    shares = [0.5 - level / 2.0, 0.5, 0.5 + level / 2.0]
    for chosen in _column_chunks(replicates, n):
        values = columns(chosen)
        if counts is not None:
            values[np.asarray(counts[:, chosen]) > 0] = np.nan
        known, here = np.isfinite(values), full[chosen]
        used[chosen] = known.sum(axis=0)
        number = np.where(used[chosen] > 0, used[chosen], np.nan)
        distance[chosen] = np.where(known, np.abs(values - here), 0.0).sum(axis=0) / number
        if threshold is not None:
            other = ((values >= threshold) != (here >= threshold)) & known
            crossing[chosen] = other.sum(axis=0) / number
        quantiles[:, chosen] = _quantiles(values, used[chosen], shares)
    return Stability(
        full=full,
        low=quantiles[0],
        median=quantiles[1],
        high=quantiles[2],
        mape=distance,
        mean_mape=_mean(distance),
        threshold=threshold,
        instability_index=None if threshold is None else crossing,
        mean_instability_index=None if threshold is None else _mean(crossing),
        replicates=used,
        level=level,
    )


def _quantiles(
    values: NDArray[np.float64], used: NDArray[np.int64], shares: list[float]
) -> NDArray[np.float64]:
    """Give the quantiles of each column without its NaN, as `numpy.nanquantile`; sorts in place.

    `numpy.nanquantile` takes one column after the other: half a minute for 20 000 patients.
    """
    values.sort(axis=0)  # NaN last
    place = np.outer(shares, np.maximum(used - 1, 0))
    below = place.astype(np.int64)
    above = np.minimum(below + 1, np.maximum(used - 1, 0))
    low, high = (np.take_along_axis(values, each, axis=0) for each in (below, above))
    return np.asarray(low + (high - low) * (place - below))


def _mean(values: NDArray[np.float64]) -> float:
    """Give the mean over patients that have a value; NaN if nobody has."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


@says("stability")
def finding(value: EffectStability, study: Study) -> Finding:
    """Say how far one patient's numbers depend on who happened to be in the cohort.

    `questions` if the models put the average patient on the other side of the threshold in more
    than a quarter of the replicates; else `cannot tell`, since stable predictions may be wrong.
    """
    benefit = value.benefit
    title = study.file.primary.title
    text = (
        f"{title}: models developed on resampled cohorts differ from this one by "
        f"{100 * benefit.mean_mape:.1f} points of predicted benefit on average."
    )
    verdict: Verdict = "cannot tell"
    index, unstable = benefit.mean_instability_index, benefit.share_unstable
    if index is not None and unstable is not None and benefit.threshold is not None:
        if index > _UNSTABLE:
            verdict = "questions"
        text += (
            f" {100 * unstable:.0f} % of the patients would be put on the other side of "
            f"{100 * benefit.threshold:.0f} points by more than a quarter of those models."
        )
    return Finding("stability", verdict, text)
