"""Word documents of headings, paragraphs and tables, equal to the byte. The only home of docx."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from twoarm.report.table import Head, Table

__all__ = ["Block", "Heading", "Text", "document"]

_FONT, _CELL = "Arial", "Cell"
_NO_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM = 210, 297, 20
_PADDING = 5
"""Characters that a cell's margins take."""
_SHORT = 16
"""Rows of a table that stays on one page."""
_LINK = re.compile(r"^[\w/.-]*\.html#[\w-]+$|^(?:tables|figures)/[\w.-]+$|^https://\S+$")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 0 is the document's title."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `small` for notes."""

    text: str
    small: bool = False


Block = Heading | Text | Table


def document(
    title: str, blocks: Iterable[Block], *, landscape: bool = False, links_from: str = ""
) -> bytes:
    """Give a Word document; the same blocks give the same bytes.

    Parameters
    ----------
    title : str
        In the document's properties.
    blocks : iterable of Heading, Text and Table
        Tables are Word tables: header rows are repeated on every page, no row is broken, text is
        set to the left and numbers to the right. Columns of the kind "links" hold addresses
        separated by spaces, which become links.
    landscape : bool
        Turn the page, for wide tables.
    links_from : str
        What leads from the document's folder to that of the report, such as ``"../"``.
    """
    word = Document()
    _page(word, landscape=landscape)
    for block in blocks:
        if isinstance(block, Heading):
            _heading(word, block)
        elif isinstance(block, Text):
            _run(word.add_paragraph(), block.text, 9 if block.small else 11)
        else:
            _table(word, block, links_from)
    properties = word.core_properties
    properties.title, properties.author, properties.comments = _clean(title), "", ""
    properties.created = properties.modified = _NO_DAY
    properties.last_modified_by, properties.revision = "", 1
    written = io.BytesIO()
    word.save(written)
    return _without_times(written.getvalue())


