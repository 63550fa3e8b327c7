"""The steps from a table of text to the arrays of a cohort; each notes the problems it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Codes, Predictor, canonical
from twoarm.cohort.flow import Excluded
from twoarm.cohort.problems import Problem
from twoarm.cohort.readers import Table
from twoarm.cohort.rules import Rule
from twoarm.cohort.studyfile import ColumnSpec, OutcomeSpec, StudyFile
from twoarm.cohort.values import Coded, blank_missing, numbers, problem_at, to_point

__all__ = ["Reading"]

_LOOKS_LATER = ("tici", "24h", "discharge", "proc_min")
_FEWEST_EVENTS = 2


@dataclass
class Reading:
    """A cohort in the making: the rows still in, who left, and the problems found so far."""

    file: StudyFile
    table: Table
    kept: NDArray[np.intp] = field(init=False)
    comma: bool = False
    excluded: list[Excluded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = np.arange(self.table.rows.size)

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the file that are still in."""
        return self.table.rows[self.kept]

    def cells(self, column: str) -> NDArray[np.str_]:
        """Give a column's cells for the rows still in, decimals written with a point."""
        cells = self.table.columns[column][self.kept]
        return to_point(cells) if self.comma and column in self._number_columns() else cells

    def take(self, read: Coded) -> NDArray[np.float64]:
        """Note the problems of a column and give its values."""
        self.problems += read.problems
        return read.values

    def exclude(self, out: NDArray[np.bool_], reason: str) -> None:
        """Let patients go for a reason; `out` has one entry a row still in."""
        if out.any():
            self.excluded.append(Excluded(reason, int(out.sum())))
            self.kept = self.kept[~out]

    def note(
        self,
        level: Literal["error", "notice"],
        column: str,
        found: str,
        expected: str = "",
        advice: str = "",
    ) -> None:
        """Note a problem of the whole column or file."""
        self.problems.append(Problem(level, column, (), found, expected, advice))

    def _number_columns(self) -> set[str]:
        columns = {each.column for each in self.file.predictors if each.is_number}
        return columns | {outcome.column for outcome in self.file.outcomes}

    def detect_decimal_comma(self) -> None:
        """Decide once for the whole file how decimals are written; both ways is an error."""
        written: dict[str, list[tuple[str, int]]] = {",": [], ".": []}
        for column in sorted(self._number_columns()):
            for k, cell in enumerate(self.table.columns[column]):
                for mark, places in written.items():
                    if mark in cell and _is_decimal(cell, mark):
                        places.append((column, k))
        if written[","] and written["."]:
            fewer = min(written.values(), key=len)
            column = fewer[0][0]
            rows = tuple(int(self.table.rows[k]) for name, k in fewer if name == column)
            self.problems.append(
                Problem(
                    "error",
                    column,
                    rows,
                    "decimal commas and decimal points in one file",
                    "one of them throughout",
                    "Write all numbers the same way",
                )
            )
        self.comma = bool(written[","]) and not written["."]
        remarks = [*self.table.remarks, *(["with decimal commas"] if self.comma else [])]
        if remarks:
            self.note("notice", "", f"{self.table.source} was read as {', '.join(remarks)}")

    def apply_rule(self, rule: Rule, reason: str) -> None:
        """Keep the patients for whom the rule is true; the others leave, unknown ones apart."""
        columns = {}
        for column in rule.columns:
            cells = blank_missing(self.cells(column), self._missing_codes(column))
            if column in rule.number_columns:
                values = self.take(numbers(cells, column, self.rows))
                cells = np.where(np.isfinite(values), cells, "")
            columns[column] = cells
        true, false = rule.holds(columns)
        unknown = ~true & ~false
        missing = f"not known whether eligible: {' or '.join(rule.columns)} missing ({reason})"
        self.exclude(false, f"not eligible: {reason}")
        self.exclude(unknown[~false], missing)

    def _missing_codes(self, column: str) -> Codes:
        described: list[Predictor | OutcomeSpec | ColumnSpec] = []
        described += [*self.file.predictors, *self.file.outcomes, *self.file.columns]
        codes = [each.missing_codes for each in described if each.column == column]
        return codes[0] if codes else ()

    def arms(self) -> NDArray[np.int64]:
        """Give 0 for control and 1 for treated; patients without an arm leave."""
        spec = self.file.treatment
        spelled = np.array([canonical(cell) for cell in self.cells(spec.column)], dtype=np.str_)
        self.exclude(spelled == "", "arm not recorded")
        spelled = spelled[spelled != ""]
        control = np.isin(spelled, [canonical(code) for code in spec.codes("control")])
        treated = np.isin(spelled, [canonical(code) for code in spec.codes("treated")])
        codes = [str(code) for code in (*spec.codes("control"), *spec.codes("treated"))]
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
        values, counts = np.unique(ids[ids != ""], return_counts=True)
        self.problems += problem_at(
            ids == "",
            column,
            self.rows,
            ids,
            expected="an id",
            advice="Give every patient an id",
        )
        self.problems += problem_at(
            np.isin(ids, values[counts > 1]),
            column,
            self.rows,
            ids,
            expected="one row a patient",
            advice="The same id stands in several rows; keep one row a patient",
        )
        return ids

    def check_arms(
        self, treatment: NDArray[np.int64], outcomes: Mapping[str, NDArray[np.float64]]
    ) -> None:
        """Require patients in both arms, and events and non-events of each outcome in each."""
        spec = self.file.treatment
        labels = (("control", spec.labels.control), ("treated", spec.labels.treated))
        for arm, (code, label) in enumerate(labels):
            inside = treatment == arm
            who = f"{code} arm ({label})"
            if not inside.any():
                self.note(
                    "error",
                    spec.column,
                    f"no patient in the {who}",
                    "patients in both arms",
                    "Check the arm's code and the eligibility rules",
                )
                continue
            for outcome in self.file.outcomes:
                values = outcomes[outcome.name][inside]
                events, others = int((values == 1).sum()), int((values == 0).sum())
                if min(events, others) < _FEWEST_EVENTS:
                    self.note(
                        "error",
                        outcome.column,
                        f"outcome '{outcome.name}' has {events} events and {others} non-events in "
                        f"the {who}",
                        f"at least {_FEWEST_EVENTS} of each",
                        "No model can be learnt; check the event rule, or drop the outcome",
                    )

    def notice_late_names(self) -> None:
        """Point at predictors whose name looks like a measurement made after the decision."""
        for predictor in self.file.predictors:
            if any(part in predictor.column.lower() for part in _LOOKS_LATER):
                self.note(
                    "notice",
                    predictor.column,
                    "the name looks like a measurement made later",
                    "predictors known at the decision",
                    "If it is later, list it under [[columns]] with before_decision = false",
                )

    def ordinal(self) -> NDArray[np.float64] | None:
        """Give the ordinal outcome, NaN where missing; None if the study names none."""
        if self.file.ordinal is None:
            return None
        column = self.file.ordinal.column
        cells = blank_missing(self.cells(column), self._missing_codes(column))
        read = numbers(cells, column, self.rows)
        already_reported = any(outcome.column == column for outcome in self.file.outcomes)
        return read.values if already_reported else self.take(read)


def _is_decimal(cell: str, mark: str) -> bool:
    whole, _, fraction = cell.partition(mark)
    return whole.lstrip("+-").isdigit() and fraction.isdigit()
