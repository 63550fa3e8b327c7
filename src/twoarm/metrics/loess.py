"""Local regression in one predictor, as R's `loess` fits it by default.

Cleveland, Grosse, Shyu 1992, Local regression models (in: Statistical Models in S); netlib dloess.
R fits at a few vertices only and joins them by cubic pieces (`surface = "interpolate"`); published
E-statistics come from that, so it is repeated here and not replaced by a fit at every point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicHermiteSpline

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics.benefit_arrays import same_length

__all__ = ["loess"]

_CELL = 0.2  # a cell of the k-d tree is cut while it holds more than span * cell * n points
_MARGIN = 0.005  # the outer vertices stand this share of the range outside of the points
_WHOLE = 1e-5  # added by R before it rounds a share of n down


def loess(
    x: ArrayLike, y: ArrayLike, *, span: float = 0.75, degree: int = 2
) -> NDArray[np.float64]:
    """Give the smoothed y at every x.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Predictor and outcome, complete.
    span : float
        Share of the points that each local fit uses, over 0 and up to 1.
    degree : int
        Degree of the local polynomial, 1 or 2.

    Returns
    -------
    ndarray, shape (n,)
        What ``fitted(loess(y ~ x, span = span, degree = degree))`` gives in R: tricube weights, a
        Gaussian family, no robustness iterations.

    Raises
    ------
    ArgumentError
        If an argument is outside what is allowed, or so many x are tied that a neighbourhood has
        no width.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0.0, 1.0, 20)
    >>> np.allclose(loess(x, x**2), x**2)  # a parabola passes as it is
    True
    """
    at, values = same_length(x=x, y=y)
    if not 0.0 < span <= 1.0 or degree not in (1, 2):
        raise ArgumentError(
            f"loess needs a span in (0, 1] and degree 1 or 2; found {span} and {degree}."
        )
    neighbours = int(span * at.size + _WHOLE)
    if neighbours < degree + 1:
        raise NotEstimable(
            f"A local fit of degree {degree} needs {degree + 1} points at least; a span of {span} "
            f"of {at.size} points has {neighbours}."
        )
    order = np.argsort(at, kind="stable")
    vertices = _vertices(at[order], int(span * _CELL * at.size + _WHOLE))
    fits = [_local_fit(at, values, vertex, neighbours, degree) for vertex in vertices]
    height, slope = np.array(fits).T
    return np.asarray(CubicHermiteSpline(vertices, height, slope)(at), dtype=np.float64)


def _vertices(x: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Cut the range of the sorted x at medians until no cell holds more than `most` points."""
    margin = _MARGIN * max(x[-1] - x[0], 1e-10 * float(np.abs(x).max()) + 1e-30)
    found = [x[0] - margin, x[-1] + margin]
    cells = [(0, x.size - 1, found[0], found[1])]
    while cells:
        first, last, low, high = cells.pop()
        if last - first + 1 <= most:
            continue
        middle = _untied(x, first, last)
        if middle is None or x[middle] in (low, high):
            continue
        found.append(x[middle])
        cells += [(first, middle, low, x[middle]), (middle + 1, last, x[middle], high)]
    return np.sort(found)


def _untied(x: NDArray[np.float64], first: int, last: int) -> int | None:
    """Give the place nearest to the middle whose right neighbour is larger; None if all tied."""
    middle, offset = (first + last) // 2, 0
    while first <= middle + offset < last:
        if x[middle + offset] != x[middle + offset + 1]:
            return middle + offset
        offset = -offset + (offset <= 0)
    return None


def _local_fit(
    x: NDArray[np.float64], y: NDArray[np.float64], at: float, neighbours: int, degree: int
) -> tuple[float, float]:
    """Give height and slope at one point of the polynomial fitted around it."""
    distance = np.abs(x - at)
    width = float(np.partition(distance, neighbours - 1)[neighbours - 1])
    if width <= 0.0:
        raise NotEstimable(
            f"loess cannot smooth: {neighbours} or more points share the value {at:.6g}."
        )
    root = np.sqrt(np.clip(1.0 - (distance / width) ** 3, 0.0, None) ** 3)
    near = root > 0.0
    powers = np.vander(x[near] - at, degree + 1, increasing=True)
    coefficient = np.linalg.lstsq(root[near, None] * powers, root[near] * y[near], rcond=None)[0]
    return float(coefficient[0]), float(coefficient[1])
