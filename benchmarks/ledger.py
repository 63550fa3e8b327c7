"""Keep a long simulation line by line, so that it can be interrupted and go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Ledger:
    """A JSON-lines file; a line is known by the values of its key fields."""

    def __init__(self, path: Path, key: tuple[str, ...]):
        self.path, self.key = path, key
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lines = self._whole_lines() if path.exists() else []
        self.done = {self._key_of(line) for line in self.lines}

    def _whole_lines(self) -> list[dict[str, Any]]:
        """Read what was written; a last line without its end was interrupted and is cut off."""
        text = self.path.read_text()
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            self.path.write_text(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def _key_of(self, line: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(line[name] for name in self.key)

    def has(self, *values: Any) -> bool:
        """Say whether the line with these key values is there."""
        return values in self.done

    def add(self, line: dict[str, Any]) -> None:
        """Append a line."""
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        self.lines.append(line)
        self.done.add(self._key_of(line))
