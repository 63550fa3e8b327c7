"""Rooms stay small, stages run one way, and no file imports itself by a detour."""

import ast
from pathlib import Path
from statistics import median

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "twoarm"
FEW_FILES, FEW_LINES = 15, 120

STAGES = {
    "study": ("plan", "fit", "measure", "judge", "summary", "result", "files", "run", "shards"),
    "diagnostics": (
        "absent",
        "finding",
        "harm",
        "comparability",
        "hidden",
        "average",
        "ranking",
        "stability",
        "outcomes",
    ),
    "report": (
        "formats",
        "table",
        "figures",
        "section",
        "design",
        "opening",
        "sections",
        "journal",
        "html",
        "write",
        "trial",
        "comparison",
    ),
}
"""Rooms of a package in the order of the work: none imports one that comes later."""

PACKAGES = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists())


def files_of(package: Path) -> list[Path]:
    return [path for path in sorted(package.rglob("*.py")) if path.name != "__init__.py"]


def module_of(path: Path, root: Path) -> str:
    return ".".join(("twoarm", *path.relative_to(root).with_suffix("").parts))


def imports_of(path: Path) -> set[str]:
    """Give all that a file imports, by dotted name: under TYPE_CHECKING and in functions, too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rings(graph: dict[str, set[str]]) -> list[list[str]]:
    """Give the groups of files that reach each other (strongly connected, two or more)."""
    reach = {name: {name} for name in graph}
    changed = True
    while changed:
        changed = False
        for seen in reach.values():
            new = set().union(*(graph.get(each, set()) for each in seen)) - seen
            if new:
                seen |= new
                changed = True
    found = {
        tuple(sorted(other for other in reach[name] if name in reach.get(other, set())))
        for name in graph
    }
    return [list(ring) for ring in sorted(found) if len(ring) > 1]


def graph_of(package: Path, root: Path) -> dict[str, set[str]]:
    names = {module_of(path, root) for path in files_of(package)}
    return {
        module_of(path, root): (imports_of(path) & names) - {module_of(path, root)}
        for path in files_of(package)
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_no_files_of_a_package_import_each_other_in_a_ring(package):
    assert rings(graph_of(SOURCE / package, SOURCE)) == []


def test_a_ring_is_found():
    assert rings({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def backward(package: Path, stages: tuple[str, ...], root: Path) -> list[str]:
    """Give the imports of a package that run against the order of its stages."""
    place = {stage: number for number, stage in enumerate(stages)}
    prefix = f"twoarm.{package.name}."
    wrong = []
    for path in files_of(package):
        own = place.get(path.relative_to(package).with_suffix("").parts[0])
        for name in imports_of(path):
            room = name.removeprefix(prefix).split(".")[0] if name.startswith(prefix) else ""
            if own is not None and place.get(room, -1) > own:
                wrong.append(f"{path.relative_to(root)} imports {name}")
    return wrong


@pytest.mark.parametrize("package", sorted(STAGES))
def test_inside_a_package_no_import_runs_back(package):
    assert backward(SOURCE / package, STAGES[package], SOURCE) == []


@pytest.mark.parametrize("package", ["study", "diagnostics"])
def test_every_room_has_its_place_in_the_order(package):
    rooms = {path.stem for path in (SOURCE / package).iterdir() if path.name[0] != "_"}
    assert rooms == set(STAGES[package])


def test_an_order_turned_round_is_found():
    turned = tuple(reversed(STAGES["study"]))
    assert backward(SOURCE / "study", turned, SOURCE)


@pytest.mark.parametrize("package", ["study", "diagnostics", "report"])
def test_no_room_is_crowded(package):
    folders = {path.parent for path in files_of(SOURCE / package)}
    crowded = {
        str(folder.relative_to(SOURCE)): count
        for folder in folders
        if (count := sum(path.parent == folder for path in files_of(SOURCE / package))) > FEW_FILES
    }
    assert crowded == {}


def test_files_are_short():
    lines = [path.read_text(encoding="utf-8").count("\n") for path in SOURCE.rglob("*.py")]
    assert median(lines) <= FEW_LINES
