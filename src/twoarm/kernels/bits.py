"""Machine instructions and random bits, with plain twins for runs without the compiler.

The generator is counter-based: the k-th draw of a stream is a function of (stream, k) alone
(splitmix64; Steele, Lea, Flood, OOPSLA 2014, doi 10.1145/2660193.2660195). A stream is an unsigned
64-bit integer; `derive` makes a child stream.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from twoarm.kernels.jit import kernel

__all__ = ["bit", "derive", "draw_below", "lowest_bit", "multiply_add"]

COMPILED = not getattr(numba.config, "DISABLE_JIT", 0)

_GOLDEN = 0x9E3779B97F4A7C15
_MIX1 = 0xBF58476D1CE4E5B9
_MIX2 = 0x94D049BB133111EB
_MASK = 0xFFFFFFFFFFFFFFFF

if COMPILED:
    _U_GOLDEN = np.uint64(_GOLDEN)
    _U_MIX1 = np.uint64(_MIX1)
    _U_MIX2 = np.uint64(_MIX2)
    _S27, _S30, _S31, _S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)

    @intrinsic
    def _lowest_bit(typing_context: Any, mask: Any) -> Any:  # noqa: ARG001  numba passes it
        """Give the position of the lowest set bit of a mask that has one."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
            true = context.get_constant(types.boolean, True)
            return builder.cttz(args[0], true)

        return types.int64(types.uint64), codegen

    lowest_bit: Any = _lowest_bit

    @intrinsic
    def _multiply_add(typing_context: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ARG001
        """Give a * b + c, rounded once."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
            return builder.fma(*args)

        return types.float64(types.float64, types.float64, types.float64), codegen

    multiply_add: Any = _multiply_add

    @kernel
    def bit(position: int) -> Any:
        """Give a mask with one bit set."""
        return np.uint64(1) << np.uint64(position)

    @kernel
    def derive(stream: Any, index: int) -> Any:
        """Give the child stream with this index."""
        z = np.uint64(stream) + (np.uint64(index) + np.uint64(1)) * _U_GOLDEN
        z = (z ^ (z >> _S30)) * _U_MIX1
        z = (z ^ (z >> _S27)) * _U_MIX2
        return z ^ (z >> _S31)

    @kernel
    def draw_below(stream: Any, counter: int, bound: int) -> int:
        """Draw number `counter` of the stream, an integer in [0, bound), bound at most 2**32.

        Multiply-shift instead of a remainder: no division. The bias is below bound / 2**32.
        """
        return int(((derive(stream, counter) >> _S32) * np.uint64(bound)) >> _S32)

else:

    def _plain_lowest_bit(mask: Any) -> int:
        """Give the position of the lowest set bit of a mask that has one."""
        return (int(mask) & -int(mask)).bit_length() - 1

    lowest_bit = _plain_lowest_bit

    def _plain_multiply_add(a: float, b: float, c: float) -> float:
        """Give a * b + c, rounded twice."""
        return a * b + c

    multiply_add = _plain_multiply_add

    def bit(position: int) -> int:
        """Give a mask with one bit set."""
        return 1 << int(position)

    def derive(stream: Any, index: int) -> int:
        """Give the child stream with this index."""
        z = (int(stream) + (int(index) + 1) * _GOLDEN) & _MASK
        z = ((z ^ (z >> 30)) * _MIX1) & _MASK
        z = ((z ^ (z >> 27)) * _MIX2) & _MASK
        return z ^ (z >> 31)

    def draw_below(stream: Any, counter: int, bound: int) -> int:
        """Draw number `counter` of the stream, an integer in [0, bound), bound at most 2**32."""
        return int(((derive(stream, counter) >> 32) * int(bound)) >> 32)
