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
            help="Write journal/ too: text, tables and checklists for a paper.",
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
