"""The report reads results and computes nothing; a topic is a folder of short files."""

import ast
import re
from pathlib import Path

import pytest

REPORT = Path(__file__).parents[2] / "src" / "twoarm" / "report"
FILES = sorted(REPORT.rglob("*.py"))
TOPICS = sorted(path for path in (REPORT / "sections").iterdir() if (path / "__init__.py").exists())

STATISTICS = {"mean", "std", "var", "median", "quantile", "percentile", "sqrt", "exp", "log",
              "interp", "polyfit", "norm", "NormalDist", "erf", "erfc"}  # fmt: skip

SAID_IN_WORDS = {"finite", "present", "as_benefit", "is_randomised", "chance_of_any", "over",
                 "table_one", "amount", "estimated", "excluded", "kind", "slope_is_told", "span",
                 "welfare"}  # fmt: skip
"""Functions of other packages that a table may call: they write a value, or sum up the cohort."""


def test_there_are_topics():
    assert {"comparability", "average", "hidden", "ranking"} <= {path.name for path in TOPICS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPORT)))
def test_the_report_computes_nothing(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = called.id if isinstance(called, ast.Name) else called
            assert name not in STATISTICS, f"line {node.lineno} computes: {ast.unparse(node)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            assert round(node.value, 2) not in (1.96, 1.64, 2.58), f"line {node.lineno}: a quantile"
        if isinstance(node, ast.ImportFrom) and re.match(
            r"twoarm\.(metrics|diagnostics|importance|resampling|cohort\.tableone)", node.module
        ):
            functions = {each.name for each in node.names if each.name[0].islower()}
            assert functions <= SAID_IN_WORDS, f"{functions} belong into the result"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda path: path.name)
def test_every_file_of_a_topic_is_in_its_list_of_parts(topic):
    text = (topic / "__init__.py").read_text(encoding="utf-8")
    for path in topic.glob("[!_]*.py"):
        is_part = re.search(r"^def part\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert bool(is_part) == (f"{path.stem}.part" in text), path.name


@pytest.mark.parametrize("path", [REPORT, *TOPICS], ids=lambda path: path.name)
def test_no_folder_is_a_drawer(path):
    assert len(list(path.glob("*.py"))) <= 15
