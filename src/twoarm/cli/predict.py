"""`twoarm predict`: both arms' probabilities and the benefit for new patients."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["predict"]

Rows = list[list[Any]]


def predict(
    model: Annotated[Path, typer.Argument(help="A model file, model.json of a run.")],
    patients: Annotated[Path, typer.Option("--patients", help="CSV or XLSX, one row a patient.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write.", show_default="the terminal")
    ] = None,
) -> None:
    """Predict new patients.

    Columns that begin with recommended_ hold the recommended learner's numbers, with low and high
    of the benefit's range, and the chance that the benefit exceeds the outcome's threshold where
    the study set one; mu0_, mu1_ and benefit_ those of the study's learner.

    Columns that are no predictors, such as an id, go through unchanged. A patient whose values
    cannot be read, or lie outside what the model has seen, gets a note in place of numbers.
    """
    from twoarm.modelfile import load_model, predict_patients, read_patients

    if out is not None:
        _require_writable(out, model, patients)
    loaded = load_model(model)
    read = read_patients(loaded, patients)
    predicted = predict_patients(loaded, read)
    if loaded.expires < dt.datetime.now(dt.UTC).date():
        typer.echo(f"warning: the model was not to be used after {loaded.expires}.", err=True)
    header, rows = _table(read, predicted)
    without = int((~predicted.usable).sum())
    if out is None:
        _write(sys.stdout, header, rows)
    else:
        _write_whole(out, header, rows)
        typer.echo(f"{len(rows)} patients: {out}")
    if without:
        typer.echo(
            f"{without} of {len(rows)} patients have no numbers; the column 'note' says why.",
            err=True,
        )


def _require_writable(out: Path, model: Path, patients: Path) -> None:
    from twoarm.errors import ArgumentError

    if not out.parent.is_dir():
        raise ArgumentError(f"Cannot write {out}: there is no folder {out.parent}. Make it first.")
    for name, taken in (("the model", model), ("the patients", patients)):
        if out.exists() and taken.exists() and out.samefile(taken):
            raise ArgumentError(f"--out is the file of {name}, {out}. Give another name.")
    if out.suffix.lower() in (".xlsx", ".xls"):
        raise ArgumentError(f"--out writes CSV; found {out.name}. Give a name that ends in .csv.")


def _table(patients: Any, predicted: Any) -> tuple[list[str], Rows]:
    """Give one row a patient: its other columns, row of the file, each outcome, and a note."""
    from twoarm.errors import CohortError

    columns: dict[str, list[Any]] = {"row": patients.rows.tolist()}
    for prefix, learner in (("recommended_", predicted.recommended), ("", predicted.study)):
        for outcome in predicted.study.mu0:
            for part in ("mu0", "mu1", "benefit", "low", "high", "chance"):
                values = getattr(learner, part).get(outcome)
                if values is not None:
                    columns[f"{prefix}{part}_{outcome}"] = [
                        "" if value != value else f"{value:.6f}" for value in values
                    ]
    columns["note"] = list(predicted.notes)
    taken = sorted(set(columns) & set(patients.others))
    if taken:
        raise CohortError(
            f"The patients have columns that predict writes itself: {', '.join(taken)}. Rename or "
            "remove them."
        )
    columns = {name: cells.tolist() for name, cells in patients.others.items()} | columns
    return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]


def _write(file: Any, header: list[str], rows: Rows) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def _write_whole(out: Path, header: list[str], rows: Rows) -> None:
    """Write by rename: the file is the old one or the whole new one."""
    from twoarm.errors import ArgumentError

    unfinished = out.with_name(out.name + ".new")
    try:
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                _write(file, header, rows)
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ArgumentError(f"Cannot write {out}: {error.strerror}.") from error
