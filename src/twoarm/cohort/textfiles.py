"""The records of a CSV file: encoding and separator are found, nothing else is."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import islice

from twoarm.cohort.headers import LOOKED_THROUGH, header_row
from twoarm.cohort.spelling import plain
from twoarm.errors import CohortError

__all__ = ["csv_records"]

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_LONGEST_CELL = 10_000_000  # the reader's own limit is 131 072 characters, too short for notes


def csv_records(
    content: bytes, name: str, wanted: set[str]
) -> tuple[Iterator[list[str]], tuple[str, ...]]:
    """Give the records of a CSV file, and what was detected.

    Raises CohortError if it is broken, empty or no text.
    """
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
        remarks.append(encoding)
    return _rows(text, separator, name), tuple(remarks)


def _rows(text: str, separator: str, name: str) -> Iterator[list[str]]:
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
        return content.decode("utf-8").lstrip("\ufeff"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "Windows-1252, as it is not UTF-8"


def _separator(text: str, wanted: set[str], name: str) -> str:
    """Choose the separator under which one of the first rows names most of the wanted columns."""
    records = {sign: _first_records(text, sign) for sign in _SEPARATORS}
    headers = {sign: next(filter(any, first), []) for sign, first in records.items()}
    named = {
        sign: max((len(wanted.intersection(record)) for record in first), default=0)
        for sign, first in records.items()
    }
    best = max(_SEPARATORS, key=lambda sign: (named[sign], len(headers[sign])))
    if len(headers[best]) == 1:
        below = header_row(records[best], wanted)
        advice = "separated by commas, semicolons or tabs; save the file as CSV."
        if below is not None:
            advice = f"in the first row; row {below} holds them, so delete the rows above it."
        raise CohortError(
            f"{name}: the header is a single cell, '{headers[best][0][:60]}'. Expected columns "
            + advice
        )
    return best


def _first_records(text: str, separator: str) -> list[list[str]]:
    """Give the first records; fewer if one of them cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    found: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        for record in islice(reader, LOOKED_THROUGH):
            found.append([plain(cell) for cell in record])  # noqa: PERF401  kept if the next fails
    return found
