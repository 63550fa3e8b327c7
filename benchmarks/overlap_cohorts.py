"""Cohorts whose arms overlap less and less, and their nuisance models fitted many at a time.

One covariate decides about treatment with a slope of 1 to 5 on the logit scale (it has a standard
deviation of 1); nothing is hidden. The models are those of the package (`Logistic()`: ridge on
columns standardised among the patients fitted), by Newton steps on all fits of a cohort at once;
`agrees_with_package` compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from twoarm.diagnostics.comparability.nuisances import cross_fit_folds, fit_outcomes, fit_propensity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
POPULATION, POPULATION_SEED = 400_000, 41_999_999
#: Slopes of the covariates beside the deciding one on both outcomes.
FURTHER = np.array([0.3, -0.3, 0.2, 0.0])


@dataclass(frozen=True)
class Kind:
    """A kind of cohort.

    Attributes
    ----------
    draw : callable
        Covariates of n patients, the deciding one first.
    treated : float
        Share treated.
    shared : float
        Part of the further covariates' slopes on the outcomes that they have on treatment too.
    control, treatment : tuple of float
        Intercept, slope and curvature of the deciding covariate on the logit of either risk.
    """

    draw: Callable[[np.random.Generator, int, int], Floats]
    treated: float
    shared: float
    control: tuple[float, float, float]
    treatment: tuple[float, float, float]


def _normal(rng: np.random.Generator, n: int, p: int) -> Floats:
    return rng.normal(size=(n, p))


def _skewed(rng: np.random.Generator, n: int, p: int) -> Floats:
    """Gamma with a skewness of 1.4, standardised; to the right in the first column alone."""
    drawn = (rng.gamma(2.0, size=(n, p)) - 2.0) / np.sqrt(2.0)
    drawn[:, 1:] *= -1.0
    return drawn


def _uniform_and_yes_no(rng: np.random.Generator, n: int, p: int) -> Floats:
    """Uniform; the others yes/no and correlated with it."""
    first = rng.uniform(-np.sqrt(3.0), np.sqrt(3.0), size=(n, 1))
    others = rng.random((n, p - 1)) < expit(0.8 * first)
    return np.column_stack([first, 2.0 * others - 1.0])


#: "normal" is the case of the issue and helped to find the rule, as "few treated" and "curved" did.
KINDS = {
    "normal": Kind(_normal, 0.5, 0.0, (0.0, 0.5, 0.0), (-1.0, 0.5, 0.0)),
    "skewed": Kind(_skewed, 0.5, 0.0, (-0.7, 0.6, 0.0), (-0.1, 0.3, 0.0)),
    "uneven": Kind(_uniform_and_yes_no, 0.25, 1.0, (-1.3, 0.5, 0.0), (-2.0, 0.6, 0.0)),
    "curved": Kind(_normal, 0.5, 0.0, (-0.5, 0.5, 0.5), (0.0, 0.5, 0.0)),
}


@dataclass(frozen=True)
class World:
    """A kind at one slope and number of covariates; see `world`."""

    kind: Kind
    slope: float
    covariates: int
    intercept: float

    def chances(self, X: Floats) -> tuple[Floats, Floats, Floats]:
        """Give the probability of treatment and of the outcome in either arm."""
        first = X[:, 0]
        others = X[:, 1:] @ FURTHER[: X.shape[1] - 1]
        e = expit(self.intercept + self.slope * first + self.kind.shared * others)
        risks = [
            expit(a + b * first + c * (first**2 - 1.0) + others)
            for a, b, c in (self.kind.control, self.kind.treatment)
        ]
        return e, risks[0], risks[1]

    def truth(self) -> dict[str, float]:
        """Give the average effect in each population."""
        e, mu0, mu1 = self.chances(_population(self.kind, self.covariates))
        effect = mu1 - mu0
        targets = {"all": np.ones_like(e), "treated": e, "overlap": e * (1.0 - e)}
        return {name: float(np.average(effect, weights=each)) for name, each in targets.items()}


@cache
def _population(kind: Kind, covariates: int) -> Floats:
    return kind.draw(np.random.default_rng(POPULATION_SEED), POPULATION, covariates)


def world(kind: str, slope: float, covariates: int) -> World:
    """Find the intercept with which the kind's share is treated."""
    chosen = KINDS[kind]
    X = _population(chosen, covariates)[:50_000]

    def excess(intercept: float) -> float:
        return float(World(chosen, slope, covariates, intercept).chances(X)[0].mean())

    low = brentq(lambda each: excess(each) - chosen.treated, -20.0, 20.0, xtol=1e-3)
    return World(chosen, slope, covariates, float(low))


