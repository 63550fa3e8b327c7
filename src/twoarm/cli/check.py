"""`twoarm check`: every problem in the data, one line each."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["check"]


def check(
    study: Annotated[str, typer.Argument(help="A shipped study's name, or a TOML file.")],
    cohort: Annotated[
        str | None, typer.Option("--cohort", help="Data file.", show_default="the study's own")
    ] = None,
) -> None:
    """Check a data file against a study; exit code 2 if anything must be corrected."""
    from twoarm.cohort import check_cohort, load_study
    from twoarm.cohort.problems import listed
    from twoarm.report.terminal import opening_lines

    loaded = load_study(study)
    patients, problems = check_cohort(loaded, cohort)
    if problems:
        typer.echo(listed(problems))
    errors = sum(problem.level == "error" for problem in problems)
    typer.echo(f"{errors} error(s), {len(problems) - errors} notice(s)")
    if patients is None:
        raise typer.Exit(2)
    for line in opening_lines(loaded, patients):
        typer.echo(line)
