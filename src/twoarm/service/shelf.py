"""The models that a server offers, each under a name of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from twoarm.errors import ArgumentError
from twoarm.modelfile import Model, load_model

__all__ = ["Served", "shelve"]


@dataclass(frozen=True)
class Served:
    """A model on the server.

    Attributes
    ----------
    id : str
        Its name in addresses.
    model : Model
    sha256 : str
        Of the file as it lies on the disk.
    card : str
        The model card beside the file, Markdown; empty where there is none.
    """

    id: str
    model: Model
    sha256: str
    card: str = ""

    @property
    def content(self) -> Mapping[str, Any]:
        """The file's content."""
        return self.model.content

    @property
    def title(self) -> str:
        """Name of the study."""
        return str(self.content["title"])

    @property
    def version(self) -> str:
        """Version of the model, or of the twoarm that wrote it where the file has none."""
        return str(self.content.get("version") or self.content["twoarm_version"])

    @property
    def expires(self) -> str:
        """Last day of the model, ISO 8601; empty where the file has none."""
        return str(self.content.get("expires") or "")

    def expired(self, today: date | None = None) -> bool:
        """Say whether the last day has passed."""
        day = today or datetime.now(tz=UTC).date()
        return bool(self.expires) and date.fromisoformat(self.expires[:10]) < day


def shelve(paths: Sequence[str | Path]) -> tuple[Served, ...]:
    """Load model files and name them: by their study, with the version where two share that.

    Raises
    ------
    ModelFileError
        If a file is no usable model.
    ArgumentError
        If two files are the same study and version.
    """
    files = [Path(path) for path in paths]
    loaded = [_served(path) for path in files]
    names = [each.id for each in loaded]
    shelf = tuple(
        Served(f"{each.id}-{_slug(each.version)}", each.model, each.sha256, each.card)
        if names.count(each.id) > 1
        else each
        for each in loaded
    )
    ids = [each.id for each in shelf]
    for name in ids:
        if ids.count(name) > 1:
            same = [str(path) for path, each in zip(files, ids, strict=True) if each == name]
            raise ArgumentError(
                f"Models served side by side need different names or versions; {' and '.join(same)}"
                f" are both '{name}'. Leave one out."
            )
    return shelf


def _served(path: Path) -> Served:
    model = load_model(path)
    card = path.with_name("card.md")
    return Served(
        _slug(str(model.content["name"])),
        model,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        card.read_text(encoding="utf-8") if card.is_file() else "",
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "model"
