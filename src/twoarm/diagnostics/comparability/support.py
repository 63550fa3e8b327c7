"""Is there anybody like this patient in both arms? If not, no individual number is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.neighbors import NearestNeighbors

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.identified import Identified, identified
from twoarm.diagnostics.comparability.overlap import trimmed
from twoarm.diagnostics.finding import Finding, says
from twoarm.errors import ArgumentError

__all__ = ["Support", "SupportFlags", "finding", "learn_support"]


@dataclass(frozen=True, slots=True)
class SupportFlags:
    """Why a patient is outside the support of the data; each of shape (n,).

    Attributes
    ----------
    propensity : ndarray of bool
        Treatment was all but decided: outside alpha to 1 - alpha.
    distance : ndarray of bool
        Nobody near: the nearest patient is as far as two patients of the cohort usually are.
    category : ndarray of bool
        A level that nobody had in one of the arms.
    """

    propensity: NDArray[np.bool_]
    distance: NDArray[np.bool_]
    category: NDArray[np.bool_]

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Whether any of the reasons holds: this patient gets no individual number."""
        return self.propensity | self.distance | self.category


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """The region that the cohort speaks about.

    Attributes
    ----------
    alpha : float
        Bound of the propensity (`trimmed`); 0 if nobody is trimmed, 0.5 if everybody is.
    centre, scale : ndarray, shape (p,)
        Mean and standard deviation of the columns (1 for a constant one).
    cohort : ndarray, shape (n, p)
        Standardised predictors of the cohort.
    far : float
        Root mean square distance of two patients of the cohort: sqrt(2 columns that vary).
    levels : tuple of frozenset
        For each column of categories the codes seen in both arms.
    flags : SupportFlags
        Of the cohort's own patients. Those outside stay in mean, share and average effects.
    outside : tuple of int
        So many of them in control and treated.
    """

    alpha: float
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    cohort: NDArray[np.float64]
    far: float
    levels: tuple[frozenset[float], ...]
    flags: SupportFlags
    outside: tuple[int, int]

    def flag(
        self, X: ArrayLike, propensity: ArrayLike, categories: ArrayLike | None = None
    ) -> SupportFlags:
        """Flag new patients; arguments as in `learn_support`."""
        matrix = np.asarray(X, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.centre.size:
            raise ArgumentError(
                f"X must have {self.centre.size} columns, as learnt; found shape {matrix.shape}."
            )
        scaled = (matrix - self.centre) / self.scale
        nearest = NearestNeighbors(n_neighbors=1).fit(self.cohort).kneighbors(scaled)[0][:, 0]
        codes = _categories(categories, matrix.shape[0])
        if codes.shape[1] != len(self.levels):
            raise ArgumentError(
                f"`categories` must have {len(self.levels)} columns, as learnt; found "
                f"{codes.shape[1]}."
            )
        return SupportFlags(
            _decided(np.asarray(propensity, dtype=np.float64), self.alpha),
            nearest > self.far,
            _unseen(codes, self.levels),
        )


def learn_support(
    X: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    *,
    categories: ArrayLike | None = None,
    judged: Identified | None = None,
) -> Support:
    """Learn which patients the cohort can speak about.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Model columns, complete.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    propensity : array_like, shape (n,)
        Strictly between 0 and 1.
    categories : array_like, shape (n, k), optional
        Codes of predictors with levels.
    judged : Identified, optional
        The overlap of the arms, where it was judged by more than the propensity; by default
        `identified(propensity, treatment)`.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Notes
    -----
    Distances are Euclidean on standardised columns. A neighbour who is no nearer than a patient
    drawn at random tells nothing about this one; the gaps between real neighbours are smaller. A
    percentile of the gaps would leave out as many patients of any cohort, however dense. Being
    inside is no proof of support: regions can be empty between neighbours, and more so the more
    columns there are.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(1); X = rng.normal(size=(200, 2)); arm = np.tile([0, 1], 100)
    >>> support = learn_support(X, arm, np.full(200, 0.5))
    >>> support.flag([[0.0, 0.0], [9.0, 9.0]], [0.5, 0.5]).outside.tolist()
    [False, True]
    """
    matrix, arm = np.asarray(X, dtype=np.float64), np.asarray(treatment)
    e = np.asarray(propensity, dtype=np.float64)
    if matrix.ndim != 2 or arm.shape != matrix.shape[:1] or e.shape != arm.shape or arm.size < 2:
        raise ArgumentError(
            "X, treatment and propensity must have the same number of rows, at least 2; found "
            f"shapes {matrix.shape}, {arm.shape} and {e.shape}."
        )
    arm = arm.astype(np.int64)
    trimming = trimmed(e, identified(e, arm) if judged is None else judged)
    centre, spread = matrix.mean(axis=0), matrix.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    cohort = (matrix - centre) / scale
    # Asked without points, the neighbours of the learnt ones leave out the patient itself.
    nearest = NearestNeighbors(n_neighbors=1).fit(cohort).kneighbors()[0][:, 0]
    far = math.sqrt(2.0 * int((spread > 0).sum()))
    codes = _categories(categories, arm.size)
    levels = tuple(
        frozenset(column[arm == 0].tolist()) & frozenset(column[arm == 1].tolist())
        for column in codes.T
    )
    flags = SupportFlags(~trimming.kept, nearest > far, _unseen(codes, levels))
    outside = (int(flags.outside[arm == 0].sum()), int(flags.outside[arm == 1].sum()))
    return Support(trimming.alpha, centre, scale, cohort, far, levels, flags, outside)


def _categories(categories: ArrayLike | None, n: int) -> NDArray[np.float64]:
    if categories is None:
        return np.empty((n, 0))
    codes = np.asarray(categories, dtype=np.float64)
    if codes.ndim != 2 or codes.shape[0] != n:
        raise ArgumentError(f"`categories` needs {n} rows; found shape {codes.shape}.")
    return codes


def _decided(propensity: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    return (propensity < alpha) | (propensity > 1.0 - alpha)


def _unseen(codes: NDArray[np.float64], levels: tuple[frozenset[float], ...]) -> NDArray[np.bool_]:
    unseen = np.zeros(codes.shape[0], dtype=np.bool_)
    for column, seen in zip(codes.T, levels, strict=True):
        unseen |= ~np.isin(column, sorted(seen))
    return unseen


@says("support")
def finding(value: Support, study: Study) -> Finding:
    """Say how many patients of the cohort are without their like; never more than a caution."""
    flags, n = value.flags, value.cohort.shape[0]
    labels = study.file.treatment.labels
    text = (
        f"{int(flags.outside.sum())} of {n} patients have nobody like them in one of the arms "
        f"({labels.control}, {labels.treated}) or nobody near in either. They get no individual "
        "number but count in every average. Being inside is no proof that there are enough."
    )
    return Finding("support", "cannot tell", text)
