"""The recommended learner of a run, fitted to every outcome and made coherent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.diagnostics import coherence
from twoarm.errors import FitError, NotEstimable
from twoarm.metalearners import RANGE_MULTIPLE, BenefitRange, fit_range, recommended_learner
from twoarm.metalearners.interactions import InteractionFit
from twoarm.metalearners.penalized_interaction import AveragedInteractions
from twoarm.metrics import brier
from twoarm.study.judge.outcomes.coherence import Cut, nested_cuts
from twoarm.study.plan.plan import Plan

__all__ = ["RANGE_COVERAGE", "RANGE_PARTS", "RecommendedModels", "fit_recommended"]

Floats = NDArray[np.float64]

RANGE_COVERAGE = {"worlds": 7, "least": 0.95, "least_in_top_quarter": 0.90}
"""Share of new patients whose range holds the contrast of the arms, in the world with the least of
it, over all and in the quarter with the largest benefit:
``benchmarks/results/range_coverage.json``.
"""

RANGE_PARTS = ("treatment", "outcomes", "predictors")
"""Sections of the study file that this coverage depends on."""

_FLOOR = 1e-6  # of a Brier score, as where coherence is judged


@dataclass(frozen=True, slots=True)
class RecommendedModels:
    """Models of all outcomes that can be fitted.

    Attributes
    ----------
    models : dict of str to AveragedInteractions
        By outcome.
    ranges : dict of str to BenefitRange
        What the range of a patient's benefit rests on.
    order : tuple of (Cut, float)
        Nested outcomes, each included in the next, and how far its model is trusted.
    absent : dict of str to str
        Outcomes without a model, and why.
    """

    models: dict[str, AveragedInteractions]
    ranges: dict[str, BenefitRange]
    order: tuple[tuple[Cut, float], ...]
    absent: dict[str, str]

    def risks(self, X: Floats) -> dict[str, Floats]:
        """Give mu0 and mu1, shape (2, n), of each outcome, none in contradiction to another."""
        found = {name: np.stack(model.arms(X)[:2]) for name, model in self.models.items()}
        if not self.order:
            return found
        chain = np.stack([cut.of(found[cut.outcome.name]) for cut, _ in self.order])
        names = [cut.name for cut, _ in self.order]
        trust = [weight for _, weight in self.order]
        for arm in (0, 1):
            chain[:, arm] = coherence(chain[:, arm], names=names, weights=trust).repaired
        for (cut, _), repaired in zip(self.order, chain, strict=True):
            found[cut.outcome.name] = cut.of(repaired)
        return found

    def half_widths(self, X: Floats, risks: dict[str, Floats]) -> dict[str, Floats]:
        """Give half the width of each benefit's range, around what `risks` says."""
        return {name: self.ranges[name].half_width(X, mu[1] - mu[0]) for name, mu in risks.items()}

    def to_plain(self) -> dict[str, Any]:
        """Give the models as the model file holds them."""
        return {
            "outcomes": {
                name: {
                    **_standard(model.fits[0]),
                    "fits": [
                        {"weight": float(weight), **_coefficients(fit)}
                        for weight, fit in zip(model.weights, model.fits, strict=True)
                    ],
                }
                for name, model in self.models.items()
            },
            "order": [
                {"outcome": cut.outcome.name, "complement": cut.opposite, "weight": weight}
                for cut, weight in self.order
            ],
            "absent": self.absent,
        }

    def ranges_to_plain(self) -> dict[str, Any]:
        """Give what the ranges rest on, as the model file holds it."""
        return {
            "multiple": RANGE_MULTIPLE,
            "outcomes": {
                name: {
                    **_standard(each.fit),
                    **_coefficients(each.fit),
                    "root": [row[: k + 1].tolist() for k, row in enumerate(each.root)],
                }
                for name, each in self.ranges.items()
            },
        }


def _standard(fit: InteractionFit) -> dict[str, Any]:
    """Give how columns are standardised; a scale of 0 stands for one that did not vary."""
    scale = np.where(np.isfinite(fit.scale), fit.scale, 0.0)
    return {"centre": fit.centre.tolist(), "scale": scale.tolist()}


def _coefficients(fit: InteractionFit) -> dict[str, Any]:
    return {
        "intercept": fit.intercept,
        "treatment": fit.treatment,
        "main": fit.main.tolist(),
        "interaction": fit.interaction.tolist(),
    }


def fit_recommended(plan: Plan, encoding: EncodingSpec) -> RecommendedModels:
    """Fit the recommended learner and its range to everybody, outcome by outcome."""
    X, treatment = encoding.encode(plan.cohort.predictors), plan.cohort.treatment
    models: dict[str, AveragedInteractions] = {}
    ranges: dict[str, BenefitRange] = {}
    absent: dict[str, str] = {}
    for spec in plan.outcomes:
        values = plan.outcome(spec.name)
        known = np.isfinite(values)
        events = values[known].astype(np.int64)
        try:
            learner = recommended_learner(desirable=spec.desirable)
            fitted = learner.fit(X, values, treatment=treatment).learnt_
            ranges[spec.name] = fit_range(X[known], events, treatment[known])
        except FitError as error:
            absent[spec.name] = str(error)
            continue
        models[spec.name] = cast(AveragedInteractions, fitted)
    return RecommendedModels(models, ranges, _order(plan, models, X), absent)


def _order(
    plan: Plan, models: dict[str, AveragedInteractions], X: Floats
) -> tuple[tuple[Cut, float], ...]:
    """Find the nested outcomes with a model, and trust each by the inverse of its Brier score."""
    try:
        cuts = [cut for cut in nested_cuts(plan) if cut.outcome.name in models]
    except NotEstimable:
        return ()
    if len(cuts) < 2:
        return ()
    trusted = []
    for cut in cuts:
        name, arm = cut.outcome.name, plan.cohort.treatment
        values = plan.outcome(name)
        known = np.isfinite(values)
        mu = np.stack(models[name].arms(X)[:2])
        own = mu[arm, np.arange(arm.size)]
        trusted.append((cut, 1.0 / max(_FLOOR, brier(values[known], own[known]))))
    return tuple(trusted)
