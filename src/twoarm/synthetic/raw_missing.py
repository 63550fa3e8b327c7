"""Which cells a registry would have left empty (section 5.13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoarm.seeds import Stream, generator
from twoarm.synthetic.covariates import CENTRES
from twoarm.synthetic.draws import FloatArray

__all__ = ["RAW_STREAM", "missing_cells"]

#: Step of the seed's path after `Stream.SYNTHETIC`, beyond the inputs of `draws.Input`.
RAW_STREAM: Final = 100
_MISSING: Final = 0  # third step; the fourth is the variable's place below

# Numbers of centres count from 0, as places in `CENTRES`. Missing completely at random:
_RATES: Final = {
    "nihss": 0.01,
    "ivt": 0.01,
    "sbp": 0.05,
    "htn": 0.02,
    "dm": 0.01,
    "af": 0.02,
    "dlp": 0.04,
    "prior_stroke": 0.01,
    "smoke": 0.08,
    "final_mtici": 0.02,
    "proc_min": 0.08,
}
_LKW_RATE: Final = 0.04
_LATE_MIN: Final = 600
_LATE_MULTIPLIER: Final = 3.0
_ASPECTS_TRANSFER_CENTRES: Final = (4, 9, 12)
_ASPECTS_RATE: Final = 0.022
_ASPECTS_TRANSFER_RATE: Final = 0.20
_PASSES_RATES: Final = (0.045, 0.015)  # control, treated
_ICAD_RATES: Final = (0.40, 0.10)
_COLL_UNGRADED_CENTRES: Final = (1, 5, 8, 13)
_COLL_RATE: Final = 0.09
_GLUCOSE_RATE: Final = 0.04
_GLUCOSE_GRADIENT: Final = 0.16
_MRS_RATE: Final = 0.06
_MRS_WORSE: Final = 4
_MRS_MULTIPLIER: Final = 2.0
_DEAD: Final = 6
_SICH_RATE: Final = 0.01


def missing_cells(cohort: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draw which cells are missing.

    Parameters
    ----------
    cohort : DataFrame, n rows
        The complete cohort, as `generate` makes it.
    seed : int
        Seed of the export.

    Returns
    -------
    DataFrame of bool, n rows
        One column for each variable that may be missing; all others never are.

    Examples
    --------
    >>> from twoarm.synthetic import generate
    >>> cells = missing_cells(generate("paper-like", n=4000, seed=1).cohort, seed=1)
    >>> round(float(cells["coll_tan"].mean()), 1)
    0.4
    """
    probabilities = _probabilities(cohort)
    return pd.DataFrame(
        {
            name: generator(seed, Stream.SYNTHETIC, RAW_STREAM, _MISSING, k).random(len(cohort))
            < probability
            for k, (name, probability) in enumerate(probabilities.items())
        },
        index=cohort.index,
    )


def _probabilities(cohort: pd.DataFrame) -> Mapping[str, float | FloatArray]:
    """Give each patient's probability of a missing value, by variable."""
    centre = pd.Index(CENTRES).get_indexer(pd.Index(cohort["centre"]))
    arm = cohort["arm"].to_numpy()
    mrs = cohort["mrs90"].to_numpy()
    late = cohort["lkw_to_puncture_min"].to_numpy() >= _LATE_MIN
    dead = mrs == _DEAD
    return {
        **_RATES,
        "lkw_to_puncture_min": _scaled(_LKW_RATE, late, _LATE_MULTIPLIER),
        "aspects": np.where(
            np.isin(centre, _ASPECTS_TRANSFER_CENTRES), _ASPECTS_TRANSFER_RATE, _ASPECTS_RATE
        ),
        "passes": np.take(_PASSES_RATES, arm),
        "glucose_mmol": _GLUCOSE_RATE + _GLUCOSE_GRADIENT * centre / (len(CENTRES) - 1),
        "coll_tan": np.where(np.isin(centre, _COLL_UNGRADED_CENTRES), 1.0, _COLL_RATE),
        "icad_suspected": np.take(_ICAD_RATES, arm),
        "mrs90": _scaled(_MRS_RATE, mrs >= _MRS_WORSE, _MRS_MULTIPLIER),
        # Only the dead went without imaging; their share carries the overall rate.
        "sich": np.where(dead, _SICH_RATE / max(dead.mean(), _SICH_RATE), 0.0),
    }


def _scaled(rate: float, likelier: NDArray[np.bool_], multiplier: float) -> FloatArray:
    """Give rate x m / mean(m), m being the multiplier where likelier and 1 elsewhere."""
    m = np.where(likelier, multiplier, 1.0)
    return np.asarray(rate * m / m.mean(), dtype=np.float64)
