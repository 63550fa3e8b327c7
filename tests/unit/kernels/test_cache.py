"""What earlier processes compiled: where it is kept, and when it is stale."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numba
import pytest

import twoarm
from twoarm.kernels import cache
from twoarm.kernels.cache import KernelFiles, is_missing, sources, stamp
from twoarm.kernels.ranks import concordance

KERNELS = Path(cache.__file__).parent

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="speaks of compiled kernels")


def imported_by(path):
    """The kernel files that a file imports, however the import is written."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert node.module != "twoarm.kernels"
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
    ours = {name.split(".")[2] for name in names if name.startswith("twoarm.kernels.")}
    return {KERNELS / f"{name}.py" for name in ours}


@pytest.mark.parametrize("path", sorted(KERNELS.glob("*.py")), ids=lambda path: path.stem)
def test_the_sources_of_a_kernel_are_all_that_it_imports(path):
    found = sources(path)
    assert path in found
    assert found == {path}.union(*(imported_by(each) for each in found))


@compiled
def test_a_kernel_is_kept_by_its_sources():
    files = concordance._cache._cache_file
    assert isinstance(files, KernelFiles)
    assert files.stamp == stamp(KERNELS / "ranks.py")
    assert {"save", "load", "_save_data", "_load_data"} <= set(
        dir(numba.core.caching.IndexDataCacheFile)
    )


def written(folder, inner):
    """A package with our decorator and two kernels, the outer one of which calls the inner one."""
    kernels = folder / "twoarm" / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    (folder / "twoarm" / "__init__.py").touch()
    (kernels / "__init__.py").touch()
    for name in ("jit.py", "cache.py"):
        shutil.copy(Path(twoarm.__file__).parent / "kernels" / name, kernels / name)
    head = "from twoarm.kernels.jit import kernel\n"
    body = "@kernel\ndef {}():\n    return {}\n"
    (kernels / "inner.py").write_text(head + body.format("one", inner), encoding="utf-8")
    importing = "from twoarm.kernels.inner import one\n" + head
    (kernels / "outer.py").write_text(importing + body.format("two", "one() + 1"), encoding="utf-8")
    (kernels / "other.py").write_text(head + body.format("five", "5"), encoding="utf-8")


def called(folder):
    """Call the outer kernel and the other one in a process of their own."""
    script = (
        "from twoarm.kernels.outer import two; from twoarm.kernels.other import five;"
        "print(two(), sum(two.stats.cache_hits.values()));"
        "five(); print(sum(five.stats.cache_hits.values()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / "cache")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return tuple(map(int, done.stdout.split()))


@compiled
@pytest.mark.seconds
def test_a_change_of_an_inner_kernel_makes_the_outer_one_stale_and_no_other(tmp_path):
    written(tmp_path, inner=1)
    assert called(tmp_path) == (2, 0, 0)
    assert called(tmp_path) == (2, 1, 1)
    written(tmp_path, inner=2)
    assert called(tmp_path) == (3, 0, 1)
    assert called(tmp_path) == (3, 1, 1)


def test_processes_that_save_at_once_keep_each_its_own(tmp_path):
    here, there = (KernelFiles(str(tmp_path), "kernel", "stamp") for _ in range(2))
    here.save("float64", "of floats")
    there.save("int64", "of integers")
    for each in (here, there):
        assert each.load("float64") == "of floats"
        assert each.load("int64") == "of integers"
        assert each.load("uint8") is None


def test_what_was_made_from_earlier_sources_is_neither_read_nor_kept(tmp_path):
    old, new = (KernelFiles(str(tmp_path), "kernel", each) for each in ("old", "new"))
    beside = KernelFiles(str(tmp_path), "kernel_2", "old")
    old.save("float64", "earlier")
    beside.save("float64", "of another kernel")
    assert new.load("float64") is None
    assert not new.hold_any()
    new.save("int64", "later")
    assert new.hold_any()
    assert not old.hold_any()
    assert beside.load("float64") == "of another kernel"


def kept_in(files):
    """What numba's compiled functions look like, as far as their files are asked for."""
    return SimpleNamespace(_cache=SimpleNamespace(_cache_file=files))


def test_only_what_could_be_kept_is_missing(tmp_path):
    files = KernelFiles(str(tmp_path), "kernel", "stamp")
    assert is_missing(kept_in(files))
    files.save("float64", "of floats")
    assert not is_missing(kept_in(files))
    assert not is_missing(kept_in(None))
    assert not is_missing(len)
