"""What is known about a predictor: its type, levels, unit, ranges, missing codes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Code", "Codes", "Level", "Name", "Predictor", "Range", "Strict", "canonical"]

Code = str | int | float
"""A value as a data file spells it."""

Codes = tuple[Code, ...]

Name = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """A frozen section of the study file that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


def canonical(code: Code) -> str:
    """Spell a code the one way in which codes are compared: ``1``, ``"1"`` and ``1.0`` are equal.

    Examples
    --------
    >>> canonical(1.0), canonical(" M1 "), canonical("01")
    ('1', 'M1', '1')
    """
    text = str(code).strip()
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else repr(number)


class Level(Strict):
    """One level of an ordinal, binary or nominal predictor.

    An empty code makes "not recorded" a level of its own.
    """

    code: Code
    label: str = ""

    @property
    def text(self) -> str:
        """The label, or the code where there is none."""
        return self.label or str(self.code)


class Range(Strict):
    """Limits, both included; a missing one is no limit."""

    min: float | None = None
    max: float | None = None

    def holds(self, value: float) -> bool:
        """Say whether the value lies within."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)

    def __str__(self) -> str:
        if self.min is None:
            return "any value" if self.max is None else f"at most {self.max:g}"
        if self.max is None:
            return f"at least {self.min:g}"
        return f"{self.min:g} to {self.max:g}"


class Predictor(Strict):
    """A variable known when the treatment is decided.

    Attributes
    ----------
    column, label, help : str
        Name in the file; name in reports and forms; one line of explanation.
    type : str
        number, integer, ordinal, binary or nominal.
    levels : tuple of Level
        For ordinal, binary and nominal ones. A binary one without levels is coded 0 and 1.
    unit : str
        Unit of a number.
    range, usual : Range
        Outside `range` is an error, outside `usual` a notice.
    missing_codes : tuple
        Codes that mean "unknown", beside the empty cell.
    may_be_missing : bool
        Whether a patient without it is kept (and the value imputed), or an error.
    before_decision : bool
        False refuses the variable as a predictor.
    loinc, snomed : str
        Codes for FHIR.
    """

    column: Name
    label: str = ""
    help: str = ""
    type: Literal["number", "integer", "ordinal", "binary", "nominal"]
    levels: tuple[Level, ...] = ()
    unit: str = ""
    range: Range = Range()
    usual: Range = Range()
    missing_codes: Codes = ()
    may_be_missing: bool = False
    before_decision: bool = True
    loinc: str = ""
    snomed: str = ""

    @model_validator(mode="after")
    def _levels_fit_the_type(self) -> Self:
        counted = self.type in ("number", "integer")
        if counted and self.levels:
            raise ValueError(f"a {self.type} has no levels; drop them, or make it ordinal")
        if self.type == "binary" and len(self.levels) not in (0, 2):
            raise ValueError(f"a binary predictor has two levels; found {len(self.levels)}")
        if self.type in ("ordinal", "nominal") and len(self.levels) < 2:
            raise ValueError(f"{self.type} needs at least two levels; found {len(self.levels)}")
        codes = [canonical(level.code) for level in self.levels]
        codes += [canonical(code) for code in self.missing_codes]
        repeated = sorted({code for code in codes if codes.count(code) > 1})
        if repeated:
            raise ValueError(f"codes must differ; found more than once: {', '.join(repeated)}")
        return self

    @property
    def title(self) -> str:
        """The label, or the column's name where there is none."""
        return self.label or self.column

    @property
    def is_number(self) -> bool:
        """Whether values are numbers rather than levels."""
        return self.type in ("number", "integer")

    @property
    def all_levels(self) -> tuple[Level, ...]:
        """The levels, 0 and 1 for a binary predictor that lists none."""
        if self.type == "binary" and not self.levels:
            return (Level(code=0, label="no"), Level(code=1, label="yes"))
        return self.levels
