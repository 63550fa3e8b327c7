"""The reference has every public name, every key of summary and study file, every option."""

import json
import re
import runpy

import pytest
from tests.docs.blocks import DOCS
from typer.main import get_command

from twoarm.cli.main import app
from twoarm.cohort import StudyFile
from twoarm.study.summary.schema import summary_schema

NAMES = runpy.run_path(str(DOCS / "public_names.py"))
SUMMARY = (DOCS / "reference" / "summary.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
STUDY_FILE = (DOCS / "reference" / "study-file.md").read_text(encoding="utf-8")


def words_of(page):
    """Give the words that a page sets in backticks, and those of its blocks."""
    fenced = re.findall(r"^```.*?^```", page, re.MULTILINE | re.DOTALL)
    for block in fenced:
        page = page.replace(block, "")
    return set(re.findall(r"[A-Za-z_0-9]+", " ".join([*fenced, *re.findall(r"`([^`]+)`", page)])))


def test_every_public_name_has_its_place():
    folder = DOCS / "reference" / "python"
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert found == NAMES["pages"](), "type: python docs/public_names.py"


@pytest.mark.parametrize("module", NAMES["public_modules"](), ids=lambda module: module.__name__)
def test_every_public_name_is_described(module):
    for name in module.__all__:
        value = getattr(module, name)
        is_data = NAMES["is_data"](value)
        said = NAMES["said_of"](module, name) if is_data else value.__doc__
        assert said, f"{module.__name__}.{name}"


def keys_of(schema):
    """Give every key of every object in a schema."""
    if isinstance(schema, list):
        return set().union(*map(keys_of, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", {}))
    parts = [*schema.get("properties", {}).values()]
    parts += [value for key, value in schema.items() if key != "properties"]
    return own | keys_of(parts)


def test_every_key_of_the_summary_is_explained():
    keys = keys_of(summary_schema())
    assert len(keys) > 200
    assert sorted(keys - words_of(SUMMARY)) == []


def test_every_key_of_the_study_file_is_explained():
    keys = keys_of(json.loads(json.dumps(StudyFile.model_json_schema())))
    assert len(keys) > 80
    assert sorted(keys - words_of(STUDY_FILE)) == []


def commands():
    return sorted(get_command(app).commands.items())


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_option_is_in_the_reference_and_shows_its_default(name, command):
    section = COMMANDS.partition(f"## `twoarm {name}")[2].partition("\n## ")[0]
    assert section, f"twoarm {name} has no section"
    for each in command.params:
        if each.param_type_name != "option" or each.name == "help":
            continue
        option = each.opts[0]
        assert option in section, f"twoarm {name} {option}"
        assert each.help, f"twoarm {name} {option}"
        if each.is_flag or each.required:
            continue
        default = each.show_default
        tells = isinstance(default, str) or (default and each.default is not None)
        assert tells, f"twoarm {name} {option}: its help tells no default"


def test_no_help_loses_its_brackets():
    """What stands in square brackets is taken for markup and not shown."""
    for name, command in commands():
        for each in command.params:
            assert "[" not in (each.help or ""), f"twoarm {name} {each.opts[0]}"
