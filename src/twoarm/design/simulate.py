"""Trials drawn patient by patient, so that formulas can be looked at beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from twoarm.design.boundaries import GroupSequential
from twoarm.design.checks import check_shares_of_all, positive
from twoarm.design.framed import Framed
from twoarm.design.kinds import Kind
from twoarm.design.recruitment import Recruitment
from twoarm.design.risks import CrossOver, after_cross_over
from twoarm.design.statistics import Counts, statistic
from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["Flow", "SimulatedTrials", "TrueRisks", "simulate_trials"]

Floats = NDArray[np.float64]

_AT_ONCE: Final = 4_000_000  # patients drawn in one piece


@dataclass(frozen=True, slots=True, eq=False)
class TrueRisks:
    """Patients from whom trials are drawn, with their true risks.

    Attributes
    ----------
    control, treated : ndarray, shape (m,)
        Risk of the outcome under either treatment.
    above : ndarray of bool, shape (m,)
        Who is predicted to gain the threshold.
    """

    control: Floats
    treated: Floats
    above: NDArray[np.bool_]

    def __post_init__(self) -> None:
        shapes = {self.control.shape, self.treated.shape, self.above.shape}
        if len(shapes) != 1 or self.control.ndim != 1 or not self.control.size:
            raise ArgumentError(f"Risks must be vectors of one length; found shapes {shapes}.")
        for risk in (self.control, self.treated):
            if not ((risk >= 0.0) & (risk <= 1.0)).all():
                raise ArgumentError("True risks must lie between 0 and 1.")


@dataclass(frozen=True, slots=True)
class Flow:
    """What happens to patients on the way.

    Attributes
    ----------
    loss : float
        Share whose outcome stays unknown.
    crossing : CrossOver
    recruitment : Recruitment, optional
        Then months are counted.
    follow_up_months : float
        From randomisation to outcome.
    """

    loss: float = 0.0
    crossing: CrossOver = CrossOver()  # noqa: RUF009  frozen
    recruitment: Recruitment | None = None
    follow_up_months: float = 3.0

    def __post_init__(self) -> None:
        check_shares_of_all(loss=self.loss)
        if not (math.isfinite(self.follow_up_months) and self.follow_up_months >= 0.0):
            raise ArgumentError(
                f"follow_up_months must be 0 or more; found {self.follow_up_months}."
            )


@dataclass(frozen=True, slots=True)
class SimulatedTrials(Framed):
    """What became of the trials.

    Attributes
    ----------
    trials : int
    power, power_se : float
        Share with a significant result in favour of what is tested, and its standard error.
    stopped_early : float
        Share that ended at an interim look.
    randomised, screened : float
        Patients of both arms, mean over the trials; with looks, those who came in until the look's
        outcomes were known are counted.
    months_low, months_median, months_high : float
        Tenth, fiftieth and ninetieth percentile of the time until the last outcome; NaN without a
        plan of recruitment.
    """

    trials: int
    power: float
    power_se: float
    stopped_early: float
    randomised: float
    screened: float
    months_low: float
    months_median: float
    months_high: float


def simulate_trials(
    truth: TrueRisks,
    kind: Kind,
    patients: int,
    *,
    looks: GroupSequential | None = None,
    obey_futility: bool = True,
    flow: Flow | None = None,
    alpha: float = 0.05,
    desirable: bool = True,
    trials: int = 2000,
    rng: np.random.Generator,
) -> SimulatedTrials:
    """Run a design on patients drawn from a population whose risks are known.

    Parameters
    ----------
    truth : TrueRisks
        Patients are drawn with replacement; an enriched trial screens until enough are above.
    kind : Kind
    patients : int
        Randomised to each arm if the trial goes to its end.
    looks : GroupSequential, optional
        Boundaries; without, there is one test at the end at the two-sided level `alpha`.
    obey_futility : bool
        Whether a trial stops below the futility boundary.
    flow : Flow, optional
        Loss, cross-over, recruitment.
    desirable : bool
        Whether the outcome is one to hope for.
    trials : int
    rng : numpy.random.Generator

    Raises
    ------
    NotEstimable
        If an enriched trial would never find a patient.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> same = np.full(10, 0.25), np.full(10, 0.40)
    >>> truth = TrueRisks(*same, above=np.arange(10) < 5)
    >>> found = simulate_trials(truth, Kind.ENRICHED, 152, rng=generator(1))
    >>> abs(found.power - 0.8) < 0.03, round(found.screened, -1)
    (True, 610.0)
    """
    positive(patients=patients, trials=trials)
    flow = flow or Flow()
    share = float(truth.above.mean()) if kind is Kind.ENRICHED else 1.0
    if share == 0.0:
        raise NotEstimable("nobody is predicted to gain the threshold")
    shares, upper, lower = _plan(looks, alpha, obey=obey_futility)
    ends = np.maximum(np.rint(shares * patients).astype(int), 1)
    arms = _arms(truth, kind, flow.crossing)
    won, look = np.zeros(trials, dtype=bool), np.full(trials, shares.size - 1)
    for part in _parts(trials, patients):
        z = _paths(arms, truth.above, kind, ends, part.stop - part.start, flow.loss, rng)
        won[part], look[part] = _decided(z if desirable else -z, upper, lower)
    return _summary(won, look, ends, share, flow, rng)


def _plan(
    looks: GroupSequential | None, alpha: float, *, obey: bool
) -> tuple[Floats, Floats, Floats]:
    """Give shares of the information and boundaries."""
    if looks is None:
        end = np.array([float(ndtri(1.0 - alpha / 2.0))])
        return np.ones(1), end, np.array([-math.inf])
    lower = looks.futility.copy() if obey else np.full(looks.futility.size, -math.inf)
    lower[-1] = -math.inf  # the last look decides by the upper boundary alone
    return looks.information, looks.efficacy, lower


def _parts(trials: int, patients: int) -> Iterator[slice]:
    size = max(1, _AT_ONCE // patients)
    for start in range(0, trials, size):
        yield slice(start, min(start + size, trials))


def _arms(truth: TrueRisks, kind: Kind, crossing: CrossOver) -> tuple[Floats, Floats]:
    """Give every patient's risk as assigned in either arm, of those who can be randomised."""
    control, treated = after_cross_over(truth.control, truth.treated, crossing)
    strategy = np.where(truth.above, treated, control)
    if kind is Kind.STRATEGY_NONE:
        return control, strategy
    if kind is Kind.STRATEGY_ALL:
        return treated, strategy
    return control, treated


