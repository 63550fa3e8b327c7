"""`twoarm compare`: two finished runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["compare"]


def compare(
    a: Annotated[Path, typer.Argument(metavar="RUN_A", help="Folder of a finished run.")],
    b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Folder of another finished run.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write.", show_default="compare-<A>-<B>")
    ] = None,
) -> None:
    """Say what differs between two finished runs: data, settings, numbers, words.

    Such as a registry before and after a further year. Nothing is fitted. No difference is
    tested: runs that share patients are not independent.
    """
    from twoarm.comparison import compare_runs
    from twoarm.report.comparison import comparison_lines, write_comparison

    found = compare_runs(a, b)
    page = write_comparison(found, _folder(a, b) if out is None else out)
    for line in comparison_lines(found):
        typer.echo(line)
    typer.echo(f"\nPage     {page}\nTables   {page.parent / 'tables'}")


def _folder(a: Path, b: Path) -> Path:
    return Path(f"compare-{a.resolve().name}-{b.resolve().name}")
