"""`twoarm design`: what trial would test this."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from twoarm.planning import Settings, TrialPlan

__all__ = ["design"]

_TYPED = ("benefit_mean", "benefit_sd", "slope", "control_risk")


def _option(name: str, text: str, default: str | bool = True) -> Any:
    """Give an option; `default` is what its help says of it, or whether it shows the value."""
    return typer.Option(name, help=text, show_default=default)


def design(
    run: Annotated[
        Path | None, typer.Argument(help="Folder of a finished run; or the four numbers below.")
    ] = None,
    out: Annotated[Path | None, _option("--out", "Folder to write.", "the run's")] = None,
    outcome: Annotated[str | None, _option("--outcome", "Outcome.", "the primary one")] = None,
    benefit_mean: Annotated[
        float | None,
        _option("--benefit-mean", "Mean predicted benefit, such as 0.08.", "the run's"),
    ] = None,
    benefit_sd: Annotated[
        float | None, _option("--benefit-sd", "Its SD, such as 0.12.", "the run's")
    ] = None,
    slope: Annotated[
        float | None, _option("--slope", "Its calibration slope, 0 to 1.", "the run's")
    ] = None,
    control_risk: Annotated[
        float | None,
        _option(
            "--control-risk", "Risk of the outcome without treatment, such as 0.25.", "the run's"
        ),
    ] = None,
    se: Annotated[
        tuple[float, float, float] | None,
        _option(
            "--se", "Standard errors of mean, slope and control risk, for an assurance.", "none"
        ),
    ] = None,
    undesirable: Annotated[
        bool, _option("--undesirable", "Without a run: the outcome is one to avoid.")
    ] = False,
    threshold: Annotated[
        list[float] | None,
        _option(
            "--threshold",
            "Benefit from which patients are randomised; repeatable.",
            "0 to 0.30, and the study's",
        ),
    ] = None,
    alpha: Annotated[float, _option("--alpha", "Two-sided level.")] = 0.05,
    power: Annotated[float, _option("--power", "Power.")] = 0.8,
    fixed: Annotated[
        int, _option("--fixed", "Patients randomised to each arm, to look at the power of.")
    ] = 200,
    rate: Annotated[
        float, _option("--rate", "Patients whom an open site screens in a month.")
    ] = 0.5,
    sites: Annotated[int, _option("--sites", "Sites.")] = 20,
    opening: Annotated[float, _option("--opening", "Months over which they open.")] = 12.0,
    follow_up: Annotated[float, _option("--follow-up", "Months until the outcome.")] = 3.0,
    loss: Annotated[float, _option("--loss", "Share of outcomes that stay unknown.")] = 0.05,
    crossover: Annotated[
        tuple[float, float],
        _option("--crossover", "Shares of controls treated, and of the treated arm not treated."),
    ] = (0.0, 0.0),
    looks: Annotated[int, _option("--looks", "Looks of group-sequential designs.")] = 3,
    haircut: Annotated[
        float | None,
        _option(
            "--haircut",
            "By how much hidden factors may have raised the average, such as 0.05.",
            "the run's",
        ),
    ] = None,
    seed: Annotated[int, _option("--seed", "Seed of draws and simulated trials.")] = 1,
) -> None:
    """Plan the trial that would test a run: sizes on shrunk benefit, assurance, warnings.

    Writes design.html, design.json, protocol_draft.md, tables and figures. Nothing is fitted.
    """
    from twoarm.planning import Settings
    from twoarm.report import write_design

    settings = Settings(
        thresholds=tuple(threshold or ()),
        alpha=alpha,
        power=power,
        fixed=fixed,
        rate=rate,
        sites=sites,
        opening_months=opening,
        follow_up_months=follow_up,
        loss=loss,
        to_treatment=crossover[0],
        to_control=crossover[1],
        looks=looks,
        haircut=haircut,
        seed=seed,
    )
    given = dict(zip(_TYPED, (benefit_mean, benefit_sd, slope, control_risk), strict=True))
    only_typed = {"--se": se is not None, "--undesirable": undesirable}
    if run is None:
        plan = _from_numbers(given, settings, outcome, se, desirable=not undesirable)
    else:
        plan = _from_run(run, given, only_typed, settings, outcome)
    page = write_design(plan, out or run or Path("design"))
    _say(plan, page)


def _from_numbers(
    given: dict[str, float | None],
    settings: Settings,
    outcome: str | None,
    se: tuple[float, float, float] | None,
    *,
    desirable: bool,
) -> TrialPlan:
    from twoarm.errors import ArgumentError
    from twoarm.planning import plan_trial, typed_in

    missing = [_flag(name) for name, value in given.items() if value is None]
    if missing:
        raise ArgumentError(
            "twoarm design takes the folder of a finished run, or all of "
            f"{', '.join(map(_flag, given))}; missing: {', '.join(missing)}."
        )
    if outcome is not None:
        raise ArgumentError("--outcome names an outcome of a run; no run was given.")
    chosen = settings.thresholds
    return plan_trial(
        typed_in(
            **given,  # type: ignore[arg-type]  # none is missing
            standard_errors=se,
            threshold=chosen[len(chosen) // 2] if chosen else 0.15,
            desirable=desirable,
        ),
        settings,
    )


def _from_run(
    run: Path,
    given: dict[str, float | None],
    only_typed: dict[str, bool],
    settings: Settings,
    outcome: str | None,
) -> TrialPlan:
    from twoarm.errors import ArgumentError
    from twoarm.planning import plan_from_run
    from twoarm.study import read_result

    typed = [_flag(name) for name, value in given.items() if value is not None]
    typed += [name for name, used in only_typed.items() if used]
    if typed:
        raise ArgumentError(
            f"A run brings its own numbers; leave out {', '.join(typed)}, or the run."
        )
    return plan_from_run(read_result(run), settings, outcome=outcome)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _say(plan: TrialPlan, page: Path) -> None:
    from twoarm.report.design.words import sentences_of

    for sentence in sentences_of(plan):
        typer.echo(("Caution: " if sentence.kind == "caution" else "") + sentence.text + "\n")
    typer.echo(f"Page      {page}\nProtocol  {page.parent / 'protocol_draft.md'}")
