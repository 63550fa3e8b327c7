"""Data files as columns of text: nothing is converted, guessed or dropped here.

CSV (plain or gz) with commas, semicolons or tabs; XLSX, first sheet; or a Stata data set that a
Python package carries.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical
from twoarm.cohort.headers import LOOKED_THROUGH, header_row
from twoarm.cohort.problems import FIRST_ROW
from twoarm.cohort.spelling import named, plain
from twoarm.cohort.spreadsheets import spelled, xlsx_records
from twoarm.cohort.textfiles import csv_records
from twoarm.errors import CohortError, MissingPackageError

__all__ = ["Table", "read_table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A data file as text.

    Attributes
    ----------
    header : tuple of str
        All columns of the file.
    columns : dict of str to ndarray of str, shape (n,)
        The columns asked for, where the file has them; cells have composed letters, plain spaces
        and none at their ends, and are empty where missing.
    prints : ndarray of int64, shape (n, all columns)
        A number for each cell of the file: equal cells have equal numbers, 7.0 and 7.00 too.
    rows : ndarray of int64, shape (n,)
        Row of the file, the header being row 1.
    source : str
        Name of the file, without folders.
    digest : str
        SHA-256 of the file's bytes.
    remarks : tuple of str
        What was detected: separator, encoding, sheet.
    """

    header: tuple[str, ...]
    columns: dict[str, NDArray[np.str_]]
    prints: NDArray[np.int64]
    rows: NDArray[np.int64]
    source: str
    digest: str
    remarks: tuple[str, ...]

    @property
    def is_spreadsheet(self) -> bool:
        """Whether it is a workbook, whose rows and columns have an address."""
        return self.source.lower().endswith(".xlsx")


def read_table(source: str | Path, wanted: Collection[str] | None) -> Table:
    """Read columns of a data file.

    Parameters
    ----------
    source : str or Path
        A path ending in .csv, .csv.gz or .xlsx, or "package:<package>/<data set>".
    wanted : collection of str, or None for all
        Columns to keep; they also tell which separator the file uses.

    Raises
    ------
    CohortError
        If there is no such file, it is empty, of another kind, its first row is not the header, or
        its rows do not have the header's number of cells.
    MissingPackageError
        If the package is not installed.
    """
    path = _packaged(str(source)) if str(source).startswith("package:") else Path(source)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        reason = error.strerror if isinstance(error, OSError) else error
        raise CohortError(f"Cannot read the data file {path}: {reason}.") from error
    kind, known = path.name.lower(), set(wanted or ())
    records: Iterable[Sequence[str]]
    if kind.endswith(".xlsx"):
        records, remarks = xlsx_records(content, path.name, known)
    elif kind.endswith(".dta") and str(source).startswith("package:"):
        records, remarks = _stata_records(content), ()
    elif kind.endswith((".csv", ".csv.gz")):
        records, remarks = csv_records(content, path.name, known)
    else:
        raise CohortError(
            f"Cannot read {path.name}: expected a file ending in .csv, .csv.gz or .xlsx. Export "
            "the data as CSV."
        )
    header, columns, prints, rows = _columns(records, None if wanted is None else known, path.name)
    digest = hashlib.sha256(content).hexdigest()
    return Table(header, columns, prints, rows, path.name, digest, remarks)


def _packaged(source: str) -> Path:
    package, _, dataset = source.removeprefix("package:").partition("/")
    if not package.isidentifier() or re.fullmatch(r"[\w-]+", dataset) is None:
        raise CohortError(
            f"Cannot tell the data set from '{source}': expected package:<package>/<data set>, "
            "such as package:causaldata/nhefs_complete."
        )
    found = importlib.util.find_spec(package)
    if found is None:
        raise MissingPackageError(
            f"The data set '{dataset}' comes with the Python package '{package}', which is not "
            f"installed. Install it: pip install {package}"
        )
    folders = found.submodule_search_locations or ()
    candidates = sorted(path for each in folders for path in Path(each).rglob(f"{dataset}.dta"))
    if not candidates:
        raise CohortError(f"The package '{package}' carries no data set '{dataset}'.")
    return candidates[0]


def _stata_records(content: bytes) -> Iterator[list[str]]:
    """Give the records of a Stata file: values without a label, labels where there are some."""
    import pandas as pd

    frame = pd.read_stata(io.BytesIO(content))
    yield [str(column) for column in frame.columns]
    for row in frame.astype(object).itertuples(index=False):
        yield ["" if pd.isna(cell) else spelled(cell) for cell in row]


def _columns(
    records: Iterable[Sequence[str]], wanted: set[str] | None, name: str
) -> tuple[tuple[str, ...], dict[str, NDArray[np.str_]], NDArray[np.int64], NDArray[np.int64]]:
    """Take the wanted columns out of the records, the first of which is the header."""
    numbered = enumerate(records, FIRST_ROW - 1)
    header = _header(numbered, name)
    taken = [
        k for k, column in enumerate(header) if column and (wanted is None or column in wanted)
    ]
    cells: list[list[str]] = [[] for _ in taken]
    prints, rows, uneven = array("q"), array("q"), []
    first: list[tuple[int, Sequence[str]]] = []
    for row, record in numbered:
        if len(first) < LOOKED_THROUGH:
            first.append((row, record))
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            uneven.append(row)
            continue
        rows.append(row)
        change = str.strip if "".join(record).isascii() else plain  # plain takes its time
        texts = [change(cell) for cell in record]
        prints.extend(hash(_one_way(text)) for text in texts)
        for store, k in zip(cells, taken, strict=True):
            store.append(texts[k])
    if wanted and not wanted.intersection(header):
        _refuse_title(first, header, wanted, name)
    if uneven:
        raise _uneven(uneven, len(header), name)
    if not rows:
        raise CohortError(f"{name} holds a header and no patients.")
    columns = {header[k]: np.array(store, np.str_) for k, store in zip(taken, cells, strict=True)}
    numbers = np.array(prints, dtype=np.int64).reshape(len(rows), len(header))
    return header, columns, numbers, np.array(rows, dtype=np.int64)


def _one_way(text: str) -> str:
    """Spell a number the one way, so that 7.0 and 7.00 are the same cell."""
    return canonical(text.replace(",", ".")) if "." in text or "," in text else text


def _header(numbered: Iterator[tuple[int, Sequence[str]]], name: str) -> tuple[str, ...]:
    """Give the first record that is not blank, whose names must differ."""
    texts = (tuple(plain(cell) for cell in record) for _, record in numbered)
    header = next((each for each in texts if any(each)), ())
    if not header:
        raise CohortError(f"{name} is empty. Expected a header and one row a patient.")
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    if repeated:
        raise CohortError(
            f"{name} has several columns of the same name: {named(', '.join(repeated))}. Rename "
            "them."
        )
    return header


def _refuse_title(
    first: list[tuple[int, Sequence[str]]], header: tuple[str, ...], wanted: set[str], name: str
) -> None:
    """Say so if the header stands below a title."""
    at = header_row((record for _, record in first), wanted)
    if at is not None:
        title = " ".join(", ".join(cell for cell in header if cell).split())
        raise CohortError(
            f"{name}: the first row must name the columns; it reads '{named(title[:60])}', and row "
            f"{first[at - 1][0]} names them. Delete the rows above it."
        )


def _uneven(rows: list[int], width: int, name: str) -> CohortError:
    shown = ", ".join(str(row) for row in rows[:5])
    return CohortError(
        f"{name}: {len(rows)} row(s) do not have the header's {width} cells (rows {shown}; the "
        "header is row 1). Quote cells that hold the separator, and remove notes below the table."
    )
