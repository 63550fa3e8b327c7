"""A table that can be written as CSV with raw values and as HTML with readable ones."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from twoarm.report.formats import Value, interval, shown

__all__ = ["Column", "Head", "Row", "Table"]

Row = tuple[Value, ...]

_LOW, _HIGH = "95 % low", "95 % high"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in CSV, its title on the page, the kind of its values."""

    name: str
    title: str
    kind: str = "text"

    @property
    def is_text(self) -> bool:
        """Whether values are texts or links, which are set to the left."""
        return _is_text(self.kind)


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the page: its title, and the columns that it shows.

    One of them; a lower and an upper limit; or an estimate and its limits. `kind` is that of the
    first.
    """

    title: str
    kind: str
    places: tuple[int, ...]

    @property
    def is_text(self) -> bool:
        """Whether values are texts or links, which are set to the left."""
        return _is_text(self.kind)


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    name : str
        Stem of the CSV file.
    title, note : str
        Caption, and what the reader must know to read it.
    columns : tuple of Column
    rows : tuple of tuple
        Raw values: texts, counts, probabilities 0-1; None where there is none.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def spans(self) -> list[int]:
        """Give how many rows each first cell stands for: equal neighbours in one share a cell.

        0 where the cell above stands for the row. Only the column "outcome" is joined.
        """
        spans = [1] * len(self.rows)
        if self.columns[0].name == "outcome":
            for row in range(len(self.rows) - 2, -1, -1):
                if self.rows[row][0] == self.rows[row + 1][0]:
                    spans[row] += spans[row + 1]
                    spans[row + 1] = 0
        return spans

    def without(self, *names: str) -> Table:
        """Give the table without some of its columns."""
        kept = [k for k, column in enumerate(self.columns) if column.name not in names]
        return replace(
            self,
            columns=tuple(self.columns[k] for k in kept),
            rows=tuple(tuple(row[k] for k in kept) for row in self.rows),
        )

    @property
    def heads(self) -> list[Head]:
        """The columns as the page shows them: an estimate and its limits are one."""
        heads, k = [], 0
        while k < len(self.columns):
            heads.append(_head(self.columns, k))
            k = heads[-1].places[-1] + 1
        return heads

    def shown_rows(self) -> list[list[str]]:
        """Give the rows as the page shows them."""
        return [[_cell(row, self.columns, head) for head in self.heads] for row in self.rows]

    def to_csv(self) -> str:
        """Give the table as CSV: raw values, full precision, an empty cell where there is none."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        for row in self.rows:
            writer.writerow(["" if value is None else value for value in row])
        return text.getvalue()


def _is_text(kind: str) -> bool:
    return kind in ("text", "links")


def _head(columns: tuple[Column, ...], k: int) -> Head:
    """Give the column of the page that begins with column k."""
    titles = [each.title for each in columns[k : k + 3]]
    if titles[1:] == [_LOW, _HIGH] and not columns[k].is_text:
        return Head(f"{titles[0]} (95 %)", columns[k].kind, (k, k + 1, k + 2))
    name, _, end = titles[0].rpartition(", ")
    if end == "low" and titles[1:2] in ([f"{name}, high"], ["high"]):
        return Head(f"{name}, from to", columns[k].kind, (k, k + 1))
    return Head(titles[0], columns[k].kind, (k,))


def _cell(row: Row, columns: tuple[Column, ...], head: Head) -> str:
    """Write a cell of the page; an estimate without limits stands alone."""
    values = [row[k] for k in head.places]
    if len(values) == 1:
        return shown(values[0], columns[head.places[0]].kind)
    limits = interval(values[-2], values[-1], columns[head.places[-1]].kind)
    if len(values) == 2:
        return limits
    own = shown(values[0], columns[head.places[0]].kind)
    return own if values[1] is None or values[2] is None else f"{own} ({limits})"
