"""Write a comparison's files: its page, tables and figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twoarm.comparison import Comparison
from twoarm.errors import ArgumentError
from twoarm.report.comparison.page import comparison_page
from twoarm.report.html import render
from twoarm.report.write import write_parts, write_whole

__all__ = ["write_comparison"]


def write_comparison(found: Comparison, out: str | Path) -> Path:
    """Write ``compare.html``, ``tables/compare_*.csv`` and ``figures/compare_*.svg`` and ``.png``.

    Parameters
    ----------
    found : Comparison
        From `twoarm.comparison.compare_runs`.
    out : str or Path
        Folder, made if need be. What is in it is left alone, an earlier comparison replaced.

    Returns
    -------
    Path
        The HTML page.

    Raises
    ------
    ArgumentError
        If the folder cannot be written.
    """
    folder = Path(out)
    page = comparison_page(found)
    try:
        # what a page shows is for reading; `files` holds every table for other programs
        whole = [replace(each, tables=(), details=()) for each in page.sections]
        write_parts(whole, folder)
        html = folder / "compare.html"
        write_whole(html, render(page).encode("utf-8"))
    except OSError as error:
        raise ArgumentError(
            f"Cannot write to {folder}: {error.strerror or error}. Choose another one with --out."
        ) from error
    return html
