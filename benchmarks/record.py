"""Keep a measurement with what made it: seed, settings, versions."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"

IST_NOTICE = (
    "Contains information from the International Stroke Trial database (version 2), "
    "doi:10.7488/ds/104, which is made available under the ODC Attribution License"
)
"""Goes with everything that is made from these data."""


def keep(name: str, content: dict[str, Any]) -> Path:
    """Write ``results/<name>.json``; numbers are rounded to six digits."""
    versions = {each: metadata.version(each) for each in ("twoarm", "numpy", "scikit-learn")}
    content = {**content, "versions": {**versions, "python": platform.python_version()}}
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(_rounded(content), indent=1) + "\n", encoding="utf-8")
    return path


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return value
