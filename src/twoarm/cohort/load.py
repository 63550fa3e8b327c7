"""Find a study file, read it, and say in plain words what is wrong with it."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from twoarm.cohort.studyfile import StudyFile
from twoarm.errors import StudyFileError

__all__ = ["Study", "load_study", "shipped_studies"]

_SYNTHETIC_COLUMN = "synthetic"


@dataclass(frozen=True, slots=True)
class Study:
    """A study file and where it came from.

    Attributes
    ----------
    file : StudyFile
        Its content.
    path : Path
        The file.
    digest : str
        SHA-256 of its bytes.
    """

    file: StudyFile
    path: Path
    digest: str

    @property
    def name(self) -> str:
        """The study's name."""
        return self.file.study.name

    @property
    def cohort_source(self) -> str:
        """The cohort file named by the study, relative paths resolved beside the study file."""
        named = self.file.study.cohort
        if not named or named.startswith("package:"):
            return named
        return str(self.path.parent / named)


def shipped_studies() -> dict[str, Path]:
    """Give the studies that come with the package, by name."""
    folder = Path(str(files("twoarm"))) / "shipped"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_study(study: str | Path) -> Study:
    """Read a study file.

    Parameters
    ----------
    study : str or Path
        Name of a shipped study, or path of a TOML file.

    Raises
    ------
    StudyFileError
        If there is no such study, the file is not TOML, holds unknown keys or impossible values,
        or contradicts itself; all problems at once.

    Examples
    --------
    >>> load_study("rescue-stenting").file.primary.name
    'mrs_0_2'
    """
    path = _find(study)
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise StudyFileError(f"Cannot read the study file {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StudyFileError(f"The study file {path} must be UTF-8 text: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise StudyFileError(f"The study file {path} is not valid TOML: {error}.") from error
    try:
        parsed = StudyFile.model_validate(raw)
    except ValidationError as error:
        problems = [_explain(each, text) for each in error.errors()]
        raise StudyFileError(_listed(path, problems)) from None
    problems = list(_contradictions(parsed))
    if problems:
        raise StudyFileError(_listed(path, problems))
    return Study(parsed, path, hashlib.sha256(content).hexdigest())


def _find(study: str | Path) -> Path:
    shipped = shipped_studies()
    if str(study) in shipped:
        return shipped[str(study)]
    path = Path(study)
    if path.is_file():
        return path
    near = difflib.get_close_matches(str(study), shipped, 1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise StudyFileError(
        f"No study file '{study}'. Give the path of a TOML file, or one of the shipped studies: "
        f"{', '.join(shipped)}.{hint}"
    )


def _listed(path: Path, problems: list[str]) -> str:
    lines = "\n".join(f"  {problem}" for problem in problems)
    return f"The study file {path} has {len(problems)} problem(s):\n{lines}"


def _explain(error: Any, text: str) -> str:
    """Turn one of pydantic's errors into path, line, what is wrong, and what was found."""
    location = [step for step in error["loc"] if not _is_union_branch(step)]
    dotted = ".".join(str(step) for step in location) or "(top level)"
    line = _line_of(text, location)
    where = f"{dotted} (line {line})" if line else dotted
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        known = _keys_at(StudyFile, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, 1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(sorted(known))}"
        return f"{where} | unknown key | {hint}"
    if error["type"] == "missing":
        return f"{where} | this key is required and missing"
    found = error["input"]
    shown = f" | found {found!r}" if not isinstance(found, dict | list) else ""
    return f"{where} | {message[0].lower()}{message[1:]}{shown}"


def _is_union_branch(step: Any) -> bool:
    """Say whether a step of pydantic's path names a type rather than a key."""
    return isinstance(step, str) and (
        step in ("str", "int", "float", "tuple")
        or step.startswith(("tuple[", "literal[", "constrained"))
    )


def _keys_at(model: type[BaseModel], location: Sequence[Any]) -> list[str]:
    """Give the keys that are known in one section of the study file."""
    here: Any = model
    for step in location:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(step))
            here = None if field is None else _model_in(field.annotation)
    known = isinstance(here, type) and issubclass(here, BaseModel)
    return list(here.model_fields) if known else []


def _model_in(annotation: Any) -> Any:
    """Find the section's class inside ``tuple[X, ...]``, ``X | None`` or ``dict[str, X]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (
        tuple,
        dict,
        typing.Union,
        types.UnionType,
        typing.Annotated,
    ):
        for argument in typing.get_args(annotation):
            found = _model_in(argument)
            if found is not None:
                return found
    return None


def _line_of(text: str, location: Sequence[Any]) -> int | None:
    """Find the line of a key, or of its section where the key is missing."""
    tables: dict[str, int] = {}
    here: list[Any] = []
    best: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("[["):
            name = stripped.strip("[] ").split("#")[0].rstrip("] ")
            tables[name] = tables.get(name, -1) + 1
            here = [*name.split("."), tables[name]]
        elif stripped.startswith("["):
            here = list(stripped[1:].split("]")[0].strip().split("."))
        elif "=" in stripped and not stripped.startswith("#"):
            key = stripped.split("=")[0].strip().strip("\"'")
            if [*here, *key.split(".")] == list(location)[: len(here) + key.count(".") + 1]:
                return number
        if here and here == list(location)[: len(here)]:
            best = best or number
    return best


def _contradictions(file: StudyFile) -> Iterator[str]:
    yield from _repeated("outcomes", [outcome.name for outcome in file.outcomes])
    yield from _repeated("predictors", [predictor.column for predictor in file.predictors])
    primaries = [outcome.name for outcome in file.outcomes if outcome.primary]
    if len(primaries) != 1:
        found = ", ".join(primaries) or "none"
        yield f"outcomes | exactly one outcome has primary = true | found {found}"
    for outcome in file.outcomes:
        if outcome.primary and outcome.threshold is None:
            yield (
                f"outcomes.{outcome.name} | the primary outcome needs a threshold, the smallest "
                "absolute benefit worth the treatment, such as 0.15"
            )
    yield from _refused_predictors(file)
    yield from _treatment_codes(file)
    yield from _unknown_members(file)
    yield from _unknown_published(file)


def _repeated(section: str, names: Sequence[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{section} | '{name}' is listed more than once"


def _refused_predictors(file: StudyFile) -> Iterator[str]:
    """Refuse predictors that are known only after the decision, or are something else."""
    outcomes = {outcome.column for outcome in file.outcomes}
    after = {column.column for column in file.columns if not column.before_decision}
    described = {column.column for column in file.columns}
    reasons = {
        file.treatment.column: "it is the treatment",
        file.study.id: "it is the patients' id",
        _SYNTHETIC_COLUMN: "it marks synthetic patients",
    }
    if file.ordinal:
        reasons[file.ordinal.column] = "it is the ordinal outcome"
    for predictor in file.predictors:
        name = predictor.column
        reason = reasons.get(name)
        if name in outcomes:
            reason = "it is the column of an outcome"
        elif name in after or not predictor.before_decision:
            reason = "it is measured after the decision (before_decision = false)"
        elif reason is None and name in described:
            reason = "it is also listed under [[columns]]"
        if reason:
            yield f"predictors.{name} | refused as a predictor: {reason}"


def _treatment_codes(file: StudyFile) -> Iterator[str]:
    both = {str(code) for code in file.treatment.codes("control")} & {
        str(code) for code in file.treatment.codes("treated")
    }
    if both:
        yield f"treatment | the same value stands for both arms: {', '.join(sorted(both))}"


def _unknown_members(file: StudyFile) -> Iterator[str]:
    own = ["mean", "logistic", "spline_logistic", "elastic_net", "forest", "boosting"]
    known = own + [plugin.name for plugin in file.model.plugins]
    yield from _repeated("model.plugins", known)
    yield from _repeated("model.members", list(file.model.members))
    if not file.model.members:
        yield "model.members | a stack needs at least one member | found none"
    for name in file.model.members:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
            yield f"model.members | unknown member '{name}' | {hint}"


def _unknown_published(file: StudyFile) -> Iterator[str]:
    if file.published is None:
        return
    outcomes = {outcome.name for outcome in file.outcomes}
    columns = {predictor.column for predictor in file.predictors}
    for name in file.published.outcomes:
        if name not in outcomes:
            yield f"published.outcomes.{name} | no such outcome"
    for name in file.published.importance:
        if name not in columns:
            yield f"published.importance.{name} | no such predictor"
