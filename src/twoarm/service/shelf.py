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
    """

    id: str
    model: Model
    sha256: str

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
        """Version of the model."""
        return str(self.content["version"])

    def expired(self, today: date | None = None) -> bool:
        """Say whether the last day has passed."""
        return self.model.expires < (today or datetime.now(tz=UTC).date())


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
        Served(f"{each.id}-{_slug(each.version)}", each.model, each.sha256)
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
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    return Served(_slug(str(model.content["name"])), model, found)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "model"
