"""`twoarm run`: the whole study."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["run"]

_TOLERATED_FAILURES = 0.01


def run(
    study: Annotated[str, typer.Argument(help="A shipped study's name, or a TOML file.")],
    cohort: Annotated[
        str | None, typer.Option("--cohort", help="Data file, in place of the study's own.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Run folder [default: runs/<study name>].")
    ] = None,
    replicates: Annotated[
        int | None, typer.Option("--replicates", help="Bootstrap replicates.", min=2)
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the run.", min=0)] = None,
    executor: Annotated[
        str | None, typer.Option("--executor", help="threads, serial or processes.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Workers, 0 for all cores.", min=0)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder.")
    ] = False,
) -> None:
    """Run a whole study: fit, resample, measure, write the report."""
    from twoarm.cli.progress import Display
    from twoarm.cohort import load_study, read_cohort
    from twoarm.report import write_report
    from twoarm.report.terminal import terminal_summary
    from twoarm.study import run as run_study

    loaded = load_study(study)
    patients = read_cohort(loaded, cohort)
    folder = Path("runs") / loaded.name if out is None else out
    with Display(sys.stdout) as display:
        display.opening(loaded, patients)
        try:
            result = run_study(
                loaded,
                patients,
                out=folder,
                replicates=replicates,
                seed=seed,
                executor=executor,
                workers=workers,
                resume=resume,
                progress=display,
            )
            page = write_report(result)
        except KeyboardInterrupt:
            display.close()
            typer.echo(f"\nStopped. Go on with:\n  {_resume_command()}", err=True)
            raise typer.Exit(130) from None
    for line in terminal_summary(result):
        typer.echo(line)
    typer.echo(f"\nReport   {page}\nNumbers  {folder / 'summary.json'}")
    if "model.json" in result.absent:
        typer.echo(f"No model file: {result.absent['model.json']}")
    else:
        typer.echo(f"Model    {folder / 'model.json'}")
    if result.failed_replicates > _TOLERATED_FAILURES * result.replicates:
        index, failure = result.failures[0]
        typer.echo(
            f"warning: {result.failed_replicates} of {result.replicates} replicates failed; the "
            f"first one ({index}, {failure.fit}): {failure.error}",
            err=True,
        )
        raise typer.Exit(3)


def _resume_command() -> str:
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    if "--resume" not in words:
        words.append("--resume")
    return shlex.join(words)
