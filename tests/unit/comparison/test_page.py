"""The page, tables and lines of a comparison."""

import csv
import re

import pytest

from twoarm.comparison import compare_runs
from twoarm.errors import ArgumentError
from twoarm.report.comparison import comparison_lines, write_comparison

pytestmark = pytest.mark.seconds


@pytest.fixture(scope="session")
def studies(run_of_two, run_of_another_study):
    return compare_runs(run_of_two, run_of_another_study)


@pytest.fixture(scope="session")
def written(studies, tmp_path_factory):
    return write_comparison(studies, tmp_path_factory.mktemp("compare")).parent


def table(folder, name):
    with (folder / "tables" / f"compare_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_is_a_file(written, studies):
    assert len(table(written, "numbers")) == len(studies.numbers)
    assert len(table(written, "settings")) == len(studies.settings)
    assert len(table(written, "words")) == len(studies.words)
    assert len(table(written, "patients")) == len(studies.counts)
    assert {row["outcome"] for row in table(written, "quoted")} == {
        "mrs_0_2", "mrs_0_3", "sich", "death",
    }  # fmt: skip
    names = {path.stem for path in (written / "tables").iterdir()}
    assert names == {f"compare_{name}" for name in (
        "numbers", "settings", "words", "patients", "quoted", "where", "baseline", "columns",
        "flow", "runs",
    )}  # fmt: skip


def test_counts_of_where_add_up(written, studies):
    assert sum(int(row["differ"]) for row in table(written, "where")) == len(studies.numbers)


def test_the_page_is_whole_and_labelled(written):
    page = (written / "compare.html").read_text(encoding="utf-8")
    assert "The patients of A and B are synthetic" in page
    assert "No difference has a p-value" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count('role="img"') == 2


def test_the_same_runs_give_the_same_bytes(written, studies, tmp_path):
    again = write_comparison(studies, tmp_path / "again").parent
    for path in sorted(written.rglob("*.*")):
        other = again / path.relative_to(written)
        assert path.read_bytes() == other.read_bytes(), path.name


def test_lines_fit_a_terminal_and_name_what_matters(studies):
    lines = list(comparison_lines(studies))
    assert max(map(len, lines[2:])) <= 100  # the first two name the folders
    text = "\n".join(lines)
    assert "[SYNTHETIC DATA]" in text
    assert "benefit, all" in text
    assert f"{len(studies.numbers)} other values differ" in text


def test_a_folder_that_cannot_be_written_is_named(studies, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ArgumentError, match="Cannot write to"):
        write_comparison(studies, tmp_path / "file")
