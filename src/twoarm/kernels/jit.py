"""The one decorator that compiles our kernels, and the cache they are kept in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

__all__ = ["UNCACHED", "inlined", "kernel", "reduction"]

Function = TypeVar("Function", bound=Callable[..., Any])

UNCACHED: list[str] = []
"""Kernels that could not be cached for want of a writable folder: they compile in every process."""


def _sources_digest() -> str:
    """Digest of all kernel sources together.

    A cached kernel holds the machine code of the kernels that it calls. numba looks only at the
    file of the outer one when it decides whether the cache is stale, so an upgrade that changes an
    inner kernel alone would silently go on with the old one.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


_STAMP = _sources_digest()


def _compile(function: Function, **options: Any) -> Function:
    if getattr(numba.config, "DISABLE_JIT", 0):
        quiet = np.errstate(divide="ignore", invalid="ignore")
        return quiet(function)  # NumPy's error model, as compiled
    try:
        compiled = numba.njit(function, cache=True, nogil=True, error_model="numpy", **options)
    except RuntimeError as error:  # numba's way to say: no folder to cache in
        if "cannot cache" not in str(error):
            raise
        UNCACHED.append(function.__name__)
        compiled = numba.njit(function, nogil=True, error_model="numpy", **options)
    cache_file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = _STAMP
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
