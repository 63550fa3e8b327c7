"""Columns measured after the decision, and the negative control (section 5.12).

They exist so that a study can be seen to refuse them as predictors; no other value depends on
them. The negative control is measured before the decision, sees the unmeasured factor, and is
untouched by treatment.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from twoarm.synthetic.draws import (
    FloatArray,
    Input,
    IntArray,
    bernoulli,
    category,
    input_generator,
    uniform,
)

__all__ = ["AFTER_DECISION", "after_decision", "negative_control"]

#: Columns measured after the decision, in the order of the file (section 5.14).
AFTER_DECISION: Final = ("final_mtici", "stent_type", "proc_min", "gpi", "nihss_24h")

_MTICI: Final = ("0", "1", "2a", "2b", "2c", "3")
_STENT_TYPES: Final = ("none", "balloon_mounted", "self_expandable")
# All from section 5.12, as (control, treated).
_PROC_LOG_MEAN: Final = (4.01, 4.39)
_PROC_LOG_SD: Final = (0.60, 0.40)
_GPI_SHARE: Final = (0.10, 0.60)
_GRADE_0_AMONG_0_1: Final = 0.73
_BALLOON_MOUNTED: Final = 0.39


def after_decision(arm: IntArray, nihss: IntArray, mrs90: IntArray, seed: int) -> pd.DataFrame:
    """Draw what is recorded after the decision.

    The specification gives stented patients one class "mTICI 0-1" of 4 %; here it is split into 0
    and 1 in the proportion of the control arm, so that both arms use the same codes.

    Parameters
    ----------
    arm : ndarray of int, shape (n,)
        0 (control) or 1 (treated).
    nihss : ndarray of int, shape (n,)
        NIHSS before the procedure.
    mrs90 : ndarray of int, shape (n,)
        mRS at 90 days, 0 to 6.
    seed : int
        Seed of the cohort.

    Returns
    -------
    DataFrame, n rows
        The columns `AFTER_DECISION`. ``stent_type`` of a control is ``"none"``; ``proc_min`` is
        in minutes.
    """
    n = arm.size
    log_minutes = np.take(_PROC_LOG_MEAN, arm) + np.take(_PROC_LOG_SD, arm) * _normal(
        seed, Input.PROC_MIN, n
    )
    later_nihss = nihss + 2.5 * (mrs90 - 3) + 4 * _normal(seed, Input.NIHSS_24H, n)
    return pd.DataFrame(
        {
            "final_mtici": np.take(_MTICI, _reperfusion(arm, seed)),
            "stent_type": np.take(_STENT_TYPES, _stent_type(arm, seed)),
            "proc_min": np.rint(np.exp(log_minutes)).astype(np.int64),
            "gpi": (uniform(seed, Input.GPI, n) < np.take(_GPI_SHARE, arm)).astype(np.int64),
            "nihss_24h": np.rint(np.clip(later_nihss, 0, 42)).astype(np.int64),
        }
    )


def negative_control(age: IntArray, shift: FloatArray, seed: int) -> IntArray:
    """Draw an outcome that the treatment cannot reach, shape (n,).

    Parameters
    ----------
    age : ndarray of int, shape (n,)
        Years.
    shift : ndarray, shape (n,)
        The unmeasured factor times its weight.
    seed : int
        Seed of the cohort.
    """
    return bernoulli(seed, Input.NEG_CONTROL, -0.8 + 0.8 * shift - 0.02 * (age - 67))


def _normal(seed: int, which: Input, n: int) -> FloatArray:
    return input_generator(seed, which).standard_normal(n)


def _reperfusion(arm: IntArray, seed: int) -> IntArray:
    u = uniform(seed, Input.FINAL_MTICI, arm.size)
    low = _GRADE_0_AMONG_0_1
    stented = category(u, 0.04 * low, 0.04 * (1 - low), 0.06, 0.40, 0.17)
    return np.where(arm == 1, stented, category(u, low))


def _stent_type(arm: IntArray, seed: int) -> IntArray:
    type_code = 1 + category(uniform(seed, Input.STENT_TYPE, arm.size), _BALLOON_MOUNTED)
    return np.where(arm == 1, type_code, 0)
