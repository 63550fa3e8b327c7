"""Estimators that divide their rows themselves, and what copies of a patient do to them.

A search, or an estimator that cross-validates inside its fit, divides the rows it is given. Among
the rows of a bootstrap replicate are copies, and a patient whose copy was learnt from is no
patient to choose by: one nearest neighbour always wins. Such an estimator gets a splitter that
divides patients; where it cannot take one, it is named.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import VotingClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import RidgeClassifierCV, RidgeCV
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import TargetEncoder

from twoarm.learners.copies import PatientSplitter

__all__ = ["keep_together", "seed_splitters", "seeing_copies"]

_HAND_ON_ALL_ROWS = (Pipeline, FeatureUnion, ColumnTransformer, VotingClassifier, SelectFromModel)
_LEAVE_ONE_ROW_OUT = (RidgeCV, RidgeClassifierCV)  # what cv=None means to these
_STOPS_EARLY_FROM = 10_000  # rows above which early_stopping="auto" holds some back


def keep_together(
    estimator: Any,
    patient: NDArray[Any],
    outcome: NDArray[np.int64],
    groups: NDArray[Any] | None = None,
) -> None:
    """Give every part that divides all rows of the fit a splitter that divides patients.

    The parameters are those of `PatientSplitter`; `estimator` is changed.
    """
    for part, whole in _parts(estimator):
        if whole and _takes_splitter(part):
            judged = getattr(part, "estimator", None)
            classifier = is_classifier(part if judged is None else judged)
            splitter = PatientSplitter(part.cv, patient, outcome, groups, classifier=classifier)
            part.set_params(cv=splitter)


def seed_splitters(estimator: Any, seed: int) -> None:
    """Set the `random_state` of every splitter in the estimator, which is changed."""
    for part, _ in _parts(estimator):
        cv: Any = getattr(part, "cv", None)
        if isinstance(part, TargetEncoder) and isinstance(cv, Integral):
            cv = StratifiedKFold(int(cv), shuffle=True)  # what a number means to it alone
        if hasattr(cv, "split") and hasattr(cv, "random_state"):
            seeded = copy.copy(cv)
            seeded.random_state = seed
            part.set_params(cv=seeded)


def seeing_copies(estimator: Any, rows: int, *, grouped: bool = False) -> tuple[str, ...]:
    """Name the parts that divide their rows themselves and cannot be told whose rows they are.

    Parameters
    ----------
    estimator : classifier
    rows : int
        Rows of a fit: some estimators hold rows back from large samples alone.
    grouped : bool
        Whether rows of one group have to stay together.

    Examples
    --------
    >>> from sklearn.ensemble import BaggingClassifier
    >>> from sklearn.linear_model import LogisticRegressionCV
    >>> seeing_copies(LogisticRegressionCV(), 100)
    ()
    >>> seeing_copies(BaggingClassifier(LogisticRegressionCV()), 100)
    ('LogisticRegressionCV in BaggingClassifier',)
    """
    told = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
    found = []
    for part, whole in _all_parts(estimator, grouped):
        if _is_stack(part):
            blind = part is not told
        else:
            blind = _stops_early(part, rows) or (_divides(part) and not _takes_splitter(part))
            blind |= _divides(part) and not whole
        if blind:
            name = type(part).__name__
            found.append(name if part is estimator else f"{name} in {type(estimator).__name__}")
    return tuple(dict.fromkeys(found))


def _parts(estimator: Any, whole: bool = True) -> Iterator[tuple[Any, bool]]:
    """Give the estimator and those inside it, and whether each gets all rows of the fit.

    A stack's members are no parts: each is a fit of its own and dealt with there.
    """
    yield estimator, whole
    if not _is_stack(estimator):
        for child in _inside(estimator):
            yield from _parts(child, whole and _hands_on(estimator))


def _all_parts(estimator: Any, grouped: bool) -> Iterator[tuple[Any, bool]]:
    """Give what `_parts` gives and the members of stacks.

    Members know copies by their weights, which a stack inside another estimator does not have.
    """
    for part, whole in _parts(estimator):
        yield part, whole
        if _is_stack(part):
            for member in _inside(part):
                for each, own in _all_parts(member, grouped):
                    yield each, own and part is estimator and not grouped


def _inside(estimator: Any) -> Iterator[Any]:
    """Give the estimators that the estimator's parameters hold, in lists and tables too."""
    values = list(estimator.get_params(deep=False).values())
    while values:
        value = values.pop(0)
        if isinstance(value, Mapping):
            values[:0] = value.values()
        elif isinstance(value, list | tuple):
            values[:0] = value
        elif hasattr(value, "get_params") and hasattr(value, "fit") and not isinstance(value, type):
            yield value


def _hands_on(estimator: Any) -> bool:
    """Say whether those inside get the rows that the estimator gets, all and in order."""
    steps = estimator.steps if isinstance(estimator, Pipeline) else ()
    resamples = any(hasattr(step, "fit_resample") for _, step in steps)
    return isinstance(estimator, _HAND_ON_ALL_ROWS) and not resamples


def _is_stack(part: Any) -> bool:
    return hasattr(part, "inner_folds")  # the class itself builds on this module


def _divides(part: Any) -> bool:
    """Say whether the fit cross-validates; a text such as "prefit" says that it does not."""
    parameters = part.get_params(deep=False)
    return "cv" in parameters and not isinstance(parameters["cv"], str)


def _takes_splitter(part: Any) -> bool:
    """Say whether `cv` is a number of folds or a splitter, not splits made for other rows."""
    if not _divides(part):
        return False
    if part.cv is None:
        return not isinstance(part, _LEAVE_ONE_ROW_OUT)
    return isinstance(part.cv, Integral) or hasattr(part.cv, "split")


def _stops_early(part: Any, rows: int) -> bool:
    """Say whether the fit holds rows back to see when to stop."""
    parameters = part.get_params(deep=False)
    if "validation_fraction" not in parameters:
        return False
    if "early_stopping" not in parameters:
        return parameters.get("n_iter_no_change") is not None
    chosen = parameters["early_stopping"]
    return rows > _STOPS_EARLY_FROM if chosen == "auto" else bool(chosen)
