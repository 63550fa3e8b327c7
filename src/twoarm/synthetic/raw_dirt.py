"""What goes wrong between the bedside and the export (section 5.13).

Each kind of dirt hits a small share of the rows it can hit, at least one, so that every export of
a usual size shows all of them. Which rows, the seed says.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoarm.seeds import Stream, generator
from twoarm.synthetic.draws import FloatArray, IntArray
from twoarm.synthetic.raw_missing import RAW_STREAM

__all__ = [
    "COARSE_MTICI",
    "MG_DL_CENTRES",
    "MG_DL_PER_MMOL",
    "SEX_12_CENTRE",
    "YES_NO",
    "Dirt",
    "chosen",
    "dirty_text",
]

#: Yes-or-no fields, where 2 or 9 may stand for unknown.
YES_NO: Final = (
    "ivt",
    "htn",
    "dm",
    "af",
    "dlp",
    "smoke",
    "prior_stroke",
    "icad_suspected",
    "sich",
)
#: Centres whose laboratory reports glucose in mg/dL, in whole numbers.
MG_DL_CENTRES: Final = ("C03", "C11")
MG_DL_PER_MMOL: Final = 18.02
#: The centre that codes sex as 1 (male) and 2 (female).
SEX_12_CENTRE: Final = "C07"
#: The label that some write for every successful grade.
COARSE_MTICI: Final = "2b-3"

_COARSE_GRADES: Final = ("2b", "2c", "3")
_UNKNOWN_CODES: Final = ("", "2", "9")
_DAY_MIN: Final = 1440
_IVT_EARLIEST_MIN: Final = 30
_IVT_LATEST_MIN: Final = 270
_IVT_BEFORE_PUNCTURE_MIN: Final = 10
# Shares of the rows that can be hit.
_COMMA: Final = 0.05
_CLOCK: Final = 0.10
_PUNCTURE_BEFORE_LKW: Final = 0.005
_IVT_TIME_WITHOUT_IVT: Final = 0.01
_COARSE: Final = 0.05

# The export's columns by name, shape (n,) each, changed in place.
Cells = dict[str, NDArray[np.object_]]


class Dirt(IntEnum):
    """Third step of a seed's path, after `RAW_STREAM`; 0 are the missing cells."""

    UNKNOWN_CODE = 1
    COMMA = 2
    CLOCK = 3
    LKW_TIME = 4
    SWAPPED = 5
    IVT_TIME = 6
    IVT_TIME_WITHOUT_IVT = 7
    COARSE_MTICI = 8
    INELIGIBLE = 9
    INELIGIBLE_PREMRS = 10
    DUPLICATE = 11
    PLACE = 12


def _generator(seed: int, dirt: Dirt) -> np.random.Generator:
    return generator(seed, Stream.SYNTHETIC, RAW_STREAM, dirt)


def chosen(seed: int, dirt: Dirt, share: float, can: NDArray[np.bool_]) -> IntArray:
    """Choose a share of the rows that can be hit, at least one if there is any; ascending."""
    rows = np.flatnonzero(can)
    size = math.ceil(share * rows.size)
    return np.sort(_generator(seed, dirt).choice(rows, size, replace=False)).astype(np.int64)


def dirty_text(cohort: pd.DataFrame, missing: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Write the cohort as text, with its missing cells and its dirt; one row a patient.

    Parameters
    ----------
    cohort : DataFrame, n rows
        Complete, as `generate` makes it.
    missing : DataFrame of bool, n rows
        See `missing_cells`.
    seed : int
        Seed of the export.

    Returns
    -------
    DataFrame of str, n rows
        The columns of the cohort, and ``lkw_time``, ``puncture_time`` and ``ivt_time`` as HH:MM.
    """
    text: Cells = {
        str(name): np.array([_written(cell) for cell in cohort[name]], dtype=object)
        for name in cohort
    }
    for name in missing:
        text[str(name)][missing[name].to_numpy()] = ""
    _unknown_codes(text, missing, seed)
    _glucose(text, cohort["glucose_mmol"].to_numpy(np.float64), seed)
    minutes = cohort["lkw_to_puncture_min"].to_numpy(np.int64)
    lkw = _generator(seed, Dirt.LKW_TIME).integers(0, _DAY_MIN, minutes.size)
    _puncture(text, minutes, lkw, seed)
    _thrombolysis(text, minutes, lkw, seed)
    grade = text["final_mtici"]
    grade[chosen(seed, Dirt.COARSE_MTICI, _COARSE, np.isin(grade, _COARSE_GRADES))] = COARSE_MTICI
    here = text["centre"] == SEX_12_CENTRE
    text["female"][here] = [str(int(cell) + 1) for cell in text["female"][here]]
    return pd.DataFrame(text, dtype=str)


def _written(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _unknown_codes(text: Cells, missing: pd.DataFrame, seed: int) -> None:
    """Put 2 or 9 in two thirds of the missing cells of the yes-or-no fields."""
    rng = _generator(seed, Dirt.UNKNOWN_CODE)
    for name in YES_NO:
        rows = np.flatnonzero(missing[name].to_numpy())
        text[name][rows] = rng.choice(_UNKNOWN_CODES, rows.size)


def _glucose(text: Cells, mmol: FloatArray, seed: int) -> None:
    """Write mg/dL at some centres, and some decimal commas at the others."""
    cells = text["glucose_mmol"]
    known = cells != ""
    other_unit = known & np.isin(text["centre"], MG_DL_CENTRES)
    cells[other_unit] = [f"{each:.0f}" for each in np.rint(mmol[other_unit] * MG_DL_PER_MMOL)]
    rows = chosen(seed, Dirt.COMMA, _COMMA, known & ~other_unit)
    cells[rows] = [cell.replace(".", ",") for cell in cells[rows]]


def _puncture(text: Cells, minutes: IntArray, lkw: IntArray, seed: int) -> None:
    """Write clock times in place of some minutes, and turn some minutes round."""
    cells = text["lkw_to_puncture_min"]
    text["lkw_time"], text["puncture_time"] = _empty(cells.size), _empty(cells.size)
    rows = chosen(seed, Dirt.CLOCK, _CLOCK, cells != "")
    cells[rows] = ""
    text["lkw_time"][rows] = _clock(lkw[rows])
    text["puncture_time"][rows] = _clock(lkw[rows] + minutes[rows])
    rows = chosen(seed, Dirt.SWAPPED, _PUNCTURE_BEFORE_LKW, cells != "")
    cells[rows] = [f"-{each}" for each in minutes[rows]]


def _thrombolysis(text: Cells, minutes: IntArray, lkw: IntArray, seed: int) -> None:
    """Write a time of thrombolysis for whoever had it, and for some who had not."""
    latest = np.minimum(_IVT_LATEST_MIN, minutes - _IVT_BEFORE_PUNCTURE_MIN)
    needle = lkw + _generator(seed, Dirt.IVT_TIME).integers(_IVT_EARLIEST_MIN, latest + 1)
    stray = chosen(seed, Dirt.IVT_TIME_WITHOUT_IVT, _IVT_TIME_WITHOUT_IVT, text["ivt"] == "0")
    rows = np.union1d(np.flatnonzero(text["ivt"] == "1"), stray)
    text["ivt_time"] = _empty(minutes.size)
    text["ivt_time"][rows] = _clock(needle[rows])


def _empty(n: int) -> NDArray[np.object_]:
    return np.full(n, "", dtype=object)


def _clock(minutes: IntArray) -> list[str]:
    """Write minutes since some midnight as HH:MM of whichever day."""
    return [f"{each // 60:02d}:{each % 60:02d}" for each in minutes % _DAY_MIN]
