"""Exponential, logistic function and its loss in operations that a compiler puts side by side.

The library's `exp` is a call for every number; here several rows share one instruction, and a loop
over rows gives the same digits as a single call. Cody and Waite, Software Manual for the Elementary
Functions (1980), chapter 6: exp(x) = 2**k exp(r) with abs(r) at most log(2) / 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bits import multiply_add
from twoarm.kernels.jit import inlined, kernel

__all__ = ["decay", "expit", "expit_all", "log_1_plus"]

_PER_LOG_2 = 1.4426950408889634
_LOG_2_HIGH = 6.93147180369123816490e-01  # its last 21 bits are zero: a product with k is exact
_LOG_2_LOW = 1.90821492927058770002e-10
_LOG_2 = 0.6931471805599453
_SHIFT = 1.5 * 2.0**52  # added to a number, leaves the nearest whole one in the last bits
_LOWEST = -708.0  # below, exp is no normal number
_ROOT_HALF_ODDS = 0.41421356237309503  # sqrt(2) - 1


@inlined
def decay(x: float) -> float:
    """Give exp(-abs(x)) to within one unit in the last place; 0 where that is below 1e-307."""
    negative = -abs(x)
    inside = _LOWEST if negative < _LOWEST else negative
    shifted = multiply_add(inside, _PER_LOG_2, _SHIFT)
    k = shifted - _SHIFT
    r = multiply_add(-k, _LOG_2_LOW, multiply_add(-k, _LOG_2_HIGH, inside))
    r2 = r * r
    r4 = r2 * r2
    low = multiply_add(r2, multiply_add(r, 1 / 120, 1 / 24), multiply_add(r, 1 / 6, 1 / 2))
    middle = multiply_add(
        r2, multiply_add(r, 1 / 362880, 1 / 40320), multiply_add(r, 1 / 5040, 1 / 720)
    )
    high = multiply_add(
        r2,
        multiply_add(r, 1 / 6227020800, 1 / 479001600),
        multiply_add(r, 1 / 39916800, 1 / 3628800),
    )
    series = multiply_add(r2, multiply_add(r4, multiply_add(r4, high, middle), low), r) + 1.0
    power = np.int64((np.float64(shifted).view(np.int64) + np.int64(1023)) << np.int64(52))
    found = series * power.view(np.float64)
    return 0.0 if negative < _LOWEST else found


@inlined
def expit(x: float) -> float:
    """Give 1 / (1 + exp(-x)) without overflow."""
    e = decay(x)
    larger = 1.0 / (1.0 + e)
    return larger if x >= 0.0 else e * larger


@inlined
def log_1_plus(e: float) -> float:
    """Give log(1 + e) for e from 0 to 1, the logarithm of an odds, to within 1e-16.

    log(u) = 2 artanh((u - 1) / (u + 1)), after halving u = 1 + e where it exceeds the root of 2.
    """
    halved = e > _ROOT_HALF_ODDS
    s = (e - 1.0 if halved else e) / (e + 3.0 if halved else e + 2.0)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    low = multiply_add(z2, multiply_add(z, 1 / 9, 1 / 7), multiply_add(z, 1 / 5, 1 / 3))
    high = multiply_add(z2, multiply_add(z, 1 / 17, 1 / 15), multiply_add(z, 1 / 13, 1 / 11))
    high = multiply_add(z4, multiply_add(z, 1 / 21, 1 / 19), high)
    found = 2.0 * multiply_add(s * z, multiply_add(z4, high, low), s)
    return found + _LOG_2 if halved else found


@kernel
def expit_all(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give `expit` of every number, digit for digit as the kernels compute it one by one."""
    risk = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        risk[i] = expit(x[i])
    return risk
