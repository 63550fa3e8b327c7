"""`twoarm predict`: both arms' probabilities and the benefit for new patients."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["predict"]


def predict(
    model: Annotated[Path, typer.Argument(help="A model file, model.json of a run.")],
    patients: Annotated[Path, typer.Option("--patients", help="CSV or XLSX, one row a patient.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write [default: the terminal].")
    ] = None,
) -> None:
    """Predict new patients; those outside what the model has seen get no numbers."""
    from twoarm.errors import ArgumentError
    from twoarm.modelfile import load_model, read_patients

    loaded = load_model(model)
    header, rows = _predictions(loaded, read_patients(loaded, patients))
    if out is None:
        _write(sys.stdout, header, rows)
        return
    unfinished = out.with_name(out.name + ".new")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            _write(file, header, rows)
        unfinished.replace(out)
    except OSError as error:
        raise ArgumentError(f"Cannot write {out}: {error.strerror}.") from error
    typer.echo(f"{len(rows)} patients: {out}")


def _write(file: Any, header: list[str], rows: list[list[Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def _predictions(model: Any, patients: Any) -> tuple[list[str], list[list[Any]]]:
    """Give one row a patient: file row, mu0, mu1 and benefit of each outcome, and a note."""
    header = ["row"]
    columns: list[list[Any]] = [patients.rows.tolist()]
    outside, decided = model.outside_support(patients.coded), model.decided(patients.coded)
    withheld = [bool(names) or fixed for names, fixed in zip(outside, decided, strict=True)]
    for name, outcome in model.outcomes.items():
        mu0, mu1 = model.risks(patients.coded, name)
        benefit = mu1 - mu0 if outcome["desirable"] else mu0 - mu1
        for part, values in (("mu0", mu0), ("mu1", mu1), ("benefit", benefit)):
            header.append(f"{part}_{name}")
            columns.append(
                [
                    "" if kept_back else f"{value:.6f}"
                    for value, kept_back in zip(values, withheld, strict=True)
                ]
            )
    header.append("note")
    synthetic = "model of synthetic patients" if model.synthetic else ""
    columns.append(
        [_note(names, fixed, synthetic) for names, fixed in zip(outside, decided, strict=True)]
    )
    return header, [list(row) for row in zip(*columns, strict=True)]


def _note(outside: tuple[str, ...], decided: bool, synthetic: str) -> str:
    notes = [f"outside what the model has seen: {', '.join(outside)}"] if outside else []
    notes += ["treatment was all but decided in patients like this"] if decided else []
    return "; ".join([*notes, *([synthetic] if synthetic else [])])
