"""The how-to for one's own cohort works as typed, from an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "your-own-cohort.md"


def test_what_it_says_can_be_typed(tmp_path):
    blocks = re.findall(
        r"^( *)```sh\n(.*?)^ *```", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    typed = [line.strip() for _, block in blocks for line in block.splitlines()]
    assert [line.split()[1] for line in typed] == [
        "synth", "init", "check", "run", "predict", "init"
    ]  # fmt: skip
    commands, empty = tmp_path / "bin", tmp_path / "empty"
    commands.mkdir()
    empty.mkdir()
    command = commands / "twoarm"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m twoarm "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = f"{commands}{os.pathsep}{os.environ['PATH']}"
    for line in typed:
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=empty, env=os.environ | {"PATH": path},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    for name in ("registry.csv", "my-study.toml", "predicted.csv", "draft.toml"):
        assert (empty / name).stat().st_size > 100
    assert (empty / "runs" / "mine" / "report.html").exists()
    assert len((empty / "predicted.csv").read_text(encoding="utf-8").splitlines()) == 301
