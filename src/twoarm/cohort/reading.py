"""The steps from a table of text to the arrays of a cohort; each notes the problems it finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.apart import off_the_ordinal
from twoarm.cohort.brokencells import broken_cells
from twoarm.cohort.centrenames import centre_names
from twoarm.cohort.codebook import Codes, Predictor, canonical
from twoarm.cohort.decimals import decimal_comma, ranges_of, with_points
from twoarm.cohort.doubtful import doubtful_numbers
from twoarm.cohort.flow import Excluded
from twoarm.cohort.identities import id_problems
from twoarm.cohort.problems import Problem
from twoarm.cohort.readers import Table
from twoarm.cohort.rulecells import doubtful_codes
from twoarm.cohort.rules import Rule
from twoarm.cohort.studyfile import ColumnSpec, OutcomeSpec, StudyFile
from twoarm.cohort.values import Coded, blank_missing, numbers, problem_at

__all__ = ["Reading"]


@dataclass
class Reading:
    """A cohort in the making: the rows still in, who left, and the problems found so far."""

    file: StudyFile
    rules: tuple[Rule, ...]
    table: Table
    kept: NDArray[np.intp] = field(init=False)
    columns: dict[str, NDArray[np.str_]] = field(init=False)
    broken: dict[str, frozenset[int]] = field(init=False)
    comma: bool = False
    excluded: list[Excluded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = np.arange(self.table.rows.size)
        codes = {
            column: {canonical(code) for code in self._missing_codes(column)}
            for column in self.table.columns
        }
        broken, self.problems[:] = broken_cells(self.table, codes)
        self.broken = {
            column: frozenset(self.table.rows[at].tolist()) for column, at in broken.items()
        }
        self.columns = {
            column: np.where(broken[column], "", cells) if column in broken else cells
            for column, cells in self.table.columns.items()
        }

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the file that are still in."""
        return self.table.rows[self.kept]

    def cells(self, column: str) -> NDArray[np.str_]:
        """Give a column's cells for the rows still in, decimals written with a point."""
        cells = self.columns[column][self.kept]
        return with_points(cells) if self.comma and column in self._number_columns() else cells

    def take(self, read: Coded) -> NDArray[np.float64]:
        """Note the problems of a column and give its values."""
        self.report(read.problems)
        return read.values

    def report(self, problems: Iterable[Problem]) -> None:
        """Note problems, but not again those of cells that hold an error of a spreadsheet."""
        for problem in problems:
            broken = self.broken.get(problem.column, frozenset())
            rows = tuple(row for row in problem.rows if row not in broken)
            if rows or not problem.rows:
                self.problems.append(replace(problem, rows=rows))

    def exclude(self, out: NDArray[np.bool_], reason: str) -> None:
        """Let patients go for a reason; `out` has one entry a row still in."""
        if out.any():
            self.excluded.append(Excluded(reason, int(out.sum())))
            self.kept = self.kept[~out]

    def _number_columns(self) -> set[str]:
        described = (*self.file.predictors, *self.file.propensity_codebook)
        columns = {each.column for each in described if each.is_number}
        columns |= {outcome.column for outcome in self.file.outcomes}
        columns |= {column for rule in self.rules for column in rule.number_columns}
        return columns | ({self.file.ordinal.column} if self.file.ordinal else set())

    def detect_decimal_comma(self) -> None:
        """Decide once for the whole file how decimals are written, and say what was detected."""
        table = self.table
        ranges = ranges_of((*self.file.predictors, *self.file.propensity_codebook))
        names = self._number_columns()
        self.comma, problems = decimal_comma(self.columns, names, table.rows, ranges)
        self.problems += problems
        remarks = [*table.remarks, *(["with decimal commas"] if self.comma else [])]
        if remarks:
            found = f"{table.source} was read as {', '.join(remarks)}"
            self.problems.append(Problem("notice", "", (), found, "", ""))

    def apply_rule(self, rule: Rule, reason: str) -> None:
        """Keep the patients for whom the rule is true; the others leave, unknown ones apart."""
        columns = {}
        for column in rule.columns:
            cells = blank_missing(self.cells(column), self._missing_codes(column))
            if column in rule.number_columns:
                values = self.take(numbers(cells, column, self.rows))
                cells = np.where(np.isfinite(values), cells, "")
                self.report(doubtful_numbers(self._described(column), values, self.rows))
            else:
                self.report(doubtful_codes(column, cells, self.rows, rule.named(column)))
            columns[column] = cells
        true, false = rule.holds(columns)
        unknown = ~true & ~false
        missing = f"not known whether eligible: {' or '.join(rule.columns)} missing ({reason})"
        self.exclude(false, f"not eligible: {reason}")
        self.exclude(unknown[~false], missing)

    def _described(self, column: str) -> Predictor:
        """Give what the study file says of a column of numbers."""
        described = (*self.file.predictors, *self.file.propensity_codebook)
        numeric = (each for each in described if each.column == column and each.is_number)
        return next(numeric, Predictor(column=column, type="number"))

    def _missing_codes(self, column: str) -> Codes:
        """Give the codes that mean "unknown" in any description of a column."""
        described: list[Predictor | OutcomeSpec | ColumnSpec] = []
        described += [*self.file.predictors, *self.file.outcomes, *self.file.columns]
        return tuple(
            code for each in described if each.column == column for code in each.missing_codes
        )

    def arms(self) -> NDArray[np.int64]:
        """Give 0 for control and 1 for treated; patients without an arm leave."""
        spec = self.file.treatment
        cells = blank_missing(self.cells(spec.column), self._missing_codes(spec.column))
        spelled = np.array([canonical(cell) for cell in cells], dtype=np.str_)
        self.exclude(spelled == "", "arm not recorded")
        spelled = spelled[spelled != ""]
        control = np.isin(spelled, [canonical(code) for code in spec.control])
        treated = np.isin(spelled, [canonical(code) for code in spec.treated])
        codes = [str(code) for code in (*spec.control, *spec.treated)]
        self.problems += problem_at(
            ~control & ~treated,
            spec.column,
            self.rows,
            spelled,
            expected=f"two arms, coded {', '.join(codes)}",
            advice="Exclude these patients by an eligibility rule, or add the code to an arm",
        )
        return treated.astype(np.int64)

    def ids(self) -> NDArray[np.str_]:
        """Give the patients' ids, the row of the file where the study names no id."""
        column = self.file.study.id
        if not column:
            return self.rows.astype(np.str_)
        ids = self.cells(column)
        self.report(id_problems(column, ids, self.rows))
        return ids

    def centre(self) -> NDArray[np.str_] | None:
        """Give the patients' centres, empty where unknown; None if the study names no column."""
        column = self.file.study.centre
        if not column:
            return None
        cells = blank_missing(self.cells(column), self._missing_codes(column))
        centre, problems = centre_names(column, cells, self.rows)
        self.report(problems)
        return centre

    def ordinal(self) -> NDArray[np.float64] | None:
        """Give the ordinal outcome, NaN where missing; None if the study names none."""
        if self.file.ordinal is None:
            return None
        column = self.file.ordinal.column
        cells = blank_missing(self.cells(column), self._missing_codes(column))
        read = numbers(cells, column, self.rows)
        reported = any(each.level == "error" and each.column == column for each in self.problems)
        if reported:
            return read.values
        self.report(off_the_ordinal(column, read.values, self.rows, self.event_codes(column)))
        return self.take(read)

    def event_codes(self, column: str) -> set[str]:
        """Give the codes that outcomes of a column name."""
        return {
            code
            for outcome in self.file.outcomes
            if outcome.column == column
            for rule in (outcome.event, outcome.non_event)
            if rule is not None
            for code in rule.codes
        }
