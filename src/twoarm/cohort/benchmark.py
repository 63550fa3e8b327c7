"""Published trials and cohorts that averages are set beside: one row a study and outcome."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from twoarm.cohort.codebook import Name, Strict
from twoarm.errors import StudyFileError

__all__ = ["PublishedEffect", "read_benchmark"]


def _blank_is_none(text: Any) -> Any:
    return None if text == "" else text


Ratio = Annotated[float, Field(gt=0)]
Risk = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
OrBlank = BeforeValidator(_blank_is_none)


class PublishedEffect(Strict):
    """What a publication reports of one outcome, treated against control.

    Attributes
    ----------
    key : str
        Short name.
    source : str
        Where the numbers were read, with DOI or PMID.
    design, population, control_definition : str
        In words.
    comparable : bool
        Whether its patients match the study's eligibility; others are shown and not judged by.
    n_treated, n_control : int or None
    outcome : str
        Name of the study's outcome.
    measure : str
        `odds_ratio`; `common_odds_ratio` of an ordinal scale that the outcome is cut from;
        `generalised_odds_ratio` of that scale; or `risks`.
    estimate, low, high : float or None
        The ratio and its 95 % interval.
    risk_treated, risk_control : float or None
        Event risks, 0 to 1.
    """

    key: Name
    source: Name
    design: Name
    population: Name
    comparable: bool
    control_definition: Name
    n_treated: Annotated[Count | None, OrBlank] = None
    n_control: Annotated[Count | None, OrBlank] = None
    outcome: Name
    measure: Literal["odds_ratio", "common_odds_ratio", "generalised_odds_ratio", "risks"]
    estimate: Annotated[Ratio | None, OrBlank] = None
    low: Annotated[Ratio | None, OrBlank] = None
    high: Annotated[Ratio | None, OrBlank] = None
    risk_treated: Annotated[Risk | None, OrBlank] = None
    risk_control: Annotated[Risk | None, OrBlank] = None

    @model_validator(mode="after")
    def _enough_to_compare(self) -> Self:
        if self.measure == "risks":
            if self.risk_treated is None or self.risk_control is None:
                raise ValueError("measure 'risks' needs risk_treated and risk_control")
            return self
        if self.estimate is None:
            raise ValueError(f"measure '{self.measure}' needs an estimate")
        if (self.low is None) != (self.high is None):
            raise ValueError("give both limits, or none")
        ends = [each for each in (self.low, self.estimate, self.high) if each is not None]
        if ends != sorted(ends):
            raise ValueError(f"the limits do not enclose the estimate: {ends}")
        return self


def read_benchmark(
    path: Path, outcomes: Sequence[str]
) -> tuple[tuple[PublishedEffect, ...], bytes]:
    """Read a file of published effects; give them and the file's bytes.

    Parameters
    ----------
    path : Path
        CSV with a header of the attributes of `PublishedEffect`; an empty cell is not reported.
    outcomes : sequence of str
        Names of the study's outcomes.

    Raises
    ------
    StudyFileError
        If the file cannot be read, or a row does not fit; all of them at once.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyFileError(f"Cannot read the benchmark file {path}: {error}.") from error
    found, problems = [], []
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        try:
            effect = PublishedEffect.model_validate(row)
        except (ValidationError, TypeError) as error:
            problems.append(f"  row {number} | {_explained(error)}")
            continue
        if effect.outcome not in outcomes:
            known = ", ".join(outcomes)
            problems.append(
                f"  row {number} | no such outcome: '{effect.outcome}' | known: {known}"
            )
        found.append(effect)
    if problems or not found:
        lines = "\n".join(problems) or "  it has no rows"
        raise StudyFileError(f"The benchmark file {path} has {len(problems)} problem(s):\n{lines}")
    return tuple(found), content


def _explained(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "more cells than the header has columns"
    return "; ".join(
        " ".join([*map(str, each["loc"]), each["msg"].removeprefix("Value error, ")])
        for each in error.errors(include_url=False)
    )
