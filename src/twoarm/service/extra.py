"""The packages of the extra `serve`, asked for before they are needed."""

from __future__ import annotations

from importlib import import_module

from twoarm.errors import MissingPackageError

__all__ = ["load_extra"]


def load_extra() -> None:
    """Raise MissingPackageError with the command to type unless the web packages are there."""
    for package in ("fastapi", "uvicorn", "jwt", "cryptography"):
        try:
            import_module(package)
        except ImportError as error:
            raise MissingPackageError(
                f"twoarm serve needs packages that are not installed ({package}). Install the "
                "extra: pip install 'twoarm[serve]'"
            ) from error
