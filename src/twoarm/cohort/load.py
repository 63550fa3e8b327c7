"""Find a study file, read it, and say in plain words what is wrong with it."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twoarm.cohort.benchmark import PublishedEffect, read_benchmark
from twoarm.cohort.contradictions import contradictions
from twoarm.cohort.explain import explained, place, without_unknown_keys
from twoarm.cohort.studyfile import StudyFile
from twoarm.errors import StudyFileError

__all__ = ["Study", "load_study", "shipped_studies"]


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
        SHA-256 of its bytes, and of those of the benchmark file if it names one.
    benchmark : tuple of PublishedEffect
        Published effects that its averages are set beside.
    """

    file: StudyFile
    path: Path
    digest: str
    benchmark: tuple[PublishedEffect, ...] = ()

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
        text = content.decode("utf-8-sig")
        raw = tomllib.loads(text)
    except OSError as error:
        raise StudyFileError(f"Cannot read the study file {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StudyFileError(
            f"The study file {path} must be UTF-8 text: {error}. Save it as UTF-8."
        ) from error
    except (ValueError, RecursionError) as error:
        raise StudyFileError(f"The study file {path} is not valid TOML: {error}.") from error
    file = _parsed(raw, text, path)
    benchmark: tuple[PublishedEffect, ...] = ()
    if file.benchmark is not None:
        outcomes = [outcome.name for outcome in file.outcomes]
        benchmark, more = read_benchmark(path.parent / file.benchmark.file, outcomes)
        content += more
    return Study(file, path, hashlib.sha256(content).hexdigest(), benchmark)


def _find(study: str | Path) -> Path:
    shipped = shipped_studies()
    if str(study) in shipped:
        return shipped[str(study)]
    path = Path(study)
    with contextlib.suppress(OSError):  # a name too long, a folder that may not be looked into
        if path.is_file():
            return path
    near = difflib.get_close_matches(path.stem.lower(), shipped, 1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise StudyFileError(
        f"No study file '{study}'. Give the path of a TOML file, or one of the shipped studies: "
        f"{', '.join(shipped)}.{hint}"
    )


def _parsed(raw: dict[str, Any], text: str, path: Path) -> StudyFile:
    """Check the content; an unknown key does not hide contradictions in what is known."""
    problems: list[str] = []
    parsed: StudyFile | None = None
    try:
        parsed = StudyFile.model_validate(raw)
    except ValidationError as error:
        problems = explained(error, raw, text)
        known = without_unknown_keys(error, raw)
        if known is not None:
            with contextlib.suppress(ValidationError):
                parsed = StudyFile.model_validate(known)
    if parsed is not None:
        problems += [f"{place(at, raw, text)} | {what}" for at, what in contradictions(parsed)]
    if problems or parsed is None:
        lines = "\n".join("  " + " ".join(problem.split()) for problem in problems)
        raise StudyFileError(f"The study file {path} has {len(problems)} problem(s):\n{lines}")
    return parsed
