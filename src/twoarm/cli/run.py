"""`twoarm run`: the whole study, a shard of it, or one replicate again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from twoarm.cohort.cohort import Cohort
    from twoarm.cohort.load import Study
    from twoarm.cohort.studyfile import StudyFile
    from twoarm.resampling import FitFailure
    from twoarm.study import StudyResult

__all__ = ["calculator_line", "closing_lines", "failure_exit", "run"]

_TOLERATED_FAILURES = 0.01


def run(
    study: Annotated[str, typer.Argument(help="A shipped study's name, or a TOML file.")],
    cohort: Annotated[
        str | None, typer.Option("--cohort", help="Data file.", show_default="the study's own")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Run folder.", show_default="runs/<study name>")
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(
            "--replicates", help="Bootstrap replicates.", show_default="the study's", min=2
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Seed of the run.", show_default="the study's", min=0),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            "--executor", help="threads, serial, processes or dask.", show_default="the study's"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", help="Workers, 0 for all cores.", show_default="the study's", min=0
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", help="Running Dask scheduler, tcp://host:8786.", show_default="none"
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder.")
    ] = False,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard", help="k/K: part of the replicates, for twoarm merge.", show_default="all"
        ),
    ] = None,
    only: Annotated[
        int | None,
        typer.Option(
            "--only",
            help="Compute this replicate again, writing nothing.",
            show_default="none",
            min=0,
        ),
    ] = None,
) -> None:
    """Run a whole study: fit, resample, measure, write the report."""
    from twoarm.cli.interrupt import stoppable

    asked: dict[str, Any] = {"replicates": replicates, "seed": seed}
    with stoppable("Nothing was written." if only is not None else None):
        from twoarm.cohort import load_study, read_cohort
        from twoarm.study.files.folder import refuse_occupied

        loaded = load_study(study)
        part = None if shard is None else _shard(shard)
        folder = _folder(loaded.name, part) if out is None else out
        _refuse_early(loaded.file, asked | {"shard": part, "only": only}, executor, scheduler)
        if only is not None:
            _refuse_beside_only({"--shard": shard, "--out": out, "--resume": resume or None})
        elif not resume:
            refuse_occupied(folder)
        patients = read_cohort(loaded, cohort)
        if only is not None:
            _again(loaded, patients, only, asked)
            return
        asked |= {"executor": executor, "workers": workers, "scheduler": scheduler}
        asked |= {"resume": resume}
        if part is not None:
            _part(loaded, patients, part, folder, asked | {"source": cohort})
        else:
            _whole(loaded, patients, folder, asked)


def _folder(name: str, part: tuple[int, int] | None) -> Path:
    return Path("runs") / (name if part is None else f"{name}-shard-{part[0]}-of-{part[1]}")


def _refuse_early(
    file: StudyFile, asked: dict[str, Any], executor: str | None, scheduler: str | None
) -> None:
    """Refuse who cannot compute, and what does not exist, before the data are read."""
    from twoarm.errors import ArgumentError
    from twoarm.execution import check_executor
    from twoarm.study.shards import shard_rows

    runner = file.run.executor if executor is None else executor
    own = file.run.scheduler if runner == "dask" else None
    check_executor(runner, own if scheduler is None else scheduler)
    replicates = asked["replicates"] or file.validation.replicates
    if asked["shard"] is not None:
        shard_rows(replicates, asked["shard"])
    if asked["only"] is not None and asked["only"] >= replicates:
        raise ArgumentError(
            f"Replicates are numbered from 0 to {replicates - 1}; found {asked['only']}."
        )


def _refuse_beside_only(others: dict[str, Any]) -> None:
    """Refuse options that say something of a folder: one replicate again writes nothing."""
    from twoarm.errors import ArgumentError

    found = [name for name, value in others.items() if value is not None]
    if found:
        raise ArgumentError(
            f"--only computes one replicate again and writes nothing; leave out {', '.join(found)}."
        )


def _whole(study: Study, cohort: Cohort, folder: Path, asked: dict[str, Any]) -> None:
    from twoarm.cli.progress import Display
    from twoarm.report import write_report
    from twoarm.study import run as run_study

    with Display(sys.stdout) as display:
        display.opening(study, cohort)
        result = run_study(
            study, cohort, out=folder, progress=display, interim=display.interim, **asked
        )
        page = write_report(result)
    for line in closing_lines(result, page):
        typer.echo(line)
    typer.echo(calculator_line(result))
    defect_exit(result)
    failure_exit(result.failures, result.failed_replicates, result.replicates)


def closing_lines(result: StudyResult, page: Path) -> list[str]:
    """Give what stands on the terminal at the end of a run."""
    from twoarm.report.terminal import terminal_summary

    lines = [*terminal_summary(result), f"\nReport   {page}"]
    lines.append(f"Numbers  {result.folder / 'summary.json'}")
    if "model.json" in result.absent:
        return [*lines, f"No model file: {result.absent['model.json']}"]
    card = result.folder / "model_card.md"
    return [*lines, f"Model    {result.folder / 'model.json'}, in words {card}"]


def calculator_line(result: StudyResult) -> str:
    """Write the bedside page, and say where it is or why there is none."""
    from twoarm.calculator import write_calculator
    from twoarm.errors import UserError

    page = result.folder / "calculator.html"
    page.unlink(missing_ok=True)  # of a model that the run has just replaced
    if "model.json" in result.absent:
        return "No calculator: there is no model file."
    try:
        return f"Calculator  {write_calculator(result.folder / 'model.json', page)}"
    except UserError as error:
        return f"No calculator: {error}"


def defect_exit(result: StudyResult) -> None:
    """End with exit code 1 if twoarm itself failed in a question or a part."""
    defects = result.defects
    if not defects:
        return
    typer.echo(
        f"twoarm failed in: {', '.join(defects)}. Everything else is written. This is a defect: "
        f"please report it with {result.folder / 'run.log'}.",
        err=True,
    )
    raise typer.Exit(1)


def failure_exit(
    failures: tuple[tuple[int, FitFailure], ...], failed: int, replicates: int
) -> None:
    """End with exit code 3 if more than 1 % of the replicates failed."""
    if failed <= _TOLERATED_FAILURES * replicates:
        return
    index, failure = failures[0]
    typer.echo(
        f"warning: {failed} of {replicates} replicates failed; the first one ({index}, "
        f"{failure.fit}): {failure.error}\nCompute it again alone with --only {index}.",
        err=True,
    )
    raise typer.Exit(3)


def _part(
    study: Study, cohort: Cohort, shard: tuple[int, int], folder: Path, asked: dict[str, Any]
) -> None:
    from twoarm.cli.progress import Display
    from twoarm.study import run_shard

    k, total = shard
    with Display(sys.stdout) as display:
        display.opening(study, cohort)
        done = run_shard(study, cohort, shard=(k, total), out=folder, progress=display, **asked)
    rows = done.rows
    typer.echo(f"Shard {k} of {total}: replicates {rows.start} to {rows.stop - 1} in {folder}")
    typer.echo("When all are done: twoarm merge SHARD... --out FOLDER")
    failure_exit(done.failures, done.failed_replicates, len(rows))


def _shard(text: str) -> tuple[int, int]:
    from twoarm.errors import ArgumentError

    k, _, total = text.partition("/")
    if not (k.isdecimal() and total.isdecimal()):
        raise ArgumentError(f"--shard expects k/K, such as 3/40; found '{text}'.")
    return int(k), int(total)


def _again(study: Study, cohort: Cohort, index: int, asked: dict[str, Any]) -> None:
    from twoarm.study import make_plan, repeat_replicate

    plan = make_plan(study, cohort, executor="serial", **asked)
    replicate = repeat_replicate(plan, index)
    for failure in replicate.failures:
        typer.echo(f"{failure.fit}: {failure.error}")
    fits = 2 * len(plan.outcomes)
    typer.echo(f"Replicate {index}: {len(replicate.failures)} of {fits} fits failed.")
    if replicate.failures:
        raise typer.Exit(3)
