"""`twoarm init`: a study file to begin with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["init"]


def init(
    data: Annotated[
        str | None, typer.Argument(help="The data file to draft a study file from.")
    ] = None,
    minimal: Annotated[
        bool, typer.Option("--minimal", help="Print the shortest study file instead.")
    ] = False,
    treatment: Annotated[str, typer.Option("--treatment", help="Column of the arm.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="Column of the primary outcome.")] = "",
    id_column: Annotated[str, typer.Option("--id", help="Column of the patients' id.")] = "",
    centre: Annotated[str, typer.Option("--centre", help="Column of the centre.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write.", show_default="the terminal")
    ] = None,
) -> None:
    """Draft a study file from a data file; what only you can decide is marked DECIDE."""
    from twoarm.errors import ArgumentError

    if minimal == (data is not None):
        raise ArgumentError(
            "Name a data file, as in 'twoarm init registry.csv', or type 'twoarm init --minimal'."
        )
    if out is not None and out.exists():
        raise ArgumentError(f"{out} exists and is left alone. Choose another name with --out.")
    if data is None:
        text = _minimal()
    else:
        from twoarm.cohort.draft import Roles, draft
        from twoarm.cohort.readers import read_table

        cohort = data if out is None else os.path.relpath(data, out.parent)
        text = draft(read_table(data, None), cohort, Roles(treatment, outcome, id_column, centre))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ArgumentError(f"Cannot write {out}: {error.strerror}.") from error
    typer.echo(f"{out}: complete the lines marked DECIDE, then type: twoarm check {out}")


def _minimal() -> str:
    from importlib.resources import files

    template = files("twoarm") / "shipped" / "templates" / "minimal.toml"
    return template.read_text(encoding="utf-8")
