"""The decorator: what is compiled, and where there is no folder to keep it in."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from twoarm.kernels import jit
from twoarm.kernels.ranks import concordance

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="speaks of compiled kernels")

ARGUMENTS = (np.array([0.2, 0.6]), np.array([0, 1]), np.ones((1, 2)))


def test_kernels_release_the_interpreter_lock_and_divide_as_numpy():
    options = concordance.targetoptions
    assert options["nogil"]
    assert options["error_model"] == "numpy"
    assert np.isnan(concordance(*ARGUMENTS[:2], np.zeros((1, 2)))[0])


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
