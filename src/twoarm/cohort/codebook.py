"""What is known about a predictor: its type, levels, unit, ranges, missing codes."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from twoarm.cohort.spelling import plain

__all__ = [
    "Code",
    "Codes",
    "Kind",
    "Level",
    "Name",
    "Phase",
    "Predictor",
    "Range",
    "Strict",
    "Text",
    "Token",
    "canonical",
    "check_levels",
    "spells_number",
]

_WHOLE = re.compile(r"([-+]?[0-9]{1,300})(?:\.0*)?")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def _text_or_number(code: Any) -> Any:
    if isinstance(code, bool) or not isinstance(code, str | int | float):
        raise ValueError(  # noqa: TRY004  pydantic turns ValueError into one of its own
            'a code is a number or a text, spelled as in the data file, such as 1 or "TRUE"'
        )
    if isinstance(code, float) and not math.isfinite(code):
        raise ValueError("a code is a finite number, or a text in quotes")
    return code


Code = Annotated[str | int | float, BeforeValidator(_text_or_number)]
"""A value as a data file spells it."""

Codes = tuple[Code, ...]

Text = Annotated[str, AfterValidator(plain)]
"""A text as cells and headers are read: composed letters, plain spaces, none at its ends."""


def _not_blank(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


Name = Annotated[Text, AfterValidator(_not_blank)]

Kind = Literal["number", "integer", "ordinal", "binary", "nominal"]
"""What the values of a column are."""


Phase = Literal["", "pre-stroke", "admission", "acute", "discharge", "3-month"]
"""When in a patient's course something is measured, in the words of the RES-Q registry."""

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]*$", max_length=40)]
"""A code of a terminology."""


class Strict(BaseModel):
    """A frozen section of the study file that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def spells_number(text: str) -> bool:
    """Say whether a text is a number, written with digits and a decimal point if any."""
    return _NUMBER.fullmatch(text) is not None


@lru_cache(maxsize=10_000)
def canonical(code: str | int | float) -> str:
    """Spell a code the one way in which codes are compared: ``1``, ``"1"`` and ``1.0`` are equal.

    Examples
    --------
    >>> canonical(1.0), canonical(" M1 "), canonical("01"), canonical("1e5")
    ('1', 'M1', '1', '100000')
    """
    text = plain(str(code))
    whole = _WHOLE.fullmatch(text)
    if whole:
        return str(int(whole[1]))
    if not spells_number(text):
        return text
    number = float(text)
    if not math.isfinite(number):
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

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min must not exceed max; found {self.min:g} and {self.max:g}")
        return self

    def holds(self, value: float) -> bool:
        """Say whether the value lies within."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)

    def __str__(self) -> str:
        if self.min is None:
            return "any value" if self.max is None else f"at most {self.max:g}"
        if self.max is None:
            return f"at least {self.min:g}"
        return f"{self.min:g} to {self.max:g}"


def check_levels(kind: Kind, levels: tuple[Level, ...], missing_codes: Codes) -> None:
    """Raise ValueError unless the levels fit the type and all codes differ."""
    is_number = kind in ("number", "integer")
    if is_number and levels:
        raise ValueError(f"type '{kind}' has no levels; drop them, or make it ordinal")
    if kind == "binary" and len(levels) not in (0, 2):
        raise ValueError(f"type 'binary' needs two levels; found {len(levels)}")
    if kind in ("ordinal", "nominal") and len(levels) < 2:
        raise ValueError(f"type '{kind}' needs at least two levels; found {len(levels)}")
    codes = [canonical(level.code) for level in _all_levels(kind, levels)]
    codes += [canonical(code) for code in missing_codes]
    repeated = sorted({f"'{code}'" for code in codes if codes.count(code) > 1})
    if repeated:
        raise ValueError(f"codes must differ; found more than once: {', '.join(repeated)}")


def _all_levels(kind: Kind, levels: tuple[Level, ...]) -> tuple[Level, ...]:
    if kind == "binary" and not levels:
        return (Level(code=0, label="no"), Level(code=1, label="yes"))
    return levels


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
        Codes by which a hospital's FHIR server knows it.
    resource : str
        FHIR resource that holds it; empty: a Condition for a binary one that has a SNOMED code
        alone, else an Observation.
    phase : str
        Clinical phase in which it is measured; a value of another phase is not taken from FHIR.
    max_age_hours : float or None
        Age from which a value of FHIR is too old; None: no limit.
    """

    column: Name
    label: str = ""
    help: str = ""
    type: Kind
    levels: tuple[Level, ...] = ()
    unit: str = ""
    range: Range = Range()
    usual: Range = Range()
    missing_codes: Codes = ()
    may_be_missing: bool = False
    before_decision: bool = True
    loinc: Token = ""
    snomed: Token = ""
    resource: Literal["", "Observation", "Condition", "Procedure"] = ""
    phase: Phase = ""
    max_age_hours: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _levels_fit_the_type(self) -> Self:
        check_levels(self.type, self.levels, self.missing_codes)
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
        return _all_levels(self.type, self.levels)
