"""`twoarm validate`: a released model in another place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from twoarm.cohort.load import Study
    from twoarm.modelfile import Model
    from twoarm.validation import Development

__all__ = ["validate"]


def validate(
    model: Annotated[Path, typer.Argument(help="A model file, model.json of a run.")],
    cohort: Annotated[str, typer.Option("--cohort", help="Data file of the other place.")],
    study: Annotated[
        str | None,
        typer.Option(
            "--study",
            help="What its columns mean: a TOML file, or a shipped study's name.",
            show_default="the shipped study of the model's name",
        ),
    ] = None,
    development: Annotated[
        Path | None,
        typer.Option(
            "--development",
            help="The run that the model came from, with its patients.",
            show_default="none",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder to write.", show_default="validate-<data file>"),
    ] = None,
    update: Annotated[
        bool,
        typer.Option("--update/--no-update", help="Whether an adapted model may be written."),
    ] = True,
) -> None:
    """Validate a model in another hospital or a later time.

    Says how the patients differ, whether risks and benefit hold, beside what was to be expected
    there, and which update a closed test asks for. An update is written as a new model file; never
    one of the benefit on too few patients.
    """
    from twoarm.cli.interrupt import stoppable

    with stoppable("Nothing was written."):
        from twoarm.modelfile import load_model
        from twoarm.report.validation import validation_lines, write_validation
        from twoarm.report.validation.write import refuse_folder
        from twoarm.validation import read_site, validate_model

        folder = Path(f"validate-{Path(cohort).name.split('.')[0]}") if out is None else out
        refuse_folder(folder)
        loaded = load_model(model)
        if loaded.expires < dt.datetime.now(dt.UTC).date():
            typer.echo(f"warning: the model was not to be used after {loaded.expires}.", err=True)
        site = read_site(loaded, _study(loaded, study), cohort)
        run = None if development is None else _development(loaded, development)
        found = validate_model(loaded, site, development=run)
        written = write_validation(found, folder, update=update)
        for line in validation_lines(found, written.model):
            typer.echo(line)
        typer.echo(f"\nPage     {written.page}\nNumbers  {written.record}")
        if written.model is not None:
            typer.echo(f"Model    {written.model}")


def _study(model: Model, given: str | None) -> Study:
    """Load the study file given, or the shipped one of the model's name."""
    from twoarm.cohort import load_study
    from twoarm.cohort.load import shipped_studies
    from twoarm.errors import ArgumentError

    name = str(model.content["name"])
    if given is None and name not in shipped_studies():
        raise ArgumentError(
            f"The model is of the study '{name}', which twoarm does not ship. Say with --study "
            "which TOML file describes the columns of treatment and outcomes."
        )
    return load_study(name if given is None else given)


def _development(model: Model, run: Path) -> Development:
    """Read the run that the model came from."""
    from twoarm.errors import RunFolderError
    from twoarm.metrics import Interval
    from twoarm.study import read_result
    from twoarm.validation import Development

    result = read_result(run)
    cohort = result.plan.cohort
    if cohort.digest != model.content["provenance"]["data"]:
        raise RunFolderError(
            f"{run} is not the run that the model came from: its data are others "
            f"({cohort.source}). Give the folder whose model.json it is, or its copy."
        )
    between = {}
    centres = result.summary().get("centres") or {"outcomes": {}}
    for outcome, arms in centres["outcomes"].items():
        for arm, found in arms.items():
            pooled = found and found["pooled_auc"]
            if pooled:
                limits = (pooled["prediction_low"], pooled["prediction_high"])
                between[outcome, arm] = Interval("between_centres", *limits)
    return Development(run.resolve().name, cohort, between)
