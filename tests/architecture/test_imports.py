import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "twoarm"

PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
OUTSIDE = {"__init__", "__main__", "shipped"}  # of the order, as the page says


def steps(page: str) -> list[list[str]]:
    """Give the packages of each step of the page's first block, from left to right."""
    block = page.split("```\n")[1]
    return [line.replace("→", " ").split() for line in block.splitlines()]


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
    "design": {"numpy", "scipy", "pandas"},
    "validation": {"numpy", "scipy", "pandas"},
    "study": {"numpy", "cattrs", "pydantic"},
    "planning": {"numpy", "scipy", "pandas", "cattrs"},
    "comparison": {"numpy"},
    "report": {"numpy", "matplotlib", "PIL", "jinja2", "markupsafe", "docx"},
    "calculator": {"numpy"},
    "service": {"numpy", "fastapi", "starlette", "uvicorn", "jwt", "pydantic"},
    "cli": {"typer", "rich"},
}


def package_of(path: Path) -> str:
    inside = path.relative_to(SOURCE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def sources() -> list[Path]:
    outside = {SOURCE / "__init__.py", SOURCE / "__main__.py"}
    return [path for path in sorted(SOURCE.rglob("*.py")) if path not in outside]


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            modules.add(str(node.module))
    return modules


def wrong_imports(order: list[list[str]]) -> list[str]:
    """List the imports of what does not stand to the left of the importing package."""
    step = {package: number for number, packages in enumerate(order) for package in packages}

    def wrong(own: str, module: str) -> bool:
        whole, _, inside = module.partition(".")
        other = inside.split(".")[0]
        if whole != "twoarm" or other == own:
            return False
        return not other or step[other] >= step[own]  # the public names stand to the right of all

    return [
        f"{path.relative_to(SOURCE)} imports {module}"
        for path in sources()
        for module in sorted(imported_modules(path))
        if wrong(package_of(path), module)
    ]


def test_a_package_imports_only_what_stands_to_its_left():
    assert wrong_imports(steps(PAGE)) == []


def test_the_page_orders_every_package_once():
    ordered = [package for packages in steps(PAGE) for package in packages]
    found = {path.stem for path in SOURCE.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert sorted(ordered) == sorted(found - OUTSIDE - {"__pycache__"})


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("kernels cohort execution", "metrics learners modelfile synthetic"),
        ("metalearners", "diagnostics"),
        ("comparison planning", "report calculator"),
    ],
)
def test_a_page_with_two_lines_changed_over_contradicts_the_code(upper, lower):
    upper, lower = f"  → {upper}\n", f"  → {lower}\n"
    assert upper + lower in PAGE
    assert wrong_imports(steps(PAGE.replace(upper + lower, lower + upper)))


def test_a_page_turned_round_contradicts_the_code():
    assert wrong_imports(steps(PAGE)[::-1])


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_package_uses_only_the_libraries_named_for_it(path):
    allowed = THIRD_PARTY[package_of(path)]
    standard = set(__import__("sys").stdlib_module_names)
    roots = {module.split(".")[0] for module in imported_modules(path)}
    assert roots - standard - {"twoarm"} <= allowed


def test_matplotlib_lives_in_one_folder():
    users = [
        str(path.relative_to(SOURCE))
        for path in sources()
        if any(module.split(".")[0] == "matplotlib" for module in imported_modules(path))
    ]
    folders = {str(Path(user).parent) for user in users}
    assert folders == {"report/figures", "report/figures/letters"}


def test_word_documents_are_written_in_one_file():
    users = [
        str(path.relative_to(SOURCE))
        for path in sources()
        if any(module.split(".")[0] == "docx" for module in imported_modules(path))
    ]
    assert users == ["report/journal/docx.py"]


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
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name[0] != "_"}
    for folder in folders:
        assert f"`{folder}/`" in PAGE, f"ARCHITECTURE.md does not speak of {folder}/"
    for name in re.findall(r"`([\w/]+\.py)", PAGE):
        where = [ROOT / name, SOURCE / name, *SOURCE.rglob(name.split("/")[-1])]
        assert any(path.exists() for path in where), f"ARCHITECTURE.md speaks of {name}"


def test_no_file_is_a_drawer():
    drawers = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    assert not [path for path in SOURCE.rglob("*.py") if path.name in drawers]
