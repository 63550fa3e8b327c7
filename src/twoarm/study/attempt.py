"""Parts of a run that the cohort may not support: computed, or missing with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from twoarm.errors import ArgumentError, FitError

__all__ = ["attempt"]

Part = TypeVar("Part")


def attempt(name: str, errors: dict[str, str], compute: Callable[[], Part]) -> Part | None:
    """Compute a part that few events can make impossible; note in `errors` why it is missing.

    Examples
    --------
    >>> errors = {}
    >>> attempt("sum", errors, lambda: 1 + 1), errors
    (2, {})
    """
    try:
        return compute()
    except (ArgumentError, FitError) as error:
        errors[name] = str(error)
        return None
