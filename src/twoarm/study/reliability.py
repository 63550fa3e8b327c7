"""How stable is it? Across refits, centres, and the ways of treating missing values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import Finding, Missingness
from twoarm.diagnostics.stability.centre_benefit import finding as centres_finding
from twoarm.diagnostics.stability.missingness import finding as missing_finding
from twoarm.diagnostics.stability.stability import finding as stability_finding
from twoarm.resampling import RunStore
from twoarm.study.attempt import attempt
from twoarm.study.fit.fits import CrossFit, FullFit
from twoarm.study.judge.stability.centres import Centres, centres
from twoarm.study.judge.stability.refits import RefitStability, refit_stability
from twoarm.study.missing import CompleteCases, cohort_missingness, complete_cases
from twoarm.study.plan.plan import Plan

__all__ = ["Reliability", "reliability"]


@dataclass(frozen=True)
class Reliability:
    """What moves the results without any change of the question.

    Attributes
    ----------
    stability : RefitStability
        Over the bootstrap's refits.
    centres : Centres or None
        By models that have not seen the patient's centre.
    missing : Missingness
    complete_cases : CompleteCases or None
    findings : tuple of Finding
    errors : dict of str to str
        What could not be computed, and why.
    """

    stability: RefitStability
    centres: Centres | None
    missing: Missingness
    complete_cases: CompleteCases | None
    findings: tuple[Finding, ...]
    errors: dict[str, str]


def reliability(
    plan: Plan,
    store: RunStore,
    full: FullFit,
    crossfit: CrossFit,
    propensity: NDArray[np.float64],
) -> Reliability:
    """Look at refits, centres and missing values.

    Parameters
    ----------
    plan : Plan
    store : RunStore
        With all replicates done.
    full, crossfit : FullFit, CrossFit
    propensity : ndarray, shape (n,)
        Probability of treatment, with the centre among its predictors.
    """
    errors: dict[str, str] = {}
    primary = plan.file.primary
    mu = crossfit.mu[:, plan.outcomes.index(primary)]
    steady = refit_stability(plan, store, full.in_sample)
    findings = []
    if np.isfinite(steady.outcomes[primary.name].benefit.mean_mape):  # any replicate succeeded
        findings.append(stability_finding(steady.outcomes[primary.name], plan.study))
    elsewhere = attempt("centres", errors, lambda: centres(plan, propensity))
    if elsewhere is not None and elsewhere.benefit is not None:
        findings.append(centres_finding(elsewhere.benefit, plan.study))
    missing = cohort_missingness(plan)
    if any(each.share > 0.0 for each in missing.variables):
        findings.append(missing_finding(missing, plan.study))
    complete = attempt("complete_cases", errors, lambda: complete_cases(plan, mu))
    return Reliability(steady, elsewhere, missing, complete, tuple(findings), errors)
