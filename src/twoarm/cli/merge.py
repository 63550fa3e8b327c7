"""`twoarm merge`: join the shards of a run and finish it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["merge"]


def merge(
    shards: Annotated[list[Path], typer.Argument(help="Folders of all shards of one run.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the whole run, empty or new.")],
    study: Annotated[
        str | None,
        typer.Option("--study", help="The study.", show_default="where the shards found it"),
    ] = None,
    cohort: Annotated[
        str | None,
        typer.Option("--cohort", help="The data.", show_default="where the shards found them"),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            "--executor", help="As in twoarm run, for what is left.", show_default="the study's"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", help="Workers, 0 for all cores.", show_default="the study's", min=0
        ),
    ] = None,
) -> None:
    """Join the shards of a run; the folder is then that of an undisturbed run."""
    from twoarm.cli.interrupt import stoppable

    with stoppable("Delete the folder given by --out and merge again."):
        from twoarm.cli.progress import Display
        from twoarm.cli.run import calculator_line, closing_lines, defect_exit, failure_exit
        from twoarm.cohort import load_study, read_cohort
        from twoarm.report import write_report
        from twoarm.study import merge_shards, read_shards

        found = read_shards(shards)
        _warn_of_processors(found.cpus)
        record = found.records[0]
        loaded = load_study(study or record["study_file"])
        patients = read_cohort(loaded, cohort or record["data_file"])
        with Display(sys.stdout) as display:
            display.opening(loaded, patients)
            result = merge_shards(
                found,
                loaded,
                patients,
                out=out,
                executor=executor,
                workers=workers,
                progress=display,
            )
            page = write_report(result)
        for line in closing_lines(result, page):
            typer.echo(line)
        typer.echo(calculator_line(result))
        defect_exit(result)
        failure_exit(result.failures, result.failed_replicates, result.replicates)


def _warn_of_processors(cpus: tuple[str, ...]) -> None:
    from twoarm.study.files.record import cpu_name

    types = sorted({*cpus, cpu_name()})
    if len(types) > 1:
        typer.echo(
            f"warning: computed on several types of processor ({'; '.join(types)}): the last "
            "digits may differ from those of a run on one of them.",
            err=True,
        )
