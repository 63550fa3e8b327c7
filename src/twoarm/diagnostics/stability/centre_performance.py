"""How well does an outcome model predict in a centre it has not seen?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.diagnostics.stability.pooling import Pooled, Scale, pool
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import Interval, auc, auc_interval, auc_variance, auc_within
from twoarm.metrics.normal import Z

__all__ = [
    "CentreMeasure",
    "CentrePerformance",
    "CentresPerformance",
    "performance_by_centre",
]

_LEAST_EVENTS: Final = 10
_LEAST_CENTRES: Final = 3


@dataclass(frozen=True, slots=True)
class CentreMeasure:
    """A measure in one centre and its standard error; NaN where not defined."""

    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class CentrePerformance:
    """Performance in one centre of the model developed without it.

    Attributes
    ----------
    centre : str
        Its code.
    n, events : int
        Its patients with a known outcome, and those with the event.
    auc, o_e : CentreMeasure or None
        AUC (DeLong's error), and observed over expected events. None in a centre with too few
        events or too few others.
    """

    centre: str
    n: int
    events: int
    auc: CentreMeasure | None
    o_e: CentreMeasure | None


@dataclass(frozen=True, slots=True)
class CentresPerformance:
    """Internal-external cross-validation of an outcome model.

    Attributes
    ----------
    centres : tuple of CentrePerformance
        Each centre, predicted by the model developed in the others.
    auc : float
        One AUC over all held-out predictions.
    auc_interval : Interval or None
        Of `auc`; it takes patients as independent. None if everybody had the same outcome, or if
        `auc` is 0 or 1.
    auc_within : float
        AUC over pairs of patients of one centre.
    o_e, o_e_low, o_e_high : float
        Observed over expected events in all centres, with a 95 % interval; NaN without events.
    pooled_auc, pooled_o_e : Pooled or None
        Random-effects means over the centres with enough events, the others named; None if there
        are too few.
    spread : str or None
        Why the spread between centres is not estimated, where it is not.
    left_out : int
        Patients without a known outcome or without a held-out prediction.
    """

    centres: tuple[CentrePerformance, ...]
    auc: float
    auc_interval: Interval | None
    auc_within: float
    o_e: float
    o_e_low: float
    o_e_high: float
    pooled_auc: Pooled | None
    pooled_o_e: Pooled | None
    spread: str | None
    left_out: int

    @property
    def events(self) -> int:
        """Patients with the event."""
        return sum(each.events for each in self.centres)

    @property
    def measured(self) -> int:
        """Centres with enough events, and enough others, to be measured by themselves."""
        return sum(each.auc is not None for each in self.centres)


def performance_by_centre(
    y: ArrayLike,
    risk: ArrayLike,
    centre: ArrayLike,
    *,
    least_events: int = _LEAST_EVENTS,
    least_centres: int = _LEAST_CENTRES,
) -> CentresPerformance:
    """Measure held-out predictions centre by centre, and pool them.

    Parameters
    ----------
    y : array_like of 0, 1 or NaN, shape (n,)
        Outcome; NaN where not known. Of one arm: the patients the model is for.
    risk : array_like, shape (n,)
        Predictions by models that have not seen the patient's centre; see `leave_one_centre_out`.
        NaN where the fit failed.
    centre : array_like, shape (n,)
        Codes of the centres, at least two different ones.
    least_events : int
        A centre is measured and pooled if it has so many events and so many others.
    least_centres : int
        So many of such centres are needed to pool, at least 2.

    Returns
    -------
    CentresPerformance

    Raises
    ------
    ArgumentError
        If the arrays do not fit, there is a single centre, or nobody is left.

    References
    ----------
    Steyerberg EW, Harrell FE. J Clin Epidemiol 2016;69:245-247,
    doi 10.1016/j.jclinepi.2015.04.005; Snell KIE, et al. 2018, doi 10.1177/0962280217705678.

    Examples
    --------
    >>> import numpy as np
    >>> y, p = np.tile([0, 1, 0, 1], 30), np.tile([0.2, 0.6, 0.5, 0.4], 30)
    >>> found = performance_by_centre(y, p, np.repeat(["A", "B", "C"], 40))
    >>> found.auc, found.pooled_auc.tau2
    (0.75, 0.0)
    """
    outcome, predicted, codes, left_out = _checked(y, risk, centre, least_centres)
    names = np.unique(codes)
    rows = tuple(
        _one(str(name), outcome[codes == name], predicted[codes == name], least_events)
        for name in names
    )
    events = int(outcome.sum())
    overall = _observed_over_expected(outcome, predicted)
    half = Z * overall.se / overall.estimate if events else math.nan
    area = auc(outcome, predicted)
    measured = sum(row.auc is not None for row in rows)
    return CentresPerformance(
        centres=rows,
        auc=area,
        auc_interval=auc_interval(area, events, outcome.size - events) if 0 < area < 1 else None,
        auc_within=auc_within(outcome, predicted, np.searchsorted(names, codes)),
        o_e=overall.estimate,
        o_e_low=overall.estimate * math.exp(-half),
        o_e_high=overall.estimate * math.exp(half),
        pooled_auc=_pooled(rows, "auc", "logit", least_centres),
        pooled_o_e=_pooled(rows, "o_e", "log", least_centres),
        spread=None if measured >= least_centres else _no_spread(measured, least_events),
        left_out=left_out,
    )


def _no_spread(measured: int, least_events: int) -> str:
    return (
        f"The spread of performance between centres cannot be estimated: {measured} "
        f"{'centre has' if measured == 1 else 'centres have'} {least_events} or more events and "
        "as many patients without the event. The AUC and O/E over all held-out predictions stand "
        "alone."
    )


def _checked(
    y: ArrayLike, risk: ArrayLike, centre: ArrayLike, least_centres: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.str_], int]:
    outcome, predicted = np.asarray(y, dtype=np.float64), np.asarray(risk, dtype=np.float64)
    codes = np.asarray(centre).astype(np.str_)
    if outcome.ndim != 1 or predicted.shape != outcome.shape or codes.shape != outcome.shape:
        raise ArgumentError(
            "Outcome, prediction and centre must be vectors of one length; found shapes "
            f"{outcome.shape}, {predicted.shape} and {codes.shape}."
        )
    if np.unique(codes).size < 2 or least_centres < 2:
        raise NotEstimable(
            "Leaving a centre out needs at least two centres, and so does pooling; found "
            f"{np.unique(codes).size} and least_centres={least_centres}."
        )
    known = np.isfinite(outcome) & np.isfinite(predicted)
    if not known.any():
        raise NotEstimable("No patient has both a known outcome and a held-out prediction.")
    if not np.isin(outcome[known], (0.0, 1.0)).all():
        raise ArgumentError("The outcome must be 0, 1, or NaN where it is not known.")
    return outcome[known].astype(np.int64), predicted[known], codes[known], int((~known).sum())


def _one(
    name: str, outcome: NDArray[np.int64], risk: NDArray[np.float64], least_events: int
) -> CentrePerformance:
    n, events = outcome.size, int(outcome.sum())
    if min(events, n - events) < max(least_events, 1):
        return CentrePerformance(name, n, events, None, None)
    return CentrePerformance(
        name,
        n,
        events,
        auc=CentreMeasure(auc(outcome, risk), math.sqrt(auc_variance(outcome, risk))),
        o_e=_observed_over_expected(outcome, risk),
    )


def _observed_over_expected(outcome: NDArray[np.int64], risk: NDArray[np.float64]) -> CentreMeasure:
    """Give O/E; its logarithm has the variance (1 - O/n) / O, expected events taken as known."""
    observed, expected = int(outcome.sum()), float(risk.sum())
    if observed == 0 or expected <= 0.0:
        return CentreMeasure(observed / expected if expected > 0.0 else math.nan, math.nan)
    ratio = observed / expected
    return CentreMeasure(ratio, ratio * math.sqrt((1.0 - observed / outcome.size) / observed))


def _pooled(
    rows: Sequence[CentrePerformance], name: str, scale: Scale, least_centres: int
) -> Pooled | None:
    """Pool what has a place on the scale; an AUC of exactly 1 has none."""
    measures: dict[str, CentreMeasure | None] = {row.centre: getattr(row, name) for row in rows}
    usable = {
        centre: each
        for centre, each in measures.items()
        if each is not None
        and math.isfinite(each.estimate)
        and each.se > 0.0
        and not (scale == "logit" and each.estimate in (0.0, 1.0))
    }
    if len(usable) < least_centres:
        return None
    return pool(
        [each.estimate for each in usable.values()],
        [each.se for each in usable.values()],
        scale=scale,
        without=[centre for centre in measures if centre not in usable],
    )
