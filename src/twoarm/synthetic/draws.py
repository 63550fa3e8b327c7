"""One stream of random numbers per random input.

Each input of section 5.0 has its own stream, so the same patients appear in every scenario, the
first patients of a larger cohort are those of a smaller one, and a further column would change
none of the others.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from twoarm.seeds import Stream, generator

__all__ = [
    "FloatArray",
    "Input",
    "IntArray",
    "Numbers",
    "bernoulli",
    "category",
    "input_generator",
    "uniform",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Numbers = IntArray | FloatArray


class Input(IntEnum):
    """What is drawn: the last step of a stream's path. Renumbering changes every cohort."""

    COPULA = 0
    FEMALE = 1
    HTN = 2
    DM = 3
    DLP = 4
    SMOKE = 5
    PRIOR_STROKE = 6
    ICAD = 7
    AF = 8
    IVT = 9
    SITE = 10
    PREMRS = 11
    CENTRE = 12
    UNMEASURED = 13
    ARM = 14
    SICH = 15
    MRS = 16
    FINAL_MTICI = 17
    STENT_TYPE = 18
    PROC_MIN = 19
    GPI = 20
    NIHSS_24H = 21
    NEG_CONTROL = 22
    CONTROL_SAMPLE = 23
    TREATED_SAMPLE = 24


def input_generator(seed: int, which: Input) -> np.random.Generator:
    """Give the fresh generator of one random input."""
    return generator(seed, Stream.SYNTHETIC, which)


def uniform(seed: int, which: Input, n: int) -> FloatArray:
    """Draw the uniforms of one input, shape (n,), in [0, 1)."""
    return input_generator(seed, which).random(n)


def bernoulli(seed: int, which: Input, logit: FloatArray) -> IntArray:
    """Draw one 0 or 1 per patient, 1 with probability ``expit(logit)``, shape (n,)."""
    return np.asarray(uniform(seed, which, logit.size) < expit(logit), dtype=np.int64)


def category(u: FloatArray, *probabilities: float | FloatArray) -> IntArray:
    """Turn uniforms into categories 0, 1, ...: how many cumulative probabilities lie at or below u.

    Parameters
    ----------
    u : ndarray, shape (n,)
        Uniforms.
    *probabilities : float or ndarray, shape (n,)
        Probability of each category but the last, which gets what remains.
    """
    codes = np.zeros(u.size, dtype=np.int64)
    reached = np.zeros(u.size)
    for probability in probabilities:
        reached += probability
        codes += u >= reached
    return codes
