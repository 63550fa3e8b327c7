"""The records of a workbook, and what the reader of its values does not tell: broken cells."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

from twoarm.cohort.headers import header_row
from twoarm.errors import CohortError

__all__ = ["FORMULA", "MERGED", "spelled", "xlsx_records"]

FORMULA = "#FORMULA!"
"""Stands for a formula whose result is not stored in the file."""

MERGED = "#MERGED!"
"""Stands for a cell that is merged with another one, which holds the value of both."""

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*\bhidden=["'](?:1|true)["']""")

Records = list[list[str]]


def xlsx_records(content: bytes, name: str, wanted: set[str]) -> tuple[Records, tuple[str, ...]]:
    """Give the records of the first sheet, and what was detected.

    Errors of the spreadsheet stand as it shows them (#REF!); `FORMULA` and `MERGED` stand where the
    file holds no value of its own. Raises CohortError if it is no workbook, or if another sheet
    holds the wanted columns.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        records = _records(sheet)
        if header_row(records, wanted) is None:
            _refuse_first_sheet(book, name, wanted)
        sheet_xml = _first_sheet_xml(content)
        for (row, column), text in _without_value(sheet_xml):
            if row < len(records) and column < len(records[row]):
                records[row][column] = text
    except (CalamineError, ET.ParseError) as error:
        raise CohortError(f"Cannot read {name} as an Excel file: {error}.") from error
    _mark_merged(records, sheet.merged_cell_ranges or ())
    remarks = [f"first sheet '{sheet.name}'"] if len(book.sheet_names) > 1 else []
    hidden = len(_HIDDEN_ROW.findall(sheet_xml))
    remarks += [f"with the {hidden} hidden row(s)"] if hidden else []
    return records, tuple(remarks)


def _records(sheet: Any) -> Records:
    rows = sheet.to_python(skip_empty_area=False)
    return [[spelled(cell) for cell in row] for row in rows]


def _refuse_first_sheet(book: Any, name: str, wanted: set[str]) -> None:
    """Say so if another sheet has the columns."""
    first, *others = book.sheet_names
    for title in others:
        if header_row(_records(book.get_sheet_by_name(title)), wanted) is not None:
            raise CohortError(
                f"{name}: the columns stand in the sheet '{title}', but '{first}' is the first "
                "sheet, which is read. Move the other to the front."
            )


def spelled(cell: object) -> str:
    """Spell a cell as a CSV file would: 3.0 in a spreadsheet is 3."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _mark_merged(
    records: Records, ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Mark merged cells below the first row that holds anything: titles may be merged."""
    top = next((row for row, record in enumerate(records) if any(record)), 0)
    for (first_row, first_column), (last_row, last_column) in ranges:
        for row in range(max(first_row, top + 1), min(last_row + 1, len(records))):
            for column in range(first_column, min(last_column + 1, len(records[row]))):
                if (row, column) != (first_row, first_column):
                    records[row][column] = MERGED


def _first_sheet_xml(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        path = _first_sheet(book)
        return book.read(path) if path in book.namelist() else b""


def _without_value(sheet: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Give row and column, from 0, of a sheet's errors and formulas without a result."""
    if b't="e"' not in sheet and b"<f" not in sheet and b":f" not in sheet:
        return
    row = column = -1  # expat, which parses, refuses entities that grow without bounds
    for event, element in ET.iterparse(io.BytesIO(sheet), ("start", "end")):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "start" and tag == "c":
            column = _column(element.get("r"), column + 1)
        elif event == "end" and tag == "c":
            text = _error_or_formula(element)
            if text:
                yield (row, column), text
            element.clear()


def _error_or_formula(cell: ET.Element) -> str:
    parts = {part.tag.rpartition("}")[2]: part.text or "" for part in cell}
    if cell.get("t") == "e":
        return parts.get("v", "") or "#VALUE!"
    return FORMULA if "f" in parts and "v" not in parts else ""


def _column(place: str | None, following: int) -> int:
    """Give a column's number, from 0, of a place such as AB12."""
    found = _PLACE.fullmatch(place or "")
    if found is None:
        return following
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _first_sheet(book: zipfile.ZipFile) -> str:
    """Give the path of the first sheet inside the workbook; empty if the book does not tell."""
    try:
        root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314
        related = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except KeyError:
        return ""
    sheets = (each for each in root.iter() if each.tag.endswith("}sheet"))
    targets = {each.get("Id"): each.get("Target", "") for each in related}
    target = targets.get(next(sheets).get(_RELATION), "")
    return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
