import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import twoarm

ROOT = Path(__file__).parents[2]


def test_every_public_name_exists():
    for name in twoarm.__all__:
        assert getattr(twoarm, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = twoarm.nonsense


def modules() -> list[str]:
    return sorted(
        module.name
        for module in pkgutil.walk_packages(twoarm.__path__, "twoarm.")
        if not module.name.startswith("twoarm.shipped")
    )


@pytest.mark.parametrize("name", modules())
def test_what_a_module_offers_exists(name):
    module = importlib.import_module(name)
    for offered in getattr(module, "__all__", []):
        assert getattr(module, offered) is not None, f"{name}.{offered}"


def test_the_locks_hold_names_versions_and_hashes_and_no_address():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert not re.search(r"https?:|file:|--index|--find-links", text), lock.name
        packages = re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)
        assert len(packages) > 30
        for block in re.split(r"\n(?=\S)", text):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_no_path_or_address_of_a_machine_is_in_the_repository():
    suspicious = re.compile(r"/(?:wor[k]|roo[t]|hom[e]/\w+|opt/pypi)/")
    for folder in ("src", "tests", "docs", "benchmarks"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".md", ".toml", ".json", ".j2", ".csv"}:
                assert not suspicious.search(path.read_text(encoding="utf-8")), path
