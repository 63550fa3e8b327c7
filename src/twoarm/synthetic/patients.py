"""The covariates that matter, as arrays: what the formulas of treatment and outcome read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from twoarm.errors import ArgumentError
from twoarm.synthetic.covariates import CENTRES, SITES
from twoarm.synthetic.draws import FloatArray, IntArray

__all__ = ["Patients"]

_COLUMNS: Final = {
    "age": "age",
    "nihss": "nihss",
    "aspects": "aspects",
    "minutes": "lkw_to_puncture_min",
    "passes": "passes",
    "coll": "coll_tan",
    "glucose": "glucose_mmol",
    "premrs": "premrs",
    "htn": "htn",
    "dm": "dm",
    "prior_stroke": "prior_stroke",
    "icad": "icad_suspected",
    "af": "af",
    "ivt": "ivt",
}


@dataclass(frozen=True, slots=True)
class Patients:
    """Covariates of n patients, each an array of shape (n,).

    Attributes
    ----------
    age : ndarray
        Years.
    nihss, aspects, passes, coll, premrs : ndarray
        Points, passes or grades, as in the cohort's columns.
    minutes : ndarray
        From last known well to puncture.
    glucose : ndarray
        mmol/L.
    htn, dm, prior_stroke, icad, af, ivt, ica, m2 : ndarray
        0 or 1.
    centre : ndarray of int
        Place in `CENTRES`.
    """

    age: FloatArray
    nihss: FloatArray
    aspects: FloatArray
    minutes: FloatArray
    passes: FloatArray
    coll: FloatArray
    glucose: FloatArray
    premrs: FloatArray
    htn: FloatArray
    dm: FloatArray
    prior_stroke: FloatArray
    icad: FloatArray
    af: FloatArray
    ivt: FloatArray
    ica: FloatArray
    m2: FloatArray
    centre: IntArray

    @classmethod
    def from_frame(cls, covariates: pd.DataFrame) -> Patients:
        """Read the columns by their names in the cohort file.

        Raises
        ------
        ArgumentError
            If a column is absent, or a site or centre is unknown.
        """
        needed = (*_COLUMNS.values(), "site", "centre")
        absent = [name for name in needed if name not in covariates.columns]
        if absent:
            raise ArgumentError(
                f"The synthetic cohort's formulas need the columns {', '.join(needed)}; "
                f"absent: {', '.join(absent)}. Add them as the cohort file has them."
            )
        site = _codes(covariates["site"], SITES)
        return cls(
            **{ours: covariates[name].to_numpy(np.float64) for ours, name in _COLUMNS.items()},
            ica=(site == SITES.index("ICA")).astype(np.float64),
            m2=(site == SITES.index("M2")).astype(np.float64),
            centre=_codes(covariates["centre"], CENTRES),
        )

    @property
    def hours(self) -> FloatArray:
        """Hours from last known well to puncture."""
        return self.minutes / 60


def _codes(values: pd.Series, known: tuple[str, ...]) -> IntArray:
    codes = pd.Index(known).get_indexer(pd.Index(values)).astype(np.int64)
    if (codes < 0).any():
        found = sorted({str(value) for value in values[codes < 0]})
        raise ArgumentError(
            f"Column {values.name!r} of a synthetic cohort holds {', '.join(known)}; "
            f"found {', '.join(found[:5])}. Use these codes."
        )
    return codes