def _without_times(content: bytes) -> bytes:
    """Pack the parts of a document anew: the library stamps each with the time of writing."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_DAY), old.read(name), zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def _page(word: WordDocument, *, landscape: bool) -> None:
    section = word.sections[0]
    width, height = (_HEIGHT_MM, _WIDTH_MM) if landscape else (_WIDTH_MM, _HEIGHT_MM)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
    normal: Any = word.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    cell: Any = word.styles.add_style(_CELL, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style, cell.font.size = normal, Pt(8)
    cell.paragraph_format.space_after = Pt(0)


def _heading(word: WordDocument, block: Heading) -> None:
    paragraph = word.add_heading(level=block.level)
    _run(paragraph, block.text, {0: 18, 1: 14}.get(block.level, 12), bold=True)
    paragraph.paragraph_format.keep_with_next = True


def _run(paragraph: WordParagraph, text: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(_clean(text))
    run.font.name, run.font.size, run.bold = _FONT, Pt(size), bold
    run.font.color.rgb = RGBColor(0, 0, 0)


def _clean(text: str) -> str:
    """Leave out what XML cannot hold: a study file may."""
    return _NOT_XML.sub("", text)


def _table(word: WordDocument, table: Table, links_from: str) -> None:
    caption = word.add_paragraph()
    _run(caption, table.title, 10, bold=True)
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(12)
    heads = table.heads
    made = word.add_table(rows=1 + len(table.rows), cols=len(heads))
    rows, size = list(made.rows), 8 if len(heads) > 6 else 9
    for head, cell in zip(heads, rows[0].cells, strict=True):
        _cell(cell.paragraphs[0], head.title, head, size, bold=True)
    _mark(rows[0], "w:tblHeader")
    shown = table.shown_rows()
    for row, texts in zip(rows[1:], shown, strict=True):
        for head, cell, text in zip(heads, row.cells, texts, strict=True):
            if head.kind == "links":
                _links(cell.paragraphs[0], text, size, links_from)
            else:
                _cell(cell.paragraphs[0], text, head, size)
        _mark(row, "w:cantSplit")
    _join(made, table.spans())
    _widen(word, made, [[head.title for head in heads], *shown])
    _rules(made)
    # a short table stays whole; of a long one neither the first nor the last row stands alone
    for row in rows[:-1] if len(rows) <= _SHORT else (*rows[:2], *rows[-4:-1]):
        _keep_with_next(row)
    if table.note:
        _keep_with_next(rows[-1])
        _run(word.add_paragraph(), table.note, 8)


def _widen(word: WordDocument, made: WordTable, texts: list[list[str]]) -> None:
    """Give columns room by their longest texts; of headings by their longest words."""
    section = word.sections[0]
    page: Any = section.page_width
    room = page - section.left_margin - section.right_margin
    longest = [
        _PADDING + max(*(len(each) for each in head.split()), *map(_room_for, rest), 1)
        for head, *rest in zip(*texts, strict=True)
    ]
    made.autofit = False
    for column, share in zip(made.columns, longest, strict=True):
        column.width = int(room * share / sum(longest))
    for row in made.rows:
        for cell, share in zip(row.cells, longest, strict=True):
            cell.width = int(room * share / sum(longest))


def _room_for(text: str) -> int:
    """Give the characters of a line for a text: all of a short one, fewer for each of a long one.

    Examples
    --------
    >>> _room_for("0.958 (0.738 to 0.995)"), _room_for("x" * 120), _room_for("x" * 900)
    (22, 40, 70)
    """
    return min(len(text), 20 + len(text) // 6, 70)


def _cell(
    paragraph: WordParagraph, text: str, head: Head, size: float, *, bold: bool = False
) -> None:
    paragraph.style = _CELL
    if not head.is_text:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(paragraph, text, size, bold=bold)


def _links(paragraph: WordParagraph, addresses: str, size: float, links_from: str) -> None:
    """Write addresses; those that lead somewhere from here are links.

    An anchor is one of the page of the report.
    """
    paragraph.style = _CELL
    for number, address in enumerate(addresses.split()):
        if number:
            _run(paragraph, ", ", size)
        target = f"report.html{address}" if address.startswith("#") else address
        if not _LINK.match(target):
            _run(paragraph, address, size)
            continue
        external = target if target.startswith("https:") else links_from + target
        link: Any = OxmlElement("w:hyperlink")
        kind = RELATIONSHIP_TYPE.HYPERLINK
        link.set(qn("r:id"), paragraph.part.relate_to(external, kind, is_external=True))
        _run(paragraph, address, size)
        link.append(paragraph.runs[-1]._r)
        paragraph._p.append(link)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _keep_with_next(row: Any) -> None:
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _join(made: WordTable, spans: list[int]) -> None:
    """Let one cell of the first column stand for the rows that say the same, on one page."""
    rows = list(made.rows)[1:]
    cells = [row.cells[0] for row in rows]
    for number, span in enumerate(spans):
        if span < 2:
            continue
        for row in rows[number : number + span - 1]:
            _keep_with_next(row)
        for cell in cells[number + 1 : number + span]:
            for run in cell.paragraphs[0].runs:
                run.text = ""
        for offset, cell in enumerate(cells[number : number + span]):
            merge: Any = OxmlElement("w:vMerge")
            merge.set(qn("w:val"), "restart" if offset == 0 else "continue")
            cell._tc.get_or_add_tcPr().append(merge)


def _rules(made: WordTable) -> None:
    """Draw a line above and below the header and below the last row, as journals do."""
    borders: Any = OxmlElement("w:tblBorders")
    for side in ("top", "bottom"):
        borders.append(_line(side, 8))
    # the order is part of the format: a reader may refuse borders that come later
    later = (qn("w:tblLayout"), qn("w:tblLook"))
    next(each for each in made._tbl.tblPr if each.tag in later).addprevious(borders)
    for cell in made.rows[0].cells:
        below: Any = OxmlElement("w:tcBorders")
        below.append(_line("bottom", 4))
        cell._tc.get_or_add_tcPr().append(below)


def _line(side: str, eighths: int) -> Any:
    line: Any = OxmlElement(f"w:{side}")
    for name, value in (
        ("val", "single"),
        ("sz", str(eighths)),
        ("space", "0"),
        ("color", "000000"),
    ):
        line.set(qn(f"w:{name}"), value)
    return line
