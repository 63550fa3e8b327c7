"""Aspirin in the International Stroke Trial, by quarter of the risk of death or dependence.

Sandercock et al. 2011, Trials 12:101, doi 10.1186/1745-6215-12-101 (open data, 19435 patients).
"""

from __future__ import annotations

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics.ranking.by_risk.baseline_risk import baseline_risk, finding
from twoarm.learners import Logistic
from twoarm.metalearners import Predictors, TLearner
from twoarm.seeds import fold_numbers, generator

FOLDS = 5


@pytest.fixture(scope="module")
def quarters(ist_path):
    study = load_study("ist-aspirin")
    cohort = read_cohort(study, ist_path)
    y = cohort.outcomes[study.file.primary.name]
    known = np.isfinite(y)
    X = Predictors(cohort.codebook, cohort.predictors).prepared(np.ones(y.size, dtype=int)).X[known]
    y, w = y[known], cohort.treatment[known]
    learner = TLearner(Logistic(), desirable=False).cross_fitted(X, y, treatment=w, folds=FOLDS)
    found = baseline_risk(
        X, y, w, mu0=learner.mu0, mu1=learner.mu1, propensity=np.full(y.size, w.mean()),
        fold=fold_numbers(2 * w + y, FOLDS, generator(1)), desirable=False, randomised=True,
    )  # fmt: skip
    return study, y, w, found


def test_the_crude_difference_is_the_published_one(quarters):
    _, y, w, found = quarters
    crude = found.everybody.crude.benefit
    assert crude.estimate == pytest.approx(y[w == 0].mean() - y[w == 1].mean())
    # 62.2 % against 63.5 % dead or dependent at 6 months: Lancet 1997;349:1569-1581
    assert crude.estimate == pytest.approx(0.013, abs=0.001)
    assert sum(sum(each.n) for each in found.groups) == y.size


def test_the_risk_tells_the_quarters_apart_and_adjustment_tightens(quarters):
    found = quarters[3]
    risks = [each.untreated.estimate for each in found.groups]
    assert found.auc == pytest.approx(0.80, abs=0.01)
    assert risks == pytest.approx([0.30, 0.55, 0.75, 0.92], abs=0.02)
    for each in found.groups:
        assert each.mean_risk == pytest.approx(each.untreated.estimate, abs=0.02)
    assert found.everybody.aipw.benefit.se < 0.9 * found.everybody.crude.benefit.se


def test_those_who_are_all_but_lost_gain_nothing_that_is_seen(quarters):
    study, _, _, found = quarters
    highest = found.groups[-1].aipw.benefit
    assert -0.03 < highest.low < 0.0 < highest.high < 0.03
    said = finding(found, study)
    assert said.verdict == "cannot tell"
    assert "at highest risk (92 %)" in said.text
