"""Classifiers of other libraries as members and as estimators to validate.

They get repeated rows, never weights: many count rows where they should count weight (the smallest
leaf of a scikit-learn forest, the bins of LightGBM), so weights would be another procedure.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ArgumentError, MissingPackageError
from twoarm.learners.dividing import keep_together, seed_splitters
from twoarm.learners.prepared import rows_of

__all__ = ["fit_repeated", "import_plugin", "with_seed"]

_SEED_NAMES = ("seed", "random_state")


def with_seed(estimator: Any, seed: int) -> Any:
    """Set every parameter named `seed` or `random_state`, nested ones too; give the estimator.

    The splitters of searches are among them.
    """
    seed_splitters(estimator, seed)
    names = [
        name
        for name, value in estimator.get_params(deep=True).items()
        if name.split("__")[-1] in _SEED_NAMES and not _is_deprecated(value)
    ]
    return estimator.set_params(**dict.fromkeys(names, seed)) if names else estimator


def _is_deprecated(value: Any) -> bool:
    """Say whether a parameter holds scikit-learn's mark of one that is on its way out."""
    return isinstance(value, str) and value == "deprecated"


def fit_repeated(
    estimator: Any,
    X: Any,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    groups: NDArray[Any] | None = None,
    **fit_parameters: Any,
) -> Any:
    """Fit on each row as often as its weight says; give the estimator.

    A search or cross-validation inside it keeps the copies of a row together, and the rows of a
    group, wherever the estimator can be told (`dividing.seeing_copies` names the others).
    """
    rows = np.repeat(np.arange(weight.size), weight)
    if weight.max() > 1 or groups is not None:
        keep_together(estimator, rows, outcome[rows], None if groups is None else groups[rows])
    return estimator.fit(rows_of(X, rows), outcome[rows], **fit_parameters)


def import_plugin(path: str, parameters: Mapping[str, Any]) -> Any:
    """Make a classifier from an import path such as ``sklearn.ensemble:ExtraTreesClassifier``.

    Raises
    ------
    MissingPackageError
        If the module cannot be imported.
    ArgumentError
        If the path has no class of that name, the parameters do not fit, or the class is no
        classifier with `predict_proba`.

    Examples
    --------
    >>> import_plugin("sklearn.linear_model:LogisticRegression", {"C": 2.0})
    LogisticRegression(C=2.0)
    """
    module_name, _, class_name = path.partition(":")
    if not module_name or not class_name:
        raise ArgumentError(
            f"A plug-in's path must read 'module:Class', such as "
            f"'sklearn.ensemble:ExtraTreesClassifier'; found '{path}'."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = importlib.import_module(module_name)
    except (ImportError, TypeError, ValueError) as error:  # the last two: no path to a module
        raise MissingPackageError(
            f"The plug-in '{path}' needs the module '{module_name}', which cannot be imported "
            f"({error}). Install its package, or take the plug-in out of the study file."
        ) from error
    maker = getattr(module, class_name, None)
    if maker is None:
        raise ArgumentError(f"The module '{module_name}' has no class '{class_name}'.")
    try:
        estimator = maker(**parameters)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"The plug-in '{path}' does not take these parameters: {error}."
        ) from error
    missing = [
        name for name in ("fit", "predict_proba", "get_params") if not hasattr(estimator, name)
    ]
    if missing:
        raise ArgumentError(
            f"A plug-in must be a scikit-learn classifier; '{path}' has no {', '.join(missing)}."
        )
    return estimator
