import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "twoarm"

ORDER = [
    {"errors"},
    {"seeds"},
    {"kernels", "cohort", "execution"},
    {"metrics", "learners", "modelfile", "synthetic"},
    {"resampling"},
    {"metalearners"},
    {"diagnostics"},
    {"importance", "design"},
    {"study"},
    {"report", "service"},
    {"cli"},
]
STEP = {package: step for step, packages in enumerate(ORDER) for package in packages}

THIRD_PARTY = {
    "errors": set(),
    "seeds": {"numpy"},
    "kernels": {"numpy", "numba"},
    "cohort": {"numpy", "pydantic", "pandas", "python_calamine"},
    "execution": {"joblib", "threadpoolctl", "dask", "distributed"},
    "metrics": {"numpy", "scipy"},
    "learners": {"numpy", "sklearn"},
    "modelfile": {"numpy", "pydantic"},
    "synthetic": {"numpy", "pandas", "scipy"},
    "resampling": {"numpy", "pandas"},
    "metalearners": {"numpy", "scipy", "sklearn"},
    "diagnostics": {"numpy", "scipy", "sklearn"},
    "importance": {"numpy", "scipy"},
    "design": {"numpy", "scipy"},
    "study": {"numpy", "cattrs", "pydantic"},
    "report": {"numpy", "matplotlib", "jinja2", "markupsafe"},
    "cli": {"typer", "rich"},
}


def package_of(path: Path) -> str:
    inside = path.relative_to(SOURCE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def sources() -> list[Path]:
    outside = {SOURCE / "__init__.py", SOURCE / "__main__.py"}
    return [path for path in sorted(SOURCE.rglob("*.py")) if path not in outside]


def imported_modules(path: Path, *, at_top_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if at_top_only else list(ast.walk(tree))
    modules = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            modules.add(str(node.module))
    return modules


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_package_imports_only_what_stands_to_its_left(path):
    own = package_of(path)
    assert own in STEP, f"{own} is in no step of the order"
    for module in imported_modules(path):
        parts = module.split(".")
        if parts[0] != "twoarm" or len(parts) == 1:
            continue
        other = parts[1]
        allowed = other == own or STEP[other] < STEP[own]
        assert allowed, f"{path.relative_to(SOURCE)} imports {module}, which is not to its left"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_package_uses_only_the_libraries_named_for_it(path):
    allowed = THIRD_PARTY[package_of(path)]
    standard = set(__import__("sys").stdlib_module_names)
    roots = {module.split(".")[0] for module in imported_modules(path)}
    assert roots - standard - {"twoarm"} <= allowed


def test_matplotlib_lives_in_one_file():
    users = [
        str(path.relative_to(SOURCE))
        for path in sources()
        if any(module.split(".")[0] == "matplotlib" for module in imported_modules(path))
    ]
    assert users == ["report/figures.py"]


def test_only_seeds_makes_random_generators():
    makers = re.compile(r"default_rng|SeedSequence\(|PCG64\(|RandomState|np\.random\.seed")
    examples = re.compile(r"^\s*(>>>|\.\.\.).*$", re.MULTILINE)
    found = {
        str(path.relative_to(SOURCE))
        for path in sources()
        if makers.search(examples.sub("", path.read_text(encoding="utf-8")))
    }
    assert found == {"seeds.py"}


def test_the_architecture_page_names_every_package_and_file_it_speaks_of():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name[0] != "_"}
    for folder in folders:
        assert f"`{folder}/`" in page, f"ARCHITECTURE.md does not speak of {folder}/"
    for name in re.findall(r"`([\w/]+\.py)", page):
        where = [ROOT / name, SOURCE / name, *SOURCE.rglob(name.split("/")[-1])]
        assert any(path.exists() for path in where), f"ARCHITECTURE.md speaks of {name}"
    for step, packages in enumerate(ORDER):
        for package in packages & (folders | {"errors", "seeds"}):
            line = next(
                line for line in page.splitlines() if re.search(rf"(→ |^|\s){package}(\s|$)", line)
            )
            assert line, (step, package)


def test_no_file_is_a_drawer():
    drawers = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    assert not [path for path in SOURCE.rglob("*.py") if path.name in drawers]
