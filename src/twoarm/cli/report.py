"""`twoarm report`: write a finished run's report again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["report"]


def report(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run; it may be a copy.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write.", show_default="the run's folder")
    ] = None,
    journal: Annotated[
        bool,
        typer.Option(
            "--journal",
            help="Also write what a journal asks for: text, tables and checklists in journal/, "
            "figures as PDF and PNG of 600 dpi, 85 and 170 mm wide, in figures/journal/.",
        ),
    ] = False,
) -> None:
    """Write tables, figures and page of a finished run again; nothing is fitted."""
    from twoarm.cli.run import defect_exit
    from twoarm.report import write_report
    from twoarm.study import read_result

    result = read_result(run)
    page = write_report(result, out, journal=journal)
    typer.echo(f"Report   {page}")
    defect_exit(result)
