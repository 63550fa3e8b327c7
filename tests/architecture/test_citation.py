"""What the citation file says is what the package is."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def field(name: str) -> str:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    found = re.search(rf"^{name}: (.+)$", text, re.MULTILINE)
    assert found, name
    return found.group(1)


def test_version_licence_and_title_are_the_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert field("version") == project["version"]
    own, *of_parts = project["license"].split(" AND ")  # the letters of figures have their own
    assert field("license") == own
    assert of_parts == ["OFL-1.1"]
    assert field("title") == project["name"]


def test_the_developers_are_cited():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert "  - name: The twoarm developers\n" in text
    assert field("cff-version") == "1.2.0"
