"""Searches and other estimators that cross-validate inside their fit: copies stay together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV, SelectFromModel, SequentialFeatureSelector
from sklearn.linear_model import LassoCV, LogisticRegression, LogisticRegressionCV, RidgeCV
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    KFold,
    LeaveOneOut,
    RandomizedSearchCV,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedKFold,
    TunedThresholdClassifierCV,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler, TargetEncoder

from twoarm.errors import FitError
from twoarm.learners import Logistic, Stack, fit_model, prepare, seeing_copies
from twoarm.learners.copies import PatientSplitter

SHUFFLED = StratifiedKFold(5, shuffle=True)
NEIGHBOURS = {"n_neighbors": [1, 15]}


@pytest.fixture(scope="module")
def noise():
    rng = np.random.default_rng(0)
    return rng.normal(size=(90, 3)), rng.integers(0, 2, 90)


def drawn(n, seed):
    return np.bincount(np.random.default_rng(seed).integers(0, n, n), minlength=n)


SPLITTERS = [None, 3, KFold(4), SHUFFLED, RepeatedStratifiedKFold(n_splits=3, n_repeats=2),
             ShuffleSplit(3, random_state=0), LeaveOneOut()]  # fmt: skip


@given(seed=integers(0, 2**32 - 1), cv=sampled_from(SPLITTERS))
def test_no_patient_stands_on_both_sides_of_a_split(seed, cv):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 80))
    patient = rng.permutation(np.repeat(np.arange(n), drawn(n, seed)))
    outcome = (np.arange(n) % 2)[patient]
    splitter = PatientSplitter(cv, patient, outcome)
    splits = list(splitter.split(np.zeros((patient.size, 1))))
    assert len(splits) == splitter.get_n_splits()
    for learn, predict in splits:
        assert not set(patient[learn]) & set(patient[predict])
        for rows in (learn, predict):  # all copies of a patient, or none
            assert_array_equal(np.sort(rows), np.flatnonzero(np.isin(patient, patient[rows])))


@pytest.mark.parametrize("cv", [5, KFold(4), StratifiedKFold(5, shuffle=True, random_state=3)])
def test_where_nobody_is_copied_the_splits_are_the_given_ones(cv):
    outcome = np.random.default_rng(1).integers(0, 2, 50)
    X = np.zeros((50, 1))
    given_cv = StratifiedKFold(cv) if isinstance(cv, int) else cv
    ours = PatientSplitter(cv, np.arange(50), outcome).split(X, outcome)
    for own, expected in zip(ours, given_cv.split(X, outcome), strict=True):
        assert_array_equal(own[0], expected[0])
        assert_array_equal(own[1], expected[1])


def test_rows_of_another_fit_are_refused():
    splitter = PatientSplitter(2, np.arange(10), np.arange(10) % 2)
    with pytest.raises(FitError, match="divides 7 rows, the fit has 10"):
        next(splitter.split(np.zeros((7, 1))))


SEARCHES = [
    GridSearchCV(KNeighborsClassifier(), NEIGHBOURS, cv=SHUFFLED, scoring="roc_auc"),
    RandomizedSearchCV(KNeighborsClassifier(), NEIGHBOURS, n_iter=2, cv=SHUFFLED,
                       scoring="roc_auc"),
    HalvingGridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1, 7]}, scoring="roc_auc",
                        cv=StratifiedKFold(5, shuffle=True, random_state=1)),
]  # fmt: skip


@pytest.mark.seconds
@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: type(search).__name__)
@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: make_pipeline(StandardScaler(), s)],
                         ids=["alone", "in a pipeline"])  # fmt: skip
def test_one_neighbour_does_not_win_on_noise_because_of_copies(noise, search, wrap):
    X, y = noise
    estimator, prepared = wrap(search), prepare(X)
    chosen, by_rows = [], []
    for replicate in range(8):
        weight = drawn(len(y), replicate)
        fitted = fit_model(estimator, prepared, y, weight, seed=replicate)
        chosen.append((fitted if fitted.__class__ is search.__class__ else fitted[-1]).best_params_)
        rows = np.repeat(np.arange(len(y)), weight)
        by_rows.append(search.fit(X[rows], y[rows]).best_params_)
    copies_win = sum(best["n_neighbors"] == 1 for best in by_rows)
    ours = sum(best["n_neighbors"] == 1 for best in chosen)
    assert copies_win >= 7  # what happens without care
    assert ours <= copies_win - 3


class Spy(ClassifierMixin, BaseEstimator):
    """Notes how many of the patients it predicts it has learnt from."""

    overlaps: list[int] = []  # noqa: RUF012  shared by all copies on purpose

    def __init__(self, strength=1):
        self.strength = strength

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.learnt_ = set(np.asarray(X)[:, 0])
        return self

    def predict_proba(self, X):
        number = np.asarray(X)[:, 0]
        Spy.overlaps.append(len(self.learnt_ & set(number)))
        risk = (1 + number % 7) / 9
        return np.column_stack([1 - risk, risk])

    def predict(self, X):
        return self.predict_proba(X)[:, 1] > 0.5


SPIED = [
    GridSearchCV(Spy(), {"strength": [1, 2]}, cv=4),
    CalibratedClassifierCV(Spy()),
    CalibratedClassifierCV(Spy(), cv=SHUFFLED, ensemble=False),
    StackingClassifier([("spy", Spy())], LogisticRegression(), cv=SHUFFLED),
    TunedThresholdClassifierCV(Spy(), cv=SHUFFLED),
    make_pipeline(FunctionTransformer(), GridSearchCV(Spy(), {"strength": [1]}, cv=SHUFFLED)),
    VotingClassifier([("a", GridSearchCV(Spy(), {"strength": [1]}, cv=SHUFFLED))], voting="soft"),
    Stack([CalibratedClassifierCV(Spy(), cv=SHUFFLED)]),
]


@pytest.mark.parametrize("estimator", SPIED, ids=lambda each: type(each).__name__)
def test_nobody_is_judged_by_a_model_that_has_learnt_from_his_copy(estimator):
    X = np.column_stack([np.arange(80.0), np.zeros(80)])
    y = np.random.default_rng(4).integers(0, 2, 80)
    Spy.overlaps.clear()
    fit_model(estimator, prepare(X), y, drawn(80, 1), seed=3)
    assert len(Spy.overlaps) >= 4
    assert not any(Spy.overlaps)
    assert seeing_copies(estimator, 80) == ()


def test_groups_stay_together_in_a_search_too_in_every_fit(noise):
    rng = np.random.default_rng(2)
    X = np.column_stack([np.repeat(np.arange(30.0), 3), rng.normal(size=90)])
    y, groups = rng.integers(0, 2, 90), np.repeat(np.arange(30), 3)
    weight = np.repeat(drawn(30, 5), 3)
    for cv in (3, GroupKFold(3)):
        search = GridSearchCV(Spy(), {"strength": [1, 2]}, cv=cv)
        for counts in (weight, np.ones(90, dtype=np.int64)):
            Spy.overlaps.clear()
            fit_model(search, prepare(X), y, counts, seed=0, groups=groups)
            assert len(Spy.overlaps) == 6
            assert not any(Spy.overlaps)


def splitters_of(estimator):
    values = estimator.get_params().values()
    return [value for value in values if isinstance(value, PatientSplitter)]


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegressionCV(Cs=[0.1, 1.0], l1_ratios=(0.0,), use_legacy_attributes=False,
                             scoring="roc_auc"),
        make_pipeline(RFECV(LogisticRegression()), LogisticRegression()),
        make_pipeline(SequentialFeatureSelector(LogisticRegression()), LogisticRegression()),
        make_pipeline(SelectFromModel(LassoCV(), threshold=-1.0), LogisticRegression()),
        make_pipeline(ColumnTransformer([("t", TargetEncoder(target_type="binary"), [0])]),
                      LogisticRegression()),
    ],
    ids=str,
)  # fmt: skip
def test_every_estimator_that_cross_validates_takes_the_splitter(noise, estimator):
    X, y = noise
    assert seeing_copies(estimator, len(y)) == ()
    fitted = fit_model(estimator, prepare(X), y, drawn(len(y), 2), seed=0)
    assert len(splitters_of(fitted)) == 1
    whole = fit_model(estimator, prepare(X), y, np.ones(len(y), dtype=np.int64), seed=0)
    assert splitters_of(whole) == []


GRID = GridSearchCV(KNeighborsClassifier(), NEIGHBOURS)
SPLITS_MADE_FOR_OTHERS = GridSearchCV(KNeighborsClassifier(), NEIGHBOURS, cv=[([0, 1], [2])])
RIDGE = make_pipeline(SelectFromModel(RidgeCV()), LogisticRegression())
BLIND = [
    (BaggingClassifier(GRID), 100, ("GridSearchCV in BaggingClassifier",)),
    (CalibratedClassifierCV(GRID), 100, ("GridSearchCV in CalibratedClassifierCV",)),
    (GridSearchCV(Stack(), {"inner_folds": [3, 5]}), 100, ("Stack in GridSearchCV",)),
    (SPLITS_MADE_FOR_OTHERS, 100, ("GridSearchCV",)),
    (RIDGE, 100, ("RidgeCV in Pipeline",)),
    (HistGradientBoostingClassifier(early_stopping=True), 100, ("HistGradientBoostingClassifier",)),
    (HistGradientBoostingClassifier(), 10_001, ("HistGradientBoostingClassifier",)),
    (GradientBoostingClassifier(n_iter_no_change=5), 100, ("GradientBoostingClassifier",)),
    (Stack([MLPClassifier(early_stopping=True)]), 100, ("MLPClassifier in Stack",)),
    (make_pipeline(StandardScaler(), Stack([GRID])), 100, ("GridSearchCV in Pipeline",)),
]  # fmt: skip


@pytest.mark.parametrize(("estimator", "rows", "named"), BLIND, ids=lambda each: str(each)[:30])
def test_what_cannot_be_told_is_named(estimator, rows, named):
    assert seeing_copies(estimator, rows) == named


@pytest.mark.parametrize(
    "estimator",
    [Logistic(), Stack(), make_pipeline(StandardScaler(), Stack()), RandomForestClassifier(),
     HistGradientBoostingClassifier(), MLPClassifier(), GradientBoostingClassifier(), GRID,
     Stack([GRID]), VotingClassifier([("grid", GRID)])],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_what_divides_nothing_or_patients_is_not_named(estimator):
    assert seeing_copies(estimator, 500) == ()


def test_members_of_a_stack_are_not_told_of_groups():
    assert seeing_copies(Stack([GRID]), 100, grouped=True) == ("GridSearchCV in Stack",)


def test_shuffled_folds_come_from_the_seed(noise):
    X, y = noise
    search = GridSearchCV(KNeighborsClassifier(), NEIGHBOURS, cv=SHUFFLED, scoring="roc_auc")
    once = np.ones(len(y), dtype=np.int64)
    scores = [
        fit_model(search, prepare(X), y, weight, seed=seed).cv_results_["mean_test_score"]
        for weight in (once, drawn(len(y), 3))
        for seed in (1, 1, 2)
    ]
    for first, again, other in (scores[:3], scores[3:]):
        assert_array_equal(first, again)
        assert (first != other).any()
    assert SHUFFLED.random_state is None
