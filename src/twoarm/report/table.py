"""A table that can be written as CSV with raw values and as HTML with readable ones."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from twoarm.report.formats import Value, shown

__all__ = ["Column", "Row", "Table"]

Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in CSV, its title on the page, the kind of its values."""

    name: str
    title: str
    kind: str = "text"

    @property
    def is_text(self) -> bool:
        """Whether values are texts or links, which are set to the left."""
        return self.kind in ("text", "links")


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

    def shown_rows(self) -> list[list[str]]:
        """Give the rows as the page shows them."""
        return [
            [shown(value, column.kind) for value, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def to_csv(self) -> str:
        """Give the table as CSV: raw values, full precision, an empty cell where there is none."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        for row in self.rows:
            writer.writerow(["" if value is None else value for value in row])
        return text.getvalue()
