"""Data that several tests need."""

import os
from pathlib import Path

import pytest

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
