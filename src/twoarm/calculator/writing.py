"""Write the page of a model file."""

from __future__ import annotations

from pathlib import Path

from twoarm.calculator.page import LARGEST, calculator_html, too_large
from twoarm.errors import ArgumentError
from twoarm.modelfile import load_model

__all__ = ["write_calculator"]

_SURELY_TOO_LARGE = 12
"""A model file is laid out for reading, about ten times as long as the page's form of it."""


def write_calculator(
    model: str | Path,
    out: str | Path | None = None,
    *,
    threshold: float | None = None,
    language: str | None = None,
) -> Path:
    """Write ``calculator.html`` for a model file, beside it unless told otherwise.

    Parameters
    ----------
    model : str or Path
        A model file, ``model.json`` of a run.
    out : str or Path, optional
        The HTML file.
    threshold, language : optional
        See `calculator_html`.

    Raises
    ------
    ModelFileError
        If the model file cannot be used.
    ArgumentError
        If the model is too large for a page, or the file cannot be written.
    """
    path = Path(model)
    page = path.with_name("calculator.html") if out is None else Path(out)
    if path.is_file() and path.stat().st_size > _SURELY_TOO_LARGE * LARGEST:
        raise ArgumentError(too_large(path.stat().st_size))
    text = calculator_html(load_model(path), threshold=threshold, language=language)
    unfinished = page.with_name(page.name + ".new")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(page)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ArgumentError(f"Cannot write {page}: {error.strerror}.") from error
    return page
