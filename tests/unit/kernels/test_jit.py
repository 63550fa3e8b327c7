"""The decorator: what is compiled, where it is kept, and when it is stale."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

import twoarm
from twoarm.kernels import jit
from twoarm.kernels.ranks import concordance
from twoarm.learners.warm import compile_kernels, is_cached

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="speaks of compiled kernels")

ARGUMENTS = (np.array([0.2, 0.6]), np.array([0, 1]), np.ones((1, 2)))


def test_kernels_release_the_interpreter_lock_and_divide_as_numpy():
    options = concordance.targetoptions
    assert options["nogil"]
    assert options["error_model"] == "numpy"
    assert np.isnan(concordance(*ARGUMENTS[:2], np.zeros((1, 2)))[0])


def test_the_cache_knows_all_kernel_sources():
    assert concordance._cache._cache_file._source_stamp == jit._sources_digest()


def copy_of_the_kernels(folder):
    package = Path(twoarm.__file__).parent
    copy = folder / "twoarm"
    copy.mkdir()
    (copy / "__init__.py").touch()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package / "kernels", copy / "kernels", ignore=ignored)
    return copy / "kernels"


def expit_in(folder, cache):
    """Compile one small kernel of a copy in a process of its own; tell where it came from."""
    script = (
        "from twoarm.kernels.odds import expit; expit(0.5);"
        "print(sum(expit.stats.cache_hits.values()), sum(expit.stats.cache_misses.values()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(cache)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return tuple(map(int, done.stdout.split()))


@pytest.mark.seconds
def test_a_change_of_any_kernel_file_makes_the_cache_stale(tmp_path):
    kernels = copy_of_the_kernels(tmp_path)
    hit, miss = (1, 0), (0, 1)
    assert expit_in(tmp_path, tmp_path / "cache") == miss
    assert expit_in(tmp_path, tmp_path / "cache") == hit
    with (kernels / "boosting.py").open("a", encoding="utf-8") as file:
        file.write("# another line\n")
    assert expit_in(tmp_path, tmp_path / "cache") == miss


def test_without_a_folder_to_cache_in_kernels_compile_all_the_same(monkeypatch):
    def half(x):
        return 0.5 * x

    def refuse(function, **options):
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function 'half': no locator available")
        return function

    monkeypatch.setattr(jit, "UNCACHED", [])
    monkeypatch.setattr(jit.numba, "njit", refuse)
    assert jit.kernel(half)(3.0) == 1.5
    assert jit.UNCACHED == ["half"]


def test_other_errors_of_the_compiler_are_not_swallowed(monkeypatch):
    def fail(function, **options):
        raise RuntimeError("out of registers")

    monkeypatch.setattr(jit.numba, "njit", fail)
    with pytest.raises(RuntimeError, match="registers"):
        jit.kernel(lambda x: x)


def test_warming_up_runs_every_kernel():
    assert compile_kernels() > 0
    assert is_cached()
