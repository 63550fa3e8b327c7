"""Write the files of an external validation, and the adapted model where there is one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from twoarm.errors import ArgumentError
from twoarm.modelfile import model_card, parse_model
from twoarm.report.html import render
from twoarm.report.validation.page import validation_page
from twoarm.report.write import write_parts, write_whole
from twoarm.study.files.folder import write_json
from twoarm.validation import ExternalValidation
from twoarm.validation.adapting import adapted_content
from twoarm.validation.record import FORMAT, validation_content

__all__ = ["Written", "refuse_folder", "write_validation"]

_RECORD = "validation.json"


@dataclass(frozen=True, slots=True)
class Written:
    """Where things were written.

    Attributes
    ----------
    page, record : Path
        ``validation.html`` and ``validation.json``.
    model : Path or None
        The adapted model's file; None where nothing was updated.
    """

    page: Path
    record: Path
    model: Path | None


def write_validation(
    found: ExternalValidation,
    out: str | Path,
    *,
    update: bool = True,
    day: dt.date | None = None,
) -> Written:
    """Write ``validation.json``, ``validation.html``, tables, figures, and an adapted model.

    Parameters
    ----------
    found : ExternalValidation
        From `twoarm.validation.validate_model`.
    out : str or Path
        Folder, made if need be; empty, or of an earlier validation, which is replaced.
    update : bool
        Whether an adapted model is written where one was decided on.
    day : date, optional
        Of the update; today by default.

    Raises
    ------
    ArgumentError
        If the folder holds other things, or cannot be written.
    """
    folder = Path(out)
    refuse_folder(folder)
    adapted = None
    if update and found.updated:
        adapted = adapted_content(found, day=day or dt.datetime.now(dt.UTC).date())
        parse_model(adapted)  # it must load where it is used
    page = validation_page(found, adapted)
    content = validation_content(found, version=metadata.version("twoarm"), adapted=adapted)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_earlier(folder)
        model = None if adapted is None else _write_model(folder, adapted, content)
        write_parts(page.sections, folder)
        write_json(folder / _RECORD, content)
        write_whole(folder / "validation.html", render(page).encode("utf-8"))
    except OSError as error:
        raise ArgumentError(
            f"Cannot write to {folder}: {error.strerror or error}. Choose another one with --out."
        ) from error
    return Written(folder / "validation.html", folder / _RECORD, model)


def refuse_folder(folder: Path) -> None:
    """Raise ArgumentError if a folder holds anything but an earlier validation."""
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"Cannot write to {folder}: it is a file. Choose a folder with --out.")
    if folder.is_dir() and any(folder.iterdir()) and _earlier(folder) is None:
        raise ArgumentError(
            f"The folder {folder} holds other things than a validation. Choose another one with "
            "--out."
        )


def _earlier(folder: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_one = isinstance(content, dict) and content.get("format") == FORMAT
    return content if is_one else None


def _remove_earlier(folder: Path) -> None:
    """Remove what an earlier validation wrote and this one may not."""
    earlier = _earlier(folder)
    if earlier is None:
        return
    if earlier["updated_model"] is not None:
        name = Path(earlier["updated_model"]["file"]).name
        (folder / name).unlink(missing_ok=True)
        (folder / _card(name)).unlink(missing_ok=True)
    for kind, ending in (("tables", "csv"), ("figures", "svg"), ("figures", "png")):
        for path in (folder / kind).glob(f"validation_*.{ending}"):
            path.unlink()


def _write_model(folder: Path, adapted: dict[str, Any], content: dict[str, Any]) -> Path:
    name = f"model-{adapted['version']}.json"
    write_json(folder / name, adapted)
    write_whole(folder / _card(name), model_card(adapted).encode("utf-8"))
    content["updated_model"]["file"] = name
    return folder / name


def _card(name: str) -> str:
    return f"{name.removesuffix('.json')}-card.md"
