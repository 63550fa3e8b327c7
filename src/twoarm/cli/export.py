"""`twoarm export`: the bedside page of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export"]


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, or its model.json.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="HTML file.", show_default="calculator.html of the run"),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            help="Your site's threshold of benefit, 0 to 1.",
            show_default="the study's",
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", help="en, de or es.", show_default="the browser's language"),
    ] = None,
) -> None:
    """Write a run's calculator: one HTML file that computes in the browser, without network."""
    from twoarm.calculator import write_calculator

    model = run / "model.json" if run.is_dir() else run
    page = write_calculator(model, out, threshold=threshold, language=language)
    typer.echo(f"Calculator  {page}")