@dataclass(frozen=True)
class Fitted:
    """A cohort with its propensity, and outcome models cross-fitted and fitted on everybody."""

    X: Floats
    y: Floats
    w: Ints
    propensity: Floats
    mu: tuple[Floats, Floats]
    plain: tuple[Floats, Floats]
    folds: Ints
    design: Design
    slopes: Floats

    def standardised(self, target: Floats, resamples: int, seed: int) -> tuple[float, list[float]]:
        """Give the g-formula of the models of everybody, and in resamples within arms."""
        rng = np.random.default_rng([seed, 1])
        counts = np.zeros((resamples, self.y.size))
        effect = np.zeros((resamples, self.y.size))
        for arm in (0, 1):
            rows = np.flatnonzero(self.w == arm)
            drawn = rng.multinomial(rows.size, np.full(rows.size, 1 / rows.size), size=resamples)
            counts[:, rows] = drawn
            own = np.where(self.w == arm, counts, 0.0)
            slopes = self.design.fit(self.y, own, start=self.slopes[arm])
            effect += (2 * arm - 1) * self.design.risks(slopes)
        weights = counts * target
        values = (weights * effect).sum(axis=1) / weights.sum(axis=1)
        return float(np.average(self.plain[1] - self.plain[0], weights=target)), values.tolist()


def cohort(chosen: World, n: int, seed: int) -> Fitted | None:
    """Draw and fit a cohort; None if a fold leaves an arm one outcome value."""
    rng = np.random.default_rng(seed)
    X = chosen.kind.draw(rng, n, chosen.covariates)
    e, mu0, mu1 = chosen.chances(X)
    w = (rng.random(n) < e).astype(np.int64)
    y = (rng.random(n) < np.where(w == 1, mu1, mu0)).astype(np.float64)
    folds = cross_fit_folds(y, w, FOLDS, seed)
    members = np.stack(
        [(folds != fold) & (w == arm) for fold in (-1, *range(FOLDS)) for arm in (0, 1)]
    ).astype(np.float64)
    events = members @ y
    if (events == 0).any() or (events == members.sum(axis=1)).any():
        return None
    design = Design(X)
    propensity = design.risks(design.fit(w.astype(np.float64), np.ones((1, n))))[0]
    propensity = np.clip(propensity, 1e-12, 1.0 - 1e-12)  # as `fit_propensity` does
    slopes = design.fit(y, members)
    risks = design.risks(slopes).reshape(FOLDS + 1, 2, n)
    own = risks[1:][folds, :, np.arange(n)]
    mu = own[:, 0], own[:, 1]
    return Fitted(X, y, w, propensity, mu, (risks[0, 0], risks[0, 1]), folds, design, slopes[:2])


class Design:
    """Ridge logistic regressions of the same patients, weighted in many ways."""

    def __init__(self, X: Floats):
        n, p = X.shape
        self.columns = np.column_stack([np.ones(n), X])
        pairs = np.triu_indices(p + 1)
        self.products = self.columns[:, pairs[0]] * self.columns[:, pairs[1]]
        self.pairs = pairs

    def risks(self, slopes: Floats) -> Floats:
        """Give everybody's probability, shape (fits, n)."""
        return np.asarray(expit(slopes @ self.columns.T))

    def fit(self, y: Floats, counts: Floats, start: Floats | None = None) -> Floats:
        """Give intercepts and slopes, shape (fits, 1 + p), by Newton's method."""
        k, size = counts.shape[0], self.columns.shape[1]
        total = counts.sum(axis=1, keepdims=True)
        first = counts @ self.columns / total
        second = counts @ self.columns**2 / total
        # A penalty of 1/2 on slopes of standardised columns, in the columns' own units.
        penalty = second - first**2
        penalty[:, 0] = 0.0
        beta = np.zeros((k, size))
        if start is None:
            mean = counts @ y / total[:, 0]
            beta[:, 0] = np.log(mean / (1.0 - mean))
        else:
            beta += start
        for _ in range(30):
            risk = self.risks(beta)
            curvature = counts * risk * (1.0 - risk)
            hessian = np.zeros((k, size, size))
            hessian[:, self.pairs[0], self.pairs[1]] = curvature @ self.products
            hessian[:, self.pairs[1], self.pairs[0]] = hessian[:, self.pairs[0], self.pairs[1]]
            hessian[:, range(size), range(size)] += penalty + 1e-9
            gradient = (counts * (y - risk)) @ self.columns - penalty * beta
            step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
            largest = np.abs(step).max(axis=1, keepdims=True)
            beta += step * np.minimum(1.0, 3.0 / np.maximum(largest, 1e-300))
            if largest.max() < 1e-5:  # the next step would be about its square
                break
        return beta


def agrees_with_package(found: Fitted) -> float:
    """Give the largest difference between these fits and the package's."""
    everybody = np.full(found.w.size, -1, dtype=np.int64)
    apart = [np.abs(found.propensity - fit_propensity(found.X, found.w, everybody)).max()]
    for folds, fitted in ((found.folds, found.mu), (everybody, found.plain)):
        wanted = fit_outcomes(found.X, found.y, found.w, folds)
        apart += [np.abs(one - other).max() for one, other in zip(wanted, fitted, strict=True)]
    return float(max(apart))
