"""The one decorator that compiles our kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from twoarm.kernels.cache import keep_by_sources

__all__ = ["NO", "UNCACHED", "YES", "inlined", "kernel", "reduction"]

Function = TypeVar("Function", bound=Callable[..., Any])

YES, NO = np.bool_(True), np.bool_(False)
"""For arguments: of a plain constant numba compiles a kernel once more than of a variable."""

UNCACHED: list[str] = []
"""Kernels that could not be cached for want of a writable folder: they compile in every process."""


def _compile(function: Function, **options: Any) -> Function:
    if getattr(numba.config, "DISABLE_JIT", 0):
        quiet = np.errstate(divide="ignore", invalid="ignore")
        return quiet(function)  # NumPy's error model, as compiled
    options |= {"nogil": True, "error_model": "numpy"}
    options["no_cfunc_wrapper"] = True  # it serves kernels that are passed as arguments; none is
    try:
        compiled = numba.njit(function, cache=True, **options)
        keep_by_sources(compiled)
    except RuntimeError as error:  # numba's way to say: no folder to cache in
        if "cannot cache" not in str(error):
            raise
        UNCACHED.append(function.__name__)
        compiled = numba.njit(function, **options)
    return cast("Function", compiled)


def kernel(function: Function) -> Function:
    """Compile a function of arrays; it runs without the interpreter lock and is cached on disk."""
    return _compile(function)


def inlined(function: Function) -> Function:
    """Compile a small kernel into each of its callers: a call in a hot loop costs more than it."""
    return _compile(function, forceinline=True)


def reduction(function: Function) -> Function:
    """Compile a sum over an array, allowing the additions to be reassociated.

    The compiler may then add several lanes at once. The order is fixed for one CPU type, and NaN
    and infinity keep their meaning.
    """
    return _compile(function, fastmath={"reassoc", "contract"})
