"""One cohort of a synthetic world: what each planner knows, and what his trial would meet.

Everything that a plan needs is kept, so that rules of planning can be looked at without fits.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.range_coverage import CONTROL, TREATED, read_frame
from twoarm.cohort import load_study
from twoarm.design import Calibrated, calibrated
from twoarm.diagnostics import (
    Refits,
    covariate_strengths,
    marginal_sensitivity,
    treatment_odds_ratio,
)
from twoarm.metalearners import (
    arm_seeds,
    fit_arms,
    hajek_control_scores,
    hajek_scores,
)
from twoarm.metrics import benefit_slope
from twoarm.seeds import Stream, fold_numbers, generator, integer
from twoarm.study.fit.refits import refits_of
from twoarm.study.plan.plan import Plan, make_plan
from twoarm.study.plan.propensity import TreatmentModel, treatment_model
from twoarm.synthetic import generate

SEED, NEW_SEED = 73_000, 97_000
NEW_PATIENTS, REPEATS, FOLDS = 4000, 5, 5
THRESHOLD = 0.15
OUTCOME = "mrs_0_2"

Floats = np.ndarray


@cache
def new_patients(world: str) -> tuple[Floats, pd.DataFrame]:
    """Give coded predictors and truth of those who would be screened."""
    made = generate(world, n=NEW_PATIENTS, seed=NEW_SEED)
    return read_frame(made.cohort).predictors, made.truth


@dataclass(frozen=True)
class CrossFitted:
    """Predictions of patients by models that have not seen them, of shape (repeats, n)."""

    mu0: Floats
    mu1: Floats
    slope: float
    slope_se: float
    average: float
    spread: float

    @property
    def benefit(self) -> Floats:
        """Of every repeat."""
        return self.mu1 - self.mu0


def cross_fitted(refits: Refits, seed: int) -> CrossFitted:
    """Cross-fit outcome and treatment, and calibrate each repeat by itself."""
    n = refits.treatment.size
    strata = 2 * refits.treatment + refits.outcome.astype(np.int64)
    mu0, mu1, found = np.empty((REPEATS, n)), np.empty((REPEATS, n)), []
    for repeat in range(REPEATS):
        fold = fold_numbers(strata, FOLDS, generator(seed, Stream.CROSS_FIT, repeat))
        chance = np.empty(n)
        for number in range(FOLDS):
            held = fold == number
            path = seed, Stream.CROSS_FIT, repeat, number
            effects = refits.effects(~held, held, seed=integer(*path, 0))
            mu0[repeat, held], mu1[repeat, held] = effects.mu0[held], effects.mu1[held]
            chance[held] = refits.propensity(~held, held, seed=integer(*path, 1))[held]
        phi = refits.scores(np.arange(n), mu0[repeat], mu1[repeat], chance)
        fit = benefit_slope(phi, mu1[repeat] - mu0[repeat], fold=fold)
        found.append((fit.slope.estimate, fit.slope.se, phi.mean()))
    slope, se, average = (float(np.median(each)) for each in zip(*found, strict=True))
    spread = float((mu1 - mu0).std(axis=1, ddof=1).mean())
    return CrossFitted(mu0, mu1, slope, se, average, spread)


def known_of(plan: Plan, cross: CrossFitted, model: TreatmentModel) -> Calibrated:
    """Calibrate as `twoarm design` does: mean predictions, the propensity of everybody."""
    y, arm, e = plan.outcome(OUTCOME), plan.cohort.treatment, model.propensity.score
    mu0, mu1 = cross.mu0.mean(axis=0), cross.mu1.mean(axis=0)
    return calibrated(
        hajek_scores(y, arm, mu0, mu1, e),
        hajek_control_scores(y, arm, mu0, e),
        mu1 - mu0,
        average=cross.average,
        slope=cross.slope,
        slope_se=cross.slope_se,
        spread=cross.spread,
    )


def haircut_of(plan: Plan, model: TreatmentModel, average: float) -> dict[str, Any]:
    """Give the default haircut, and the odds ratio that it stands for."""
    y, arm, e = plan.outcome(OUTCOME), plan.cohort.treatment, model.propensity.score
    strengths = covariate_strengths(model.X, y, arm, names=model.names)
    for each in strengths:
        ratio = treatment_odds_ratio(model.X[:, model.names.index(each.name)], arm)
        if ratio is not None:
            low = marginal_sensitivity(y, arm, e, strengths=[ratio]).low[0]
            return {"covariate": each.name, "odds_ratio": ratio, "haircut": average - float(low)}
    raise AssertionError("no covariate has a strength")


def _mean(values: Floats, who: Floats) -> float:
    return float(values[who].mean()) if who.any() else float("nan")


def line_of(world: str, cohort: int) -> dict[str, Any]:
    """Draw a cohort, fit what planners look at, and look up what their trials would meet."""
    frame = generate(world, treated=TREATED, control=CONTROL, seed=SEED + cohort).cohort
    plan = make_plan(load_study("rescue-stenting"), read_frame(frame), replicates=2)
    y, arm = plan.outcome(OUTCOME), plan.cohort.treatment
    seeds = arm_seeds(cohort, Stream.FULL_FIT, 0)
    pair = fit_arms(plan.stacks_of(OUTCOME), plan.predictors, y, arm, seeds=seeds)
    encoding = plan.predictors.spec()

    def risks(coded: Floats) -> tuple[Floats, Floats]:
        X = encoding.encode(coded)
        return pair[0].predict_proba(X)[:, 1], pair[1].predict_proba(X)[:, 1]

    cross = cross_fitted(refits_of(plan), cohort)
    model = treatment_model(plan.cohort)
    known = known_of(plan, cross, model)
    raw0, raw1 = risks(plan.predictors.coded)
    coded, truth = new_patients(world)
    new0, new1 = risks(coded)
    return {
        "world": world,
        "cohort": cohort,
        "raw": _promised(raw1 - raw0, raw0),
        "crossfit": _promised(cross.benefit.ravel(), cross.mu0.ravel()),
        "average": cross.average,
        "slope": cross.slope,
        "slope_se": cross.slope_se,
        "control_risk": known.prior.control_risk,
        "control_slope": known.prior.control_slope,
        "covariance": known.prior.covariance,
        "parted": asdict(known.model.parted(THRESHOLD)),
        "mean": known.model.mean,
        **haircut_of(plan, model, cross.average),
        "truth": _met(new1 - new0, truth),
    }


def _promised(benefit: Floats, mu0: Floats) -> dict[str, float]:
    """Give what a planner reads off predictions as they stand."""
    above = benefit >= THRESHOLD
    return {
        "share": float(above.mean()),
        "benefit": _mean(benefit, above),
        "control_risk": _mean(mu0, above),
    }


def _met(benefit: Floats, truth: pd.DataFrame) -> dict[str, float]:
    """Give the true risks of those whom the model would choose, and of everybody."""
    mu0, mu1 = (truth[f"mu{arm}_{OUTCOME}"].to_numpy() for arm in (0, 1))
    above, everybody = benefit >= THRESHOLD, np.ones(benefit.size, dtype=bool)
    return {
        "share": float(above.mean()),
        "above0": _mean(mu0, above),
        "above1": _mean(mu1, above),
        "all0": _mean(mu0, everybody),
        "all1": _mean(mu1, everybody),
    }
