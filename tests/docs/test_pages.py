"""Every command and example of the documentation runs, page by page, in an empty folder."""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.docs.blocks import DOCS, EXECUTED, PAGES, blocks, typed
from typer.main import get_command

from twoarm.cli.main import app

ROOT = DOCS.parent
RUN = [page for page in PAGES if any(each.language in EXECUTED for each in blocks(page))]
KNOWN = {"", "console", "python", "r", "output", "text", "toml", "json", "sh", "make", "csv"}


def name_of(page):
    return str(page.relative_to(DOCS))


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Runs that pages have in common."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def shell(tmp_path, monkeypatch, runs):
    """Type a line in an empty folder where `twoarm` is a command."""
    commands, folder = tmp_path / "bin", tmp_path / "empty"
    commands.mkdir()
    folder.mkdir()
    once = Path(__file__).with_name("twoarm_once.py")
    for name, call in (("twoarm", f'"{once}" "{runs}"'), ("python", "")):
        command = commands / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("RETICULATE_PYTHON", sys.executable)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(folder)

    def run(command, *arguments):
        return subprocess.run(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding="utf-8",
        )  # fmt: skip

    return run


def assert_printed(printed, expected, where):
    """Hold the lines that a page shows to what was printed, in order; `...` is anything."""
    found = [" ".join(line.split()) for line in printed.splitlines()]
    for line in expected:
        if line.strip() == "...":
            continue
        pattern = re.escape(" ".join(line.split())).replace(r"\.\.\.", ".*")
        rest = [k for k, each in enumerate(found) if re.fullmatch(pattern, each)]
        assert rest, f"{where}: '{line}' is not printed, or not there:\n{printed}"
        found = found[rest[0] + 1 :]


def type_in(block, where, shell):
    for each in typed(block):
        done = shell(["/bin/sh", "-c"], each.command)
        failed = any(line.startswith("error:") for line in each.expected)
        assert done.returncode == (2 if failed else 0), f"{where}: {each.command}\n{done.stdout}"
        assert_printed(done.stdout, each.expected, where)


def execute(block, where, names):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.text, where, "exec"), names)
    return printed.getvalue()


def execute_r(block, where, shell):
    if shutil.which("Rscript") is None:
        pytest.skip(f"{where}: R is not installed; what stands above it ran")
    asked = "cat(requireNamespace('reticulate', quietly = TRUE))"
    if "reticulate" in block.text and "TRUE" not in shell(["Rscript", "-e"], asked).stdout:
        pytest.skip(f"{where}: reticulate is not installed; what stands above it ran")
    Path("block.R").write_text(block.text, encoding="utf-8")
    done = shell(["Rscript", "block.R"])
    assert done.returncode == 0, f"{where}\n{done.stdout}"
    return done.stdout


@pytest.mark.seconds
@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_what_a_page_says_can_be_typed(page, shell):
    names, printed = {"__name__": "page"}, ""
    for block in blocks(page):
        where = f"{name_of(page)}, line {block.line}"
        if block.caption:
            Path(block.caption).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            type_in(block, where, shell)
        elif block.language == "python":
            printed = execute(block, where, names)
        elif block.language == "r":
            printed = execute_r(block, where, shell)
        elif block.language == "output":
            assert_printed(printed, block.text.splitlines(), where)


def commands_in(block):
    """Give the lines of a block that call twoarm, without what follows a sign of the shell."""
    text = block.text.replace("\\\n", " ")
    for line in text.splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words and words[0].removeprefix(".venv/bin/") == "twoarm":
            ends = [k for k, word in enumerate(words) if word in (">", "|", "&&", ";")]
            yield words[1 : ends[0] if ends else None]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_shows_is_one(page):
    whole = get_command(app)
    for block in blocks(page):
        if block.language not in ("", "console", "sh", "text"):
            continue
        for words in commands_in(block):
            with whole.make_context("twoarm", list(words)) as context:
                rest = [*context._protected_args, *context.args]
                name, command, arguments = whole.resolve_command(context, rest)
                command.make_context(name, arguments, parent=context).close()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_blocks_are_of_a_kind_that_is_known_and_toml_can_be_read(page):
    for block in blocks(page):
        assert block.language in KNOWN or block.language.startswith("{"), block
        if block.language == "toml":
            tomllib.loads(block.text)


def test_every_target_of_make_that_a_page_names_is_one():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        named = re.findall(r"^(?:    )?make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
        assert set(named) <= targets, page


def test_every_link_leads_somewhere():
    for page in PAGES:
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            target = link.partition("#")[0]
            if target and "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{name_of(page)}: {link}"


def test_every_picture_is_there_and_small():
    shown = {
        (page.parent / path).resolve()
        for page in PAGES
        for path in re.findall(
            r"^```\{(?:image|figure)\} (\S+)", page.read_text("utf-8"), re.MULTILINE
        )
    }
    for path in {*shown, *(DOCS / "images").glob("*")}:
        assert path.exists(), path
        assert path.stat().st_size < 200_000, path.name
    assert {path.resolve() for path in (DOCS / "images").glob("*")} <= shown
