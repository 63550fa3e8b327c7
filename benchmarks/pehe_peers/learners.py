"""Peers' learners for about 400 patients: the settings their documentation offers for few rows.

Each comes with penalized linear models and, where it takes any model, with forests, so that the
table shows the library and not one unlucky choice of model. Everything runs on one core.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from causalml.inference.meta import BaseXClassifier
from econml.dml import CausalForestDML
from econml.dr import DRLearner
from econml.metalearners import TLearner, XLearner
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from stochtree import BCFModel, OutcomeModel

Learner = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]
"""From X, y and treatment of a cohort, X of new patients and a seed, to their benefit."""

FOREST = {"n_estimators": 300, "min_samples_leaf": 10, "n_jobs": 1}
TREES_OF_CAUSAL_FOREST = 1000
PENALTIES = np.logspace(-3, 1, 9)  # scikit-learn's C
POSTERIOR = {"num_gfr": 10, "num_burnin": 100, "num_mcmc": 100}
KEEP_EVERY = 4  # 400 steps after the burn-in; stochtree's own default is 100


class Risk(RegressorMixin, BaseEstimator):
    """A classifier as the regressor that EconML asks for: it predicts the probability."""

    def __init__(self, classifier):
        self.classifier = classifier

    def fit(self, X, y):
        """Fit a copy of the classifier."""
        self.classifier_ = clone(self.classifier).fit(X, y)
        return self

    def predict(self, X):
        """Give the probability of the event."""
        return self.classifier_.predict_proba(X)[:, 1]


def logistic():
    """Ridge logistic regression, penalty by cross-validated deviance."""
    return make_pipeline(
        StandardScaler(),
        LogisticRegressionCV(
            Cs=PENALTIES,
            cv=5,
            scoring="neg_log_loss",
            l1_ratios=(0.0,),
            use_legacy_attributes=True,  # EconML reads them
        ),
    )


def ridge():
    """Ridge regression, penalty by leave-one-out error."""
    return make_pipeline(StandardScaler(), RidgeCV(alphas=np.logspace(0, 6, 13)))


def forest(seed):
    """Forest of classification trees."""
    return RandomForestClassifier(**FOREST, random_state=seed)


def effect_forest(seed):
    """Forest of regression trees."""
    return RandomForestRegressor(**FOREST, max_features=1 / 3, random_state=seed)


def econml_t(outcome):
    """EconML's T-learner over a classifier."""

    def benefit(X, y, treatment, new, seed):
        learner = TLearner(models=Risk(outcome(seed)))
        return learner.fit(y.astype(float), treatment, X=X).effect(new)

    return benefit


def econml_x(outcome, effect):
    """EconML's X-learner over a classifier and a regressor of the effect."""

    def benefit(X, y, treatment, new, seed):
        learner = XLearner(
            models=Risk(outcome(seed)), cate_models=effect(seed), propensity_model=logistic()
        )
        return learner.fit(y.astype(float), treatment, X=X).effect(new)

    return benefit


def econml_dr(outcome, effect):
    """EconML's DR-learner, cross-fitted in five folds, propensity kept from 0.01 upward."""

    def benefit(X, y, treatment, new, seed):
        learner = DRLearner(
            model_propensity=logistic(),
            model_regression=outcome(seed),
            model_final=effect(seed),
            discrete_outcome=True,
            min_propensity=0.01,
            cv=5,
            random_state=seed,
        )
        return learner.fit(y, treatment, X=X).effect(new).ravel()

    return benefit


def econml_causal_forest(X, y, treatment, new, seed):
    """EconML's causal forest after residualising outcome and treatment in five folds."""
    learner = CausalForestDML(
        model_y=forest(seed),
        model_t=logistic(),
        discrete_outcome=True,
        discrete_treatment=True,
        n_estimators=TREES_OF_CAUSAL_FOREST,
        inference=False,
        cv=5,
        n_jobs=1,
        random_state=seed,
    )
    return learner.fit(y, treatment, X=X).effect(new).ravel()


def causalml_x(outcome, effect):
    """CausalML's X-learner for a binary outcome, with its own model of treatment."""

    def benefit(X, y, treatment, new, seed):
        learner = BaseXClassifier(outcome_learner=outcome(seed), effect_learner=effect(seed))
        learner.fit(X, treatment=treatment, y=y)
        return learner.predict(new).ravel()

    return benefit


def stochtree_bcf(X, y, treatment, new, seed):
    """Bayesian causal forest with a probit link; mean difference of the two probabilities."""
    model = BCFModel()
    model.sample(
        X_train=X,
        Z_train=treatment.astype(float),
        y_train=y.astype(float),
        **POSTERIOR,
        general_params={
            "outcome_model": OutcomeModel(outcome="binary", link="probit"),
            "keep_every": KEEP_EVERY,
            "num_threads": 1,
            "random_seed": seed,
        },
    )
    arms = np.zeros(len(new)), np.ones(len(new))
    mu0, mu1 = (
        model.predict(new, arm, type="mean", terms="y_hat", scale="probability") for arm in arms
    )
    return mu1 - mu0


def _fixed(make):
    return lambda _seed: make()


LEARNERS: dict[str, Learner] = {
    "EconML T, logistic": econml_t(_fixed(logistic)),
    "EconML T, forest": econml_t(forest),
    "EconML X, logistic": econml_x(_fixed(logistic), _fixed(ridge)),
    "EconML X, forest": econml_x(forest, effect_forest),
    "EconML DR, logistic": econml_dr(_fixed(logistic), _fixed(ridge)),
    "EconML DR, forest": econml_dr(forest, effect_forest),
    "EconML causal forest": econml_causal_forest,
    "CausalML X, logistic": causalml_x(_fixed(logistic), _fixed(ridge)),
    "CausalML X, forest": causalml_x(forest, effect_forest),
    "stochtree BCF, probit": stochtree_bcf,
}