def _paths(
    arms: tuple[Floats, Floats],
    above: NDArray[np.bool_],
    kind: Kind,
    ends: NDArray[np.int64],
    trials: int,
    loss: float,
    rng: np.random.Generator,
) -> Floats:
    """Draw trials; give their statistic at every look, shape (trials, looks)."""
    pool = np.flatnonzero(above) if kind is Kind.ENRICHED else np.arange(above.size)
    patients, events = np.zeros((trials, 2, 2)), np.zeros((trials, 2, 2))
    found = np.empty((trials, ends.size))
    for look, new in enumerate(np.diff(ends, prepend=0)):
        for arm, risk in enumerate(arms):
            who = pool[rng.integers(pool.size, size=(trials, new))]
            event = rng.random((trials, new)) < risk[who]
            seen = rng.random((trials, new)) >= loss if loss else np.ones_like(event)
            for part, inside in enumerate((~above[who], above[who])):
                patients[:, arm, part] += (seen & inside).sum(axis=1)
                events[:, arm, part] += (event & seen & inside).sum(axis=1)
        found[:, look] = statistic(kind, Counts(patients, events))
    return found


def _decided(
    z: Floats, upper: Floats, lower: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Give who wins, and at which look each trial ends."""
    crossed = (z >= upper - 1e-12) | (z < lower)
    crossed[:, -1] = True
    look = crossed.argmax(axis=1)
    won = np.take_along_axis(z >= upper - 1e-12, look[:, None], axis=1)[:, 0]
    return won, look


def _summary(
    won: NDArray[np.bool_],
    look: NDArray[np.int64],
    ends: NDArray[np.int64],
    share: float,
    flow: Flow,
    rng: np.random.Generator,
) -> SimulatedTrials:
    """Count patients and months: recruiting goes on until the outcomes of a look are known."""
    needed = 2.0 * ends[look]
    screened = needed + rng.negative_binomial(needed, share) if share < 1.0 else needed
    months = np.full(3, math.nan)
    if flow.recruitment is not None:
        last = flow.recruitment.months(rng.gamma(screened)) + flow.follow_up_months
        months = np.quantile(last, (0.1, 0.5, 0.9))
        came = np.where(look < ends.size - 1, flow.recruitment.screened(last), screened)
        most = 2.0 * ends[-1]
        needed = np.clip(came * share, needed, most)
        screened = np.maximum(screened, needed / share)
    power = float(won.mean())
    return SimulatedTrials(
        trials=won.size,
        power=power,
        power_se=math.sqrt(power * (1.0 - power) / won.size),
        stopped_early=float((look < ends.size - 1).mean()),
        randomised=float(needed.mean()),
        screened=float(screened.mean()),
        months_low=float(months[0]),
        months_median=float(months[1]),
        months_high=float(months[2]),
    )
