"""Where does the benefit lie, by risk without treatment? The display of the PATH statement.

Kent et al. 2020, doi 10.7326/M18-3667: where one odds ratio holds for all, patients at high risk
gain more in absolute terms, and the average hides it. The statement was written for trials.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised, says
from twoarm.diagnostics.ranking.by_risk.baseline_risk_values import BaselineRisk, RiskGroup
from twoarm.diagnostics.ranking.by_risk.baseline_risk_words import (
    on_extremes,
    on_learner,
    on_odds_ratio,
    on_shares,
)
from twoarm.diagnostics.ranking.by_risk.blinded_risk import (
    blinded_risk,
    odds_ratio_trend,
    one_odds_ratio,
)
from twoarm.diagnostics.ranking.by_risk.risk_groups import Patients, risk_groups
from twoarm.errors import ArgumentError
from twoarm.metalearners.scores import arm_scores
from twoarm.metrics import auc, benefit_groups
from twoarm.metrics.benefit_arrays import arms, outcomes, probabilities, same_length

__all__ = ["BaselineRisk", "baseline_risk", "finding"]

_OUTSIDE = 2
"""Groups in which a learner must miss the interval. One of four does by chance in every fifth
study, two in every seventieth."""


def baseline_risk(
    X: ArrayLike,
    outcome: ArrayLike,
    treatment: ArrayLike,
    *,
    mu0: ArrayLike,
    mu1: ArrayLike,
    propensity: ArrayLike,
    fold: ArrayLike,
    desirable: bool,
    randomised: bool,
    groups: int = 4,
) -> BaselineRisk:
    """Estimate the benefit in groups of equal size by rising risk of the undesirable outcome.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Predictors of the patients with known outcome, complete; not the arm.
    outcome : array_like of 0 and 1, shape (n,)
    treatment : array_like of 0 and 1, shape (n,)
    mu0, mu1 : array_like, shape (n,)
        Probability of the outcome in either arm by the study's learner, cross-fitted.
    propensity : array_like, shape (n,)
        Probability of treatment, strictly between 0 and 1.
    fold : array_like, shape (n,)
        Fold of each patient in the cross-fit behind `mu0` and `mu1`, spread evenly over arms and
        outcomes. The risk is predicted in the same folds.
    desirable : bool
        Whether the outcome is one to hope for; the undesirable one is then to be without it.
    randomised : bool
        Whether treatment was drawn by lot; if so the crude difference stands beside the adjusted.
    groups : int
        2 or more.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, are not complete, or are out of range.
    FitError
        If the outcome is too rare to be predicted out of fold.

    Notes
    -----
    *Risk.* A ridge regression of both arms, blinded to the arm, predicts each patient from the
    other folds. It says what happens on average over the arms as they are mixed among such
    patients. That mean is below the risk without treatment where treatment helps, but the groups
    use its order alone, which is that of the risk without treatment unless the benefit is so large,
    or the choice of treatment so much a matter of risk, that patients change places. `untreated`
    gives the risk without treatment by scores.

    *Columns.* X is encoded and filled in once for everybody: that looks at no outcome.

    *Risk model.* Logit of the blinded risk, and the arm: one odds ratio for all, as in `RiskModel`,
    whose base is told the arm. Its three coefficients come from all patients, their logits from
    models that have not seen them; three coefficients have nothing to overfit with. Its intervals
    take the logits as known. They hold if one odds ratio does, and, where treatment was chosen, if
    comparing patients of one risk is enough; those of its shares are then a little narrow.

    *Groups* are cut in the whole cohort. Patients alike in X stay together, so groups may be of
    unequal size, or fewer. Scores and crude differences need somebody with the outcome, and
    somebody without, in either arm of the group; from one patient on their intervals hold
    (``benchmarks/baseline_risk_coverage.py``).

    *Shares* are given where the interval of the average, by scores and by the method, excludes 0.
    They speak about these patients; a group that is harmed has a share below 0.

    Without randomisation all of this is a difference between the arms given what was measured.

    Examples
    --------
    >>> from scipy.special import expit
    >>> from twoarm.seeds import fold_numbers, generator
    >>> rng = generator(3); X = rng.normal(size=(2000, 1)); w = np.tile([0, 1], 1000)
    >>> mu0, mu1 = expit(X[:, 0] - 2), expit(X[:, 0] - 3)
    >>> y = (rng.random(2000) < np.where(w == 1, mu1, mu0)).astype(int)
    >>> found = baseline_risk(X, y, w, mu0=mu0, mu1=mu1, propensity=np.full(2000, 0.5),
    ...     fold=fold_numbers(2 * w + y, 5, rng), desirable=False, randomised=True)
    >>> [round(each.risk_model.benefit.estimate, 2) for each in found.groups]
    [0.02, 0.05, 0.08, 0.14]
    """
    y, w, m0, m1, e = same_length(
        outcome=outcome, treatment=treatment, mu0=mu0, mu1=mu1, propensity=propensity
    )
    event, treated = outcomes(y), arms(w)
    probabilities(m0, m1)
    if desirable:
        event, m0, m1 = 1.0 - event, 1.0 - m0, 1.0 - m1
    matrix, number = _predictors(X, fold, event.size)
    risk = blinded_risk(matrix, event, number)
    phi0, phi1 = arm_scores(event, w, m0, m1, e)
    model = one_odds_ratio(risk, event, treated)
    patients = Patients(event, treated, m0, m1, phi0, phi1, risk, model, randomised)
    group = benefit_groups(risk, groups)
    everybody, found = risk_groups(patients, [group == each for each in np.unique(group)])
    return BaselineRisk(
        asked=groups,
        groups=found,
        everybody=everybody,
        auc=auc(event, risk),
        odds_ratio=None if model is None else model.odds_ratio,
        odds_ratio_trend=odds_ratio_trend(risk, event, treated),
    )


def _predictors(
    X: ArrayLike, fold: ArrayLike, n: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    matrix, numbers = np.asarray(X, dtype=np.float64), np.asarray(fold)
    if matrix.ndim != 2 or matrix.shape[0] != n or numbers.shape != (n,):
        raise ArgumentError(
            f"X and fold need a row for each of the {n} patients; found shapes "
            f"{matrix.shape} and {numbers.shape}."
        )
    if not np.isfinite(matrix).all():
        raise ArgumentError("X must be complete: impute it, looking at no outcome.")
    found, number = np.unique(numbers, return_inverse=True)
    if found.size < 2:
        raise ArgumentError("The cross-fit needs 2 folds or more; found 1.")
    return matrix, number


@says("baseline risk")
def finding(value: BaselineRisk, study: Study) -> Finding:
    """Say where the benefit lies, and what the study's learner says beside it.

    `questions` if the learner's mean lies outside the interval of the doubly robust estimate in two
    groups or more: four right means would be so in about one study of seventy. Else `cannot tell`:
    a learner within wide intervals may be wrong, and agreement says nothing of hidden confounding.
    """
    made = sum(each.aipw is not None for each in value.groups)
    missed = sum(_misses(each) for each in value.groups)
    verdict: Verdict = "questions" if missed >= _OUTSIDE else "cannot tell"
    if len(value.groups) < 2:
        said = ["all patients have the same predicted risk, so there are no groups by risk."]
    else:
        said = [on_extremes(value), on_learner(value), on_shares(value)]
        said.append(on_odds_ratio(value.odds_ratio_trend))
    if verdict == "questions":
        said.append(f"The learner's mean is outside the interval in {missed} of {made} groups.")
    if 1 < len(value.groups) < value.asked:
        said.append(
            f"Many patients share one predicted risk: there are {len(value.groups)} groups, not "
            f"{value.asked}."
        )
    if not is_randomised(study):
        said.append(
            "Treatment was not drawn by lot: these are differences between the arms given what was "
            "measured."
        )
    text = f"{study.file.primary.title}: {' '.join(each for each in said if each)}"
    return Finding("baseline risk", verdict, text)


def _misses(group: RiskGroup) -> bool:
    if group.aipw is None:
        return False
    interval = group.aipw.benefit
    return not interval.low <= group.learner.benefit.estimate <= interval.high
