"""A synthetic cohort as a registry would export it: missing cells, dirt, REDCap's form.

The plain cohort can be had back from it: undo the dirt, drop repeated and ineligible rows, and
every cell that is not missing is the plain cell. The one exception is a final mTICI written as
"2b-3", which tells only that the grade was 2b, 2c or 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from twoarm.seeds import Stream, generator, integer
from twoarm.synthetic.cohort import SyntheticCohort, generate
from twoarm.synthetic.files import replace_file
from twoarm.synthetic.raw_dictionary import FIELDS, FORMS, dictionary
from twoarm.synthetic.raw_dirt import Dirt, chosen, dirty_text
from twoarm.synthetic.raw_missing import RAW_STREAM, missing_cells

__all__ = [
    "RawExport",
    "dictionary_path",
    "raw_columns",
    "raw_export",
    "raw_path",
    "write_raw",
]

_INELIGIBLE: Final = 0.04  # rows with a pre-stroke mRS of 3 or more, by patients of the cohort
_INELIGIBLE_PREMRS: Final = (3, 4, 5)
_INELIGIBLE_SHARES: Final = (0.6, 0.3, 0.1)
_DUPLICATED: Final = 0.01
_COMPLETE, _INCOMPLETE = "2", "0"


@dataclass(frozen=True, slots=True, eq=False)
class RawExport:
    """A raw export and its data dictionary, as text.

    Attributes
    ----------
    records : DataFrame of str
        Columns as `raw_columns` gives them; an empty cell is an empty field.
    dictionary : DataFrame of str
        18 columns, one row a field.
    """

    records: pd.DataFrame
    dictionary: pd.DataFrame


def raw_columns() -> tuple[str, ...]:
    """Give the export's columns: the record, its centre, then form by form, each with its state.

    Examples
    --------
    >>> raw_columns()[:3]
    ('record_id', 'redcap_data_access_group', 'age')
    """
    columns = []
    for form in FORMS:
        columns += [field.name for field in FIELDS if field.form == form]
        columns.append(f"{form}_complete")
    return (columns[0], "redcap_data_access_group", *columns[1:])


def raw_export(synthetic: SyntheticCohort, *, seed: int) -> RawExport:
    """Export a synthetic cohort as a registry would.

    Parameters
    ----------
    synthetic : SyntheticCohort
        What `generate` gave.
    seed : int
        Seed of what is missing and of the dirt, 0 or larger.

    Returns
    -------
    RawExport
        The cohort's patients in their order; anywhere among them, about 4 % more with a pre-stroke
        mRS of 3 or more, and about 1 % of all rows a second time.

    Raises
    ------
    ArgumentError
        If the seed is negative.

    Examples
    --------
    >>> made = generate("paper-like", n=200, seed=1)
    >>> raw_export(made, seed=1).records.shape
    (211, 39)
    """
    patients = pd.concat([synthetic.cohort, _ineligible(synthetic, seed)], ignore_index=True)
    missing = missing_cells(patients, seed)
    text = dirty_text(patients, missing, seed)
    text["redcap_data_access_group"] = text["centre"].str.lower()
    for form in FORMS:
        fields = [field.name for field in FIELDS if field.form == form and field.name in missing]
        incomplete = missing[fields].any(axis=1)
        text[f"{form}_complete"] = np.where(incomplete, _INCOMPLETE, _COMPLETE)
    rows = _row_order(len(synthetic.cohort), len(patients), seed)
    records = text[list(raw_columns())].iloc[rows].reset_index(drop=True)
    return RawExport(records, dictionary())


def _ineligible(synthetic: SyntheticCohort, seed: int) -> pd.DataFrame:
    """Draw patients of the same world who were not independent before the stroke."""
    n = len(synthetic.cohort)
    extra = math.ceil(_INELIGIBLE * n)
    own = integer(seed, Stream.SYNTHETIC, RAW_STREAM, Dirt.INELIGIBLE)
    drawn = generate(synthetic.scenario, n=extra, seed=own).cohort
    rng = generator(seed, Stream.SYNTHETIC, RAW_STREAM, Dirt.INELIGIBLE_PREMRS)
    return drawn.assign(
        record_id=[f"S{n + number:04d}" for number in range(1, extra + 1)],
        premrs=rng.choice(_INELIGIBLE_PREMRS, extra, p=_INELIGIBLE_SHARES),
    )


def _row_order(n: int, total: int, seed: int) -> list[int]:
    """Place the patients beyond n, and the repeated rows, anywhere among the first n."""
    everybody = np.ones(total, dtype=np.bool_)
    again = chosen(seed, Dirt.DUPLICATE, _DUPLICATED, everybody)
    rows = np.concatenate([np.arange(total), again])
    rng = generator(seed, Stream.SYNTHETIC, RAW_STREAM, Dirt.PLACE)
    place = np.concatenate([np.arange(n), rng.uniform(-1.0, n, total - n + again.size)])
    return [int(row) for row in rows[np.argsort(place, kind="stable")]]


def raw_path(path: str | Path) -> Path:
    """Give the path of the raw export that belongs to a cohort file.

    Examples
    --------
    >>> raw_path("data/cohort.csv").name
    'cohort_raw.csv'
    """
    cohort = Path(path)
    return cohort.with_name(f"{cohort.stem}_raw.csv")


def dictionary_path(path: str | Path) -> Path:
    """Give the path of the data dictionary that belongs to a cohort file.

    Examples
    --------
    >>> dictionary_path("data/cohort.csv").name
    'cohort_raw_dictionary.csv'
    """
    cohort = Path(path)
    return cohort.with_name(f"{cohort.stem}_raw_dictionary.csv")


def write_raw(export: RawExport, path: str | Path) -> None:
    """Write ``<stem>_raw.csv`` and ``<stem>_raw_dictionary.csv`` beside a cohort file.

    Existing files are replaced; each is written beside its place and renamed.

    Parameters
    ----------
    export : RawExport
        What `raw_export` gave.
    path : str or Path
        Of the cohort file that `write` has written.
    """
    for target, frame in (
        (dictionary_path(path), export.dictionary),
        (raw_path(path), export.records),
    ):
        replace_file(target, frame.to_csv(index=False, lineterminator="\n"))
