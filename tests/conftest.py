"""Data that several tests need."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# New examples on every run of a developer; the same ones wherever a red run must be repeatable.
# A deadline would fail whoever's machine is busy.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("developer", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("ci" if os.environ.get("CI") else "developer")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def ist_path() -> Path:
    """The International Stroke Trial, which is open but not ours to commit."""
    path = ROOT.parent / "shared" / "data" / "ist.csv.gz"
    if not path.exists():
        message = f"the International Stroke Trial is missing: {path.name}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
