"""`twoarm synth`: a synthetic cohort whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["synth"]


def synth(
    study: Annotated[str, typer.Argument(help="The study to imitate: rescue-stenting.")],
    out: Annotated[
        Path, typer.Option("--out", help="CSV file to write; the truth goes beside it.")
    ],
    scenario: Annotated[str, typer.Option("--scenario", help="Name or letter of the world.")],
    seed: Annotated[int, typer.Option("--seed", help="Seed of the patients.", min=0)],
    n: Annotated[
        int | None,
        typer.Option("--n", help="Patients in all.", show_default="treated and control", min=1),
    ] = None,
    treated: Annotated[
        int | None,
        typer.Option(
            "--treated", help="Exact size of the treated arm.", show_default="drawn", min=1
        ),
    ] = None,
    control: Annotated[
        int | None,
        typer.Option(
            "--control", help="Exact size of the control arm.", show_default="drawn", min=1
        ),
    ] = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Also write it as a registry would export it, with dictionary."),
    ] = False,
) -> None:
    """Draw a synthetic cohort; the truth about each patient goes to a file of its own."""
    from twoarm.errors import ArgumentError
    from twoarm.synthetic import generate, truth_path, write

    if study != "rescue-stenting":
        raise ArgumentError(
            f"Synthetic cohorts exist for the study 'rescue-stenting' only; found '{study}'."
        )
    cohort = generate(scenario, n=n, treated=treated, control=control, seed=seed)
    write(cohort, out)
    typer.echo(f"{len(cohort.cohort)} synthetic patients: {out}\ntheir truth: {truth_path(out)}")
    if raw:
        from twoarm.synthetic.raw import dictionary_path, raw_export, raw_path, write_raw

        write_raw(raw_export(cohort, seed=seed), out)
        typer.echo(f"raw export: {raw_path(out)}\nits dictionary: {dictionary_path(out)}")
