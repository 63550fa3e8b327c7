"""Locally weighted regression of a yes/no outcome, and how far it is from the identity.

Cleveland 1979, doi 10.1080/01621459.1979.10481038, without robustness iterations: in untied data
R's ``lowess(x, y, f, iter = 0, delta)``. Where x is tied at the left edge of a neighbourhood, all
tied rows belong to it, so that the order of the rows does not matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.jit import kernel

__all__ = ["calibration_errors", "lowess"]

_SPAN = 2.0 / 3.0
_SKIPPED = 0.01  # of the range of x: points nearer to the last fit are interpolated


@kernel
def _local_line(
    x: NDArray[np.float64], y: NDArray[np.float64], at: float, left: int, right: int
) -> float:
    """Give the height at `at` of the line fitted to the rows around it; NaN if none has weight."""
    n = x.shape[0]
    first = left
    while first > 0 and x[first - 1] == x[left]:
        first -= 1
    width = max(at - x[left], x[right] - at)
    total, mean_x, mean_y = 0.0, 0.0, 0.0
    last = first
    weight = np.empty(n)
    while last < n:
        distance = abs(x[last] - at)
        weight[last] = 0.0
        if distance <= 0.999 * width:
            share = distance / width if distance > 0.001 * width else 0.0
            cube = 1.0 - share * share * share
            weight[last] = cube * cube * cube
        elif x[last] > at:
            break
        total += weight[last]
        mean_x += weight[last] * x[last]
        mean_y += weight[last] * y[last]
        last += 1
    if total <= 0.0:
        return np.nan
    mean_x, mean_y = mean_x / total, mean_y / total
    spread, product = 0.0, 0.0
    for j in range(first, last):
        offset = x[j] - mean_x
        spread += weight[j] * offset * offset
        product += weight[j] * offset * y[j]
    if np.sqrt(spread / total) > 0.001 * (x[n - 1] - x[0]):
        return mean_y + (at - mean_x) * product / spread
    return mean_y


@kernel
def lowess(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smooth y over x, which is sorted; span 2/3."""
    n = x.shape[0]
    fitted = y.copy()
    if n < 2:
        return fitted
    neighbours = max(min(int(_SPAN * n + 1e-7), n), 2)
    left, right = 0, neighbours - 1
    step = _SKIPPED * (x[n - 1] - x[0])
    last, i = -1, 0
    while last < n - 1:
        while right < n - 1 and x[i] - x[left] > x[right + 1] - x[i]:
            left += 1
            right += 1
        height = _local_line(x, y, x[i], left, right)
        fitted[i] = y[i] if np.isnan(height) else height
        for j in range(last + 1, i):
            share = (x[j] - x[last]) / (x[i] - x[last])
            fitted[j] = share * fitted[i] + (1.0 - share) * fitted[last]
        last = i
        reach = x[last] + step
        i = last + 1
        while i < n and x[i] <= reach:
            if x[i] == x[last]:
                fitted[i] = fitted[last]
                last = i
            i += 1
        i = max(last + 1, i - 1)
    return fitted


@kernel
def calibration_errors(
    risk: NDArray[np.float64], outcome: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Give mean, median, 90th percentile and maximum of |smoothed outcome - risk|; risk sorted."""
    distance = np.sort(np.abs(lowess(risk, outcome) - risk))
    if distance.shape[0] == 0:
        return np.nan, np.nan, np.nan, np.nan
    return distance.mean(), _quantile(distance, 0.5), _quantile(distance, 0.9), distance[-1]


@kernel
def _quantile(values: NDArray[np.float64], share: float) -> float:
    """Interpolate in sorted values, as R's type 7."""
    place = share * (values.shape[0] - 1)
    below = int(place)
    above = min(below + 1, values.shape[0] - 1)
    return values[below] + (place - below) * (values[above] - values[below])
