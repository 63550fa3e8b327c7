"""Data files as columns of text: nothing is converted, guessed or dropped here.

CSV (plain or gz) with commas, semicolons or tabs; XLSX, first sheet; or a Stata data set that a
Python package carries.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import importlib.util
import io
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.problems import FIRST_ROW
from twoarm.errors import CohortError, MissingPackageError

__all__ = ["Table", "read_table"]

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_LONGEST_CELL = 10_000_000  # the reader's own limit is 131 072 characters, too short for notes


@dataclass(frozen=True, slots=True)
class Table:
    """A data file as text.

    Attributes
    ----------
    header : tuple of str
        All columns of the file.
    columns : dict of str to ndarray of str, shape (n,)
        The columns asked for, where the file has them; cells are stripped, empty where missing.
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
    rows: NDArray[np.int64]
    source: str
    digest: str
    remarks: tuple[str, ...]


def read_table(source: str | Path, wanted: Collection[str]) -> Table:
    """Read some columns of a data file.

    Parameters
    ----------
    source : str or Path
        A path ending in .csv, .csv.gz or .xlsx, or "package:<package>/<data set>".
    wanted : collection of str
        Columns to keep; they also tell which separator the file uses.

    Raises
    ------
    CohortError
        If there is no such file, it is empty, of another kind, or its rows do not have the
        header's number of cells.
    MissingPackageError
        If the package is not installed.
    """
    path = _packaged(str(source)) if str(source).startswith("package:") else Path(source)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        reason = error.strerror if isinstance(error, OSError) else error
        raise CohortError(f"Cannot read the data file {path}: {reason}.") from error
    kind = path.name.lower()
    records: Iterable[Sequence[str]]
    if kind.endswith(".xlsx"):
        records, remarks = _xlsx_records(content, path.name)
    elif kind.endswith(".dta") and str(source).startswith("package:"):
        records, remarks = _stata_records(content), ()
    elif kind.endswith((".csv", ".csv.gz")):
        records, remarks = _csv_records(content, path.name, set(wanted))
    else:
        raise CohortError(
            f"Cannot read {path.name}: expected a file ending in .csv, .csv.gz or .xlsx. Export "
            "the data as CSV."
        )
    header, columns, rows = _columns(records, set(wanted), path.name)
    digest = hashlib.sha256(content).hexdigest()
    return Table(header, columns, rows, path.name, digest, remarks)


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


def _columns(
    records: Iterable[Sequence[str]], wanted: set[str], name: str
) -> tuple[tuple[str, ...], dict[str, NDArray[np.str_]], NDArray[np.int64]]:
    """Take the wanted columns out of the records, the first of which is the header."""
    numbered = enumerate(records, FIRST_ROW - 1)
    header: tuple[str, ...] = ()
    for _, record in numbered:
        header = tuple(cell.strip() for cell in record)
        if any(header):
            break
    if not any(header):
        raise CohortError(f"{name} is empty. Expected a header and one row a patient.")
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    if repeated:
        raise CohortError(
            f"{name} has several columns of the same name: {', '.join(repeated)}. Rename them."
        )
    taken = [(k, column) for k, column in enumerate(header) if column in wanted]
    cells: list[list[str]] = [[] for _ in taken]
    rows, uneven = [], []
    for row, record in numbered:
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            uneven.append(row)
            continue
        rows.append(row)
        for store, (k, _) in zip(cells, taken, strict=True):
            store.append(record[k].strip())
    if uneven:
        shown = ", ".join(str(row) for row in uneven[:5])
        raise CohortError(
            f"{name}: {len(uneven)} row(s) do not have the header's {len(header)} cells (rows "
            f"{shown}; the header is row 1). Quote cells that hold the separator, and remove notes "
            "below the table."
        )
    if not rows:
        raise CohortError(f"{name} holds a header and no patients.")
    columns = {
        column: np.array(store, dtype=np.str_)
        for store, (_, column) in zip(cells, taken, strict=True)
    }
    return header, columns, np.array(rows, dtype=np.int64)


def _csv_records(
    content: bytes, name: str, wanted: set[str]
) -> tuple[Iterator[list[str]], tuple[str, ...]]:
    if name.lower().endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise CohortError(
                f"{name} is no whole gzip file: {error}. Download or compress it again."
            ) from error
    text, encoding = _decoded(content, name)
    if not text.strip():
        raise CohortError(f"{name} is empty. Expected a header and one row a patient.")
    csv.field_size_limit(_LONGEST_CELL)
    separator = _separator(text, wanted, name)
    remarks = [f"{_SEPARATORS[separator]}-separated"] if separator != "," else []
    if encoding != "utf-8":
        remarks.append(f"read as {encoding}")
    return _csv_rows(text, separator, name), tuple(remarks)


def _csv_rows(text: str, separator: str, name: str) -> Iterator[list[str]]:
    """Read strictly: a quote that is never closed would swallow the patients after it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise CohortError(
            f"{name}: cannot read line {reader.line_num} ({error}). A cell that begins with a "
            "quote must end with one, and a quote inside it is written twice."
        ) from error


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    if b"\0" in content:
        raise CohortError(f"{name} is no text file. Save it as CSV (UTF-8).")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "Windows-1252, as it is not UTF-8"


def _separator(text: str, wanted: set[str], name: str) -> str:
    """Choose the separator under which the header names most of the wanted columns."""
    headers = {sign: _first_record(text, sign) for sign in _SEPARATORS}
    best = max(headers, key=lambda sign: (len(wanted & set(headers[sign])), len(headers[sign])))
    if len(headers[best]) == 1:
        raise CohortError(
            f"{name}: the header is a single cell, '{headers[best][0][:60]}'. Expected columns "
            "separated by commas, semicolons or tabs; save the file as CSV."
        )
    return best


def _first_record(text: str, separator: str) -> list[str]:
    """Give the first record that is not blank; none if there is none, or it cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    records = ([cell.strip() for cell in record] for record in reader)
    with contextlib.suppress(csv.Error):
        return next((record for record in records if any(record)), [])
    return []


def _xlsx_records(content: bytes, name: str) -> tuple[list[list[str]], tuple[str, ...]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        records = [
            [_spelled(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)
        ]
    except CalamineError as error:
        raise CohortError(f"Cannot read {name} as an Excel file: {error}.") from error
    several = len(book.sheet_names) > 1
    return records, (f"first sheet '{sheet.name}'",) if several else ()


def _stata_records(content: bytes) -> Iterator[list[str]]:
    """Give the records of a Stata file: values without a label, labels where there are some."""
    import pandas as pd

    frame = pd.read_stata(io.BytesIO(content))
    yield [str(column) for column in frame.columns]
    for row in frame.astype(object).itertuples(index=False):
        yield ["" if pd.isna(cell) else _spelled(cell) for cell in row]


def _spelled(cell: object) -> str:
    """Spell a cell as a CSV file would: 3.0 in a spreadsheet is 3."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
