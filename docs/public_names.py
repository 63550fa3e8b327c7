"""Write the pages of `docs/reference/python/`: every public name of every package.

``python docs/public_names.py`` writes them; a test holds them to the packages' ``__all__``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import FunctionType, ModuleType

import twoarm

FOLDER = Path(__file__).parent / "reference" / "python"


def public_modules() -> list[ModuleType]:
    """Give the package and its parts that offer names, in alphabetical order."""
    parts = [
        importlib.import_module(f"twoarm.{each.name}")
        for each in pkgutil.iter_modules(twoarm.__path__)
        if not each.name.startswith("_")
    ]
    return [module for module in (twoarm, *parts) if hasattr(module, "__all__")]


def page(module: ModuleType) -> str:
    """Give the page of a package: its sentence, then its names as their docstrings tell of them."""
    summary = inspect.cleandoc(module.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    lines = [f"# {module.__name__}", "", summary, "", "```{eval-rst}"]
    for name in sorted(module.__all__, key=lambda each: (each.lower(), each)):
        lines += described(module, name)
    return "\n".join([*lines, "```", ""])


def described(module: ModuleType, name: str) -> Iterator[str]:
    """Give the directive of a name."""
    value, path = getattr(module, name), f"{module.__name__}.{name}"
    if inspect.isclass(value):
        kind = "autoexception" if issubclass(value, BaseException) else "autoclass"
        yield f".. {kind}:: {path}"
        members = own_members(value)
        if members:
            yield f"   :members: {', '.join(members)}"
    else:
        yield f".. {'py:data' if is_data(value) else 'autofunction'}:: {path}"
    if module is not twoarm and name in twoarm.__all__:
        yield "   :no-index:"  # its place is the page of the whole package
    if is_data(value):
        yield ""
        yield from (f"   {line}" for line in said_of(module, name).splitlines())
        yield ""


def is_data(value: object) -> bool:
    """Say whether a value is neither a class nor a function."""
    return not (inspect.isclass(value) or inspect.isroutine(value) or hasattr(value, "__wrapped__"))


def own_members(kind: type) -> list[str]:
    """Name the public methods and properties that are ours, and none of another library's."""
    found = []
    for name in sorted(vars_of(kind)):
        member = inspect.getattr_static(kind, name)
        function = getattr(member, "fget", None) or getattr(member, "__func__", member)
        is_ours = isinstance(function, FunctionType) and function.__module__.startswith("twoarm")
        if is_ours and not name.startswith("_") and function.__doc__:
            found.append(name)
    return found


def vars_of(kind: type) -> set[str]:
    """Name what a class and its bases hold."""
    return {name for base in kind.__mro__ for name in vars(base)}


def said_of(module: ModuleType, name: str) -> str:
    """Give the text above (``#:``) or below a constant, in the file that assigns it."""
    source = Path(inspect.getfile(module)).read_text(encoding="utf-8")
    tree = ast.parse(source)
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.ImportFrom) and name in {each.name for each in node.names}:
            return said_of(importlib.import_module(str(node.module)), name)
        if name in assigned(node):
            if isinstance(after, ast.Expr):
                return inspect.cleandoc(str(ast.literal_eval(after.value)))
            return said_above(source.splitlines()[: node.lineno - 1])
    return ""


def said_above(lines: list[str]) -> str:
    """Give the comment that the last lines are."""
    said = list(takewhile(lambda line: line.startswith("#:"), reversed(lines)))
    return "\n".join(line.removeprefix("#:").strip() for line in reversed(said))


def assigned(node: ast.stmt) -> set[str]:
    """Name what a statement assigns."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {each.id for each in targets if isinstance(each, ast.Name)}


def pages() -> dict[str, str]:
    """Give every page by its file's name."""
    return {f"{module.__name__.rpartition('.')[2]}.md": page(module) for module in public_modules()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
