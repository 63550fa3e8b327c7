"""The code blocks of the documentation's pages.

``console`` blocks are typed, ``python`` and ``r`` blocks executed; what stands below commands, or
in an ``output`` block after them, must be printed. A ``{code-block}`` with a caption is saved as
the file that the caption names. Other blocks are only read: commands in them must parse.
"""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
EXECUTED = ("console", "python", "r")

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the line it starts in, its caption if any, its text."""

    language: str
    line: int
    caption: str
    text: str


def blocks(page: Path) -> list[Block]:
    """Give a page's blocks in order."""
    content = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(content):
        language, caption = match["info"].strip(), ""
        text = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        if language.startswith("{code-block}"):
            language = language.removeprefix("{code-block}").strip()
            options, _, text = text.partition("\n\n")
            caption = re.search(r":caption: (\S+)", options)[1]
        line = content.count("\n", 0, match.start()) + 1
        found.append(Block(language, line, caption, text))
    return found


@dataclass(frozen=True)
class Typed:
    """A command of a console block, and the lines that it must print."""

    command: str
    expected: tuple[str, ...]


def typed(block: Block) -> list[Typed]:
    """Give the commands of a console block."""
    commands: list[list[str]] = []
    printed: list[list[str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            commands.append([line[2:]])
            printed.append([])
        elif line.startswith("> ") or (commands and commands[-1][-1].endswith("\\")):
            commands[-1].append(line.removeprefix("> "))
        else:
            printed[-1].append(line)
    return [
        Typed("\n".join(command), tuple(line for line in lines if line.strip()))
        for command, lines in zip(commands, printed, strict=True)
    ]
